/** Truth models from matrices that the user has: fuzzy relations, another system's scores, or tests. */
import {
  type Csr,
  csrGet,
  InvalidArgumentError,
  type MatrixInput,
  toMatrix,
  transposeCsr,
  type Vocabulary,
  vocabulary,
} from "@credence/core";
import { entryBuffer } from "./entry-buffer.ts";
import type { RelationTruth, TruthModel } from "./truth.ts";

/** A relation's truth values, entities × entities, row = head: sparse, dense, nested arrays or a mathjs matrix. */
export type TruthMatrix = Csr | MatrixInput;

export interface FromMatricesOptions {
  /**
   * Which triples are known rather than predicted, by name; asked only for triples above 0. Default: those whose
   * truth is exactly 1.
   */
  readonly observed?: ((head: string, relation: string, tail: string) => boolean) | undefined;
}

/**
 * The truth model of given matrices. O(all cells of dense ones, all entries of sparse ones).
 * @param entities names in the order of rows and columns
 * @param matrices by relation name, as a record or as pairs; their order gives the relations their ids
 * @throws InvalidArgumentError a matrix that is not entities × entities, or not a valid sparse matrix, or holds a
 *   value outside [0, 1]
 * @throws CredenceError `INVALID_SHAPE`, `INVALID_ENTRY` for dense input that is no matrix or holds NaN
 */
export function truthModelFromMatrices(
  entities: Vocabulary | Iterable<string>,
  matrices: Readonly<Record<string, TruthMatrix>> | Iterable<readonly [string, TruthMatrix]>,
  options: FromMatricesOptions = {},
): TruthModel {
  const entityNames = isVocabulary(entities) ? entities : vocabulary("entity", entities);
  const pairs = isIterable(matrices) ? [...matrices] : Object.entries(matrices);
  const relations = vocabulary(
    "relation",
    pairs.map(([name]) => name),
  );
  const truths = pairs.map(([name, matrix]) => toTruth(name, matrix, entityNames.size));
  const { observed } = options;
  const isKnown =
    observed === undefined
      ? (_h: number, _r: number, _t: number, truth: number) => truth === 1
      : (h: number, r: number, t: number) =>
          observed(entityNames.name(h), relations.name(r), entityNames.name(t));
  const crisp = lazyModel(entityNames, relations, (id) => crispTruth(truths[id].rows, id, isKnown));
  return modelOf(entityNames, relations, (id) => truths[id], crisp);
}

type Known = (head: number, relation: number, tail: number, truth: number) => boolean;

function modelOf(
  entities: Vocabulary,
  relations: Vocabulary,
  truthOf: (id: number) => RelationTruth,
  crisp: TruthModel | undefined,
): TruthModel {
  const model: TruthModel = {
    entities,
    relations,
    relation: (id) => {
      relations.name(id);
      return truthOf(id);
    },
    observed: (head, relation, tail) => csrGet(model.crisp.relation(relation).rows, head, tail) > 0,
    get crisp() {
      return crisp ?? model;
    },
  };
  return model;
}

/** A crisp model whose matrices are made when first asked for. */
function lazyModel(
  entities: Vocabulary,
  relations: Vocabulary,
  make: (id: number) => RelationTruth,
): TruthModel {
  const made = new Map<number, RelationTruth>();
  const truthOf = (id: number): RelationTruth => {
    const known = made.get(id) ?? make(id);
    made.set(id, known);
    return known;
  };
  return modelOf(entities, relations, truthOf, undefined);
}

/** The known entries of a matrix, with truth 1. */
function crispTruth(matrix: Csr, relation: number, isKnown: Known): RelationTruth {
  const buffer = entryBuffer("float64", matrix.indices.length);
  const offsets = new Int32Array(matrix.rows + 1);
  for (let head = 0; head < matrix.rows; head++) {
    for (let p = matrix.offsets[head]; p < matrix.offsets[head + 1]; p++) {
      const [tail, truth] = [matrix.indices[p], matrix.values[p]];
      if (truth > 0 && isKnown(head, relation, tail, truth)) buffer.push(tail, 1);
    }
    offsets[head + 1] = buffer.length;
  }
  return withColumns({ rows: matrix.rows, cols: matrix.cols, offsets, ...buffer.take() });
}

function toTruth(name: string, matrix: TruthMatrix, size: number): RelationTruth {
  if (isCsr(matrix)) {
    checkCsr(name, matrix, size);
    return withColumns(matrix);
  }
  const { rows, cols, data } = toMatrix(matrix);
  checkShape(name, rows, cols, size);
  const buffer = entryBuffer(data instanceof Float32Array ? "float32" : "float64", size);
  const offsets = new Int32Array(size + 1);
  for (let head = 0; head < size; head++) {
    for (let tail = 0; tail < size; tail++) {
      const truth = data[head * size + tail];
      checkTruth(name, head, tail, truth);
      if (truth > 0) buffer.push(tail, truth);
    }
    offsets[head + 1] = buffer.length;
  }
  return withColumns({ rows, cols, offsets, ...buffer.take() });
}

function withColumns(rows: Csr): RelationTruth {
  return { rows, columns: transposeCsr(rows) };
}

/** Everything that the loops of query answering rely on. */
function checkCsr(name: string, matrix: Csr, size: number): void {
  const { rows, cols, offsets, indices, values } = matrix;
  checkShape(name, rows, cols, size);
  if (offsets.length !== size + 1 || offsets[0] !== 0 || offsets[size] !== indices.length) {
    throw new InvalidArgumentError(
      `matrices.${name}.offsets`,
      offsets,
      `${size + 1} positions from 0 to the number of entries`,
    );
  }
  if (values.length !== indices.length) {
    throw new InvalidArgumentError(`matrices.${name}.values.length`, values.length, `${indices.length}`);
  }
  for (let head = 0; head < size; head++) {
    for (let p = offsets[head]; p < offsets[head + 1]; p++) {
      const before = p === offsets[head] ? -1 : indices[p - 1];
      if (!(indices[p] > before && indices[p] < size)) {
        throw new InvalidArgumentError(
          `matrices.${name}.indices[${p}]`,
          indices[p],
          `a column from 0 to ${size - 1}, ascending within its row`,
        );
      }
      checkTruth(name, head, indices[p], values[p]);
    }
  }
}

function checkShape(name: string, rows: number, cols: number, size: number): void {
  if (rows === size && cols === size) return;
  throw new InvalidArgumentError(
    `matrices.${name}`,
    `${rows} x ${cols}`,
    `a matrix of ${size} x ${size}, one row and column for each entity`,
  );
}

function checkTruth(name: string, head: number, tail: number, truth: number): void {
  if (truth >= 0 && truth <= 1) return;
  throw new InvalidArgumentError(
    `matrices.${name}[${head}][${tail}]`,
    truth,
    "a truth value in [0, 1]",
    "Scores are not truth values: turn them into some first, as truthModel does.",
  );
}

function isCsr(matrix: TruthMatrix): matrix is Csr {
  return "offsets" in matrix && "indices" in matrix && "values" in matrix;
}

function isVocabulary(names: Vocabulary | Iterable<string>): names is Vocabulary {
  return typeof names === "object" && "id" in names && "names" in names;
}

function isIterable(
  matrices: Readonly<Record<string, TruthMatrix>> | Iterable<readonly [string, TruthMatrix]>,
): matrices is Iterable<readonly [string, TruthMatrix]> {
  return Symbol.iterator in matrices;
}
