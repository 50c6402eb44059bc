/**
 * Multi-head attention (A. Vaswani et al., "Attention is all you need", 2017, section 3.2): with the columns of Q, K
 * and V cut into heads of width w,
 *
 *     softmax(Q_i K_iᵀ / √w) V_i   for each head i,   side by side, through one more affine map,
 *
 * for several sequences at once, one below the other. O(batch · queries · memory · width) beside the affine maps.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { scale } from "../tape/arithmetic.ts";
import { stackColumns, unstackColumns } from "../tape/arrange.ts";
import { batchedMatmul } from "../tape/products.ts";
import { softmax } from "../tape/rows.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block } from "./block.ts";
import { requireSize } from "./checks.ts";
import { affine } from "./dense.ts";
import { glorotUniform } from "./initialize.ts";

/** Widths of {@link attention}. */
export interface AttentionOptions {
  /** Of the result, and of queries, keys and values; a multiple of the heads. */
  readonly width: number;
  /** Default 1. */
  readonly heads?: number;
  /** Columns of what asks; default the width. */
  readonly queryWidth?: number;
  /** Columns of what is asked; default the width. */
  readonly memoryWidth?: number;
}

/** What an application of attention may say. */
export interface AttentionCall {
  /** How many sequences lie one below the other, in queries and memory alike; default 1. */
  readonly batch?: number;
  /**
   * Which rows of the memory a query may look at, 1 or 0: a row of them for all queries, one for each query of a
   * sequence, or one for each query of the batch. A query that may look at nothing gets the output's bias. Default all.
   */
  readonly mask?: Uint8Array;
}

/** Rows of the memory, weighted for every row of the queries: (batch · n) × width. */
export type Attend = (queries: Value, memory: Value, call?: AttentionCall) => Value;

/** Attention. @throws InvalidArgumentError for widths that are not positive integers or do not divide */
export function attention(options: AttentionOptions): Block<Attend> {
  const { width, heads = 1, queryWidth = width, memoryWidth = width } = options;
  requireSize("heads", heads);
  requireSize("width", width);
  if (width % heads !== 0) throw new InvalidArgumentError("width", width, `a multiple of ${heads} heads`);
  const parts = {
    query: affine(queryWidth, width, glorotUniform(queryWidth, width)),
    key: affine(memoryWidth, width, glorotUniform(memoryWidth, width)),
    value: affine(memoryWidth, width, glorotUniform(memoryWidth, width)),
    output: affine(width, width, glorotUniform(width, width)),
  };
  const factor = 1 / Math.sqrt(width / heads);
  return block(parts, ({ query, key, value, output }) => (queries, memory, { batch = 1, mask } = {}) => {
    // With heads outermost a mask for the batch is one for each head, which softmax repeats by itself.
    const split = (x: Value) => stackColumns(x, heads);
    const all = heads * batch;
    const asked = scale(split(query(queries)), factor);
    const scores = batchedMatmul(asked, split(key(memory)), { batch: all, transposeB: true });
    const shares = softmax(scores, mask === undefined ? {} : { mask });
    return output(unstackColumns(batchedMatmul(shares, split(value(memory)), { batch: all }), heads));
  });
}

/** The mask of a text read from its beginning: row i may look at rows 0 to i. @throws InvalidArgumentError */
export function causalMask(length: number): Uint8Array {
  requireSize("length", length);
  return Uint8Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 1 : 0,
  );
}
