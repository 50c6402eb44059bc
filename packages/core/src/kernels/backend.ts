/**
 * The kernels in which training, scoring and reasoning spend their time, behind one interface with interchangeable
 * implementations: `ts` is always there and defines the results, `wasm` is WebAssembly with 128-bit vectors,
 * `wasm-threads` is the same on several threads.
 *
 * Rules for all kernels:
 * - Matrices are row-major and dense, at the start of their arrays; arrays may be longer than needed.
 * - Single and double precision may be mixed; a call is computed in the precision of its output (`ts`: always in
 *   double) and rounded to it.
 * - Outputs never overlap inputs, except where a kernel says so. Operands may be each other.
 * - Empty matrices (any side 0) are matrices.
 * - Shapes are checked on every call and throw InvalidArgumentError; entries are not. NaN and infinities follow IEEE
 *   arithmetic, except that a NaN never wins a maximum.
 * - The same call on the same backend gives the same bits, whatever ran before and however many threads there are,
 *   in every engine. The build with fused multiply-add (`fma`) gives other bits, which may differ between engines.
 * - Arrays of a backend's own memory ({@link Backend.allocate}) are used in place. Others are copied in and out by
 *   the WebAssembly backends, which costs about as much as reading them twice.
 */
import type { FloatArray } from "../matrix/float-array.ts";
import type { Csr } from "../sparse/csr.ts";
import type { OneVsAllStep } from "./one-vs-all-step.ts";

/**
 * What takes the place of + and × in a product: ordinary arithmetic, or max with a t-norm (product, Gödel's min,
 * Łukasiewicz's), among truth values in [0, 1]. Sums begin at 0. The product also serves non-negative numbers.
 */
export type Semiring = "sum-product" | "max-product" | "max-min" | "max-lukasiewicz";

/** The shape of a matrix product out (m × n) = op(a) (m × k) · op(b) (k × n). */
export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** `a` is stored k × m; default false: m × k. */
  readonly transposeA?: boolean;
  /** `b` is stored n × k; default false: k × n. */
  readonly transposeB?: boolean;
  /** Add to what `out` holds (in the semiring); default false: overwrite it. */
  readonly accumulate?: boolean;
  /** Default `sum-product`. */
  readonly semiring?: Semiring;
}

/** How a sparse matrix is multiplied. */
export interface CsrProduct {
  /** Default `sum-product`. */
  readonly semiring?: Semiring;
  /** Add to what `out` holds (in the semiring); default false: overwrite it. */
  readonly accumulate?: boolean;
}

/** The shape of a batch of classifications over the same classes. */
export interface SoftmaxShape {
  readonly rows: number;
  readonly cols: number;
  /** Factor of the gradient (not of the loss), for example 1 / batch size; default 1. */
  readonly scale?: number;
  /**
   * Several targets a row: row i has `targets[offsets[i]] .. targets[offsets[i + 1] − 1]`, and counts once for
   * each of them, as if it stood that many times in the batch. Default one target a row. Length rows + 1.
   */
  readonly offsets?: Int32Array;
}

/** The shape of a matrix whose rows are independent. */
export interface RowsShape {
  readonly rows: number;
  readonly cols: number;
}

/** What becomes of a row; of an empty one: 0, −Infinity, −Infinity. */
export type RowReduction = "sum" | "max" | "logSumExp";

/** Functions of one number. */
export type ElementFunction = "exp" | "log" | "sigmoid" | "softplus";

/** Settings of an Adagrad update: p ← p − learningRate · g / (√s + epsilon). */
export interface AdagradStep {
  readonly learningRate: number;
  readonly epsilon: number;
}

/** Settings of an Adam update, as in `adam`; `step` counts from 1. */
export interface AdamStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly step: number;
}

/** What an array holds. */
export interface AllocatedArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
}

/** An implementation of the kernels. */
export interface Backend {
  /** `ts`, `wasm` or `wasm-threads`. */
  readonly name: string;
  /** How many threads share the work. */
  readonly threads: number;

  /**
   * out = op(a) · op(b), or out += op(a) · op(b), in a semiring. The `ts` backend sums in double precision and rounds
   * to the precision of `out` once for every 256 terms; others sum in the precision of `out`, term by term in the
   * order of k, so that an entry depends on nothing but its row, its column and k. O(m · n · k). `wasm` needs, beside
   * operands, 1 MB a thread.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being an operand
   */
  gemmInto(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void;

  /**
   * out = matrix · x, or out += matrix · x, in a semiring, over the stored entries only, in their order.
   * O(rows + entries).
   *
   * @param out at least `matrix.rows` numbers
   * @param x at least `matrix.cols` numbers
   * @throws InvalidArgumentError for arrays too short, or `out` being an operand
   */
  multiplyCsrInto(out: FloatArray, matrix: Csr, x: FloatArray, options?: CsrProduct): void;

  /**
   * Softmax cross-entropy and its gradient in one pass. Returns the sum over rows i and their targets t of
   * −log softmax(logits[i])[t], and overwrites logits[i] with scale · Σ over targets (softmax − one-hot of t).
   * −Infinity is a logit of probability 0. O(rows · cols + targets).
   *
   * @throws InvalidArgumentError for arrays too short, a target outside 0..cols − 1 or offsets that descend
   * @throws CredenceError `NON_FINITE` if the loss of a row is not finite; the logits are then lost
   */
  softmaxCrossEntropyInto(logits: FloatArray, targets: Int32Array, shape: SoftmaxShape): number;

  /**
   * Logits, loss and gradients of a batch of queries against all entities, without the matrix batch × entities:
   * see {@link OneVsAllStep}. Returns the loss. O(batch · count · d); working memory about count · min(batch, 128)
   * numbers (at most 32 MB, or 16 rows of them).
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, targets outside the entities
   * @throws CredenceError `NON_FINITE` if the loss of a row is not finite; the gradients are then undefined
   */
  oneVsAllStep(step: OneVsAllStep): number;

  /**
   * out[i] = softmax(x[i]) row by row; `out` may be `x`. A row with a NaN, with +Infinity or of −Infinity alone
   * becomes NaN. O(rows · cols).
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0 or arrays too short
   */
  softmaxInto(out: FloatArray, x: FloatArray, shape: RowsShape): void;

  /**
   * One number a row. O(rows · cols).
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being `x`
   */
  reduceRowsInto(out: FloatArray, x: FloatArray, shape: RowsShape, by: RowReduction): void;

  /**
   * out[i] = f(x[i]) for all of `x`; `out` may be `x`. The functions are our own: the same bits in every engine, within
   * 1 unit in the last place for exp, 1 for log, 2.5 for sigmoid and softplus. O(x.length).
   *
   * @throws InvalidArgumentError if `out` is shorter than `x`
   */
  mapInto(out: FloatArray, x: FloatArray, f: ElementFunction): void;

  /**
   * One step of Adagrad over whole arrays: `adagrad` fused. O(parameters).
   *
   * @param sums the sums of squares so far, updated
   * @throws InvalidArgumentError for arrays of different lengths
   */
  adagradInto(parameters: FloatArray, gradient: FloatArray, sums: FloatArray, step: AdagradStep): void;

  /**
   * One step of Adam over whole arrays: `adam` fused. O(parameters).
   *
   * @throws InvalidArgumentError for arrays of different lengths
   */
  adamInto(
    parameters: FloatArray,
    gradient: FloatArray,
    mean: FloatArray,
    meanSquare: FloatArray,
    step: AdamStep,
  ): void;

  /**
   * A zeroed array that this backend uses without copying. It is an ordinary typed array and never detaches; parts
   * of it (`subarray`) count as well. In a WebAssembly backend it is a view of shared memory, which some platform
   * functions refuse (`TextDecoder`, `crypto.getRandomValues`): copy it with `slice()` for those. Where memory cannot
   * be shared it is simply an array of its own, and is copied like any other.
   *
   * @throws InvalidArgumentError for a length that is not an integer ≥ 0
   * @throws CredenceError `KERNEL_MEMORY` beyond 4 GiB
   */
  allocate<K extends keyof AllocatedArrays>(kind: K, length: number): AllocatedArrays[K];

  /** Gives an allocated array's memory back; neither it nor a part of it may be used afterwards. Others are ignored. */
  release(array: FloatArray | Int32Array): void;

  /** Ends the backend's threads. Calls still work afterwards, on the calling thread alone. */
  close(): void;
}
