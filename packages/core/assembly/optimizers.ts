/**
 * Updates of parameters p by a gradient g, fused into one pass over the arrays:
 *
 *   Adagrad  s ← s + g²,  p ← p − rate · g / (√s + ε), nothing where g = 0
 *   Adam     m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← kept · p − rate · m / (√v / root + ε)
 *   Descent  p ← p − rate · g
 *   Momentum v ← μ v + g,  p ← p − rate · v,  or p ← p − rate · (g + μ v)
 *
 * where rate and root carry the corrections for the step, and kept is what decay leaves. The operations and
 * their order are those of `src/optimizer`, so double-precision results are the same bits.
 */
import { VECTOR, address, at, int, real } from "./lanes";

export class Adagrad {}
export class Adam {}
export class Descent {}
export class Momentum {}

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
 * − β₂, root, kept.
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
  const kept = v128.mul<T>(v128.splat<T>(real<T>(args, 13)), v128.load(p));
  v128.store(p, v128.sub<T>(kept, step));
}

/** Slots: parameters, gradient, (unused), (unused), length, elements of a chunk, rate. */
@inline
function descent<T>(args: usize, p: usize, g: usize): void {
  const step = v128.mul<T>(v128.splat<T>(real<T>(args, 6)), v128.load(g));
  v128.store(p, v128.sub<T>(v128.load(p), step));
}

/** Slots: parameters, gradient, velocity, (unused), length, elements of a chunk, rate, μ, whether to look ahead. */
@inline
function momentum<T>(args: usize, p: usize, g: usize, s: usize): void {
  const gradient = v128.load(g);
  const mu = v128.splat<T>(real<T>(args, 7));
  const velocity = v128.add<T>(v128.mul<T>(mu, v128.load(s)), gradient);
  v128.store(s, velocity);
  let way = velocity;
  if (real<f64>(args, 8) != 0) way = v128.add<T>(gradient, v128.mul<T>(mu, velocity));
  v128.store(p, v128.sub<T>(v128.load(p), v128.mul<T>(v128.splat<T>(real<T>(args, 6)), way)));
}

@inline
function update<T, O>(args: usize, p: usize, g: usize, s: usize, v: usize): void {
  if (idof<O>() == idof<Adagrad>()) adagrad<T>(args, p, g, s);
  else if (idof<O>() == idof<Descent>()) descent<T>(args, p, g);
  else if (idof<O>() == idof<Momentum>()) momentum<T>(args, p, g, s);
  else adam<T>(args, p, g, s, v);
}

/**
 * Slots 0 to 3: the arrays (only Adam has all four, and Descent no third), 4: length, 5: elements of a chunk. A
 * last part of a vector goes through `scratch`.
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
  if (idof<O>() != idof<Descent>()) memory.copy(scratch + 2 * VECTOR, s + whole, rest);
  if (idof<O>() == idof<Adam>()) memory.copy(scratch + 3 * VECTOR, v + whole, rest);
  update<T, O>(args, scratch, scratch + VECTOR, scratch + 2 * VECTOR, scratch + 3 * VECTOR);
  memory.copy(p + whole, scratch, rest);
  if (idof<O>() != idof<Descent>()) memory.copy(s + whole, scratch + 2 * VECTOR, rest);
  if (idof<O>() == idof<Adam>()) memory.copy(v + whole, scratch + 3 * VECTOR, rest);
}
