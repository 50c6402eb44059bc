/** The shapes and settings of the kernels' calls, as records. */
import type { FloatArray } from "../matrix/float-array.ts";

/**
 * What takes the place of + and × in a product: ordinary arithmetic, or max with a t-norm (product, Gödel's min,
 * Łukasiewicz's), among truth values in [0, 1]. Sums begin at 0. The product also serves non-negative numbers.
 */
export type Semiring = "sum-product" | "max-product" | "max-min" | "max-lukasiewicz";

/**
 * The shape of a matrix product out (m × n) = op(a) (m × k) · op(b) (k × n), or of `batch` of them. In ordinary
 * arithmetic a factor and two vectors can be fused into it,
 *
 *   out[i, j] = (out[i, j] +) rowVector[i] + columnVector[j] + alpha · Σ_p a[i, p] b[p, j]
 *
 * so that squared distances are one product: −‖q − c‖² = 2 q·c − ‖q‖² − ‖c‖².
 */
export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** How many products, their matrices one after another in all three arrays; default 1. */
  readonly batch?: number;
  /** `a` is stored k × m; default false: m × k. */
  readonly transposeA?: boolean;
  /** `b` is stored n × k; default false: k × n. */
  readonly transposeB?: boolean;
  /** Add to what `out` holds (in the semiring); default false: overwrite it. */
  readonly accumulate?: boolean;
  /** Default `sum-product`. */
  readonly semiring?: Semiring;
  /** Factor of the product; default 1. With `sum-product` only. */
  readonly alpha?: number;
  /** m numbers, one added to each row of every product; default none. With `sum-product` only. */
  readonly rowVector?: FloatArray | undefined;
  /** n numbers, one added to each column of every product: a bias; default none. With `sum-product` only. */
  readonly columnVector?: FloatArray | undefined;
}

/** How a sparse matrix is multiplied by a vector. */
export interface CsrProduct {
  /** Default `sum-product`. */
  readonly semiring?: Semiring;
  /** Add to what `out` holds (in the semiring); default false: overwrite it. */
  readonly accumulate?: boolean;
}

/** How two sparse matrices are multiplied. */
export interface CsrCsrProduct {
  /** Default `sum-product`. */
  readonly semiring?: Semiring;
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

/** The shape of rows of which softmaxes are made. */
export interface SoftmaxRows extends RowsShape {
  /** The logarithm of the softmax instead; default false. */
  readonly log?: boolean;
}

/** The shape of a matrix whose columns are summed. */
export interface ColumnsShape extends RowsShape {
  /** Add to what `out` holds; default false: overwrite it. */
  readonly accumulate?: boolean;
}

/** What becomes of a row; of an empty one: 0, 0, −Infinity, −Infinity. */
export type RowReduction = "sum" | "sumOfSquares" | "max" | "logSumExp";

/** Functions of one number; `relu` is max(0, x), `gelu` the tanh form x · sigmoid(2√(2/π)(x + 0.044715 x³)). */
export type ElementFunction = "exp" | "log" | "sigmoid" | "softplus" | "tanh" | "gelu" | "relu";

/** What is known of y = f(x) on the way back. */
export interface ElementGradient {
  /** ∂L/∂y. */
  readonly gradient: FloatArray;
  readonly x: FloatArray;
  readonly y: FloatArray;
}

/** What is known of reduced rows on the way back. */
export interface RowReductionGradient extends RowsShape {
  /** ∂L/∂y, one a row. */
  readonly gradient: FloatArray;
  /** rows × cols. */
  readonly x: FloatArray;
  /** The reductions, one a row. */
  readonly y: FloatArray;
}

/** Layer norm: u = (x − mean) / s, s = √(variance + epsilon), y = u ⊙ gain + bias, row by row. */
export interface LayerNorm extends RowsShape {
  /** Added to the variance, above 0; default 1e-5. */
  readonly epsilon?: number;
  /** cols numbers. */
  readonly gain: FloatArray;
  /** cols numbers. */
  readonly bias: FloatArray;
  /** rows × 2, written: mean and 1 / s of every row, which the way back wants. */
  readonly statistics: FloatArray;
}

/** What is known of a layer norm on the way back, and the gradients that are wanted: each is added to. */
export interface LayerNormGradient extends RowsShape {
  /** ∂L/∂y, rows × cols. */
  readonly gradient: FloatArray;
  /** rows × cols. */
  readonly x: FloatArray;
  readonly gain: FloatArray;
  /** As {@link LayerNorm} left them. */
  readonly statistics: FloatArray;
  /** ∂L/∂x, rows × cols. */
  readonly xGradient?: FloatArray | undefined;
  /** ∂L/∂gain, cols numbers. */
  readonly gainGradient?: FloatArray | undefined;
  /** ∂L/∂bias, cols numbers. */
  readonly biasGradient?: FloatArray | undefined;
}

/** Rows of one matrix by number. */
export interface IndexedRows {
  /** Rows of the matrix that is read or added to by number. */
  readonly rows: number;
  readonly cols: number;
}

/** The k largest of every row. */
export interface TopKRows extends RowsShape {
  /** From 0 to cols. */
  readonly k: number;
}

/** An order of every row. */
export interface ArgsortRows extends RowsShape {
  /** Largest first; default false. Equal numbers keep the order of their columns either way. */
  readonly descending?: boolean;
}

/** Two sets of bit-packed columns. */
export interface PairCountShape {
  /** Columns of `a`. */
  readonly m: number;
  /** Columns of `b`. */
  readonly n: number;
  /** 32-bit words of a column; bits beyond the last row are 0. */
  readonly words: number;
}

/** Settings of a step of gradient descent, as in `sgd`. */
export interface SgdStep {
  readonly learningRate: number;
  /** In [0, 1); default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/** Settings of an Adagrad update: p ← p − learningRate · g / (√s + epsilon). */
export interface AdagradStep {
  readonly learningRate: number;
  readonly epsilon: number;
}

/** Settings of an Adam update, as in `adam` (and `adamW`, with a decay); `step` counts from 1. */
export interface AdamStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The decoupled decay of AdamW, at least 0; default 0. */
  readonly weightDecay?: number;
  readonly step: number;
}

/** What an array holds. */
export interface AllocatedArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
}
