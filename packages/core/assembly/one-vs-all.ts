/**
 * The 1-vs-all training step: logits, loss and gradients, without the matrix batch × entities.
 *
 *   s = q · e for every query q (row) and entity e,  W = weight of the row,  w = weight of a target t
 *   softmax   loss = Σ_rows (W · log Σ_e exp s − Σ_t w · s_t)
 *             g = scale · (W · softmax(s) − Σ_t w · 1[e = t])
 *   logistic  loss = Σ_rows (W · Σ_e log(1 + exp s) − Σ_t w · s_t)
 *             g = scale · (W · sigmoid(s) − Σ_t w · 1[e = t])
 *   dQ = g · E,  dE += gᵀ · Q
 *
 * The host cuts the batch into strips of rows; here one strip is done, for which entities × rows numbers are
 * kept: first logits, then exponentials, then gradients, entity by entity, so that each of the three products
 * reads its operands in place and reductions over entities run down the vectors. A strip has four phases:
 *
 *   logits     a chunk of entities (at most 256): logits, and for each row the chunk's maximum m_c and
 *              Σ exp(s − m_c)
 *   normalize  a chunk is a row: log Σ exp s over all chunks, the loss, and the factor that turns chunk c
 *              into gradients
 *   gradients  a chunk is a group of chunks: gradients, dE += gᵀ · Q, and the group's share of dQ
 *   collect    dQ = Σ of the shares, in the order of groups
 *
 * Groups depend on the number of entities only, so the order of every sum is fixed.
 */
import { block, blockColumns } from "./gemm";
import { SUM_PRODUCT } from "./fold";
import { VECTOR, address, at, int, real } from "./lanes";
import { exp, log, sigmoid, softplus } from "./math";

export class Softmax {}
export class Logistic {}

// Slots, in the order in which the host writes them.
const QUERIES = 0;
const ENTITIES = 1;
const QUERY_GRADIENT = 2;
const ENTITY_GRADIENT = 3;
/** Of the strip: where each row's targets begin (rows + 1). */
const OFFSETS = 4;
const TARGETS = 5;
const WEIGHTS = 6;
const ROW_WEIGHTS = 7;
/** The logits of the targets, as `TARGETS`. */
const TARGET_LOGITS = 8;
/** entities × pitch. */
const STRIP = 9;
/** Chunks × pitch each: what was subtracted before exp, and the sums, later the factors. */
const SHIFTS = 10;
const SUMS = 11;
/** The losses of the rows, in double precision. */
const LOSSES = 12;
/** Groups × rows × d. */
const SHARES = 13;
const ROWS = 14;
const COUNT = 15;
const DIMENSION = 16;
/** Bytes from one entity to the next in the strip, a multiple of the vector's. */
const PITCH = 17;
/** Chunks in a group. */
const GROUP = 18;
const ACCUMULATE = 19;
/** Entities of a chunk. */
const CHUNK = 20;
const SCALE = 21;

/** The address of entity `entity` in the strip. */
@inline
function stripAt(args: usize, entity: i32): usize {
  return address(args, STRIP) + <usize>entity * address(args, PITCH);
}

/** How many chunks the entities are. */
@inline
function chunksOf(args: usize): i32 {
  return (int(args, COUNT) + int(args, CHUNK) - 1) / int(args, CHUNK);
}

/** Phase 1. */
export function logitsChunk<T, L>(args: usize, chunk: i32, scratch: usize): void {
  const first = chunk * int(args, CHUNK);
  const count = min(int(args, CHUNK), int(args, COUNT) - first);
  const d = int(args, DIMENSION);
  const row = <usize>d * sizeof<T>();
  const pitch = address(args, PITCH);
  const strip = stripAt(args, first);
  block<T>(
    strip, pitch, false,
    address(args, ENTITIES) + <usize>first * row, row, false,
    address(args, QUERIES), row, true,
    count, int(args, ROWS), d, 1, SUM_PRODUCT, scratch,
  );
  keepTargetLogits<T>(args, first, count);
  const shifts = address(args, SHIFTS) + <usize>chunk * pitch;
  const sums = address(args, SUMS) + <usize>chunk * pitch;
  memory.fill(sums, 0, pitch);
  const end = strip + <usize>count * pitch;
  if (idof<L>() == idof<Softmax>()) {
    maximaInto<T>(shifts, strip, end, pitch);
    exponentials<T>(strip, end, pitch, shifts, sums);
  } else {
    probabilities<T>(strip, end, pitch, sums);
  }
}

/** Losses need the logits of targets after the strip has been overwritten. */
function keepTargetLogits<T>(args: usize, first: i32, count: i32): void {
  const rows = int(args, ROWS);
  for (let r = 0; r < rows; r++) {
    const to = load<i32>(at<i32>(address(args, OFFSETS), r + 1));
    for (let t = load<i32>(at<i32>(address(args, OFFSETS), r)); t < to; t++) {
      const entity = load<i32>(at<i32>(address(args, TARGETS), t));
      if (<u32>(entity - first) >= <u32>count) continue;
      store<T>(at<T>(address(args, TARGET_LOGITS), t), load<T>(at<T>(stripAt(args, entity), r)));
    }
  }
}

/** The maximum of each row over the entities, 0 where it is infinite: what exp may subtract without a NaN. */
function maximaInto<T>(shifts: usize, strip: usize, end: usize, pitch: usize): void {
  const infinity = v128.splat<T>(<T>Infinity);
  for (let o: usize = 0; o < pitch; o += VECTOR) v128.store(shifts + o, v128.neg<T>(infinity));
  for (let e = strip; e < end; e += pitch) {
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      v128.store(shifts + o, v128.pmax<T>(v128.load(shifts + o), v128.load(e + o)));
    }
  }
  for (let o: usize = 0; o < pitch; o += VECTOR) {
    const largest = v128.load(shifts + o);
    v128.store(shifts + o, v128.and(largest, v128.lt<T>(v128.abs<T>(largest), infinity)));
  }
}

/** Two vectors at once (the pitch is a multiple of four), so that one waits for less of the other. */
function exponentials<T>(strip: usize, end: usize, pitch: usize, shifts: usize, sums: usize): void {
  for (let e = strip; e < end; e += pitch) {
    for (let o: usize = 0; o < pitch; o += 2 * VECTOR) {
      const x = exp<T>(v128.sub<T>(v128.load(e + o), v128.load(shifts + o)));
      const y = exp<T>(v128.sub<T>(v128.load(e + o, VECTOR), v128.load(shifts + o, VECTOR)));
      v128.store(e + o, x);
      v128.store(e + o, y, VECTOR);
      v128.store(sums + o, v128.add<T>(v128.load(sums + o), x));
      v128.store(sums + o, v128.add<T>(v128.load(sums + o, VECTOR), y), VECTOR);
    }
  }
}

function probabilities<T>(strip: usize, end: usize, pitch: usize, sums: usize): void {
  for (let e = strip; e < end; e += pitch) {
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      const logit = v128.load(e + o);
      v128.store(e + o, sigmoid<T>(logit));
      v128.store(sums + o, v128.add<T>(v128.load(sums + o), softplus<T>(logit)));
    }
  }
}

/** Phase 2, in double precision: a chunk is one row. */
export function normalizeChunk<T, L>(args: usize, r: i32, scratch: usize): void {
  const pitch = address(args, PITCH);
  const shifts = at<T>(address(args, SHIFTS), r);
  const sums = at<T>(address(args, SUMS), r);
  const end = sums + <usize>chunksOf(args) * pitch;
  const weight = <f64>load<T>(at<T>(address(args, ROW_WEIGHTS), r));
  const factor = weight * real<f64>(args, SCALE);
  let loss: f64;
  if (idof<L>() == idof<Softmax>()) loss = weight * logPartition<T>(shifts, sums, end, pitch, factor);
  else loss = weight * totalLoss<T>(sums, end, pitch, factor);
  const to = load<i32>(at<i32>(address(args, OFFSETS), r + 1));
  for (let t = load<i32>(at<i32>(address(args, OFFSETS), r)); t < to; t++) {
    const w = <f64>load<T>(at<T>(address(args, WEIGHTS), t));
    loss -= w * <f64>load<T>(at<T>(address(args, TARGET_LOGITS), t));
  }
  store<f64>(at<f64>(address(args, LOSSES), r), loss);
}

/**
 * log Σ exp s of a row; sums become factor · exp(m_c) / Σ exp s. A chunk without weight must not set the
 * shift.
 */
function logPartition<T>(shifts: usize, sums: usize, end: usize, pitch: usize, factor: f64): f64 {
  let largest: f64 = -Infinity;
  let shift = shifts;
  for (let sum = sums; sum < end; sum += pitch, shift += pitch) {
    if (load<T>(sum) != 0) largest = max<f64>(largest, <f64>load<T>(shift));
  }
  let total: f64 = 0;
  shift = shifts;
  for (let sum = sums; sum < end; sum += pitch, shift += pitch) {
    if (load<T>(sum) != 0) total += <f64>load<T>(sum) * expOne(<f64>load<T>(shift) - largest);
  }
  shift = shifts;
  for (let sum = sums; sum < end; sum += pitch, shift += pitch) {
    const known = load<T>(sum) != 0;
    store<T>(sum, known ? <T>((factor * expOne(<f64>load<T>(shift) - largest)) / total) : <T>0);
  }
  return largest + f64x2.extract_lane(log<f64>(f64x2.splat(total)), 0);
}

function expOne(x: f64): f64 {
  return f64x2.extract_lane(exp<f64>(f64x2.splat(x)), 0);
}

/** Σ of the chunks' losses; the sums become the factor. */
function totalLoss<T>(sums: usize, end: usize, pitch: usize, factor: f64): f64 {
  let total: f64 = 0;
  for (let sum = sums; sum < end; sum += pitch) {
    total += <f64>load<T>(sum);
    store<T>(sum, <T>factor);
  }
  return total;
}

/** Phase 3: gradients of a group of chunks and what follows from them. */
export function gradientsChunk<T>(args: usize, group: i32, scratch: usize): void {
  const entities = int(args, COUNT);
  const rows = int(args, ROWS);
  const d = int(args, DIMENSION);
  const row = <usize>d * sizeof<T>();
  const pitch = address(args, PITCH);
  const wide = blockColumns<T>();
  const share = address(args, SHARES) + <usize>group * <usize>rows * row;
  const chunk = int(args, CHUNK);
  const begin = group * int(args, GROUP) * chunk;
  const end = min(entities, begin + int(args, GROUP) * chunk);
  for (let first = begin; first < end; first += chunk) {
    const count = min(chunk, end - first);
    const strip = stripAt(args, first);
    scaleInto<T>(strip, count, pitch, address(args, SUMS) + <usize>(first / chunk) * pitch);
    subtractTargets<T>(args, first, count);
    const e = address(args, ENTITIES) + <usize>first * row;
    const de = address(args, ENTITY_GRADIENT) + <usize>first * row;
    for (let j = 0; j < d; j += wide) {
      const columns = min(wide, d - j);
      block<T>(
        at<T>(de, j), row, int(args, ACCUMULATE) != 0,
        strip, pitch, false,
        at<T>(address(args, QUERIES), j), row, false,
        count, columns, rows, 1, SUM_PRODUCT, scratch,
      );
      block<T>(
        at<T>(share, j), row, first != begin,
        strip, pitch, true,
        at<T>(e, j), row, false,
        rows, columns, count, 1, SUM_PRODUCT, scratch,
      );
    }
  }
}

function scaleInto<T>(strip: usize, count: i32, pitch: usize, factors: usize): void {
  const end = strip + <usize>count * pitch;
  for (let e = strip; e < end; e += pitch) {
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      v128.store(e + o, v128.mul<T>(v128.load(e + o), v128.load(factors + o)));
    }
  }
}

function subtractTargets<T>(args: usize, first: i32, count: i32): void {
  const rows = int(args, ROWS);
  const scale = real<T>(args, SCALE);
  for (let r = 0; r < rows; r++) {
    const to = load<i32>(at<i32>(address(args, OFFSETS), r + 1));
    for (let t = load<i32>(at<i32>(address(args, OFFSETS), r)); t < to; t++) {
      const entity = load<i32>(at<i32>(address(args, TARGETS), t));
      if (<u32>(entity - first) >= <u32>count) continue;
      const g = at<T>(stripAt(args, entity), r);
      store<T>(g, <T>(load<T>(g) - scale * load<T>(at<T>(address(args, WEIGHTS), t))));
    }
  }
}

/** Phase 4: a chunk is one row of dQ. */
export function collectChunk<T>(args: usize, r: i32, scratch: usize): void {
  const d = int(args, DIMENSION);
  const rows = int(args, ROWS);
  const groups = (chunksOf(args) + int(args, GROUP) - 1) / int(args, GROUP);
  const out = at<T>(address(args, QUERY_GRADIENT), r * d);
  const share = at<T>(address(args, SHARES), r * d);
  for (let j = 0; j < d; j++) {
    let sum = load<T>(at<T>(share, j));
    for (let g = 1; g < groups; g++) sum = <T>(sum + load<T>(at<T>(share, g * rows * d + j)));
    store<T>(at<T>(out, j), sum);
  }
}
