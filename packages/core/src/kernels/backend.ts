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
 * - Shapes and indices are checked on every call and throw InvalidArgumentError; entries are not. NaN and infinities
 *   follow IEEE arithmetic, except that a NaN never wins a maximum and is refused where an order is asked for.
 * - Kernels of gradients add to what their targets hold: that is what a way back does.
 * - The same call on the same backend gives the same bits, whatever ran before and however many threads there are,
 *   in every engine. The build with fused multiply-add (`fma`) gives other bits, which may differ between engines.
 * - Arrays of a backend's own memory ({@link Backend.allocate}) are used in place. Others are copied in and out by
 *   the WebAssembly backends, which costs about as much as reading them twice.
 *
 * Memory, with w bytes to a number (4 or 8): beside its operands a call of a WebAssembly backend holds copies of those
 * that it cannot use in place, w bytes for each of their numbers that it needs, given back when it returns; and every
 * thread has 1 MB of its own for as long as the backend lives. What a kernel needs beyond that is said with it.
 */
import type { FloatArray } from "../matrix/float-array.ts";
import type { Csr } from "../sparse/csr.ts";
import type { CircuitPass } from "./circuit-pass.ts";
import type { LatentPass } from "./latent-tree.ts";
import type { OneVsAllStep } from "./one-vs-all-step.ts";
import type {
  AdagradStep,
  AdamStep,
  AllocatedArrays,
  ArgsortRows,
  ColumnsShape,
  CsrCsrProduct,
  CsrProduct,
  ElementFunction,
  ElementGradient,
  GemmShape,
  IndexedRows,
  LayerNorm,
  LayerNormGradient,
  PairCountShape,
  RowReduction,
  RowReductionGradient,
  RowsShape,
  SgdStep,
  SoftmaxRows,
  SoftmaxShape,
  TopKRows,
} from "./shapes.ts";

/** An implementation of the kernels. */
export interface Backend {
  /** `ts`, `wasm` or `wasm-threads`. */
  readonly name: string;
  /** How many threads share the work. */
  readonly threads: number;

  /**
   * out = op(a) · op(b), or out += op(a) · op(b), in a semiring; with a factor and vectors, and for a batch of them, as
   * {@link GemmShape} says. The `ts` backend sums in double precision and rounds to the precision of `out` once for
   * every 256 terms; others sum in the precision of `out`, term by term in the order of k, after the vectors, so that
   * an entry depends on nothing but its row, its column and k. Products with few rows or one column, matrix by vector
   * among them, take a way of their own that reads the matrix once. O(batch · m · n · k). Memory: `ts` packs
   * 8 · 256 · min(m + n, 384) bytes, others nothing.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, `out` being an operand, an
   *   alpha that is not finite, and alpha or vectors with another semiring
   */
  gemmInto(out: FloatArray, a: FloatArray, b: FloatArray, shape: GemmShape): void;

  /**
   * out = matrix · x, or out += matrix · x, in a semiring, over the stored entries only, in their order.
   * O(rows + entries). Memory: nothing else.
   *
   * @param out at least `matrix.rows` numbers
   * @param x at least `matrix.cols` numbers
   * @throws InvalidArgumentError for arrays too short, or `out` being an operand
   */
  multiplyCsrInto(out: FloatArray, matrix: Csr, x: FloatArray, options?: CsrProduct): void;

  /**
   * The product a · b in a semiring (F. Gustavson, ACM TOMS 4(3), 1978): row by row, over the stored entries only, terms
   * in the order of the entries of a's row. Entries that come out as 0 are not stored, so that among truth values
   * absent means false. In the precision of `a.values`, in new arrays of exactly the entries' number. O(rows + terms +
   * entries · cols / 4096), terms being the pairs of entries that meet. Memory: (w + 4) bytes for every place where a
   * pair meets, and (w + ⅛) · b.cols bytes a share of the rows, of which there are up to 16 within 32 MB.
   *
   * @throws InvalidArgumentError if a.cols is not b.rows, and for more than 2³¹ − 1 places
   */
  multiplyCsrCsr(a: Csr, b: Csr, options?: CsrCsrProduct): Csr;

  /**
   * Softmax cross-entropy and its gradient in one pass. Returns the sum over rows i and their targets t of
   * −log softmax(logits[i])[t], and overwrites logits[i] with scale · Σ over targets (softmax − one-hot of t).
   * −Infinity is a logit of probability 0. O(rows · cols + targets). Memory: 36 bytes a row.
   *
   * @throws InvalidArgumentError for arrays too short, a target outside 0..cols − 1 or offsets that descend
   * @throws CredenceError `NON_FINITE` if the loss of a row is not finite; the logits are then lost
   */
  softmaxCrossEntropyInto(logits: FloatArray, targets: Int32Array, shape: SoftmaxShape): number;

  /**
   * Logits, loss and gradients of a batch of queries against all entities, without the matrix batch × entities:
   * see {@link OneVsAllStep}. Returns the loss. O(batch · count · d). Memory: for a strip of r rows, r · (w · count +
   * 16 · w · d) bytes beside 8 a query and 2 w a target, where r is at most 128 and as much less, down to 16, as makes
   * w · r · count at most 32 MB; `ts` has strips of 64 rows in double precision, and 8 · count · d bytes more if the
   * gradient of the entities is of single precision.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, targets outside the entities
   * @throws CredenceError `NON_FINITE` if the loss of a row is not finite; the gradients are then undefined
   */
  oneVsAllStep(step: OneVsAllStep): number;

  /**
   * One pass over a latent tree: see {@link LatentPass}. O(rows · nodes · width²). The bits of `float32` and `float64`
   * do not depend on the number of threads; those of `ts` differ by rounding.
   *
   * @throws InvalidArgumentError for rows outside their table, or arrays too short
   */
  latentTree(pass: LatentPass): void;

  /**
   * A call of the passes over a circuit: see {@link CircuitPass}. O(rows · edges).
   *
   * @throws InvalidArgumentError for more tiles than the arrays have, or counts that they have no room for
   */
  circuitPass(pass: CircuitPass): void;

  /**
   * out[i] = softmax(x[i]) row by row, or its logarithm; `out` may be `x`. A row with a NaN, with +Infinity or of
   * −Infinity alone becomes NaN. O(rows · cols). Memory: `ts` 8 bytes a column, others nothing.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0 or arrays too short
   */
  softmaxInto(out: FloatArray, x: FloatArray, shape: SoftmaxRows): void;

  /**
   * Adds to `out` the gradient of x, from that of y = softmax(x): out += y ⊙ (g − ⟨g, y⟩); with `log`, of
   * y = log softmax(x): out += g − exp(y) · Σ g. O(rows · cols). Memory: nothing else.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being an operand
   */
  softmaxGradientInto(out: FloatArray, gradient: FloatArray, y: FloatArray, shape: SoftmaxRows): void;

  /**
   * One number a row: Σ x, Σ x², max x or log Σ exp x. O(rows · cols). Memory: nothing else.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being `x`
   */
  reduceRowsInto(out: FloatArray, x: FloatArray, shape: RowsShape, by: RowReduction): void;

  /**
   * Adds to `out` the gradient of x, from that of its reduction y: g, 2 x g, g where the maximum first stands, or
   * g · exp(x − y). O(rows · cols). Memory: nothing else.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being an operand
   */
  reduceRowsGradientInto(out: FloatArray, known: RowReductionGradient, by: RowReduction): void;

  /**
   * The sum of every column, row after row, in double precision, rounded (and added) once. O(rows · cols). Memory:
   * `ts` 8 bytes a column, others nothing.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being `x`
   */
  sumColumnsInto(out: FloatArray, x: FloatArray, shape: ColumnsShape): void;

  /**
   * out = layer norm of x (J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016, equation 4): see
   * {@link LayerNorm}. `out` may be `x`. Mean and variance are summed in double precision. O(rows · cols). Memory:
   * nothing else.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or an epsilon not above 0
   */
  layerNormInto(out: FloatArray, x: FloatArray, norm: LayerNorm): void;

  /**
   * Adds to the gradients that are given, with h = g ⊙ gain,
   *
   *   ∂L/∂x += (h − mean h − u ⊙ mean(h ⊙ u)) / s,  ∂L/∂gain += Σ over rows of g ⊙ u,  ∂L/∂bias += Σ over rows of g.
   *
   * Computed in the precision of `gradient`. O(rows · cols). Memory: `ts` 8 bytes a column, others nothing.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or a target being an operand
   */
  layerNormGradientInto(known: LayerNormGradient): void;

  /**
   * out[i] = f(x[i]) for all of `x`; `out` may be `x`. The functions are our own: the same bits in every engine, within
   * 1 unit in the last place for exp and log, 2.5 for sigmoid and softplus, 3 for tanh; relu is exact. O(x.length).
   * Memory: nothing else.
   *
   * @throws InvalidArgumentError if `out` is shorter than `x`
   */
  mapInto(out: FloatArray, x: FloatArray, f: ElementFunction): void;

  /**
   * Adds to `out` the gradient of x, from that of y = f(x): out[i] += g[i] · f′(x[i]) for all of `gradient`. Each f′ is
   * made of y where that is enough (exp, sigmoid, tanh), otherwise of x; relu's is 0 at the kink. O(length). Memory:
   * nothing else.
   *
   * @throws InvalidArgumentError if `out`, `x` or `y` is shorter than `gradient`, or `out` is one of them
   */
  mapGradientInto(out: FloatArray, known: ElementGradient, f: ElementFunction): void;

  /**
   * Row `ids[i]` of x (rows × cols) becomes row i of `out`. O(ids · cols). Memory: nothing else; where `out` or `x` is
   * not an allocated array, rows are copied one by one and nothing more.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, ids that are not rows, or `out`
   *   being `x`
   */
  gatherRowsInto(out: FloatArray, x: FloatArray, ids: Int32Array, shape: IndexedRows): void;

  /**
   * Row i of x is added to row `ids[i]` of `out` (rows × cols): for every row of `out` in the order of i, each addition
   * rounded. O(ids · cols). Memory: as {@link Backend.gatherRowsInto}.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, ids that are not rows, or `out`
   *   being `x`
   */
  scatterAddRowsInto(out: FloatArray, x: FloatArray, ids: Int32Array, shape: IndexedRows): void;

  /**
   * The columns of the k largest of every row, descending, ties by smaller column: `topK` row by row. `out` is
   * rows × k. O(rows · cols) on data in random order, with a factor log k at worst. Memory: 4 bytes a row.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, a k that is not from 0 to cols, arrays too short,
   *   and NaN
   */
  topKRowsInto(out: Int32Array, x: FloatArray, shape: TopKRows): void;

  /**
   * The columns of every row in ascending (or descending) order of their numbers, ties by smaller column: `argsort` row
   * by row. `out` is rows × cols. O(rows · cols) by radix in WebAssembly, with a factor log cols in `ts`. Memory:
   * 4 bytes a row and (2 w + 4) · cols bytes for each of at most 8 shares of the rows; `ts` 16 · cols bytes.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, and NaN
   */
  argsortRowsInto(out: Int32Array, x: FloatArray, shape: ArgsortRows): void;

  /**
   * How often two bits are set together: out[i, j] (m × n) = Σ over words of the 1 bits of a[i] & b[j], for columns of
   * bits packed 32 rows to a word, one column after another. O(m · n · words / 4). Memory: nothing else.
   *
   * @throws InvalidArgumentError for sides that are not integers ≥ 0, arrays too short, or `out` being an operand
   */
  pairCountsInto(out: Int32Array, a: Int32Array, b: Int32Array, shape: PairCountShape): void;

  /**
   * One step of gradient descent over whole arrays: `sgd` fused. O(parameters). Memory: nothing else.
   *
   * @param velocity what momentum remembers, updated; needed exactly if there is momentum
   * @throws InvalidArgumentError for arrays of different lengths, settings outside their ranges, and a velocity that is
   *   missing or not needed
   */
  sgdInto(
    parameters: FloatArray,
    gradient: FloatArray,
    velocity: FloatArray | undefined,
    step: SgdStep,
  ): void;

  /**
   * One step of Adagrad over whole arrays: `adagrad` fused. O(parameters). Memory: nothing else.
   *
   * @param sums the sums of squares so far, updated
   * @throws InvalidArgumentError for arrays of different lengths
   */
  adagradInto(parameters: FloatArray, gradient: FloatArray, sums: FloatArray, step: AdagradStep): void;

  /**
   * One step of Adam over whole arrays: `adam` fused, or `adamW` where there is a decay. O(parameters). Memory: nothing
   * else.
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
   * be shared it is simply an array of its own, and is copied like any other. Memory: its bytes, rounded up to a
   * multiple of 64, until it is released; released memory is used again, and never given back to the engine.
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
