/**
 * What a graph looks like: counts, degrees, and for every relation how many-to-many and how symmetric it is.
 * The classes 1-1, 1-N, N-1, N-N are those of Bordes et al. 2013 (section 4.3): "N" on a side where the mean
 * number of entities there per entity on the other side is at least 1.5.
 */
import { containsTriple, type KnowledgeGraph } from "./knowledge-graph.ts";

/** One relation of {@link GraphStatistics}. */
export interface RelationStatistics {
  readonly relation: string;
  readonly triples: number;
  /** Distinct entities that stand as head, and as tail. */
  readonly heads: number;
  readonly tails: number;
  /** Mean number of tails of a head that has any, and of heads of a tail that has any; 0 without triples. */
  readonly tailsPerHead: number;
  readonly headsPerTail: number;
  readonly cardinality: "1-1" | "1-N" | "N-1" | "N-N";
  /** Triples from an entity to itself. */
  readonly loops: number;
  /** Share of the other triples whose mirror image is a triple too; 0 if there are none. */
  readonly symmetricShare: number;
}

/** Figures of a graph. */
export interface GraphStatistics {
  readonly entities: number;
  readonly relations: number;
  readonly triples: number;
  /** Entities of the vocabulary without any triple. */
  readonly isolated: number;
  /** Triples per entity as head or tail, a loop counted twice, over all entities of the vocabulary. */
  readonly degree: {
    readonly min: number;
    readonly median: number;
    readonly mean: number;
    readonly max: number;
  };
  readonly perRelation: readonly RelationStatistics[];
}

/** The figures of a graph, relations by id. O(triples · log + entities · log). */
export function graphStatistics(graph: KnowledgeGraph): GraphStatistics {
  const degrees = new Float64Array(graph.entities.size);
  for (let i = 0; i < graph.size; i++) {
    degrees[graph.headIds[i]]++;
    degrees[graph.tailIds[i]]++;
  }
  degrees.sort();
  const n = degrees.length;
  const median = n === 0 ? 0 : (degrees[(n - 1) >> 1] + degrees[n >> 1]) / 2;
  return {
    entities: n,
    relations: graph.relations.size,
    triples: graph.size,
    isolated: degrees.filter((degree) => degree === 0).length,
    degree: {
      min: degrees[0] ?? 0,
      median,
      mean: n === 0 ? 0 : (2 * graph.size) / n,
      max: degrees[n - 1] ?? 0,
    },
    perRelation: graph.relations.names.map((_, relation) => relationStatistics(graph, relation)),
  };
}

function relationStatistics(graph: KnowledgeGraph, relation: number): RelationStatistics {
  const [from, to] = [graph.offsets[relation], graph.offsets[relation + 1]];
  let loops = 0;
  let mirrored = 0;
  for (let i = from; i < to; i++) {
    if (graph.headIds[i] === graph.tailIds[i]) loops++;
    else if (containsTriple(graph, graph.tailIds[i], relation, graph.headIds[i])) mirrored++;
  }
  const triples = to - from;
  const heads = new Set(graph.headIds.subarray(from, to)).size;
  const tails = new Set(graph.tailIds.subarray(from, to)).size;
  const tailsPerHead = heads === 0 ? 0 : triples / heads;
  const headsPerTail = tails === 0 ? 0 : triples / tails;
  const side = (mean: number): "1" | "N" => (mean < 1.5 ? "1" : "N");
  return {
    relation: graph.relations.name(relation),
    triples,
    heads,
    tails,
    tailsPerHead,
    headsPerTail,
    cardinality: `${side(headsPerTail)}-${side(tailsPerHead)}`,
    loops,
    symmetricShare: triples === loops ? 0 : mirrored / (triples - loops),
  };
}
