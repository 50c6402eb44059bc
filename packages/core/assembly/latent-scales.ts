/**
 * Where the passes over a latent tree must rescale: see `circuit-latent.ts`, and `src/kernels/latent-tree.ts` for why.
 */
import { VECTOR, at } from "./lanes";
import {
  WIDTH, LATENTS, NODES, STATES, TABLE, PARENT, NODE_GROUP, NODE_GROUPS, CHILDLESS, NODE_PANELS, word,
  groupAt, nodeAt,
} from "./latent-words";

/**
 * Where values may become too small: bounds of all entries from below, from the smallest entries of tables. Only where
 * a bound says so are rows brought back to [½, 1); exact zeros say so everywhere.
 */
export function planScales<T>(plan: usize, flags: usize, tables: usize, work: usize): void {
  const width = word(plan, WIDTH);
  const latents = word(plan, LATENTS);
  const nodes = word(plan, NODES);
  const bounds = work;
  for (let n = 0; n < nodes; n++) startBound<T>(plan, nodeAt(plan, n), tables, at<T>(bounds, n * width));
  memory.fill(flags, 0, 8 * <usize>nodes);
  for (let n = 0; n < nodes; n++) {
    const node = nodeAt(plan, n);
    const bound = at<T>(bounds, n * width);
    if (word(node, CHILDLESS) != 0) mark<T>(bound, latents, at<i32>(flags, 2 * n));
    const parent = word(node, PARENT);
    if (parent < 0) continue;
    const target = at<T>(bounds, parent * width);
    sendBound<T>(target, bound, at<T>(tables, word(node, NODE_PANELS)), latents, width);
    mark<T>(target, latents, at<i32>(flags, 2 * n + 1));
  }
}

/** The product of the smallest entries of a node's tables. */
function startBound<T>(plan: usize, node: usize, tables: usize, bound: usize): void {
  const pitch = <usize>word(plan, WIDTH) * sizeof<T>();
  for (let g = 0; g < word(node, NODE_GROUPS); g++) {
    const group = groupAt(plan, word(node, NODE_GROUP) + g);
    const table = at<T>(tables, word(group, TABLE));
    const end = table + <usize>word(group, STATES) * pitch;
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      let low = v128.splat<T>(1);
      for (let entry = table + o; entry < end; entry += pitch) low = v128.pmin<T>(low, v128.load(entry));
      v128.store(bound + o, g == 0 ? low : v128.mul<T>(low, v128.load(bound + o)));
    }
  }
}

/** target ∘= what a node sends whose values are at least `bound`. */
function sendBound<T>(target: usize, bound: usize, panels: usize, latents: i32, width: i32): void {
  // A node that has just been rescaled (see `mark`) has an entry of at least ½ somewhere.
  const peak: T = load<T>(bound) < 0 ? 0.5 : 0;
  store<T>(bound, abs<T>(load<T>(bound)));
  store<T>(target, abs<T>(load<T>(target)));
  const end = target + <usize>width * sizeof<T>();
  for (; target < end; target += 2 * VECTOR, panels += <usize>width * (2 * VECTOR)) {
    let sum0 = v128.splat<T>(0), sum1 = sum0;
    let low0 = v128.splat<T>(1), low1 = low0;
    let entry = panels;
    for (let y = 0; y < latents; y++, entry += 2 * VECTOR) {
      const from = v128.load_splat<T>(at<T>(bound, y));
      const weight0 = v128.load(entry);
      const weight1 = v128.load(entry, VECTOR);
      sum0 = v128.add<T>(sum0, v128.mul<T>(from, weight0));
      sum1 = v128.add<T>(sum1, v128.mul<T>(from, weight1));
      low0 = v128.pmin<T>(low0, weight0);
      low1 = v128.pmin<T>(low1, weight1);
    }
    sum0 = v128.pmax<T>(sum0, v128.mul<T>(v128.splat<T>(peak), low0));
    sum1 = v128.pmax<T>(sum1, v128.mul<T>(v128.splat<T>(peak), low1));
    v128.store(target, v128.mul<T>(sum0, v128.load(target)));
    v128.store(target, v128.mul<T>(sum1, v128.load(target, VECTOR)), VECTOR);
  }
}

/** Asks for rescaling if a bound is too small. The first bound is then negative, to tell. */
function mark<T>(bound: usize, latents: i32, flag: usize): void {
  const least: T = sizeof<T>() == 4 ? <T>8.67361738e-19 : <T>1e-144;
  // What is this much smaller than the largest entry of its row does not ask for another rescaling.
  const lost: T = sizeof<T>() == 4 ? <T>9.31322575e-10 : <T>1e-72;
  let smallest: T = 1;
  for (let z = 0; z < latents; z++) smallest = min<T>(smallest, load<T>(at<T>(bound, z)));
  if (smallest >= least) return;
  store<i32>(flag, 1);
  for (let z = 0; z < latents; z++) {
    const cell = at<T>(bound, z);
    store<T>(cell, max<T>(load<T>(cell), lost));
  }
  store<T>(bound, -load<T>(bound));
}
