/**
 * Squares summed over variables, exactly. For a vector s of a squared circuit let, with a weight λ_v(x) ≥ 0 for every
 * state,
 *
 *   G_s = Σ_x λ(x) s(x) s(x)ᵀ          over the states x of the variables of s.
 *
 * These K × K matrices follow from each other, since the parts of a product have no variable in common:
 *
 *   table     G = f Λ fᵀ        product   G = G_left ∘ G_right        dense   G = W G_i Wᵀ
 *
 * and Z(λ) = trace G_root. With λ = 1 it is the partition function; 1 for the state of an observed variable and 0 for
 * its others gives marginals; likelihoods and sets of states lie between. The product circuit c² would have the pairs
 * of units as its units and K⁴ weights a step (A. Vergari et al., "A compositional atlas of tractable circuit
 * operations", NeurIPS 2021, theorem 3.2); its weights being W ⊗ W, two products of K × K matrices do.
 *
 * Where the variables of a step have one state each, G = s sᵀ, and the vector s itself is what goes up.
 *
 * Back down, C_s = ∂ log Z / ∂ G_s is the matrix of what is outside of s:
 *
 *   root    C = 1 / Z           dense   C_i = Wᵀ C W,   ∂ log Z / ∂ W = 2 C W G_i
 *   product C_left = C ∘ G_right        table   ∂ log Z / ∂ f = 2 C f Λ
 *
 * All G and C are symmetric and positive semi-definite. Each G is divided by its largest diagonal entry, the logs of
 * which are added up. Where signs cancel to within the rounding of their terms, what is left is noise and counts as 0:
 * an entry of a vector, or of a diagonal with its row and column. O(steps · K³).
 */
import type { Backend } from "@credence/core/kernels";
import { startsOf } from "./amplitudes.ts";
import type { SquaredShape } from "./shape.ts";

/** Logs of the weights of the states of each variable; undefined for all 0. */
export type LogWeights = readonly (Float64Array | undefined)[];

/** Passes over Gram matrices. */
export interface GramPass {
  load(parameters: ArrayLike<number>): void;
  /** G of every step, scaled, and log Z(λ): -Infinity if it is 0. */
  up(logWeights: LogWeights): number;
  /** C of every step, after an {@link GramPass.up} whose Z was not 0. */
  down(): void;
  /** Adds `factor` · ∂ log Z(λ) / ∂ parameters, after {@link GramPass.down}. */
  addGradient(gradient: Float64Array, factor: number): void;
  /** After `up`: G of a step, up to a factor. */
  gram(step: number): Float64Array;
  /** After `down`: ∂ log Z / ∂ G of a step, up to a factor. */
  context(step: number): Float64Array;
  /** The matrix of a dense step, or the table of a variable. */
  numbers(step: number): Float64Array;
  close(): void;
}

/** Memory: 16 K² bytes a step. */
export function gramPass(shape: SquaredShape, backend: Backend): GramPass {
  const { units, squares, steps, arities, parameterCount } = shape;
  const sides = steps.map((step) => (step.kind === "dense" ? step.rows : units));
  const starts = startsOf(sides.map((side) => side ** 2));
  const last = steps.length - 1;
  const total = starts[steps.length];
  const [loaded, grams, contexts, half] = [
    parameterCount,
    total,
    total,
    Math.max(units, squares) * units,
  ].map((length) => backend.allocate("float64", length));
  /** The vectors of steps whose variables have one state each. */
  const vectors: (Float64Array | undefined)[] = [];
  const inverses = new Float64Array(steps.length);
  /** Weights divided by their largest: their sizes are part of Z alone. */
  let weights: readonly (Float64Array | undefined)[] = [];
  const gram = (s: number) => grams.subarray(starts[s], starts[s + 1]);
  const context = (s: number) => contexts.subarray(starts[s], starts[s + 1]);
  const numbers = (s: number): Float64Array => {
    const step = steps[s];
    if (step.kind === "product") return loaded.subarray(0, 0);
    const length = step.kind === "dense" ? step.rows * units : units * arities[step.variable];
    return loaded.subarray(step.at, step.at + length);
  };

  /** The vector of a step if its variables have one state each. */
  const settled = (s: number): Float64Array | undefined => {
    const step = steps[s];
    if (step.kind === "table") return columnOf(numbers(s), units, weights[step.variable]);
    if (step.kind === "product") {
      const [left, right] = [vectors[step.left], vectors[step.right]];
      return left === undefined || right === undefined ? undefined : left.map((x, k) => x * right[k]);
    }
    const input = vectors[step.input];
    return input === undefined ? undefined : applied(numbers(s), input);
  };

  /** G of a step from those before it. */
  const fill = (s: number): void => {
    const [step, out] = [steps[s], gram(s)];
    if (step.kind === "table") tableGram(out, numbers(s), units, weights[step.variable]);
    else if (step.kind === "product") multiply(out, gram(step.left), gram(step.right));
    else {
      const [m, matrix, input] = [step.rows, numbers(s), gram(step.input)];
      backend.gemmInto(half, matrix, input, { m, n: units, k: units });
      backend.gemmInto(out, half, matrix, { m, n: m, k: units, transposeB: true });
      dropNoise(out, matrix, input, m, units);
    }
  };

  return {
    load(parameters) {
      loaded.set(parameters);
    },
    up(given) {
      let log = 0;
      weights = given.map((own) => {
        if (own === undefined) return own;
        const max = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        log += max;
        return max > Number.NEGATIVE_INFINITY ? own.map((w) => Math.exp(w - max)) : own;
      });
      if (log === Number.NEGATIVE_INFINITY) return log;
      for (let s = 0; s <= last; s++) {
        const vector = settled(s);
        vectors[s] = vector;
        const out = gram(s);
        if (vector === undefined) fill(s);
        else outer(out, vector);
        const max = largestDiagonal(out, sides[s]);
        log += Math.log(max);
        if (!(max > 0)) return Number.NEGATIVE_INFINITY;
        inverses[s] = 1 / max;
        for (let i = 0; i < out.length; i++) out[i] *= inverses[s];
        if (vector !== undefined) scaleInto(vector, Math.sqrt(inverses[s]));
      }
      return log + Math.log(trace(gram(last), squares));
    },
    down() {
      const [root, top] = [context(last).fill(0), 1 / trace(gram(last), squares)];
      for (let r = 0; r < squares; r++) root[r * squares + r] = top;
      for (let s = last; s >= 0; s--) {
        const [step, own] = [steps[s], context(s)];
        scaleInto(own, inverses[s]);
        if (step.kind === "product") {
          multiply(context(step.left), own, gram(step.right));
          multiply(context(step.right), own, gram(step.left));
        } else if (step.kind === "dense") {
          const [m, matrix] = [step.rows, numbers(s)];
          backend.gemmInto(half, own, matrix, { m, n: units, k: m });
          backend.gemmInto(context(step.input), matrix, half, { m: units, n: units, k: m, transposeA: true });
        }
      }
    },
    addGradient(gradient, factor) {
      steps.forEach((step, s) => {
        if (step.kind === "table") {
          const own = weights[step.variable];
          addTableGradient(gradient.subarray(step.at), numbers(s), context(s), units, own, 2 * factor);
        } else if (step.kind === "dense") {
          const m = step.rows;
          backend.gemmInto(half, context(s), numbers(s), { m, n: units, k: m });
          const out = gradient.subarray(step.at, step.at + m * units);
          const added = { m, n: units, k: units, alpha: 2 * factor, accumulate: true };
          backend.gemmInto(out, half, gram(step.input), added);
        }
      });
    },
    gram,
    context,
    numbers,
    close() {
      for (const array of [loaded, grams, contexts, half]) backend.release(array);
    },
  };
}

/** Rounding of one step, relative to the sum of the sizes of its terms; a small multiple of the bound. */
const noise = (units: number): number => (4 * units + 16) * 2 ** -52;

/** The column of the only state that has a weight, times the root of it; undefined if several have. */
function columnOf(
  table: Float64Array,
  units: number,
  weights: Float64Array | undefined,
): Float64Array | undefined {
  const arity = table.length / units;
  let only = arity === 1 ? 0 : -1;
  for (let x = 0; weights !== undefined && x < arity; x++) {
    if (!(weights[x] > 0)) continue;
    if (only >= 0 && arity > 1) return undefined;
    only = x;
  }
  if (only < 0) return undefined;
  const root = Math.sqrt(weights?.[only] ?? 1);
  return Float64Array.from({ length: units }, (_, k) => root * table[k * arity + only]);
}

/** W s. */
function applied(matrix: Float64Array, vector: Float64Array): Float64Array {
  const cols = vector.length;
  return Float64Array.from({ length: matrix.length / cols }, (_, r) => {
    let [sum, size] = [0, 0];
    for (let k = 0; k < cols; k++) {
      const term = matrix[r * cols + k] * vector[k];
      sum += term;
      size += Math.abs(term);
    }
    return Math.abs(sum) <= noise(cols) * size ? 0 : sum;
  });
}

/** Zeros in the rows and columns of W G Wᵀ whose diagonal entry is noise, |G_kj| being at most √(G_kk G_jj). */
function dropNoise(
  out: Float64Array,
  matrix: Float64Array,
  input: Float64Array,
  rows: number,
  units: number,
): void {
  for (let r = 0; r < rows; r++) {
    let size = 0;
    for (let k = 0; k < units; k++) size += Math.abs(matrix[r * units + k]) * Math.sqrt(input[k * units + k]);
    if (out[r * rows + r] > noise(units) * size ** 2) continue;
    for (let j = 0; j < rows; j++) {
      out[r * rows + j] = 0;
      out[j * rows + r] = 0;
    }
  }
}

/** f Λ fᵀ. */
function tableGram(
  out: Float64Array,
  table: Float64Array,
  units: number,
  weights: Float64Array | undefined,
): void {
  const arity = table.length / units;
  for (let i = 0; i < units; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let x = 0; x < arity; x++)
        sum += (weights?.[x] ?? 1) * table[i * arity + x] * table[j * arity + x];
      out[i * units + j] = sum;
      out[j * units + i] = sum;
    }
  }
}

/** Adds factor · C f Λ to what belongs to f. */
function addTableGradient(
  out: Float64Array,
  table: Float64Array,
  context: Float64Array,
  units: number,
  weights: Float64Array | undefined,
  factor: number,
): void {
  const arity = table.length / units;
  for (let i = 0; i < units; i++) {
    for (let x = 0; x < arity; x++) {
      let sum = 0;
      for (let j = 0; j < units; j++) sum += context[i * units + j] * table[j * arity + x];
      out[i * arity + x] += factor * (weights?.[x] ?? 1) * sum;
    }
  }
}

function multiply(out: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
}

function scaleInto(array: Float64Array, factor: number): void {
  for (let i = 0; i < array.length; i++) array[i] *= factor;
}

function outer(out: Float64Array, vector: Float64Array): void {
  const n = vector.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = vector[i] * vector[j];
  }
}

function largestDiagonal(matrix: Float64Array, side: number): number {
  let max = 0;
  for (let i = 0; i < side; i++) max = Math.max(max, matrix[i * (side + 1)]);
  return max;
}

function trace(matrix: Float64Array, side: number): number {
  let sum = 0;
  for (let i = 0; i < side; i++) sum += matrix[i * (side + 1)];
  return sum;
}
