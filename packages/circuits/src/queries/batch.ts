/**
 * Posteriors of many rows of leaf probabilities under one circuit. Values are node-major, rows inner, in
 * tiles that stay in the cache; both passes are loops of multiplications and additions over the rows of a
 * tile, with one logarithm per row and one division per sum and row (flows as in passes.ts). Rows whose root
 * comes out too small for linear numbers (see batch-plan.ts), among them all contradictions, are done again
 * in logs.
 */
import {
  CredenceError,
  InvalidArgumentError,
  type Matrix,
  matrix,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { addInto, addProductInto, multiplyInto, shareBoth, shareInto, shareOne } from "./batch-kernels.ts";
import { type BatchPlan, batchPlan, negligible } from "./batch-plan.ts";
import { requireProperties } from "./evidence.ts";
import { flows, logValues, posteriorsOf } from "./passes.ts";

/** Options of {@link batchMarginals}. */
export interface BatchOptions<V extends string = string> extends RunOptions {
  /**
   * The variables whose posteriors are wanted, in the order of the result's columns; default all. Fewer are
   * faster.
   */
  readonly variables?: readonly V[];
}

/** The posteriors of a batch. */
export interface BatchMarginals<V extends string = string> {
  /** `contradictions` if at least one row leaves no world. */
  readonly kind: "posteriors" | "contradictions";
  /** What the columns of `probabilities` are. */
  readonly variables: readonly V[];
  /**
   * P(variable is true | row), rows × variables. The rows in `contradictions` are all 0: they have no
   * posteriors.
   */
  readonly probabilities: Matrix;
  /** Log of the total weight per row, -Infinity for the rows in `contradictions`. */
  readonly logPartitions: Float64Array;
  /** The rows that leave no world, ascending. */
  readonly contradictions: Int32Array;
}

/**
 * The posterior of every variable under every row.
 * @param rows virtual evidence: rows × circuit.variables.size probabilities, columns in the circuit's
 *   order. 0.5 says nothing about a variable (and adds log 0.5 to the row's logPartition, where absent
 *   evidence adds 0).
 * @returns the same numbers as `marginals` row by row, up to rounding. O(rows · edges)
 * @throws InvalidArgumentError for a matrix of another width or an entry outside [0, 1]
 * @throws UnknownNameError for an unknown name in `options.variables`
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError if `options.signal` is aborted
 */
export function batchMarginals<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V> = {},
): BatchMarginals<V> {
  return runSync(batchSteps(circuit, rows, options), options);
}

/** {@link batchMarginals} that lets the event loop run in between. */
export function batchMarginalsAsync<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V> = {},
): Promise<BatchMarginals<V>> {
  return runAsync(batchSteps(circuit, rows, options), options);
}

/** The memory of one tile, node-major: entry (slot, row) at slot · width + row. */
interface Tile {
  /** Rows that fit. */
  readonly width: number;
  readonly values: Float64Array;
  readonly flow: Float64Array;
  /** One number per row. */
  readonly scratch: Float64Array;
}

/** Tiles hold both passes in about this many numbers, a second-level cache. */
const tileNumbers = 1 << 16;

function* batchSteps<V extends string>(
  circuit: Circuit<V>,
  rows: Matrix,
  options: BatchOptions<V>,
): StepGenerator<BatchMarginals<V>> {
  requireProperties(circuit, "batchMarginals", ["smooth", "decomposable"]);
  requireLiterals(circuit);
  if (rows.cols !== circuit.variables.size) {
    const expected = `${circuit.variables.size} columns, one per variable of the circuit`;
    throw new InvalidArgumentError(
      "The number of columns",
      rows.cols,
      expected,
      "See circuit.variables.names.",
    );
  }
  const names = options.variables ?? circuit.variables.names;
  const columns = names.map((name) => circuit.variables.id(name));
  const plan = batchPlan(circuit, columns);
  const width = Math.max(16, Math.min(256, (tileNumbers / (2 * plan.slots)) & ~15));
  const tile: Tile = {
    width,
    values: new Float64Array(plan.slots * width),
    flow: new Float64Array(plan.slots * width),
    scratch: new Float64Array(width),
  };
  const probabilities = matrix(rows.rows, columns.length);
  const logPartitions = new Float64Array(rows.rows);
  const contradictions: number[] = [];
  const out = { columns, probabilities, logPartitions, contradictions };
  for (let from = 0, tiles = 0; from < rows.rows; from += width) {
    runTile(circuit, plan, tile, rows, from, out);
    if (++tiles % 64 === 0) yield { phase: "marginals", step: from, steps: rows.rows, metrics: {} };
  }
  return {
    kind: contradictions.length > 0 ? "contradictions" : "posteriors",
    variables: names,
    probabilities,
    logPartitions,
    contradictions: Int32Array.from(contradictions),
  };
}

/** Where results go. */
interface Output {
  readonly columns: readonly number[];
  readonly probabilities: Matrix;
  readonly logPartitions: Float64Array;
  readonly contradictions: number[];
}

/** Both passes over the rows from `from` on that fit into the tile. */
function runTile(
  circuit: Circuit,
  plan: BatchPlan,
  tile: Tile,
  rows: Matrix,
  from: number,
  out: Output,
): void {
  const count = Math.min(tile.width, rows.rows - from);
  loadRows(plan, tile, rows, from, count);
  valuesInto(plan, tile, count);
  flowsInto(plan, tile, count);
  storePosteriors(plan, tile, from, count, out);
  for (let r = 0; r < count; r++) {
    const root = tile.values[plan.rootSlot * tile.width + r];
    if (root >= plan.floor && root < Number.POSITIVE_INFINITY) {
      out.logPartitions[from + r] = Math.log(root) + plan.logScale;
    } else rowInLogs(circuit, rows, from + r, out);
  }
}

/** Leaf probabilities and their complements into the slots of the literals. */
function loadRows(plan: BatchPlan, tile: Tile, rows: Matrix, from: number, count: number): void {
  const { data, cols } = rows;
  const { width, values } = tile;
  for (let v = 0; v < cols; v++) {
    const no = plan.literalSlots[2 * v];
    const yes = plan.literalSlots[2 * v + 1];
    for (let r = 0; r < count; r++) {
      const p = data[(from + r) * cols + v];
      if (!(p >= 0 && p <= 1)) {
        throw new InvalidArgumentError(
          `Entry (${from + r}, ${v}) of the rows`,
          p,
          "a probability from 0 to 1",
          "Write 0.5 where nothing is known.",
        );
      }
      if (no >= 0) values[no * width + r] = 1 - p;
      if (yes >= 0) values[yes * width + r] = p;
    }
  }
}

/** The upward pass over the first `count` rows of a tile. */
function valuesInto(plan: BatchPlan, tile: Tile, count: number): void {
  const { outs, isSum, termOffsets, weights, left, right } = plan;
  const { width, values } = tile;
  for (let op = 0; op < outs.length; op++) {
    const out = outs[op] * width;
    const first = termOffsets[op];
    // A product starts as its first factor; an empty one is 1, a sum starts at 0.
    const copies = !isSum[op] && first < termOffsets[op + 1];
    if (copies) values.copyWithin(out, left[first] * width, left[first] * width + count);
    else values.fill(isSum[op] ? 0 : 1, out, out + count);
    for (let term = copies ? first + 1 : first; term < termOffsets[op + 1]; term++) {
      const a = left[term] * width;
      if (!isSum[op]) multiplyInto(values, out, a, count);
      else if (right[term] < 0) addInto(values, out, values, weights[term], a, count);
      else addProductInto(values, out, weights[term], a, right[term] * width, count);
    }
  }
}

/** The downward pass: flows of the wanted slots. */
function flowsInto(plan: BatchPlan, tile: Tile, count: number): void {
  const { outs, isSum, termOffsets, weights, left, right, wanted } = plan;
  const { width, values, flow, scratch } = tile;
  flow.fill(0);
  flow.fill(1, plan.rootSlot * width, plan.rootSlot * width + count);
  for (let op = outs.length - 1; op >= 0; op--) {
    if (!wanted[outs[op]]) continue;
    const out = outs[op] * width;
    if (isSum[op]) {
      for (let r = 0; r < count; r++) {
        const value = values[out + r];
        scratch[r] = value < negligible ? 0 : flow[out + r] / value;
      }
    }
    for (let term = termOffsets[op]; term < termOffsets[op + 1]; term++) {
      const [x, y] = [left[term], right[term]];
      const [a, b] = [x * width, y * width];
      const [first, second] = [wanted[x] === 1, y >= 0 && wanted[y] === 1];
      if (!isSum[op]) {
        if (first) addInto(flow, a, flow, 1, out, count);
      } else if (first && second) shareBoth(values, flow, scratch, weights[term], a, b, count);
      else if (first || second) {
        const target = first ? a : b;
        if (y < 0) shareOne(values, flow, scratch, weights[term], a, count);
        else shareInto(values, flow, scratch, weights[term], a, b, target, count);
      }
    }
  }
}

/** Posteriors of the rows of a tile, whether their numbers are to be trusted or not. */
function storePosteriors(plan: BatchPlan, tile: Tile, from: number, count: number, out: Output): void {
  const { flow, width } = tile;
  const { columns } = out;
  const { data } = out.probabilities;
  for (let column = 0; column < columns.length; column++) {
    const no = plan.literalSlots[2 * columns[column]] * width;
    const yes = plan.literalSlots[2 * columns[column] + 1] * width;
    for (let r = 0; r < count; r++) {
      const denied = no < 0 ? 0 : flow[no + r];
      const held = yes < 0 ? 0 : flow[yes + r];
      data[(from + r) * columns.length + column] = held / (held + denied);
    }
  }
}

/** Batches hold one number per literal: other inputs have no slot there. */
function requireLiterals(circuit: Circuit): void {
  const at = circuit.inputOf.findIndex((input, node) => input >= 0 && circuit.literals[node] < 0);
  if (at < 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: "batchMarginals needs a circuit whose only inputs are literals.",
    given: circuit.inputs[circuit.inputOf[at]].distribution.family,
    expected: "a circuit such as compileRules makes",
    hint: "Ask posteriors row by row.",
  });
}

/** One row again by the passes in logs; a row without worlds is noted and left 0. */
function rowInLogs(circuit: Circuit, rows: Matrix, row: number, out: Output): void {
  const literalWeights = new Float64Array(2 * rows.cols);
  for (let v = 0; v < rows.cols; v++) {
    const p = rows.data[row * rows.cols + v];
    literalWeights[2 * v] = Math.log1p(-p);
    literalWeights[2 * v + 1] = Math.log(p);
  }
  const inputValues = new Float64Array(circuit.inputs.length);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) inputValues[input] = literalWeights[circuit.literals[node]];
  });
  const values = logValues(circuit, inputValues);
  const total = values[circuit.size - 1];
  const start = row * out.columns.length;
  out.logPartitions[row] = total;
  if (total === Number.NEGATIVE_INFINITY) {
    out.contradictions.push(row);
    out.probabilities.data.fill(0, start, start + out.columns.length);
    return;
  }
  const posteriors = posteriorsOf(circuit, flows(circuit, values));
  out.columns.forEach((v, column) => {
    out.probabilities.data[start + column] = posteriors[v];
  });
}
