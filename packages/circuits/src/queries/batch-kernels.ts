/**
 * The inner loops of batches: each runs over `count` consecutive rows that start at the given offsets. Kept
 * apart and tiny, so that the engine compiles each once for one kind of array.
 */

/** values[out] *= values[a] */
export function multiplyInto(values: Float64Array, out: number, a: number, count: number): void {
  for (let r = 0; r < count; r++) values[out + r] *= values[a + r];
}

/** target[out] += weight · source[a] */
export function addInto(
  target: Float64Array,
  out: number,
  source: Float64Array,
  weight: number,
  a: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) target[out + r] += weight * source[a + r];
}

/** values[out] += weight · values[a] · values[b] */
export function addProductInto(
  values: Float64Array,
  out: number,
  weight: number,
  a: number,
  b: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) values[out + r] += weight * values[a + r] * values[b + r];
}

/** flow[a] += scale · weight · values[a] */
export function shareOne(
  values: Float64Array,
  flow: Float64Array,
  scale: Float64Array,
  weight: number,
  a: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) flow[a + r] += scale[r] * weight * values[a + r];
}

/** flow[target] += scale · weight · values[a] · values[b] */
export function shareInto(
  values: Float64Array,
  flow: Float64Array,
  scale: Float64Array,
  weight: number,
  a: number,
  b: number,
  target: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) flow[target + r] += scale[r] * weight * values[a + r] * values[b + r];
}

/** The same into both flow[a] and flow[b]. */
export function shareBoth(
  values: Float64Array,
  flow: Float64Array,
  scale: Float64Array,
  weight: number,
  a: number,
  b: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) {
    const share = scale[r] * weight * values[a + r] * values[b + r];
    flow[a + r] += share;
    flow[b + r] += share;
  }
}
