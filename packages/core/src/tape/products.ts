/**
 * Matrix products C = op(A) op(B), one or a batch of them, where op transposes or not. With G = ∂L/∂C,
 *
 *     ∂L/∂A = G op(B)ᵀ,  or op(B) Gᵀ if A is transposed;   ∂L/∂B = op(A)ᵀ G,  or Gᵀ op(A) if B is transposed.
 *
 * O(batch · m · n · k).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { GemmShape } from "../kernels/shapes.ts";
import { requireParts, shapeOf } from "./shapes.ts";
import type { Value } from "./value.ts";

/** Options of {@link matmul}. */
export interface MatmulOptions {
  /** Multiply by the transpose of `a`; default false. */
  readonly transposeA?: boolean;
  /** Multiply by the transpose of `b`; default false. */
  readonly transposeB?: boolean;
}

/** Options of {@link batchedMatmul}. */
export interface BatchedMatmulOptions extends MatmulOptions {
  /** How many matrices `a` and `b` each hold, one below the other. */
  readonly batch: number;
}

/** op(a) · op(b). @throws InvalidArgumentError if the inner sides differ */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  return batchedMatmul(a, b, { ...options, batch: 1 });
}

/**
 * The products of the matrices that `a` and `b` hold one below the other, the i-th of `a` with the i-th of `b`: for
 * attention, (batch · m) × k with (batch · k) × n gives (batch · m) × n.
 * @throws InvalidArgumentError if rows are no multiple of the batch or the inner sides differ
 */
export function batchedMatmul(a: Value, b: Value, options: BatchedMatmulOptions): Value {
  const { batch, transposeA = false, transposeB = false } = options;
  requireParts("a.rows", a.rows, batch);
  requireParts("b.rows", b.rows, batch);
  const [heightA, heightB] = [a.rows / batch, b.rows / batch];
  const [m, k] = transposeA ? [a.cols, heightA] : [heightA, a.cols];
  const [inner, n] = transposeB ? [b.cols, heightB] : [heightB, b.cols];
  if (k !== inner) {
    const given = `${shapeOf({ rows: m, cols: k })} and ${shapeOf({ rows: inner, cols: n })}`;
    throw new InvalidArgumentError("the factors", given, "m x k and k x n, after transposing");
  }
  const { tape } = a;
  const { backend } = tape;
  const data = tape.allocate(batch * m * n);
  backend.gemmInto(data, a.data, b.data, { m, n, k, batch, transposeA, transposeB });
  return tape.record({
    name: "matrix product",
    rows: batch * m,
    cols: n,
    data,
    inputs: [a, b],
    backward(g) {
      if (a.needsGradient) {
        const { gradient, accumulate } = tape.target(a);
        const shape: GemmShape = transposeA
          ? { m: k, n: m, k: n, batch, transposeA: transposeB, transposeB: true, accumulate }
          : { m, n: k, k: n, batch, transposeB: !transposeB, accumulate };
        if (transposeA) backend.gemmInto(gradient, b.data, g, shape);
        else backend.gemmInto(gradient, g, b.data, shape);
      }
      if (b.needsGradient) {
        const { gradient, accumulate } = tape.target(b);
        const shape: GemmShape = transposeB
          ? { m: n, n: k, k: m, batch, transposeA: true, transposeB: transposeA, accumulate }
          : { m: k, n, k: m, batch, transposeA: !transposeA, accumulate };
        if (transposeB) backend.gemmInto(gradient, g, a.data, shape);
        else backend.gemmInto(gradient, a.data, g, shape);
      }
    },
  });
}
