/**
 * Products of a block of rows with a matrix, for circuits whose values are vectors of `width` numbers a row. A
 * block is rows × width, rows a multiple of {@link ROWS}, width a multiple of two vectors; matrices are width ×
 * width, packed into panels of two vectors of columns, as in `gemm.ts`: 5 rows × 2 vectors of results stay in
 * registers. Blocks are small enough for the first-level cache as they are.
 */
import { packB } from "./gemm";
import { VECTOR, multiplyAdd } from "./lanes";

/** Rows of a tile: blocks are filled up to a multiple of it. */
export const ROWS: i32 = 5;

/** Packs a matrix (width × width) or its transpose into panels: two vectors of every row, panel after panel. */
export function pack<T>(to: usize, from: usize, width: i32, transposed: bool): void {
  packB<T>(to, from, <usize>width * sizeof<T>(), transposed, width, width);
}

/**
 * to[r] = x[r] · panel for {@link ROWS} rows: two vectors each, `toPitch` apart. The loop is a function of its own,
 * and with no more alive in it than it needs: only then does V8 11 keep all of it in registers (what becomes of the
 * results used to stand behind it, and cost 40 % more time).
 */
function tile<T>(to: usize, toPitch: usize, x: usize, pitch: usize, panel: usize): void {
  const a1 = x + pitch;
  const a2 = a1 + pitch;
  const a3 = a2 + pitch;
  const a4 = a3 + pitch;
  let c00 = v128.splat<T>(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00;
  let offset: usize = 0;
  for (const end = panel + (pitch / sizeof<T>()) * (2 * VECTOR); panel < end; panel += 2 * VECTOR) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, VECTOR);
    let a = v128.load_splat<T>(x + offset);
    c00 = multiplyAdd<T>(a, b0, c00);
    c01 = multiplyAdd<T>(a, b1, c01);
    a = v128.load_splat<T>(a1 + offset);
    c10 = multiplyAdd<T>(a, b0, c10);
    c11 = multiplyAdd<T>(a, b1, c11);
    a = v128.load_splat<T>(a2 + offset);
    c20 = multiplyAdd<T>(a, b0, c20);
    c21 = multiplyAdd<T>(a, b1, c21);
    a = v128.load_splat<T>(a3 + offset);
    c30 = multiplyAdd<T>(a, b0, c30);
    c31 = multiplyAdd<T>(a, b1, c31);
    a = v128.load_splat<T>(a4 + offset);
    c40 = multiplyAdd<T>(a, b0, c40);
    c41 = multiplyAdd<T>(a, b1, c41);
    offset += sizeof<T>();
  }
  v128.store(to, c00); v128.store(to, c01, VECTOR); to += toPitch;
  v128.store(to, c10); v128.store(to, c11, VECTOR); to += toPitch;
  v128.store(to, c20); v128.store(to, c21, VECTOR); to += toPitch;
  v128.store(to, c30); v128.store(to, c31, VECTOR); to += toPitch;
  v128.store(to, c40); v128.store(to, c41, VECTOR);
}

/** products[r] = x[r] · matrix for every row r of a block. */
export function multiply<T>(products: usize, x: usize, matrix: usize, rows: i32, width: i32): void {
  const pitch = <usize>width * sizeof<T>();
  const size = <usize>rows * pitch;
  for (let column: usize = 0; column < pitch; column += 2 * VECTOR, matrix += <usize>width * (2 * VECTOR)) {
    for (let i: usize = 0; i < size; i += pitch * ROWS) {
      tile<T>(products + i + column, pitch, x + i, pitch, matrix);
    }
  }
}

/**
 * out[r] = factor[r] ∘ (x[r] · matrix) for every row r of a block. The factor of a row is out[r] itself if `codes`
 * is 0, else row *(codes[r] + place) of `table`. The products without factors go to `products` if that is not 0, else
 * a tile of them at a time to `spare`.
 */
export function multiplyInto<T>(
  out: usize, x: usize, matrix: usize, rows: i32, width: i32,
  codes: usize, place: usize, table: usize, products: usize, spare: usize,
): void {
  const pitch = <usize>width * sizeof<T>();
  const step = products != 0 ? pitch : 2 * VECTOR;
  const size = <usize>rows * pitch;
  for (let column: usize = 0; column < pitch; column += 2 * VECTOR, matrix += <usize>width * (2 * VECTOR)) {
    let code = codes;
    for (let i: usize = 0; i < size; i += pitch * ROWS) {
      let from = products != 0 ? products + i + column : spare;
      tile<T>(from, step, x + i, pitch, matrix);
      let to = out + i + column;
      for (const end = to + pitch * ROWS; to < end; to += pitch, from += step) {
        let factor = to;
        if (codes != 0) {
          factor = table + <usize>load<u16>(<usize>load<u32>(code) + place) * pitch + column;
          code += 4;
        }
        v128.store(to, v128.mul<T>(v128.load(from), v128.load(factor)));
        v128.store(to, v128.mul<T>(v128.load(from, VECTOR), v128.load(factor, VECTOR)), VECTOR);
      }
    }
  }
}

/** sums += xᵀ · y of two blocks: width × width, 4 rows × 2 vectors at a time, over the rows in their order. */
export function addOuter<T>(sums: usize, x: usize, y: usize, rows: i32, width: i32): void {
  const pitch = <usize>width * sizeof<T>();
  const size = <usize>rows * pitch;
  for (let z: usize = 0; z < pitch; z += 4 * sizeof<T>()) {
    for (let column: usize = 0; column < pitch; column += 2 * VECTOR) {
      const s0 = sums + (z / sizeof<T>()) * pitch + column;
      const s1 = s0 + pitch;
      const s2 = s1 + pitch;
      const s3 = s2 + pitch;
      let c00 = v128.load(s0), c01 = v128.load(s0, VECTOR);
      let c10 = v128.load(s1), c11 = v128.load(s1, VECTOR);
      let c20 = v128.load(s2), c21 = v128.load(s2, VECTOR);
      let c30 = v128.load(s3), c31 = v128.load(s3, VECTOR);
      let a = x + z;
      let b = y + column;
      for (const end = b + size; b < end; b += pitch) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, VECTOR);
        let s = v128.load_splat<T>(a);
        c00 = multiplyAdd<T>(s, b0, c00);
        c01 = multiplyAdd<T>(s, b1, c01);
        s = v128.load_splat<T>(a, sizeof<T>());
        c10 = multiplyAdd<T>(s, b0, c10);
        c11 = multiplyAdd<T>(s, b1, c11);
        s = v128.load_splat<T>(a, 2 * sizeof<T>());
        c20 = multiplyAdd<T>(s, b0, c20);
        c21 = multiplyAdd<T>(s, b1, c21);
        s = v128.load_splat<T>(a, 3 * sizeof<T>());
        c30 = multiplyAdd<T>(s, b0, c30);
        c31 = multiplyAdd<T>(s, b1, c31);
        a += pitch;
      }
      v128.store(s0, c00); v128.store(s0, c01, VECTOR);
      v128.store(s1, c10); v128.store(s1, c11, VECTOR);
      v128.store(s2, c20); v128.store(s2, c21, VECTOR);
      v128.store(s3, c30); v128.store(s3, c31, VECTOR);
    }
  }
}

/** out = 0, over `bytes`. */
export function clear(out: usize, bytes: usize): void {
  const zero = i32x4.splat(0);
  for (const end = out + bytes; out < end; out += VECTOR) v128.store(out, zero);
}

/** sums += x, over `bytes`. */
export function addAll<T>(sums: usize, x: usize, bytes: usize): void {
  for (const end = sums + bytes; sums < end; sums += VECTOR, x += VECTOR) {
    v128.store(sums, v128.add<T>(v128.load(sums), v128.load(x)));
  }
}

/** x ← y / x elementwise over `bytes`; where x is 0 (or too small to be a normal number) y is, and so is y / x. */
export function divideInto<T>(x: usize, y: usize, bytes: usize): void {
  const least = v128.splat<T>(sizeof<T>() == 4 ? <T>1.17549435e-38 : <T>2.2250738585072014e-308);
  for (const end = x + bytes; x < end; x += VECTOR, y += VECTOR) {
    v128.store(x, v128.div<T>(v128.load(y), v128.pmax<T>(least, v128.load(x))));
  }
}

/** out[r] = or *= (`fresh` or not) row *(codes[r] + place) of a table. */
export function lookUp<T>(
  out: usize, rows: i32, width: i32, codes: usize, place: usize, table: usize, fresh: bool,
): void {
  const pitch = <usize>width * sizeof<T>();
  for (const end = codes + 4 * <usize>rows; codes < end; codes += 4) {
    let from = table + <usize>load<u16>(<usize>load<u32>(codes) + place) * pitch;
    for (const last = out + pitch; out < last; out += VECTOR, from += VECTOR) {
      const value = v128.load(from);
      v128.store(out, fresh ? value : v128.mul<T>(v128.load(out), value));
    }
  }
}

/** Row *(codes[r] + place) of `sums` += x[r]. */
export function addUp<T>(sums: usize, x: usize, rows: i32, width: i32, codes: usize, place: usize): void {
  const pitch = <usize>width * sizeof<T>();
  for (const end = codes + 4 * <usize>rows; codes < end; codes += 4) {
    let to = sums + <usize>load<u16>(<usize>load<u32>(codes) + place) * pitch;
    for (const last = x + pitch; x < last; x += VECTOR, to += VECTOR) {
      v128.store(to, v128.add<T>(v128.load(to), v128.load(x)));
    }
  }
}

/** Multiplies every row by the power of two that brings its largest entry into [½, 1); adds exponents up. */
export function rescale<T>(x: usize, rows: i32, width: i32, exponents: usize): void {
  const pitch = <usize>width * sizeof<T>();
  for (const end = exponents + 4 * <usize>rows; exponents < end; exponents += 4) {
    let largest = v128.splat<T>(0);
    const last = x + pitch;
    for (let at = x; at < last; at += VECTOR) largest = v128.pmax<T>(largest, v128.load(at));
    largest = v128.pmax<T>(largest, v128.shuffle<i32>(largest, largest, 2, 3, 2, 3));
    let exponent = 0;
    let power: T = 1;
    if (sizeof<T>() == 4) {
      largest = v128.pmax<T>(largest, v128.shuffle<i32>(largest, largest, 1, 1, 1, 1));
      exponent = (v128.extract_lane<i32>(largest, 0) >>> 23) - 126;
      // 0 and subnormal numbers stay as they are: what comes of them is found to be too small in the end.
      if (exponent == -126) exponent = 0;
      power = <T>reinterpret<f32>((127 - exponent) << 23);
    } else {
      exponent = <i32>(v128.extract_lane<i64>(largest, 0) >>> 52) - 1022;
      if (exponent == -1022) exponent = 0;
      power = <T>reinterpret<f64>(<i64>(1023 - exponent) << 52);
    }
    if (exponent != 0) {
      store<i32>(exponents, load<i32>(exponents) + exponent);
      const by = v128.splat<T>(power);
      for (let at = x; at < last; at += VECTOR) v128.store(at, v128.mul<T>(v128.load(at), by));
    }
    x = last;
  }
}
