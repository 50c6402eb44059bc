/**
 * Training of ComplEx by whole steps in the native runtime: the tables stay with it from step to step, ids go in and a
 * loss comes out.
 */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { type FloatArray, floatArray, precisionOf } from "../matrix/float-array.ts";
import { checkIndex } from "../matrix/matrix.ts";
import { complexStepGraph } from "./complex-step.ts";
import { encodeOnnx } from "./model.ts";
import { type OnnxRuntime, type OnnxTensor, onnxRuntime } from "./runtime.ts";

/** Tables in training, row by row, each row [re | im]. */
export interface ComplexTables {
  readonly entities: FloatArray;
  readonly relations: FloatArray;
}

/** Options of {@link nativeComplexStep}. */
export interface NativeComplexStepOptions {
  /** Complex coordinates; a row has twice as many numbers. */
  readonly rank: number;
  /** Weight of N3, at least 0; default 0. */
  readonly n3?: number;
  /** Adagrad's ε, above 0; default 1e-10. */
  readonly epsilon?: number;
  /** Threads within an operation; default the runtime's. */
  readonly threads?: number;
  /** The runtime itself, for example `await import("onnxruntime-node")`; default what is installed beside this package. */
  readonly runtime?: OnnxRuntime;
}

/** Triples by id, one array a column. */
export interface ComplexBatch {
  readonly heads: Int32Array;
  readonly relations: Int32Array;
  readonly tails: Int32Array;
}

/** Training in the native runtime. */
export interface NativeComplexStep {
  /**
   * One step; returns the loss before it, in nats a triple, penalty included. One at a time.
   * @throws InvalidArgumentError for an empty batch, columns of different lengths, ids without a row, a rate not above 0
   * @throws CredenceError `NON_FINITE` if the loss is NaN or infinite; the tables are then as before
   */
  step(batch: ComplexBatch, learningRate: number): Promise<number>;
  /** Copies of the tables as they are now. */
  tables(): ComplexTables;
  /** Ends the session. */
  release(): Promise<void>;
}

const STATE = ["entities", "relations", "entitySquares", "relationSquares"] as const;

/**
 * Loads a step over copies of these tables; its precision is theirs.
 * @throws InvalidArgumentError for tables that are no rows of 2 · rank numbers, or of two precisions
 * @throws CredenceError `BACKEND_UNAVAILABLE` without the runtime
 */
export async function nativeComplexStep(
  tables: ComplexTables,
  options: NativeComplexStepOptions,
): Promise<NativeComplexStep> {
  const { rank, threads, runtime: given, ...others } = options;
  const precision = precisionOf(tables.entities);
  const counts = { entities: rowsOf("entities", tables, rank), relations: rowsOf("relations", tables, rank) };
  const model = encodeOnnx(complexStepGraph({ ...counts, rank, precision, ...others }));
  const runtime = given ?? (await onnxRuntime());
  const session = await runtime.InferenceSession.create(
    model,
    threads === undefined ? {} : { intraOpNumThreads: threads },
  );
  const tensor = (data: FloatArray, rows: number) => new runtime.Tensor(precision, data, [rows, 2 * rank]);
  const number = (value: number) => new runtime.Tensor(precision, floatArray(precision, 1).fill(value), []);
  const column = (ids: Int32Array) => new runtime.Tensor("int32", ids, [ids.length]);
  let state: Record<(typeof STATE)[number], OnnxTensor> = {
    entities: tensor(tables.entities.slice(), counts.entities),
    relations: tensor(tables.relations.slice(), counts.relations),
    entitySquares: tensor(floatArray(precision, tables.entities.length), counts.entities),
    relationSquares: tensor(floatArray(precision, tables.relations.length), counts.relations),
  };
  return {
    async step({ heads, relations, tails }, learningRate) {
      checkBatch({ heads, relations, tails }, counts);
      if (!(learningRate > 0 && Number.isFinite(learningRate))) {
        throw new InvalidArgumentError("learningRate", learningRate, "a finite number above 0");
      }
      const results = await session.run({
        ...state,
        heads: column(heads),
        relationIds: column(relations),
        tails: column(tails),
        scale: number(1 / heads.length),
        learningRate: number(learningRate),
      });
      const loss = (results["loss"].data as FloatArray)[0];
      if (!Number.isFinite(loss)) throw diverged(loss);
      const next = STATE.map(
        (name) => [name, results[`new${name[0].toUpperCase()}${name.slice(1)}`]] as const,
      );
      state = Object.fromEntries(next) as typeof state;
      return loss;
    },
    tables() {
      const copy = (of: OnnxTensor) => (of.data as FloatArray).slice();
      return { entities: copy(state.entities), relations: copy(state.relations) };
    },
    release: () => session.release(),
  };
}

function rowsOf(name: keyof ComplexTables, tables: ComplexTables, rank: number): number {
  const table = tables[name];
  const precision = precisionOf(tables.entities);
  if (precisionOf(table) !== precision) throw new InvalidArgumentError(name, table, `a ${precision} array`);
  const rows = table.length / (2 * rank);
  if (Number.isInteger(rows)) return rows;
  throw new InvalidArgumentError(`${name}.length`, table.length, `a multiple of 2 · rank = ${2 * rank}`);
}

function checkBatch(batch: ComplexBatch, counts: Readonly<Record<"entities" | "relations", number>>): void {
  const { length } = batch.heads;
  if (length === 0) throw new InvalidArgumentError("batch.heads.length", 0, "positive");
  for (const [name, rows] of [
    ["heads", counts.entities],
    ["relations", counts.relations],
    ["tails", counts.entities],
  ] as const) {
    const ids = batch[name];
    if (ids.length !== length) {
      throw new InvalidArgumentError(`batch.${name}.length`, ids.length, `${length}, as of heads`);
    }
    for (let i = 0; i < length; i++) checkIndex(`batch.${name}[${i}]`, ids[i], rows);
  }
}

function diverged(loss: number): CredenceError {
  return new CredenceError({
    code: "NON_FINITE",
    message: `The loss of the batch is ${loss}.`,
    given: String(loss),
    expected: "a finite loss",
    hint: "Training has diverged: lower the learning rate or raise the regularization.",
  });
}
