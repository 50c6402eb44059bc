/**
 * The inner loops of the latent tree engine. Each works on one node: `latents` rows of `count` consecutive
 * numbers, one per row of the tile. Kept apart and tiny, so that the engine compiles each once per kind of array.
 */
import type { FloatArray } from "@credence/core";

/** out[z, r] = table[z, x_r] */
export function lookInto(
  out: FloatArray,
  table: FloatArray,
  stride: number,
  states: Uint8Array,
  at: number,
  latents: number,
  count: number,
): void {
  for (let z = 0; z < latents; z++) {
    const [base, row] = [z * count, z * stride];
    for (let r = 0; r < count; r++) out[base + r] = table[row + states[at + r]];
  }
}

/** out[z, r] *= table[z, x_r] */
export function multiplyLookup(
  out: FloatArray,
  table: FloatArray,
  stride: number,
  states: Uint8Array,
  at: number,
  latents: number,
  count: number,
): void {
  for (let z = 0; z < latents; z++) {
    const [base, row] = [z * count, z * stride];
    for (let r = 0; r < count; r++) out[base + r] *= table[row + states[at + r]];
  }
}

/** out[i] *= by[i] */
export function multiplyInto(out: FloatArray, by: FloatArray, length: number): void {
  for (let i = 0; i < length; i++) out[i] *= by[i];
}

/** out[i] = by[i] / out[i]; 0 where `by` is. */
export function divideInto(out: FloatArray, by: FloatArray, length: number): void {
  for (let i = 0; i < length; i++) out[i] = by[i] === 0 ? 0 : by[i] / out[i];
}

/**
 * Divides every column by its sum and multiplies `scales` by it. Scales that leave the middle of the range of
 * doubles move their log to `logs`. A column of zeros stays.
 */
export function normalizeColumns(
  values: FloatArray,
  scales: Float64Array,
  logs: Float64Array,
  sums: Float64Array,
  latents: number,
  count: number,
): void {
  for (let r = 0; r < count; r++) sums[r] = values[r];
  for (let z = 1; z < latents; z++) for (let r = 0; r < count; r++) sums[r] += values[z * count + r];
  for (let r = 0; r < count; r++) {
    const sum = sums[r];
    scales[r] *= sum;
    if (!(scales[r] > 1e-200 && scales[r] < 1e200)) {
      logs[r] += Math.log(scales[r]);
      scales[r] = 1;
    }
    sums[r] = sum > 0 ? 1 / sum : 1;
  }
  for (let z = 0; z < latents; z++) for (let r = 0; r < count; r++) values[z * count + r] *= sums[r];
}
