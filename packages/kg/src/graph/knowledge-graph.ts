/**
 * A knowledge graph: a set of triples (head, relation, tail) over two vocabularies, kept as three parallel
 * typed arrays sorted by (relation, head, tail). The triples of one relation are then one contiguous range,
 * a membership test is a binary search in it, and the 0/1 adjacency matrices of a relation (row = head, and
 * row = tail) are made from that range when somebody first asks for them.
 */
import {
  type Csr,
  csrFromEntries,
  InvalidArgumentError,
  transposeCsr,
  type Vocabulary,
} from "@credence/core";
import { nameIds } from "./name-ids.ts";
import { sortTriples } from "./sort-triples.ts";

/** A fact by name. */
export type Triple<E extends string = string, R extends string = string> = readonly [
  head: E,
  relation: R,
  tail: E,
];

/** Facts by id: parallel columns of equal length. */
export interface TripleColumns {
  readonly headIds: ArrayLike<number>;
  readonly relationIds: ArrayLike<number>;
  readonly tailIds: ArrayLike<number>;
}

/** The 0/1 adjacency of one relation, entities × entities, in both orientations. */
export interface Adjacency {
  /** Row = head; its columns are the tails. */
  readonly byHead: Csr;
  /** Row = tail; its columns are the heads. */
  readonly byTail: Csr;
}

/** A set of triples. Everything in it is read-only; the arrays must not be written to. */
export interface KnowledgeGraph<E extends string = string, R extends string = string> {
  readonly entities: Vocabulary<E>;
  readonly relations: Vocabulary<R>;
  /** The number of distinct triples. */
  readonly size: number;
  /** Columns of the distinct triples, sorted by (relation, head, tail). */
  readonly headIds: Int32Array;
  readonly relationIds: Int32Array;
  readonly tailIds: Int32Array;
  /** Relation r has the triples from `offsets[r]` up to, not including, `offsets[r + 1]`. */
  readonly offsets: Int32Array;
  /** The adjacency of a relation id: O(entities + its triples) the first time, kept from then on. */
  readonly adjacency: (relation: number) => Adjacency;
  /** Whether the fact is in the graph. O(log size). @throws UnknownNameError */
  has(head: string, relation: string, tail: string): boolean;
  /** The tails of (head, relation, ?), by ascending id. @throws UnknownNameError */
  tails(head: string, relation: string): E[];
  /** The heads of (?, relation, tail), by ascending id. @throws UnknownNameError */
  heads(relation: string, tail: string): E[];
}

/** Vocabularies that fix the ids. One that is given is closed: a name that it lacks is an error. */
export interface GraphVocabularies<E extends string = string, R extends string = string> {
  readonly entities?: Vocabulary<E> | undefined;
  readonly relations?: Vocabulary<R> | undefined;
}

/**
 * The graph of some facts; repeated ones count once. Without given vocabularies, names get their ids in order
 * of first appearance (the head of a triple before its tail). O(n).
 * @throws InvalidArgumentError a triple that is not three non-empty names
 * @throws UnknownNameError a name outside a given vocabulary
 */
export function fromTriples<const T extends readonly Triple[]>(
  triples: T,
  vocabularies: GraphVocabularies<T[number][0] | T[number][2], T[number][1]> = {},
): KnowledgeGraph<T[number][0] | T[number][2], T[number][1]> {
  const entities = nameIds<T[number][0] | T[number][2]>("entity", vocabularies.entities);
  const relations = nameIds<T[number][1]>("relation", vocabularies.relations);
  const headIds = new Int32Array(triples.length);
  const relationIds = new Int32Array(triples.length);
  const tailIds = new Int32Array(triples.length);
  triples.forEach((triple, i) => {
    checkTriple(triple, i);
    headIds[i] = entities.id(triple[0]);
    relationIds[i] = relations.id(triple[1]);
    tailIds[i] = entities.id(triple[2]);
  });
  return makeGraph({ headIds, relationIds, tailIds }, entities.build(), relations.build());
}

/**
 * The graph of facts given by id. O(n).
 * @throws InvalidArgumentError columns of unequal length, or an id outside its vocabulary
 */
export function graphFromIds<E extends string, R extends string>(
  columns: TripleColumns,
  entities: Vocabulary<E>,
  relations: Vocabulary<R>,
): KnowledgeGraph<E, R> {
  const n = columns.headIds.length;
  checkColumn("headIds", columns.headIds, n, entities);
  checkColumn("relationIds", columns.relationIds, n, relations);
  checkColumn("tailIds", columns.tailIds, n, entities);
  return makeGraph(columns, entities, relations);
}

/** Whether the triple of ids is in the graph. O(log size). */
export function containsTriple(graph: KnowledgeGraph, head: number, relation: number, tail: number): boolean {
  return tripleIndex(graph, head, relation, tail) >= 0;
}

/** Where the triple of ids stands in the graph's columns, or −1. O(log size). */
export function tripleIndex(graph: KnowledgeGraph, head: number, relation: number, tail: number): number {
  const at = lowerBound(graph, relation, head, tail);
  const found = at < graph.offsets[relation + 1] && graph.headIds[at] === head && graph.tailIds[at] === tail;
  return found ? at : -1;
}

/** All facts by name, in the graph's order. */
export function* triplesOf<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
): Generator<Triple<E, R>> {
  for (let i = 0; i < graph.size; i++) yield tripleAt(graph, i);
}

/** The i-th fact by name. @throws InvalidArgumentError outside 0..size−1 */
export function tripleAt<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  index: number,
): Triple<E, R> {
  if (!(index >= 0 && index < graph.size)) {
    throw new InvalidArgumentError("index", index, `an integer from 0 to ${graph.size - 1}`);
  }
  const { entities, relations } = graph;
  return [
    entities.name(graph.headIds[index]),
    relations.name(graph.relationIds[index]),
    entities.name(graph.tailIds[index]),
  ];
}

/**
 * The union of graphs that share their vocabularies (the same names under the same ids).
 * @throws InvalidArgumentError no graph, or different vocabularies
 */
export function mergeGraphs<E extends string, R extends string>(
  graphs: readonly KnowledgeGraph<E, R>[],
): KnowledgeGraph<E, R> {
  const first = graphs[0];
  if (first === undefined) throw new InvalidArgumentError("graphs", graphs, "at least one graph");
  for (const graph of graphs) checkSameVocabularies(first, graph, "graphs");
  if (graphs.length === 1) return first;
  const total = graphs.reduce((sum, graph) => sum + graph.size, 0);
  const joined = (column: "headIds" | "relationIds" | "tailIds"): Int32Array => {
    const out = new Int32Array(total);
    let at = 0;
    for (const graph of graphs) {
      out.set(graph[column], at);
      at += graph.size;
    }
    return out;
  };
  const columns = {
    headIds: joined("headIds"),
    relationIds: joined("relationIds"),
    tailIds: joined("tailIds"),
  };
  return makeGraph(columns, first.entities, first.relations);
}

/** What a graph and a model, or two graphs, must share for ids to mean the same in both. */
export interface HasVocabularies {
  readonly entities: Vocabulary;
  readonly relations: Vocabulary;
}

/** @throws InvalidArgumentError if an id means different names in the two */
export function checkSameVocabularies(a: HasVocabularies, b: HasVocabularies, argument: string): void {
  for (const kind of ["entities", "relations"] as const) {
    if (sameNames(a[kind], b[kind])) continue;
    throw new InvalidArgumentError(
      argument,
      b[kind].size,
      `over the same ${kind} under the same ids (${a[kind].size} of them)`,
      "Read all files with one vocabulary: readSplits does, and readTriples takes `entities` and `relations`.",
    );
  }
}

function sameNames(a: Vocabulary, b: Vocabulary): boolean {
  return a === b || (a.size === b.size && a.names.every((name, id) => b.names[id] === name));
}

function checkTriple(triple: Triple, index: number): void {
  const sound =
    Array.isArray(triple) &&
    triple.length === 3 &&
    triple.every((name) => typeof name === "string" && name.length > 0);
  if (sound) return;
  throw new InvalidArgumentError(
    `triples[${index}]`,
    triple,
    "three names: [head, relation, tail], none empty",
  );
}

function checkColumn(name: string, column: ArrayLike<number>, length: number, names: Vocabulary): void {
  if (column.length !== length) {
    throw new InvalidArgumentError(`${name}.length`, column.length, `${length}, as the other columns have`);
  }
  for (let i = 0; i < length; i++) {
    const id = column[i];
    if (Number.isInteger(id) && id >= 0 && id < names.size) continue;
    throw new InvalidArgumentError(`${name}[${i}]`, id, `a ${names.kind} id from 0 to ${names.size - 1}`);
  }
}

/** The graph of columns whose ids are known to be in range. */
function makeGraph<E extends string, R extends string>(
  columns: TripleColumns,
  entities: Vocabulary<E>,
  relations: Vocabulary<R>,
): KnowledgeGraph<E, R> {
  const sorted = sortTriples(columns, entities.size, relations.size);
  const { headIds, relationIds, tailIds, offsets } = sorted;
  const cache: (Adjacency | undefined)[] = new Array(relations.size).fill(undefined);
  const adjacency = (relation: number): Adjacency => {
    if (!Number.isInteger(relation) || relation < 0 || relation >= relations.size) {
      throw new InvalidArgumentError("relation id", relation, `an integer from 0 to ${relations.size - 1}`);
    }
    cache[relation] ??= buildAdjacency(graph, relation);
    return cache[relation];
  };
  const namesIn = (matrix: Csr, row: number): E[] =>
    Array.from(matrix.indices.subarray(matrix.offsets[row], matrix.offsets[row + 1]), (id) =>
      entities.name(id),
    );
  const graph: KnowledgeGraph<E, R> = {
    entities,
    relations,
    size: headIds.length,
    headIds,
    relationIds,
    tailIds,
    offsets,
    adjacency,
    has: (head, relation, tail) =>
      containsTriple(graph, entities.id(head), relations.id(relation), entities.id(tail)),
    tails: (head, relation) => namesIn(adjacency(relations.id(relation)).byHead, entities.id(head)),
    heads: (relation, tail) => namesIn(adjacency(relations.id(relation)).byTail, entities.id(tail)),
  };
  return graph;
}

function buildAdjacency(graph: KnowledgeGraph, relation: number): Adjacency {
  const [from, to] = [graph.offsets[relation], graph.offsets[relation + 1]];
  const n = graph.entities.size;
  const byHead = csrFromEntries(n, n, {
    row: graph.headIds.subarray(from, to),
    col: graph.tailIds.subarray(from, to),
    value: new Float64Array(to - from).fill(1),
  });
  return { byHead, byTail: transposeCsr(byHead) };
}

/** The first index in the relation's range whose (head, tail) is not below the given pair. */
function lowerBound(graph: KnowledgeGraph, relation: number, head: number, tail: number): number {
  let low = graph.offsets[relation];
  let high = graph.offsets[relation + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const below =
      graph.headIds[middle] < head || (graph.headIds[middle] === head && graph.tailIds[middle] < tail);
    if (below) low = middle + 1;
    else high = middle;
  }
  return low;
}
