/**
 * A link predictor made of an interaction and two matrices of rows, with or without reciprocal relations.
 *
 * With 2R relation rows for R relations, row r + R is the reciprocal of relation r (Lacroix et al. 2018,
 * section 3.3): the heads of (?, r, t) are scored as the tails of (t, r + R, ?), so that head and tail scores
 * of one triple are two different functions. With R rows, heads are scored by the forward relation, and both
 * directions give score(h, r, t).
 */
import { type FloatArray, floatArray, InvalidArgumentError, precisionOf } from "@credence/core";
import { type Backend, sharedBackend } from "@credence/core/kernels";
import type { Interaction } from "./interaction.ts";
import type { BatchLinkPredictor } from "./link-predictor.ts";

/** The rows of a model, row-major: entities × row length, and R or 2R relations × row length. */
export interface EmbeddingParameters {
  readonly entities: FloatArray;
  readonly relations: FloatArray;
}

/** What {@link embeddingPredictor} is made of. */
export interface EmbeddingParts {
  readonly interaction: Interaction;
  readonly rank: number;
  readonly parameters: EmbeddingParameters;
  readonly entityCount: number;
  readonly relationCount: number;
  readonly backend?: Backend | undefined;
}

/** An embedding model as a link predictor, with single triples too. */
export interface EmbeddingPredictor extends BatchLinkPredictor {
  /** Whether heads are scored through reciprocal relations. */
  readonly reciprocal: boolean;
  /** The score of a triple in tail direction: what `scoreTails(head, relation)` gives the tail. O(rank). */
  scoreTriple(head: number, relation: number, tail: number): number;
}

/**
 * The predictor of a model's rows, which it reads and never copies. A row of scores is O(entities · rank).
 * @throws InvalidArgumentError arrays whose lengths do not fit the counts, or of two precisions; its methods:
 *   an id outside the model, or an output that is too short
 */
export function embeddingPredictor(parts: EmbeddingParts): EmbeddingPredictor {
  const { interaction, rank, parameters, entityCount, relationCount } = parts;
  const backend = parts.backend ?? sharedBackend();
  const { entities, relations } = parameters;
  const width = interaction.rowLength(rank);
  const reciprocal = checkShapes(parts, width);
  const precision = precisionOf(entities);
  const single = floatArray(precision, width);

  const against = (queries: FloatArray, count: number, out: FloatArray): void => {
    backend.gemmInto(out, queries, entities, { m: count, n: entityCount, k: width, transposeB: true });
  };
  const query = (out: FloatArray, at: number, head: number, row: number): void =>
    interaction.queryInto(out, at, rank, entities, head * width, relations, row * width);
  const tailQuery = (out: FloatArray, at: number, head: number, relation: number): void => {
    checkId("head", head, entityCount);
    checkId("relation", relation, relationCount);
    query(out, at, head, relation);
  };
  const headQuery = (out: FloatArray, at: number, relation: number, tail: number): void => {
    checkId("relation", relation, relationCount);
    checkId("tail", tail, entityCount);
    if (reciprocal) query(out, at, tail, relation + relationCount);
    else interaction.headQueryInto(out, at, rank, relations, relation * width, entities, tail * width);
  };
  const batch = (
    queryOf: typeof tailQuery,
    first: ArrayLike<number>,
    second: ArrayLike<number>,
    out: FloatArray,
  ): void => {
    const queries = floatArray(precision, first.length * width);
    for (let i = 0; i < first.length; i++) queryOf(queries, i * width, first[i], second[i]);
    against(queries, first.length, out);
  };

  return {
    name: interaction.name,
    entityCount,
    relationCount,
    precision,
    reciprocal,
    scoreTails(head, relation, out) {
      tailQuery(single, 0, head, relation);
      against(single, 1, out);
    },
    scoreHeads(relation, tail, out) {
      headQuery(single, 0, relation, tail);
      against(single, 1, out);
    },
    scoreTailsBatch: (heads, rels, out) => batch(tailQuery, heads, rels, out),
    scoreHeadsBatch: (rels, tails, out) => batch(headQuery, rels, tails, out),
    scoreTriple(head, relation, tail) {
      checkId("tail", tail, entityCount);
      tailQuery(single, 0, head, relation);
      let sum = 0;
      for (let k = 0; k < width; k++) sum += single[k] * entities[tail * width + k];
      return sum;
    },
  };
}

function checkId(argument: string, id: number, count: number): void {
  if (Number.isInteger(id) && id >= 0 && id < count) return;
  throw new InvalidArgumentError(argument, id, `an id from 0 to ${count - 1}`);
}

/** Whether the relation matrix has reciprocals. */
function checkShapes(parts: EmbeddingParts, width: number): boolean {
  const { entityCount, relationCount, parameters } = parts;
  const { entities, relations } = parameters;
  if (entities.length !== entityCount * width) {
    throw new InvalidArgumentError(
      "entities.length",
      entities.length,
      `${entityCount * width}: ${entityCount} rows of ${width}`,
    );
  }
  const plain = relationCount * width;
  if (relations.length !== plain && relations.length !== 2 * plain) {
    throw new InvalidArgumentError(
      "relations.length",
      relations.length,
      `${plain} or, with reciprocal relations, ${2 * plain}: rows of ${width}`,
    );
  }
  if (precisionOf(entities) !== precisionOf(relations)) {
    throw new InvalidArgumentError(
      "relations",
      relations,
      `a ${entities.constructor.name}, as the entities are`,
    );
  }
  return relationCount > 0 && relations.length === 2 * plain;
}
