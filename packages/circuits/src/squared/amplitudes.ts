/**
 * The vectors of complete rows, tile by tile, node-major: entry (k, row) of a step at k · rows + row, so that a dense
 * step is one product of matrices. Every vector is divided by its largest entry, whose logs are added up per row:
 *
 *   log Σ_r c_r(x)² = log Σ_r ĉ_r² + 2 Σ_steps log scale
 *
 * The way back has these scales for constants, as the sum does not depend on them. With a_s the gradient of the log
 * with respect to the scaled vector s̃ (i that of a step's input),
 *
 *   root      a = 2 ĉ / Σ ĉ²
 *   dense     a_i = Wᵀ a / scale,   gradient of W += (a / scale) ĩᵀ
 *   product   a_left = a ∘ right / scale, and the other way round
 *   table     gradient of f(x)      += a / scale
 *
 * A row with c(x) = 0 has the log -Infinity and no gradient. O(rows · parameters of the dense steps).
 */
import type { Backend } from "@credence/core/kernels";
import type { StateTable } from "../learn/states.ts";
import type { SquaredShape, SquaredStep } from "./shape.ts";

/** Passes over complete rows. */
export interface AmplitudePass {
  /** How many rows a call may have. */
  readonly tile: number;
  load(parameters: ArrayLike<number>): void;
  /** log Σ_r c_r(x)² of rows order[from] to order[to - 1], written from out[from] on. */
  up(out: Float64Array, table: StateTable, order: Int32Array, from: number, to: number): void;
  /**
   * Adds the gradient of Σ weight · log Σ_r c_r² of the rows of the last {@link AmplitudePass.up}; without weights
   * all are 1.
   */
  addGradient(gradient: Float64Array, weights: ArrayLike<number> | undefined): void;
  close(): void;
}

/** Products of scales are kept between these, beyond which logs are taken. */
const [smallest, largest] = [1e-140, 1e140];

/** Memory: 16 bytes a row of the tile for every unit of every step. */
export function amplitudePass(shape: SquaredShape, backend: Backend, tile = 128): AmplitudePass {
  const { units, steps, arities, parameterCount } = shape;
  const rowsOf = (step: SquaredStep): number => (step.kind === "dense" ? step.rows : units);
  const starts = startsOf(steps.map((step) => rowsOf(step) * tile));
  const [loaded, values, slopes, added] = [
    parameterCount,
    starts[steps.length],
    starts[steps.length],
    parameterCount,
  ].map((length) => backend.allocate("float64", length));
  const inverses = new Float64Array(steps.length * tile);
  const [maxima, products, logs] = [tile, tile, tile].map((length) => new Float64Array(length));
  // States of the rows at hand, variable by variable.
  const states = new Uint8Array(arities.length * tile);
  let rows: Int32Array = new Int32Array(0);

  const vectorOf = (of: typeof values, s: number) =>
    of.subarray(starts[s], starts[s] + rowsOf(steps[s]) * rows.length);

  /** Divides the vectors of a step by their largest entries. */
  const scale = (vector: typeof values, s: number): void => {
    const n = rows.length;
    maxima.fill(0, 0, n);
    for (let at = 0; at < vector.length; at += n) {
      for (let r = 0; r < n; r++) maxima[r] = Math.max(maxima[r], Math.abs(vector[at + r]));
    }
    const inverse = inverses.subarray(s * tile, s * tile + n);
    for (let r = 0; r < n; r++) {
      const max = maxima[r];
      inverse[r] = max > 0 ? 1 / max : 0;
      const product = products[r] * max;
      if (product > smallest && product < largest) products[r] = product;
      else {
        logs[r] += Math.log(products[r]) + Math.log(max);
        products[r] = 1;
      }
    }
    multiplyRows(vector, inverse);
  };

  return {
    tile,
    load(parameters) {
      loaded.set(parameters);
    },
    up(out, table, order, from, to) {
      rows = order.subarray(from, to);
      const n = rows.length;
      logs.fill(0);
      products.fill(1);
      steps.forEach((step, s) => {
        const vector = vectorOf(values, s);
        if (step.kind === "table") {
          const own = states.subarray(step.variable * tile, step.variable * tile + n);
          for (let r = 0; r < n; r++) own[r] = table.columns[step.variable * table.rows + rows[r]];
          gatherTable(vector, loaded, step.at, arities[step.variable], own);
        } else if (step.kind === "product") {
          const [left, right] = [vectorOf(values, step.left), vectorOf(values, step.right)];
          for (let i = 0; i < vector.length; i++) vector[i] = left[i] * right[i];
        } else {
          const matrix = loaded.subarray(step.at, step.at + step.rows * units);
          backend.gemmInto(vector, matrix, vectorOf(values, step.input), { m: step.rows, n, k: units });
        }
        scale(vector, s);
      });
      const root = vectorOf(values, steps.length - 1);
      for (let r = 0; r < n; r++) {
        const sum = sumOfSquares(root, r, n);
        out[from + r] =
          sum === 0 ? Number.NEGATIVE_INFINITY : Math.log(sum) + 2 * (logs[r] + Math.log(products[r]));
      }
    },
    addGradient(gradient, weights) {
      const n = rows.length;
      added.fill(0);
      const last = steps.length - 1;
      const [root, top] = [vectorOf(values, last), vectorOf(slopes, last)];
      for (let r = 0; r < n; r++) {
        const sum = sumOfSquares(root, r, n);
        const factor = sum === 0 ? 0 : (2 * (weights?.[rows[r]] ?? 1)) / sum;
        for (let at = r; at < root.length; at += n) top[at] = factor * root[at];
      }
      for (let s = last; s >= 0; s--) {
        const step = steps[s];
        const slope = vectorOf(slopes, s);
        multiplyRows(slope, inverses.subarray(s * tile, s * tile + n));
        if (step.kind === "table") {
          scatterTable(
            added,
            slope,
            step.at,
            arities[step.variable],
            states.subarray(step.variable * tile),
            n,
          );
        } else if (step.kind === "product") {
          for (const [own, other] of [
            [step.left, step.right],
            [step.right, step.left],
          ]) {
            const [out, value] = [vectorOf(slopes, own), vectorOf(values, other)];
            for (let i = 0; i < slope.length; i++) out[i] = slope[i] * value[i];
          }
        } else {
          const { at, input } = step;
          const m = step.rows;
          const matrix = added.subarray(at, at + m * units);
          backend.gemmInto(matrix, slope, vectorOf(values, input), { m, n: units, k: n, transposeB: true });
          const weightsOf = loaded.subarray(at, at + m * units);
          backend.gemmInto(vectorOf(slopes, input), weightsOf, slope, {
            m: units,
            n,
            k: m,
            transposeA: true,
          });
        }
      }
      for (let i = 0; i < gradient.length; i++) gradient[i] += added[i];
    },
    close() {
      for (const array of [loaded, values, slopes, added]) backend.release(array);
    },
  };
}

/** Where stretches of these lengths start, one after the other, and where the last one ends. */
export function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    starts[i + 1] = starts[i] + length;
  });
  return starts;
}

/** Multiplies every row of a matrix with these columns by the numbers. */
function multiplyRows(matrix: Float64Array, numbers: Float64Array): void {
  const n = numbers.length;
  for (let at = 0; at < matrix.length; at += n) {
    for (let r = 0; r < n; r++) matrix[at + r] *= numbers[r];
  }
}

function sumOfSquares(matrix: Float64Array, column: number, columns: number): number {
  let sum = 0;
  for (let at = column; at < matrix.length; at += columns) sum += matrix[at] * matrix[at];
  return sum;
}

/** The entries of a table for the states of the rows. */
function gatherTable(
  out: Float64Array,
  parameters: Float64Array,
  at: number,
  arity: number,
  states: Uint8Array,
): void {
  const n = states.length;
  for (let k = 0, from = at; k * n < out.length; k++, from += arity) {
    for (let r = 0; r < n; r++) out[k * n + r] = parameters[from + states[r]];
  }
}

/** Adds what belongs to entries of a table to them. */
function scatterTable(
  out: Float64Array,
  slopes: Float64Array,
  at: number,
  arity: number,
  states: Uint8Array,
  n: number,
): void {
  for (let k = 0, from = at; k * n < slopes.length; k++, from += arity) {
    for (let r = 0; r < n; r++) out[from + states[r]] += slopes[k * n + r];
  }
}
