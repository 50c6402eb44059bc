/** The passes over a latent tree in TypeScript: what `latent-plan.ts` and `latent-tree.ts` say, tile by tile. */
import type { FloatArray } from "../../matrix/float-array.ts";
import { type LatentArrays, type LatentRows, latentShares, planRecord, shareCounts } from "../latent-tree.ts";

/** What all passes need, unpacked once a call. */
function unpack(arrays: LatentArrays) {
  const { words, plan } = arrays;
  const [, latents, , groupCount, nodeCount, prior] = words;
  const groups = Array.from({ length: groupCount }, (_, g) => {
    const group = planRecord(words, "group", g);
    const members = Array.from({ length: group.members }, (_, m) =>
      planRecord(words, "member", group.firstMember + m),
    );
    return { ...group, list: members };
  });
  const nodes = Array.from({ length: nodeCount }, (_, n) => planRecord(words, "node", n));
  return { ...arrays, width: plan.width, latents, prior, groups, nodes };
}

type Unpacked = ReturnType<typeof unpack>;
type Group = Unpacked["groups"][number];

/** The pass `load`. */
export function tsLatentLoad(arrays: LatentArrays): void {
  const plan = unpack(arrays);
  const { groups, nodes, parameters, tables, width } = plan;
  for (const group of groups) {
    for (const [m, { kind, source, choices }] of group.list.entries()) {
      const from = kind === 0 ? parameters : tables;
      for (let code = 0; code < group.states; code++) {
        const [to, at] = [group.table + code * width, source + arrays.words[choices + code] * width];
        for (let z = 0; z < width; z++) tables[to + z] = (m === 0 ? 1 : tables[to + z]) * from[at + z];
      }
    }
    if (group.weight < 0) continue;
    turn(tables, group.panels, parameters, group.weight, width);
    const { filled } = group;
    multiply(tables, group.messages, tables, group.table, tables, group.panels, filled, width);
  }
  for (const node of nodes) {
    if (node.parent >= 0) turn(tables, node.panels, parameters, node.weight, width);
  }
  planScales(plan);
}

function turn(to: FloatArray, at: number, from: FloatArray, start: number, width: number): void {
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) to[at + j * width + i] = from[start + i * width + j];
  }
}

/** out = x · matrix, blocks of rows × width. */
function multiply(
  out: FloatArray,
  outAt: number,
  x: FloatArray,
  xAt: number,
  matrix: FloatArray,
  matrixAt: number,
  rows: number,
  width: number,
): void {
  const sums = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    sums.fill(0);
    for (let y = 0; y < width; y++) {
      const factor = x[xAt + r * width + y];
      if (factor === 0) continue;
      const row = matrixAt + y * width;
      for (let z = 0; z < width; z++) sums[z] += factor * matrix[row + z];
    }
    for (let z = 0; z < width; z++) out[outAt + r * width + z] = sums[z];
  }
}

/** sums += xᵀ · y */
function addOuter(
  sums: FloatArray,
  at: number,
  x: FloatArray,
  xAt: number,
  y: FloatArray,
  yAt: number,
  rows: number,
  width: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let z = 0; z < width; z++) {
      const factor = x[xAt + r * width + z];
      if (factor === 0) continue;
      const [to, from] = [at + z * width, yAt + r * width];
      for (let j = 0; j < width; j++) sums[to + j] += factor * y[from + j];
    }
  }
}

/** Bounds below which values are brought back, and what no longer asks for it: see `assembly/circuit-latent.ts`. */
function thresholds(array: FloatArray) {
  return array instanceof Float32Array
    ? { least: 2 ** -60, lost: 2 ** -30, normal: 2 ** -126 }
    : { least: 1e-144, lost: 1e-72, normal: 2 ** -1022 };
}

/** Where rescaling may be needed: bounds of all values from the smallest entries of tables. */
function planScales({ nodes, groups, flags, tables, width, latents }: Unpacked): void {
  const { least, lost } = thresholds(tables);
  const bounds = nodes.map(({ group, groups: count }) =>
    Float64Array.from({ length: latents }, (_, z) => {
      let product = 1;
      for (const { states, table } of groups.slice(group, group + count)) {
        let low = 1;
        for (let code = 0; code < states; code++) low = Math.min(low, tables[table + code * width + z]);
        product *= low;
      }
      return product;
    }),
  );
  const mark = (bound: Float64Array): boolean => {
    if (bound.every((b) => b >= least)) return false;
    bound.forEach((b, z) => {
      bound[z] = Math.max(b, lost);
    });
    return true;
  };
  // Whether the last thing that was done with a node's values is rescaling: an entry is then at least ½.
  const rescaled = nodes.map(() => false);
  nodes.forEach((node, n) => {
    if (node.childless) rescaled[n] = mark(bounds[n]);
    flags[2 * n] = Number(node.childless && rescaled[n]);
    flags[2 * n + 1] = 0;
    if (node.parent < 0) return;
    const target = bounds[node.parent];
    for (let z = 0; z < latents; z++) {
      let [sum, smallest] = [0, 1];
      for (let y = 0; y < latents; y++) {
        const weight = tables[node.panels + y * width + z];
        sum += weight * bounds[n][y];
        smallest = Math.min(smallest, weight);
      }
      target[z] *= Math.max(sum, rescaled[n] ? 0.5 * smallest : 0);
    }
    rescaled[node.parent] = mark(target);
    flags[2 * n + 1] = Number(rescaled[node.parent]);
  });
}

/** The passes `values` and `counts`. */
export function tsLatentRows(arrays: LatentArrays, rows: LatentRows, counting: boolean): void {
  const plan = unpack(arrays);
  const { shareRows, shares } = latentShares(arrays, rows.to - rows.from);
  for (let s = 0; s < shares; s++) {
    const from = rows.from + s * shareRows;
    const to = Math.min(rows.to, from + shareRows);
    const at = s * shareCounts(arrays);
    if (counting) arrays.counts.fill(0, at, at + shareCounts(arrays));
    for (let start = from; start < to; start += arrays.tileRows) {
      tile(plan, rows, start, Math.min(arrays.tileRows, to - start), counting ? at : -1);
    }
  }
  if (counting) collect(plan, shares);
}

/** One tile; its counts are added from `counts` on, unless that is negative. */
function tile(plan: Unpacked, batch: LatentRows, start: number, count: number, counts: number): void {
  const { nodes, groups, flags, tables, parameters, width } = plan;
  const { normal } = thresholds(tables);
  const codeOf = (r: number, group: Group): number => plan.plan.codes[group.code][batch.rows[start + r]];
  const values = nodes.map(() => new Float64Array(count * width).fill(1));
  const messages = nodes.map(() => new Float64Array(count * width));
  const exponents = new Float64Array(count);
  const rescale = (x: Float64Array): void => {
    for (let r = 0; r < count; r++) {
      const row = x.subarray(r * width, (r + 1) * width);
      const largest = row.reduce((a, b) => Math.max(a, b));
      if (largest < normal) continue;
      const exponent = Math.floor(Math.log2(largest)) + 1;
      for (let z = 0; z < width; z++) row[z] *= 2 ** -exponent;
      exponents[r] += exponent;
    }
  };
  nodes.forEach((node, n) => {
    for (const group of groups.slice(node.group, node.group + node.groups)) {
      for (let r = 0; r < count; r++) {
        const from = group.table + codeOf(r, group) * width;
        for (let z = 0; z < width; z++) values[n][r * width + z] *= tables[from + z];
      }
    }
    if (flags[2 * n]) rescale(values[n]);
    if (node.parent < 0) return;
    multiply(messages[n], 0, values[n], 0, tables, node.panels, count, width);
    const target = values[node.parent];
    for (let i = 0; i < target.length; i++) target[i] *= messages[n][i];
    if (flags[2 * n + 1]) rescale(target);
  });
  const flow = values[nodes.length - 1];
  for (let r = 0; r < count; r++) {
    let total = 0;
    for (let z = 0; z < width; z++) {
      flow[r * width + z] *= parameters[plan.prior + z];
      total += flow[r * width + z];
    }
    if (!(total >= normal)) total = 0;
    batch.logs[start - batch.from + r] = Math.log(total) + exponents[r] * Math.LN2;
    const weight = batch.weights?.[batch.rows[start + r]] ?? 1;
    for (let z = 0; z < width; z++) flow[r * width + z] *= total > 0 ? weight / total : 0;
  }
  if (counts < 0) return;
  for (let n = nodes.length - 1; n >= 0; n--) {
    const node = nodes[n];
    if (node.parent >= 0) {
      divide(messages[n], values[node.parent], normal);
      addOuter(plan.counts, counts + node.pairs, messages[n], 0, values[n], 0, count, width);
      const back = new Float64Array(count * width);
      multiply(back, 0, messages[n], 0, parameters, node.weight, count, width);
      for (let i = 0; i < back.length; i++) values[n][i] *= back[i];
    }
    for (const group of groups.slice(node.group, node.group + node.groups)) {
      for (let r = 0; r < count; r++) {
        const to = counts + group.sums + codeOf(r, group) * width;
        for (let z = 0; z < width; z++) plan.counts[to + z] += values[n][r * width + z];
      }
    }
  }
}

/** x ← y / x; where x is too small for a normal number, y is 0 and so is the quotient. */
function divide(x: FloatArray, y: FloatArray, normal: number): void {
  for (let i = 0; i < x.length; i++) x[i] = y[i] / Math.max(normal, x[i]);
}

/** Adds up the shares, and hands the sums of groups down to what they are made of. */
function collect(plan: Unpacked, shares: number): void {
  const { groups, counts, tables, parameters, width, words } = plan;
  const length = plan.plan.lengths.counts;
  for (let s = 1; s < shares; s++) {
    for (let i = 0; i < length; i++) counts[i] += counts[s * length + i];
  }
  for (const { weight, sums, filled } of groups) if (weight >= 0) tables.fill(0, sums, sums + filled * width);
  for (const group of groups.slice().reverse()) {
    const size = group.filled * width;
    const home = group.weight >= 0 ? tables : counts;
    const sums = home.subarray(group.sums, group.sums + size);
    if (group.weight >= 0) {
      const contexts = Float64Array.from(tables.subarray(group.messages, group.messages + size));
      divide(contexts, sums, thresholds(tables).normal);
      addOuter(counts, group.pairs, contexts, 0, tables, group.table, group.filled, width);
      multiply(sums, 0, contexts, 0, parameters, group.weight, group.filled, width);
      for (let i = 0; i < size; i++) sums[i] *= tables[group.table + i];
    }
    for (const { kind, choices, target } of group.list) {
      const into = kind === 0 ? counts : tables;
      for (let code = 0; code < group.states; code++) {
        const to = target + words[choices + code] * width;
        for (let z = 0; z < width; z++) into[to + z] += sums[code * width + z];
      }
    }
  }
}
