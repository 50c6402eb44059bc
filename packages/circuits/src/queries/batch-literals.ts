/**
 * Many rows of literal weights through one circuit, up and down: log partitions, and the slopes of their logs by every
 * weight,
 *
 *   Z(w) = Σ_worlds C(world) · Π_v w_(v, world_v),     slope_l = ∂ log Z / ∂ w_l.
 *
 * The kernels do it in linear numbers; the weights of a variable are divided by their sum, which comes back as a log.
 * Rows whose Z comes out too small for that (see evaluate/trust.ts), among them all contradictions, are done again in
 * logs. Slopes are derivatives, not flows divided by weights: a weight of 0 has the right one.
 */
import { CredenceError, type Step } from "@credence/core";
import type { CircuitArrays } from "@credence/core/kernels";
import type { Circuit } from "../circuit/circuit.ts";
import { wantedOperations } from "../evaluate/circuit-plan.ts";
import { type Evaluator, evaluator } from "../evaluate/evaluator.ts";
import { logDerivatives, logValues } from "./passes.ts";

/** A batch of rows. */
export interface LiteralBatch {
  readonly circuit: Circuit;
  readonly rows: number;
  /** The variables by whose weights slopes are wanted. */
  readonly variables: readonly number[];
  /** Whether the weights of every variable add up to 1, but for rounding. */
  readonly normalized: boolean;
  /** The weights of a literal (2 · variable + value), from 0, in `count` rows from `from` on. */
  weightsInto(out: Float64Array, literal: number, from: number, count: number): void;
}

/** Some rows, done. */
export interface LiteralRows {
  readonly from: number;
  readonly count: number;
  readonly logPartitions: Float64Array;
  /**
   * ∂ log Z / ∂ weight of a literal of one of the wanted variables, by row (the largest number if it is larger, 0
   * where Z is 0).
   */
  slopesInto(out: Float64Array, literal: number): void;
  /** That times the weight: the literal's share of Z. */
  flowsInto(out: Float64Array, literal: number): void;
}

/** Rows of a call of the kernels at most, and between two steps. */
const rowsPerCall = 2048;

/** Hands all rows to `take`, some at a time, in their order. @throws CredenceError `UNSUPPORTED_QUERY` */
export function* literalSteps(
  query: string,
  batch: LiteralBatch,
  take: (rows: LiteralRows) => void,
): Generator<Step<never>, void, void> {
  const { circuit, rows } = batch;
  requireLiterals(circuit, query);
  const literalOf = literalsOfInputs(circuit);
  const passes = evaluator(circuit, { given: "all" });
  try {
    const arrays = passes.arrays(Math.min(rows, rowsPerCall), false);
    const most = Math.min(rowsPerCall, arrays.tiles * arrays.width);
    const wanted = new Set(batch.variables);
    const columnWanted = (column: number): boolean => wanted.has(literalOf[column] >> 1);
    arrays.wanted.set(wantedOperations(passes.plan, columnWanted));
    arrays.seeds.fill(1);
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      take(block(batch, passes, arrays, literalOf, from, count));
      yield { phase: query, step: from + count, steps: rows, metrics: {} };
    }
  } finally {
    passes.close();
  }
}

/** Runs some rows. Given column and input are the same here. */
function block(
  batch: LiteralBatch,
  passes: Evaluator,
  arrays: CircuitArrays,
  literalOf: Int32Array,
  from: number,
  count: number,
): LiteralRows {
  const { width, given, slopes } = arrays;
  const { givens } = passes.plan;
  const tiles = Math.ceil(count / width);
  const weights = new Float64Array(tiles * width);
  const { totals, logPartitions } = scalesOf(batch, literalOf, from, count);
  for (let column = 0; column < givens; column++) {
    batch.weightsInto(weights, literalOf[column], from, count);
    const own = totals.get(literalOf[column] >> 1);
    if (own !== undefined) for (let r = 0; r < count; r++) weights[r] /= own[r];
    for (let tile = 0; tile < tiles; tile++) {
      given.set(weights.subarray(tile * width, (tile + 1) * width), (tile * givens + column) * width);
    }
  }
  passes.run(count, batch.variables.length > 0 ? "slopes" : "none");
  const inLogs = new Map<number, RowInLogs>();
  for (let r = 0; r < count; r++) {
    const root = arrays.roots[r];
    if (root >= passes.floor && root < Number.POSITIVE_INFINITY) {
      logPartitions[r] += Math.log(root) + passes.logScale;
    } else {
      const row = rowInLogs(batch, literalOf, from + r);
      logPartitions[r] = row.logPartition;
      inLogs.set(r, row);
    }
  }
  /** Adds up over the inputs that are the literal: usually one. */
  const add = (out: Float64Array, literal: number, factor: (r: number, at: number) => number): void => {
    out.fill(0, 0, count);
    for (let column = 0; column < givens; column++) {
      if (literalOf[column] !== literal) continue;
      for (let tile = 0, r = 0; r < count; tile++) {
        const at = (tile * givens + column) * width;
        for (let lane = 0; lane < width && r < count; lane++, r++) {
          out[r] += slopes[at + lane] * factor(r, at + lane);
        }
      }
    }
  };
  return {
    from,
    count,
    logPartitions,
    slopesInto(out, literal) {
      const own = totals.get(literal >> 1);
      add(out, literal, own === undefined ? () => 1 : (r) => 1 / own[r]);
      for (const [r, row] of inLogs) out[r] = Math.min(row.slopes[literal], Number.MAX_VALUE);
    },
    flowsInto(out, literal) {
      add(out, literal, (_, at) => given[at]);
      for (const [r, row] of inLogs) out[r] = row.flows[literal];
    },
  };
}

/** The sums of the variables' weights, where they are not 1, and by row the sum of their logs. */
function scalesOf(batch: LiteralBatch, literalOf: Int32Array, from: number, count: number) {
  const totals = new Map<number, Float64Array>();
  const logPartitions = new Float64Array(count);
  if (batch.normalized) return { totals, logPartitions };
  const other = new Float64Array(count);
  for (const v of new Set(literalOf.map((literal) => literal >> 1))) {
    const own = new Float64Array(count);
    batch.weightsInto(own, 2 * v, from, count);
    batch.weightsInto(other, 2 * v + 1, from, count);
    for (let r = 0; r < count; r++) {
      // Halves first: two large weights may have no sum.
      const total = 2 * (own[r] / 2 + other[r] / 2);
      own[r] = total > 0 ? Math.min(total, Number.MAX_VALUE) : 1;
      logPartitions[r] += Math.log(own[r]);
    }
    totals.set(v, own);
  }
  return { totals, logPartitions };
}

interface RowInLogs {
  readonly logPartition: number;
  readonly slopes: Float64Array;
  readonly flows: Float64Array;
}

/** One row by the passes in logs. */
function rowInLogs(batch: LiteralBatch, literalOf: Int32Array, row: number): RowInLogs {
  const { circuit } = batch;
  const weight = new Float64Array(1);
  const inputValues = Float64Array.from(literalOf, (literal) => {
    batch.weightsInto(weight, literal, row, 1);
    return Math.log(weight[0]);
  });
  const values = logValues(circuit, inputValues);
  const logPartition = values[circuit.size - 1];
  const slopes = new Float64Array(2 * circuit.variables.size);
  const flows = new Float64Array(2 * circuit.variables.size);
  if (logPartition === Number.NEGATIVE_INFINITY) return { logPartition, slopes, flows };
  logDerivatives(circuit, values).forEach((log, node) => {
    const literal = circuit.literals[node];
    if (literal < 0) return;
    slopes[literal] += Math.exp(log - logPartition);
    flows[literal] += Math.exp(log + values[node] - logPartition);
  });
  return { logPartition, slopes, flows };
}

/** Per input, its literal. */
function literalsOfInputs(circuit: Circuit): Int32Array {
  const literals = new Int32Array(circuit.inputs.length);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) literals[input] = circuit.literals[node];
  });
  return literals;
}

/** Batches hold one number per literal: other inputs have no place there. */
function requireLiterals(circuit: Circuit, query: string): void {
  const at = circuit.inputOf.findIndex((input, node) => input >= 0 && circuit.literals[node] < 0);
  if (at < 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `${query} needs a circuit whose only inputs are literals.`,
    given: circuit.inputs[circuit.inputOf[at]].distribution.family,
    expected: "a circuit such as compileRules makes",
    hint: "Ask posteriors row by row.",
  });
}
