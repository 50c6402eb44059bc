/**
 * Functions of one variable, element by element: out[i] = f(x[i]). The function is a type, as in `fold.ts`.
 */
import { VECTOR, address, at, int } from "./lanes";
import { exp, log, sigmoid, softplus } from "./math";

export class Exp {}
export class Log {}
export class Sigmoid {}
export class Softplus {}

@inline
function apply<T, F>(x: v128): v128 {
  if (idof<F>() == idof<Exp>()) return exp<T>(x);
  if (idof<F>() == idof<Log>()) return log<T>(x);
  if (idof<F>() == idof<Sigmoid>()) return sigmoid<T>(x);
  return softplus<T>(x);
}

/** Slots: out, x, length, elements of a chunk. A last part of a vector goes through `scratch`. */
export function mapChunk<T, F>(args: usize, chunk: i32, scratch: usize): void {
  const size = int(args, 3);
  const first = chunk * size;
  let out = at<T>(address(args, 0), first);
  let x = at<T>(address(args, 1), first);
  const bytes = <usize>min(size, int(args, 2) - first) * sizeof<T>();
  for (const end = x + (bytes & ~(VECTOR - 1)); x < end; x += VECTOR, out += VECTOR) {
    v128.store(out, apply<T, F>(v128.load(x)));
  }
  const rest = bytes & (VECTOR - 1);
  if (rest == 0) return;
  memory.copy(scratch, x, rest);
  v128.store(scratch, apply<T, F>(v128.load(scratch)));
  memory.copy(out, scratch, rest);
}
