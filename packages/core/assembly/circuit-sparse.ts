/**
 * The passes over a circuit of any shape: see `src/kernels/circuit-pass.ts` for what they compute and for the words
 * of a plan. A chunk is a tile of rows, which goes through all operations, up and down; entry (slot, row) of its
 * values and slopes is at slot · width + row. Double precision.
 */
import { VECTOR, address, at, int, multiplyAdd, real } from "./lanes";

/** Slots of the arguments. */
const PLAN = 0, NUMBERS = 1, STATES = 2, GIVEN = 3, SEEDS = 4, ROOTS = 5, SLOPES = 6, COUNTS = 7, WORK = 8;
const WANTED = 9, WIDTH = 10, WORK_BYTES = 11, COUNT_LENGTH = 12, DOWN = 13, FLOOR = 14;

/** Places in the head of a plan. */
const SLOTS = 0, OPERATIONS = 1, ROOT = 2, COLUMNS = 3, GIVENS = 4, FIRST = 5;

/** Kinds of operations. */
const LOOK_UP = 0, TAKE = 1, PRODUCT = 2;

@inline
function word(record: usize, place: i32): i32 {
  return load<i32>(record + ((<usize>place) << 2));
}
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return multiplyAdd<f64>(a, b, c);
}

/** One tile: up; and down, if slopes or counts are asked for. */
export function circuitTileChunk(args: usize, chunk: i32, scratch: usize): void {
  const plan = address(args, PLAN);
  const width = int(args, WIDTH);
  const pitch = <usize>width << 3;
  const values = address(args, WORK) + <usize>chunk * <usize>int(args, WORK_BYTES);
  const slots = <usize>word(plan, SLOTS);
  const operations = word(plan, OPERATIONS);
  const states = address(args, STATES) + ((<usize>(chunk * word(plan, COLUMNS) * width)) << 2);
  const given = address(args, GIVEN) + ((<usize>(chunk * word(plan, GIVENS) * width)) << 3);
  for (let i = 0; i < operations; i++) {
    up(at<i32>(plan, word(plan, FIRST + i)), address(args, NUMBERS), states, given, values, pitch);
  }
  const root = values + <usize>word(plan, ROOT) * pitch;
  memory.copy(address(args, ROOTS) + <usize>chunk * pitch, root, pitch);
  const down = int(args, DOWN);
  if (down == 0) return;
  const slopes = values + slots * pitch;
  memory.fill(slopes, 0, slots * pitch);
  seed(slopes + <usize>word(plan, ROOT) * pitch, root, address(args, SEEDS) + <usize>chunk * pitch, pitch, real<f64>(args, FLOOR));
  const length = (<usize>int(args, COUNT_LENGTH)) << 3;
  const counts = down == 2 ? address(args, COUNTS) + <usize>chunk * length : 0;
  if (counts != 0) memory.fill(counts, 0, length);
  const spare = slopes + slots * pitch;
  const out = address(args, SLOPES) + ((<usize>(chunk * word(plan, GIVENS) * width)) << 3);
  for (let i = operations - 1; i >= 0; i--) {
    if (load<i32>(at<i32>(address(args, WANTED), i)) == 0) continue;
    const record = at<i32>(plan, word(plan, FIRST + i));
    goDown(record, address(args, NUMBERS), states, out, values, slopes, counts, spare, pitch);
  }
}

/** The slope of the root: seed / root, 0 where the root is not above the floor. */
function seed(slope: usize, root: usize, seeds: usize, pitch: usize, floor: f64): void {
  for (let o: usize = 0; o < pitch; o += 8) {
    const value = load<f64>(root + o);
    const own = load<f64>(seeds + o);
    store<f64>(slope + o, own != 0 && value >= floor && value < Infinity ? own / value : 0);
  }
}

function up(record: usize, numbers: usize, states: usize, given: usize, values: usize, pitch: usize): void {
  const kind = word(record, 0);
  if (kind == LOOK_UP) {
    const table = at<f64>(numbers, word(record, 2));
    let out = values + <usize>word(record, 1) * pitch;
    let state = states + <usize>word(record, 4) * (pitch >> 1);
    for (const end = out + pitch; out < end; out += 8, state += 4) {
      store<f64>(out, load<f64>(at<f64>(table, load<i32>(state))));
    }
  } else if (kind == TAKE) {
    memory.copy(values + <usize>word(record, 1) * pitch, given + <usize>word(record, 2) * pitch, pitch);
  } else if (kind == PRODUCT) upProduct(record, values, pitch);
  else upSums(record, numbers, values, pitch);
}

function upProduct(record: usize, values: usize, pitch: usize): void {
  const out = values + <usize>word(record, 1) * pitch;
  const count = word(record, 2);
  for (let o: usize = 0; o < pitch; o += VECTOR) {
    let product = f64x2.splat(1);
    for (let c = 0; c < count; c++) {
      product = f64x2.mul(product, v128.load(values + <usize>word(record, 3 + c) * pitch + o));
    }
    v128.store(out + o, product);
  }
}

/** Words of sums: 3, m, k, paired, m slots, m places of weights, k left children, k right ones if paired. */
@inline
function outs(record: usize): usize {
  return record + 16;
}
@inline
function weightsOf(record: usize): usize {
  return outs(record) + ((<usize>word(record, 1)) << 2);
}
@inline
function lefts(record: usize): usize {
  return weightsOf(record) + ((<usize>word(record, 1)) << 2);
}
@inline
function slot(list: usize, index: i32, pitch: usize): usize {
  return <usize>load<i32>(at<i32>(list, index)) * pitch;
}
@inline
function weight(record: usize, index: i32, numbers: usize): usize {
  return at<f64>(numbers, load<i32>(at<i32>(weightsOf(record), index)));
}

function upSums(record: usize, numbers: usize, values: usize, pitch: usize): void {
  const m = word(record, 1);
  const k = word(record, 2);
  const left = lefts(record);
  const right = word(record, 3) != 0 ? at<i32>(left, k) : 0;
  let i = 0;
  if (right == 0) {
    for (; i + 4 <= m; i += 4) {
      const w0 = weight(record, i, numbers), w1 = weight(record, i + 1, numbers);
      const w2 = weight(record, i + 2, numbers), w3 = weight(record, i + 3, numbers);
      const out = outs(record);
      const o0 = values + slot(out, i, pitch), o1 = values + slot(out, i + 1, pitch);
      const o2 = values + slot(out, i + 2, pitch), o3 = values + slot(out, i + 3, pitch);
      for (let o: usize = 0; o < pitch; o += 2 * VECTOR) {
        let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00;
        let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        const base = values + o;
        for (let c: usize = 0, n = (<usize>k) << 3; c < n; c += 8) {
          const child = base + <usize>load<i32>(left + (c >> 1)) * pitch;
          const b0 = v128.load(child);
          const b1 = v128.load(child, VECTOR);
          let a = v128.load64_splat(w0 + c);
          c00 = fma(a, b0, c00);
          c01 = fma(a, b1, c01);
          a = v128.load64_splat(w1 + c);
          c10 = fma(a, b0, c10);
          c11 = fma(a, b1, c11);
          a = v128.load64_splat(w2 + c);
          c20 = fma(a, b0, c20);
          c21 = fma(a, b1, c21);
          a = v128.load64_splat(w3 + c);
          c30 = fma(a, b0, c30);
          c31 = fma(a, b1, c31);
        }
        v128.store(o0 + o, c00); v128.store(o0 + o, c01, VECTOR);
        v128.store(o1 + o, c10); v128.store(o1 + o, c11, VECTOR);
        v128.store(o2 + o, c20); v128.store(o2 + o, c21, VECTOR);
        v128.store(o3 + o, c30); v128.store(o3 + o, c31, VECTOR);
      }
    }
  }
  for (; i < m; i++) {
    const w = weight(record, i, numbers);
    const out = values + slot(outs(record), i, pitch);
    for (let o: usize = 0; o < pitch; o += 2 * VECTOR) {
      let c0 = f64x2.splat(0), c1 = c0;
      for (let c = 0; c < k; c++) {
        const a = v128.load64_splat(at<f64>(w, c));
        const child = values + slot(left, c, pitch) + o;
        let b0 = v128.load(child);
        let b1 = v128.load(child, VECTOR);
        if (right != 0) {
          const other = values + slot(right, c, pitch) + o;
          b0 = f64x2.mul(b0, v128.load(other));
          b1 = f64x2.mul(b1, v128.load(other, VECTOR));
        }
        c0 = fma(a, b0, c0);
        c1 = fma(a, b1, c1);
      }
      v128.store(out + o, c0); v128.store(out + o, c1, VECTOR);
    }
  }
}

function goDown(
  record: usize, numbers: usize, states: usize, out: usize,
  values: usize, slopes: usize, counts: usize, spare: usize, pitch: usize,
): void {
  const kind = word(record, 0);
  if (kind == LOOK_UP) {
    if (counts == 0) return;
    const table = at<f64>(counts, word(record, 2));
    let slope = slopes + <usize>word(record, 1) * pitch;
    let state = states + <usize>word(record, 4) * (pitch >> 1);
    for (const end = slope + pitch; slope < end; slope += 8, state += 4) {
      const cell = at<f64>(table, load<i32>(state));
      store<f64>(cell, load<f64>(cell) + load<f64>(slope));
    }
  } else if (kind == TAKE) {
    memory.copy(out + <usize>word(record, 2) * pitch, slopes + <usize>word(record, 1) * pitch, pitch);
  } else if (kind == PRODUCT) downProduct(record, values, slopes, spare, pitch);
  else {
    if (word(record, 3) != 0) downPairs(record, numbers, values, slopes, counts, pitch);
    else {
      downSums(record, numbers, slopes, pitch);
      if (counts != 0) countSums(record, values, slopes, counts, pitch);
    }
  }
}

/** slope[c] += slope · Π of the other factors: from the left and from the right, never by dividing. */
function downProduct(record: usize, values: usize, slopes: usize, spare: usize, pitch: usize): void {
  const count = word(record, 2);
  const own = slopes + <usize>word(record, 1) * pitch;
  for (let o: usize = 0; o < pitch; o += VECTOR) {
    let product = v128.load(own + o);
    for (let c = 0; c < count; c++) {
      v128.store(spare + ((<usize>c) << 4), product);
      product = f64x2.mul(product, v128.load(values + <usize>word(record, 3 + c) * pitch + o));
    }
    let after = f64x2.splat(1);
    for (let c = count - 1; c >= 0; c--) {
      const place = <usize>word(record, 3 + c) * pitch + o;
      const slope = slopes + place;
      v128.store(slope, fma(v128.load(spare + ((<usize>c) << 4)), after, v128.load(slope)));
      after = f64x2.mul(after, v128.load(values + place));
    }
  }
}

/** A single sum of products of two: both factors get the other times the sum's slope and the weight. */
function downPairs(record: usize, numbers: usize, values: usize, slopes: usize, counts: usize, pitch: usize): void {
  const k = word(record, 2);
  const left = lefts(record);
  const right = at<i32>(left, k);
  const own = slopes + slot(outs(record), 0, pitch);
  const w = weight(record, 0, numbers);
  for (let c = 0; c < k; c++) {
    const a = slot(left, c, pitch);
    const b = slot(right, c, pitch);
    const factor = v128.load64_splat(at<f64>(w, c));
    let total = f64x2.splat(0);
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      const slope = v128.load(own + o);
      const scaled = f64x2.mul(factor, slope);
      const x = v128.load(values + a + o);
      const y = v128.load(values + b + o);
      v128.store(slopes + a + o, fma(scaled, y, v128.load(slopes + a + o)));
      v128.store(slopes + b + o, fma(scaled, x, v128.load(slopes + b + o)));
      total = fma(slope, f64x2.mul(x, y), total);
    }
    if (counts != 0) addTotal(at<f64>(weight(record, 0, counts), c), total);
  }
}

@inline
function addTotal(cell: usize, total: v128): void {
  store<f64>(cell, load<f64>(cell) + f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
}

/** slope[c] += Σ_i w_ic · slope_i, four children at a time. */
function downSums(record: usize, numbers: usize, slopes: usize, pitch: usize): void {
  const m = word(record, 1);
  const k = word(record, 2);
  const left = lefts(record);
  const out = outs(record);
  let c = 0;
  for (; c + 4 <= k; c += 4) {
    const s0 = slopes + slot(left, c, pitch), s1 = slopes + slot(left, c + 1, pitch);
    const s2 = slopes + slot(left, c + 2, pitch), s3 = slopes + slot(left, c + 3, pitch);
    for (let o: usize = 0; o < pitch; o += 2 * VECTOR) {
      let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00;
      let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      for (let i = 0; i < m; i++) {
        const own = slopes + slot(out, i, pitch) + o;
        const w = at<f64>(weight(record, i, numbers), c);
        const b0 = v128.load(own);
        const b1 = v128.load(own, VECTOR);
        let a = v128.load64_splat(w);
        c00 = fma(a, b0, c00);
        c01 = fma(a, b1, c01);
        a = v128.load64_splat(w, 8);
        c10 = fma(a, b0, c10);
        c11 = fma(a, b1, c11);
        a = v128.load64_splat(w, 16);
        c20 = fma(a, b0, c20);
        c21 = fma(a, b1, c21);
        a = v128.load64_splat(w, 24);
        c30 = fma(a, b0, c30);
        c31 = fma(a, b1, c31);
      }
      addPair(s0 + o, c00, c01);
      addPair(s1 + o, c10, c11);
      addPair(s2 + o, c20, c21);
      addPair(s3 + o, c30, c31);
    }
  }
  for (; c < k; c++) {
    const slope = slopes + slot(left, c, pitch);
    for (let i = 0; i < m; i++) {
      const own = slopes + slot(out, i, pitch);
      const a = v128.load64_splat(at<f64>(weight(record, i, numbers), c));
      for (let o: usize = 0; o < pitch; o += VECTOR) {
        v128.store(slope + o, fma(a, v128.load(own + o), v128.load(slope + o)));
      }
    }
  }
}

@inline
function addPair(to: usize, x: v128, y: v128): void {
  v128.store(to, f64x2.add(v128.load(to), x));
  v128.store(to, f64x2.add(v128.load(to, VECTOR), y), VECTOR);
}

/** counts[i, c] += Σ_rows slope_i · value_c, four children at a time. */
function countSums(record: usize, values: usize, slopes: usize, counts: usize, pitch: usize): void {
  const m = word(record, 1);
  const k = word(record, 2);
  const left = lefts(record);
  for (let i = 0; i < m; i++) {
    const own = slopes + slot(outs(record), i, pitch);
    const cells = weight(record, i, counts);
    let c = 0;
    for (; c + 4 <= k; c += 4) {
      const v0 = values + slot(left, c, pitch), v1 = values + slot(left, c + 1, pitch);
      const v2 = values + slot(left, c + 2, pitch), v3 = values + slot(left, c + 3, pitch);
      let t0 = f64x2.splat(0), t1 = t0, t2 = t0, t3 = t0;
      for (let o: usize = 0; o < pitch; o += VECTOR) {
        const slope = v128.load(own + o);
        t0 = fma(slope, v128.load(v0 + o), t0);
        t1 = fma(slope, v128.load(v1 + o), t1);
        t2 = fma(slope, v128.load(v2 + o), t2);
        t3 = fma(slope, v128.load(v3 + o), t3);
      }
      addTotal(at<f64>(cells, c), t0);
      addTotal(at<f64>(cells, c + 1), t1);
      addTotal(at<f64>(cells, c + 2), t2);
      addTotal(at<f64>(cells, c + 3), t3);
    }
    for (; c < k; c++) {
      const child = values + slot(left, c, pitch);
      let total = f64x2.splat(0);
      for (let o: usize = 0; o < pitch; o += VECTOR) {
        total = fma(v128.load(own + o), v128.load(child + o), total);
      }
      addTotal(at<f64>(cells, c), total);
    }
  }
}
