/**
 * Functions of one variable, element by element, out[i] = f(x[i]), and their way back, out[i] += g[i] · f′(x[i]).
 * The function is a type, as in `fold.ts`. Operations and their order are those of `src/kernels/elementary.ts`, so
 * that double precision has the same bits.
 */
import { VECTOR, address, at, int, moved } from "./lanes";
import { exp, gelu, geluSlope, log, sigmoid, softplus, tanh } from "./math";

export class Exp {}
export class Log {}
export class Sigmoid {}
export class Softplus {}
export class Tanh {}
export class Gelu {}
export class Relu {}

@inline
function apply<T, F>(x: v128): v128 {
  if (idof<F>() == idof<Exp>()) return exp<T>(x);
  if (idof<F>() == idof<Log>()) return log<T>(x);
  if (idof<F>() == idof<Sigmoid>()) return sigmoid<T>(x);
  if (idof<F>() == idof<Tanh>()) return tanh<T>(x);
  if (idof<F>() == idof<Gelu>()) return gelu<T>(x);
  if (idof<F>() == idof<Relu>()) return v128.max<T>(x, v128.splat<T>(0));
  return softplus<T>(x);
}

/** g · f′(x), given y = f(x). */
@inline
function slope<T, F>(g: v128, x: v128, y: v128): v128 {
  const one = v128.splat<T>(1);
  if (idof<F>() == idof<Relu>()) return v128.and(g, v128.gt<T>(x, v128.splat<T>(0)));
  if (idof<F>() == idof<Exp>()) return v128.mul<T>(g, y);
  if (idof<F>() == idof<Log>()) return v128.div<T>(g, x);
  if (idof<F>() == idof<Sigmoid>()) return v128.mul<T>(g, v128.mul<T>(y, v128.sub<T>(one, y)));
  if (idof<F>() == idof<Tanh>()) return v128.mul<T>(g, v128.sub<T>(one, v128.mul<T>(y, y)));
  if (idof<F>() == idof<Gelu>()) return v128.mul<T>(g, geluSlope<T>(x));
  return v128.mul<T>(g, sigmoid<T>(x));
}

/**
 * Slots: out, x, length, elements of a chunk. A last part of a vector goes through `scratch`, in the same loop: the
 * functions are long, and a second copy of each would make the module so too.
 */
export function mapChunk<T, F>(args: usize, chunk: i32, scratch: usize): void {
  const size = int(args, 3);
  const first = chunk * size;
  const out = at<T>(address(args, 0), first);
  const x = at<T>(address(args, 1), first);
  const bytes = <usize>min(size, int(args, 2) - first) * sizeof<T>();
  const rest = bytes & (VECTOR - 1);
  const whole = bytes - rest;
  for (let o: usize = 0; o < bytes; o += VECTOR) {
    let from = x + o;
    let to = out + o;
    if (o == whole) {
      memory.copy(scratch, from, rest);
      from = scratch;
      to = scratch;
    }
    v128.store(to, apply<T, F>(v128.load(from)));
  }
  if (rest != 0) memory.copy(out + whole, scratch, rest);
}

/** Slots: out, g, x, y, length, elements of a chunk. A last part of a vector goes through `scratch`. */
export function mapGradientChunk<T, F>(args: usize, chunk: i32, scratch: usize): void {
  const size = int(args, 5);
  const first = chunk * size;
  const out = at<T>(address(args, 0), first);
  const bytes = <usize>min(size, int(args, 4) - first) * sizeof<T>();
  const rest = bytes & (VECTOR - 1);
  const whole = bytes - rest;
  let to = out;
  let g = at<T>(address(args, 1), first);
  let x = at<T>(address(args, 2), first);
  let y = at<T>(address(args, 3), first);
  for (let o: usize = 0; o < bytes; o += VECTOR) {
    if (o == whole) {
      to = moved(scratch, to, rest);
      g = moved(scratch + VECTOR, g, rest);
      x = moved(scratch + 2 * VECTOR, x, rest);
      y = moved(scratch + 3 * VECTOR, y, rest);
    }
    v128.store(to, v128.add<T>(v128.load(to), slope<T, F>(v128.load(g), v128.load(x), v128.load(y))));
    to += VECTOR;
    g += VECTOR;
    x += VECTOR;
    y += VECTOR;
  }
  if (rest != 0) memory.copy(out + whole, scratch, rest);
}
