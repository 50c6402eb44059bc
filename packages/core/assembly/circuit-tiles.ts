/**
 * Products of a block of rows with a matrix, for circuits whose values are vectors of `width` numbers a row. A
 * block is rows × width, rows a multiple of {@link ROWS}, width a multiple of two vectors; matrices are width ×
 * width. As in `gemm.ts`, 5 rows × 2 vectors of results stay in registers; nothing is packed, because operands are
 * small enough for the first-level cache as they are. What becomes of a result is part of the product: it goes
 * straight into the parent's values.
 */
import { VECTOR, multiplyAdd } from "./lanes";

/** Rows of a tile: blocks are filled up to a multiple of it. */
export const ROWS: i32 = 5;

/** Five rows of results of one panel, on their way from {@link multiply} to where they go. */
@inline
function keep<T>(
  r0: v128, r1: v128, at: usize, factor: usize, out: usize, store: usize,
): void {
  if (store != 0) {
    v128.store(store + at, r0);
    v128.store(store + at, r1, VECTOR);
  }
  v128.store(out, v128.mul<T>(r0, v128.load(factor)));
  v128.store(out, v128.mul<T>(r1, v128.load(factor, VECTOR)), VECTOR);
}

/**
 * out[r] = factor[r] ∘ (x[r] · matrix) for every row r of a block. The factor of a row is out[r] itself if `codes`
 * is 0, else row *(codes[r] + place) of `table`. If `store` is not 0, the products without factors go there.
 */
export function multiplyInto<T>(
  out: usize, x: usize, matrix: usize, rows: i32, width: i32,
  codes: usize, place: usize, table: usize, store: usize,
): void {
  const pitch = <usize>width * sizeof<T>();
  const end = matrix + pitch;
  const five = pitch * ROWS;
  for (let panel = matrix; panel < end; panel += 2 * VECTOR) {
    const column = panel - matrix;
    let code = codes;
    for (let i: usize = 0; i < <usize>rows * pitch; i += five) {
      const a0 = x + i;
      const a1 = a0 + pitch;
      const a2 = a1 + pitch;
      const a3 = a2 + pitch;
      const a4 = a3 + pitch;
      let c00 = v128.splat<T>(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
      let c30 = c00, c31 = c00, c40 = c00, c41 = c00;
      let b = panel;
      for (let offset: usize = 0; offset < pitch; offset += sizeof<T>()) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, VECTOR);
        let a = v128.load_splat<T>(a0 + offset);
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
        b += pitch;
      }
      let to = out + i + column;
      let at = i + column;
      let f0 = to, f1 = to + pitch, f2 = to + 2 * pitch, f3 = to + 3 * pitch, f4 = to + 4 * pitch;
      if (codes != 0) {
        const entries = table + column;
        f0 = entries + <usize>load<u8>(<usize>load<u32>(code) + place) * pitch;
        f1 = entries + <usize>load<u8>(<usize>load<u32>(code, 4) + place) * pitch;
        f2 = entries + <usize>load<u8>(<usize>load<u32>(code, 8) + place) * pitch;
        f3 = entries + <usize>load<u8>(<usize>load<u32>(code, 12) + place) * pitch;
        f4 = entries + <usize>load<u8>(<usize>load<u32>(code, 16) + place) * pitch;
        code += 4 * ROWS;
      }
      keep<T>(c00, c01, at, f0, to, store);
      at += pitch; to += pitch;
      keep<T>(c10, c11, at, f1, to, store);
      at += pitch; to += pitch;
      keep<T>(c20, c21, at, f2, to, store);
      at += pitch; to += pitch;
      keep<T>(c30, c31, at, f3, to, store);
      at += pitch; to += pitch;
      keep<T>(c40, c41, at, f4, to, store);
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
    let from = table + <usize>load<u8>(<usize>load<u32>(codes) + place) * pitch;
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
    let to = sums + <usize>load<u8>(<usize>load<u32>(codes) + place) * pitch;
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
