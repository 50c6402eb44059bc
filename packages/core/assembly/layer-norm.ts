/**
 * Layer norm of rows and its way back: with u = (x − μ) / s, s = √(σ² + ε), y = u ⊙ gain + bias, h = g ⊙ gain,
 *
 *   ∂L/∂x += (h − mean h − u ⊙ mean(h ⊙ u)) / s,   ∂L/∂gain += Σ over rows of g ⊙ u
 *
 * and the sums of columns, which ∂L/∂bias is. Sums along rows are made as in `rows.ts`, sums of columns row after
 * row in double precision.
 */
import { VECTOR, address, at, int, real } from "./lanes";
import { BLOCK, Plain, SquaredDeviation, sumRow, widen } from "./rows";

/** Slots: out, x (rows × cols), gain, bias, statistics (rows × 2), rows, cols, rows of a chunk, ε; out may be x. */
export function layerNormChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 6);
  const height = int(args, 7);
  const gain = address(args, 2);
  const bias = address(args, 3);
  const bytes = <usize>cols * sizeof<T>();
  const whole = bytes & ~(VECTOR - 1);
  const last = min(int(args, 5), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const x = address(args, 1) + <usize>i * bytes;
    const out = address(args, 0) + <usize>i * bytes;
    const mean = <T>(sumRow<T, Plain>(x, 0, bytes, 0, 0, scratch) / <f64>cols);
    const variance = sumRow<T, SquaredDeviation>(x, 0, bytes, mean, 0, scratch) / <f64>cols;
    const inverse = <T>(1 / sqrt<f64>(variance + real<f64>(args, 8)));
    const statistics = at<T>(address(args, 4), 2 * i);
    store<T>(statistics, mean);
    store<T>(statistics + sizeof<T>(), inverse);
    const means = v128.splat<T>(mean);
    const inverses = v128.splat<T>(inverse);
    for (let o: usize = 0; o < whole; o += VECTOR) {
      const u = v128.mul<T>(v128.sub<T>(v128.load(x + o), means), inverses);
      v128.store(out + o, v128.add<T>(v128.mul<T>(u, v128.load(gain + o)), v128.load(bias + o)));
    }
    for (let o = whole; o < bytes; o += sizeof<T>()) {
      const u = <T>(<T>(load<T>(x + o) - mean) * inverse);
      store<T>(out + o, <T>(<T>(u * load<T>(gain + o)) + load<T>(bias + o)));
    }
  }
}

/** Slots: out, g, x (rows × cols), gain, statistics (rows × 2), rows, cols, rows of a chunk. */
export function layerNormGradientChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const cols = int(args, 6);
  const height = int(args, 7);
  const bytes = <usize>cols * sizeof<T>();
  const last = min(int(args, 5), (chunk + 1) * height);
  for (let i = chunk * height; i < last; i++) {
    const row = <usize>i * bytes;
    const statistics = at<T>(address(args, 4), 2 * i);
    normRowBack<T>(
      address(args, 0) + row, address(args, 1) + row, address(args, 2) + row, address(args, 3),
      load<T>(statistics), load<T>(statistics + sizeof<T>()), bytes,
    );
  }
}

function normRowBack<T>(
  out: usize, g: usize, x: usize, gain: usize, mean: T, inverse: T, bytes: usize,
): void {
  const means = v128.splat<T>(mean);
  const inverses = v128.splat<T>(inverse);
  const whole = bytes & ~(VECTOR - 1);
  let totals = f64x2.splat(0);
  let products = totals;
  for (let o: usize = 0; o < whole; ) {
    const end = min(whole, o + BLOCK);
    let total = v128.splat<T>(0);
    let product = total;
    for (; o < end; o += VECTOR) {
      const h = v128.mul<T>(v128.load(g + o), v128.load(gain + o));
      const u = v128.mul<T>(v128.sub<T>(v128.load(x + o), means), inverses);
      total = v128.add<T>(total, h);
      product = v128.add<T>(product, v128.mul<T>(h, u));
    }
    totals = widen<T>(totals, total);
    products = widen<T>(products, product);
  }
  let sum = f64x2.extract_lane(totals, 0) + f64x2.extract_lane(totals, 1);
  let dot = f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
  for (let o = whole; o < bytes; o += sizeof<T>()) {
    const h = <T>(load<T>(g + o) * load<T>(gain + o));
    sum += <f64>h;
    dot += <f64>h * <f64><T>(<T>(load<T>(x + o) - mean) * inverse);
  }
  const cols = <f64>(bytes / sizeof<T>());
  const shift = <T>(sum / cols);
  const slope = <T>(dot / cols);
  const shifts = v128.splat<T>(shift);
  const slopes = v128.splat<T>(slope);
  for (let o: usize = 0; o < whole; o += VECTOR) {
    const h = v128.mul<T>(v128.load(g + o), v128.load(gain + o));
    const u = v128.mul<T>(v128.sub<T>(v128.load(x + o), means), inverses);
    const back = v128.sub<T>(v128.sub<T>(h, shifts), v128.mul<T>(u, slopes));
    v128.store(out + o, v128.add<T>(v128.load(out + o), v128.mul<T>(back, inverses)));
  }
  for (let o = whole; o < bytes; o += sizeof<T>()) {
    const h = <T>(load<T>(g + o) * load<T>(gain + o));
    const u = <T>(<T>(load<T>(x + o) - mean) * inverse);
    const back = <T>(<T>(h - shift) - <T>(u * slope));
    store<T>(out + o, <T>(load<T>(out + o) + <T>(back * inverse)));
  }
}

/** Sums of columns: of x itself, or of x ⊙ u where u is another matrix standardized. */
export class ColumnPlain {}
export class ColumnStandardized {}

/**
 * Slots: out (cols), x (rows × cols), rows, cols, columns of a chunk, whether out is added to, the other matrix,
 * statistics (rows × 2). `scratch` holds a double a column.
 */
export function columnsChunk<T, K>(args: usize, chunk: i32, scratch: usize): void {
  const rows = int(args, 2);
  const pitch = <usize>int(args, 3) * sizeof<T>();
  const first = chunk * int(args, 4);
  const count = min(int(args, 4), int(args, 3) - first);
  let x = at<T>(address(args, 1), first);
  let other = at<T>(address(args, 6), first);
  memory.fill(scratch, 0, <usize>count * 8);
  for (let i = 0; i < rows; i++, x += pitch, other += pitch) {
    if (idof<K>() == idof<ColumnPlain>()) addRow<T, K>(scratch, x, other, 0, 0, count);
    else {
      const statistics = at<T>(address(args, 7), 2 * i);
      addRow<T, K>(scratch, x, other, load<T>(statistics), load<T>(statistics + sizeof<T>()), count);
    }
  }
  let out = at<T>(address(args, 0), first);
  for (let j = 0; j < count; j++, out += sizeof<T>()) {
    const sum = load<f64>(at<f64>(scratch, j));
    store<T>(out, int(args, 5) != 0 ? <T>(<f64>load<T>(out) + sum) : <T>sum);
  }
}

@inline
function columnTerm<T, K>(x: v128, other: usize, mean: v128, inverse: v128): v128 {
  if (idof<K>() == idof<ColumnPlain>()) return x;
  return v128.mul<T>(x, v128.mul<T>(v128.sub<T>(v128.load(other), mean), inverse));
}

/** sums += the terms of one row. */
function addRow<T, K>(sums: usize, x: usize, other: usize, mean: T, inverse: T, count: i32): void {
  const means = v128.splat<T>(mean);
  const inverses = v128.splat<T>(inverse);
  const lanes = 16 / <i32>sizeof<T>();
  let j = 0;
  for (; j + lanes <= count; j += lanes, x += VECTOR, other += VECTOR, sums += <usize>lanes * 8) {
    const value = columnTerm<T, K>(v128.load(x), other, means, inverses);
    if (sizeof<T>() == 8) v128.store(sums, f64x2.add(v128.load(sums), value));
    else {
      const upper = f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 2, 3));
      v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(value)));
      v128.store(sums, f64x2.add(v128.load(sums, VECTOR), upper), VECTOR);
    }
  }
  for (; j < count; j++, x += sizeof<T>(), other += sizeof<T>(), sums += 8) {
    let value = load<T>(x);
    if (idof<K>() != idof<ColumnPlain>()) value = <T>(value * <T>(<T>(load<T>(other) - mean) * inverse));
    store<f64>(sums, load<f64>(sums) + <f64>value);
  }
}
