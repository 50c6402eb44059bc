/**
 * Updates of parameters p by a gradient g, fused into one pass over the arrays:
 *
 *   Adagrad  s ← s + g²,  p ← p − rate · g / (√s + ε), nothing where g = 0
 *   Adam     m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p − rate · m / (√v / root + ε)
 *
 * where rate and root carry the corrections for the step. The operations and their order are those of
 * `src/optimizer`, so double-precision results are the same bits.
 */
import { VECTOR, address, at, int, real } from "./lanes";

export class Adagrad {}
export class Adam {}

/** Slots: parameters, gradient, sums of squares, (unused), length, elements of a chunk, rate, ε. */
@inline
function adagrad<T>(args: usize, p: usize, g: usize, s: usize): void {
  const gradient = v128.load(g);
  const old = v128.load(p);
  const sum = v128.add<T>(v128.load(s), v128.mul<T>(gradient, gradient));
  const scaled = v128.mul<T>(v128.splat<T>(real<T>(args, 6)), gradient);
  const root = v128.add<T>(v128.sqrt<T>(sum), v128.splat<T>(real<T>(args, 7)));
  const moved = v128.sub<T>(old, v128.div<T>(scaled, root));
  v128.store(s, sum);
  v128.store(p, v128.bitselect(old, moved, v128.eq<T>(gradient, v128.splat<T>(0))));
}

/**
 * Slots: parameters, gradient, means, mean squares, length, elements of a chunk, rate, ε, β₁, 1 − β₁, β₂, 1
 * − β₂, root.
 */
@inline
function adam<T>(args: usize, p: usize, g: usize, m: usize, v: usize): void {
  const gradient = v128.load(g);
  const mean = v128.add<T>(
    v128.mul<T>(v128.splat<T>(real<T>(args, 8)), v128.load(m)),
    v128.mul<T>(v128.splat<T>(real<T>(args, 9)), gradient),
  );
  const square = v128.add<T>(
    v128.mul<T>(v128.splat<T>(real<T>(args, 10)), v128.load(v)),
    v128.mul<T>(v128.mul<T>(v128.splat<T>(real<T>(args, 11)), gradient), gradient),
  );
  const scale = v128.div<T>(v128.sqrt<T>(square), v128.splat<T>(real<T>(args, 12)));
  const step = v128.div<T>(
    v128.mul<T>(v128.splat<T>(real<T>(args, 6)), mean),
    v128.add<T>(scale, v128.splat<T>(real<T>(args, 7))),
  );
  v128.store(m, mean);
  v128.store(v, square);
  v128.store(p, v128.sub<T>(v128.load(p), step));
}

@inline
function update<T, O>(args: usize, p: usize, g: usize, s: usize, v: usize): void {
  if (idof<O>() == idof<Adagrad>()) adagrad<T>(args, p, g, s);
  else adam<T>(args, p, g, s, v);
}

/**
 * Slots 0 to 3: the arrays (Adagrad leaves 3 alone), 4: length, 5: elements of a chunk. A last part of a
 * vector goes through `scratch`.
 */
export function updateChunk<T, O>(args: usize, chunk: i32, scratch: usize): void {
  const size = int(args, 5);
  const first = chunk * size;
  const p = at<T>(address(args, 0), first);
  const g = at<T>(address(args, 1), first);
  const s = at<T>(address(args, 2), first);
  const v = at<T>(address(args, 3), first);
  const bytes = <usize>min(size, int(args, 4) - first) * sizeof<T>();
  const whole = bytes & ~(VECTOR - 1);
  for (let o: usize = 0; o < whole; o += VECTOR) update<T, O>(args, p + o, g + o, s + o, v + o);
  const rest = bytes - whole;
  if (rest == 0) return;
  memory.fill(scratch, 0, 4 * VECTOR);
  memory.copy(scratch, p + whole, rest);
  memory.copy(scratch + VECTOR, g + whole, rest);
  memory.copy(scratch + 2 * VECTOR, s + whole, rest);
  if (idof<O>() == idof<Adam>()) memory.copy(scratch + 3 * VECTOR, v + whole, rest);
  update<T, O>(args, scratch, scratch + VECTOR, scratch + 2 * VECTOR, scratch + 3 * VECTOR);
  memory.copy(p + whole, scratch, rest);
  memory.copy(s + whole, scratch + 2 * VECTOR, rest);
  if (idof<O>() == idof<Adam>()) memory.copy(v + whole, scratch + 3 * VECTOR, rest);
}
