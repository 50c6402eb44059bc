/**
 * The passes over a latent tree: see `src/kernels/latent-tree.ts` for what they compute and for the layout of the
 * plan. A share of the rows is a chunk, and goes tile by tile through the whole tree, up and down, so that
 * everything a tile needs stays in the caches. Every share has counts and working memory of its own.
 */
import { ROWS, addOuter, addUp, divideInto, lookUp, multiply, multiplyInto, pack, rescale } from "./circuit-tiles";
import { VECTOR, address, at, int } from "./lanes";
import { log } from "./math";

/** Slots of the arguments. */
const PLAN = 0, FLAGS = 1, PARAMETERS = 2, TABLES = 3, CODES = 4, ROW_NUMBERS = 5, WEIGHTS = 6, LOGS = 7;
const COUNTS = 8, WORK = 9, FROM = 10, TO = 11, SHARE_ROWS = 12, TILE_ROWS = 13, SHARES = 14, WORK_BYTES = 15;

/** Places in the head of a plan. */
const WIDTH = 0, LATENTS = 1, STRIDE = 2, GROUPS = 3, NODES = 4, PRIOR = 5, GROUPS_AT = 6, MEMBERS_AT = 7;
const NODES_AT = 8, COUNT_LENGTH = 9;

/** Places in the record of a group, and how long it is. */
const STATES = 0, FILLED = 1, TABLE = 2, SUMS = 3, FIRST_MEMBER = 4, MEMBERS = 5, BYTE = 6, WEIGHT = 7;
const PANELS = 8, MESSAGES = 9, PAIRS = 10, GROUP_RECORD = 11;

/** Of a member of a group. */
const KIND = 0, SOURCE = 1, RADIX = 2, DIVISOR = 3, TARGET = 4, MEMBER_RECORD = 5;

/** Of a node. */
const PARENT = 0, FIRST = 1, NODE_GROUP = 2, NODE_GROUPS = 3, CHILDLESS = 4, NODE_WEIGHT = 5, NODE_PANELS = 6;
const NODE_PAIRS = 7, NODE_RECORD = 8;

@inline
function word(record: usize, place: i32): i32 {
  return load<i32>(record + ((<usize>place) << 2));
}
@inline
function groupAt(plan: usize, group: i32): usize {
  return at<i32>(plan, word(plan, GROUPS_AT) + group * GROUP_RECORD);
}
@inline
function nodeAt(plan: usize, node: i32): usize {
  return at<i32>(plan, word(plan, NODES_AT) + node * NODE_RECORD);
}

/** Makes tables, packed matrices and the places of rescaling from the parameters. One chunk. */
export function latentLoadChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const plan = address(args, PLAN);
  const parameters = address(args, PARAMETERS);
  const tables = address(args, TABLES);
  const width = word(plan, WIDTH);
  for (let g = 0; g < word(plan, GROUPS); g++) {
    const group = groupAt(plan, g);
    const table = at<T>(tables, word(group, TABLE));
    fillTable<T>(plan, group, table, parameters, tables);
    const weight = word(group, WEIGHT);
    if (weight < 0) continue;
    const panels = at<T>(tables, word(group, PANELS));
    packBoth<T>(panels, at<T>(parameters, weight), width);
    multiply<T>(at<T>(tables, word(group, MESSAGES)), table, panels, word(group, FILLED), width);
  }
  for (let n = 0; n < word(plan, NODES); n++) {
    const node = nodeAt(plan, n);
    if (word(node, PARENT) < 0) continue;
    packBoth<T>(at<T>(tables, word(node, NODE_PANELS)), at<T>(parameters, word(node, NODE_WEIGHT)), width);
  }
  planScales<T>(plan, address(args, FLAGS), parameters, tables, address(args, WORK));
}

/** Panels of the transpose, for the way up, and after them those of the matrix itself, for the way down. */
function packBoth<T>(to: usize, from: usize, width: i32): void {
  pack<T>(to, from, width, true);
  pack<T>(downPanels<T>(to, width), from, width, false);
}

@inline
function downPanels<T>(panels: usize, width: i32): usize {
  return at<T>(panels, width * width);
}

/** The table of a group: by code, the product of what its members say of their digits. */
function fillTable<T>(plan: usize, group: usize, table: usize, parameters: usize, tables: usize): void {
  const pitch = <usize>word(plan, WIDTH) * sizeof<T>();
  let member = at<i32>(plan, word(plan, MEMBERS_AT) + word(group, FIRST_MEMBER) * MEMBER_RECORD);
  for (let m = 0; m < word(group, MEMBERS); m++, member += 4 * MEMBER_RECORD) {
    const source = at<T>(word(member, KIND) == 0 ? parameters : tables, word(member, SOURCE));
    const divisor = word(member, DIVISOR);
    const radix = word(member, RADIX);
    let out = table;
    for (let code = 0; code < word(group, STATES); code++) {
      let from = source + <usize>((code / divisor) % radix) * pitch;
      for (const end = out + pitch; out < end; out += VECTOR, from += VECTOR) {
        const value = v128.load(from);
        v128.store(out, m == 0 ? value : v128.mul<T>(v128.load(out), value));
      }
    }
  }
}

/**
 * Where values may become too small: bounds of all entries from below, from the smallest entries of tables, as
 * f64. Only where a bound says so are rows brought back to [½, 1); exact zeros say so everywhere.
 */
function planScales<T>(plan: usize, flags: usize, parameters: usize, tables: usize, work: usize): void {
  const width = word(plan, WIDTH);
  const latents = word(plan, LATENTS);
  const nodes = word(plan, NODES);
  const least: f64 = sizeof<T>() == 4 ? 8.67361738e-19 : 1e-144;
  // What is this much smaller than the largest entry of its row does not ask for another rescaling.
  const lost: f64 = sizeof<T>() == 4 ? 9.31322575e-10 : 1e-72;
  const bounds = work;
  const message = at<f64>(bounds, nodes * width);
  const smallest = at<f64>(message, width);
  for (let n = 0; n < nodes; n++) startBound<T>(plan, nodeAt(plan, n), tables, at<f64>(bounds, n * width));
  memory.fill(flags, 0, 8 * <usize>nodes);
  for (let n = 0; n < nodes; n++) {
    const node = nodeAt(plan, n);
    const bound = at<f64>(bounds, n * width);
    if (word(node, CHILDLESS) != 0) mark(bound, latents, least, lost, at<i32>(flags, 2 * n));
    const parent = word(node, PARENT);
    if (parent < 0) continue;
    // A node that has just been rescaled has an entry of at least ½ somewhere.
    const peak: f64 = load<f64>(bound) < 0 ? 0.5 : 0;
    for (let z = 0; z < width; z++) {
      store<f64>(at<f64>(message, z), 0);
      store<f64>(at<f64>(smallest, z), 1);
      store<f64>(at<f64>(bound, z), abs(load<f64>(at<f64>(bound, z))));
    }
    const matrix = at<T>(parameters, word(node, NODE_WEIGHT));
    for (let y = 0; y < latents; y++) {
      const from = load<f64>(at<f64>(bound, y));
      for (let z = 0; z < latents; z++) {
        const weight = <f64>load<T>(at<T>(matrix, z * width + y));
        const sum = at<f64>(message, z);
        const low = at<f64>(smallest, z);
        store<f64>(sum, load<f64>(sum) + weight * from);
        store<f64>(low, min(load<f64>(low), weight));
      }
    }
    const target = at<f64>(bounds, parent * width);
    for (let z = 0; z < latents; z++) {
      const sent = max(load<f64>(at<f64>(message, z)), peak * load<f64>(at<f64>(smallest, z)));
      store<f64>(at<f64>(target, z), abs(load<f64>(at<f64>(target, z))) * sent);
    }
    mark(target, latents, least, lost, at<i32>(flags, 2 * n + 1));
  }
}

/** The product of the smallest entries of a node's tables. */
function startBound<T>(plan: usize, node: usize, tables: usize, bound: usize): void {
  const width = word(plan, WIDTH);
  for (let z = 0; z < width; z++) {
    let product: f64 = 1;
    for (let g = 0; g < word(node, NODE_GROUPS); g++) {
      const group = groupAt(plan, word(node, NODE_GROUP) + g);
      let low: f64 = 1;
      for (let code = 0; code < word(group, STATES); code++) {
        low = min(low, <f64>load<T>(at<T>(tables, word(group, TABLE) + code * width + z)));
      }
      product *= low;
    }
    store<f64>(at<f64>(bound, z), product);
  }
}

/** Asks for rescaling if a bound is too small. The first bound is then negative, to tell. */
function mark(bound: usize, latents: i32, least: f64, lost: f64, flag: usize): void {
  let smallest: f64 = 1;
  for (let z = 0; z < latents; z++) smallest = min(smallest, load<f64>(at<f64>(bound, z)));
  if (smallest >= least) return;
  store<i32>(flag, 1);
  for (let z = 0; z < latents; z++) {
    const cell = at<f64>(bound, z);
    store<f64>(cell, max(load<f64>(cell), lost));
  }
  store<f64>(bound, -load<f64>(bound));
}

/** log P(row) of a share of rows. */
export function latentValuesChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  share<T>(args, chunk, scratch, false);
}

/** log P(row) of a share of rows, and their expected counts. */
export function latentCountsChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  share<T>(args, chunk, scratch, true);
}

function share<T>(args: usize, chunk: i32, scratch: usize, counting: bool): void {
  const plan = address(args, PLAN);
  const length = <usize>word(plan, COUNT_LENGTH) * sizeof<T>();
  const counts = counting ? address(args, COUNTS) + <usize>chunk * length : 0;
  if (counting) memory.fill(counts, 0, length);
  const work = address(args, WORK) + <usize>chunk * <usize>int(args, WORK_BYTES);
  const tileRows = int(args, TILE_ROWS);
  const from = int(args, FROM) + chunk * int(args, SHARE_ROWS);
  const to = min(int(args, TO), from + int(args, SHARE_ROWS));
  for (let start = from; start < to; start += tileRows) {
    const count = min(tileRows, to - start);
    // Rows that fill up the last tile repeat the first one, and weigh nothing.
    const rows = ((count + ROWS - 1) / ROWS) * ROWS;
    const head = at<i32>(address(args, ROW_NUMBERS), start);
    for (let r = 0; r < rows; r++) {
      const row = load<i32>(at<i32>(head, r < count ? r : 0));
      store<u32>(at<u32>(work, r), <u32>(address(args, CODES) + <usize>row * <usize>word(plan, STRIDE)));
    }
    up<T>(args, plan, work, rows, counting, scratch);
    finish<T>(args, plan, work, rows, count, start, counting);
    if (counting) down<T>(args, plan, work, rows, counts, scratch);
  }
}

/** Working memory: addresses of codes, exponents, root values (f64), then blocks of values, then of messages. */
@inline
function exponentsAt(work: usize, tileRows: i32): usize {
  return at<i32>(work, tileRows);
}
@inline
function totalsAt(work: usize, tileRows: i32): usize {
  return at<i32>(work, 2 * tileRows);
}
@inline
function blocksAt(work: usize, tileRows: i32): usize {
  return at<i32>(work, 4 * tileRows + 16);
}

function up<T>(
  args: usize, plan: usize, work: usize, rows: i32, counting: bool, spare: usize,
): void {
  const tables = address(args, TABLES);
  const tileRows = int(args, TILE_ROWS);
  const width = word(plan, WIDTH);
  const nodes = word(plan, NODES);
  const block = <usize>(tileRows * width) * sizeof<T>();
  const blocks = blocksAt(work, tileRows);
  const exponents = exponentsAt(work, tileRows);
  memory.fill(exponents, 0, 4 * <usize>rows);
  let flag = address(args, FLAGS);
  for (let n = 0; n < nodes; n++, flag += 8) {
    const node = nodeAt(plan, n);
    const values = blocks + <usize>n * block;
    if (word(node, CHILDLESS) != 0) {
      const group = groupAt(plan, word(node, NODE_GROUP));
      lookUp<T>(values, rows, width, work, word(group, BYTE), at<T>(tables, word(group, TABLE)), true);
      moreLookUps<T>(plan, node, tables, values, work, rows);
      if (load<i32>(flag) != 0) rescale<T>(values, rows, width, exponents);
    }
    const parent = word(node, PARENT);
    if (parent < 0) continue;
    const owner = nodeAt(plan, parent);
    const target = blocks + <usize>parent * block;
    const first = word(node, FIRST) != 0;
    const group = groupAt(plan, word(owner, NODE_GROUP));
    multiplyInto<T>(
      target, values, at<T>(tables, word(node, NODE_PANELS)), rows, width,
      first ? work : 0, word(group, BYTE), at<T>(tables, word(group, TABLE)),
      counting ? values + <usize>nodes * block : 0, spare,
    );
    if (first) moreLookUps<T>(plan, owner, tables, target, work, rows);
    if (load<i32>(flag, 4) != 0) rescale<T>(target, rows, width, exponents);
  }
}

/** The tables of a node beyond the first. */
function moreLookUps<T>(
  plan: usize, node: usize, tables: usize, values: usize, codes: usize, rows: i32,
): void {
  for (let g = 1; g < word(node, NODE_GROUPS); g++) {
    const group = groupAt(plan, word(node, NODE_GROUP) + g);
    const table = at<T>(tables, word(group, TABLE));
    lookUp<T>(values, rows, word(plan, WIDTH), codes, word(group, BYTE), table, false);
  }
}

/** Log-likelihoods; and the values of the root become its flow, if there is a way down. */
function finish<T>(
  args: usize, plan: usize, work: usize, rows: i32, count: i32, start: i32, counting: bool,
): void {
  const tileRows = int(args, TILE_ROWS);
  const width = word(plan, WIDTH);
  const pitch = <usize>width * sizeof<T>();
  const prior = at<T>(address(args, PARAMETERS), word(plan, PRIOR));
  const totals = totalsAt(work, tileRows);
  const block = <usize>(tileRows * width) * sizeof<T>();
  const root = blocksAt(work, tileRows) + <usize>(word(plan, NODES) - 1) * block;
  const least: f64 = sizeof<T>() == 4 ? 1.17549435e-38 : 2.2250738585072014e-308;
  const weights = address(args, WEIGHTS);
  for (let r = 0; r < rows; r++) {
    const row = root + <usize>r * pitch;
    let sum = v128.splat<T>(0);
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      const term = v128.mul<T>(v128.load(row + o), v128.load(prior + o));
      sum = v128.add<T>(sum, term);
      if (counting) v128.store(row + o, term);
    }
    let total: f64 = 0;
    if (sizeof<T>() == 4) {
      const half = v128.add<T>(sum, v128.shuffle<i32>(sum, sum, 2, 3, 2, 3));
      total = <f64>f32x4.extract_lane(half, 0) + <f64>f32x4.extract_lane(half, 1);
    } else total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    // What is too small to be a normal number is left to passes in logs.
    if (!(total >= least)) total = 0;
    store<f64>(at<f64>(totals, r), total);
    if (!counting) continue;
    let weight: f64 = r < count ? 1 : 0;
    if (weights != 0 && r < count) {
      weight = load<f64>(at<f64>(weights, load<i32>(at<i32>(address(args, ROW_NUMBERS), start + r))));
    }
    const factor = v128.splat<T>(<T>(total > 0 ? weight / total : 0));
    for (let o: usize = 0; o < pitch; o += VECTOR) {
      v128.store(row + o, v128.mul<T>(v128.load(row + o), factor));
    }
  }
  const logs = at<f64>(address(args, LOGS), start - int(args, FROM));
  for (let r = 0; r < count; r += 2) {
    const pair = at<f64>(totals, r);
    const exponents = v128.load(at<i32>(exponentsAt(work, tileRows), r));
    const scales = f64x2.mul(f64x2.convert_low_i32x4_s(exponents), f64x2.splat(0.6931471805599453));
    const values = f64x2.add(log<f64>(v128.load(pair)), scales);
    if (r + 1 < count) v128.store(at<f64>(logs, r), values);
    else store<f64>(at<f64>(logs, r), f64x2.extract_lane(values, 0));
  }
}

function down<T>(
  args: usize, plan: usize, work: usize, rows: i32, counts: usize, spare: usize,
): void {
  const tables = address(args, TABLES);
  const tileRows = int(args, TILE_ROWS);
  const width = word(plan, WIDTH);
  const nodes = word(plan, NODES);
  const block = <usize>(tileRows * width) * sizeof<T>();
  const blocks = blocksAt(work, tileRows);
  for (let n = nodes - 1; n >= 0; n--) {
    const node = nodeAt(plan, n);
    const values = blocks + <usize>n * block;
    const parent = word(node, PARENT);
    if (parent >= 0) {
      const messages = values + <usize>nodes * block;
      divideInto<T>(messages, blocks + <usize>parent * block, <usize>(rows * width) * sizeof<T>());
      addOuter<T>(at<T>(counts, word(node, NODE_PAIRS)), messages, values, rows, width);
      const panels = downPanels<T>(at<T>(tables, word(node, NODE_PANELS)), width);
      multiplyInto<T>(values, messages, panels, rows, width, 0, 0, 0, 0, spare);
    }
    for (let g = 0; g < word(node, NODE_GROUPS); g++) {
      const group = groupAt(plan, word(node, NODE_GROUP) + g);
      addUp<T>(at<T>(counts, word(group, SUMS)), values, rows, width, work, word(group, BYTE));
    }
  }
}

/**
 * Adds the shares up into the first, in their order, and hands the sums of groups down to their members: a group
 * of a node whose whole subtree is one table is a block of rows, one for each of its codes. One chunk.
 */
export function latentCollectChunk<T>(args: usize, chunk: i32, scratch: usize): void {
  const plan = address(args, PLAN);
  const counts = address(args, COUNTS);
  const length = <usize>word(plan, COUNT_LENGTH) * sizeof<T>();
  for (let s = 1; s < int(args, SHARES); s++) {
    const from = counts + <usize>s * length;
    for (let o: usize = 0; o < length; o += VECTOR) {
      v128.store(counts + o, v128.add<T>(v128.load(counts + o), v128.load(from + o)));
    }
  }
  const tables = address(args, TABLES);
  const width = word(plan, WIDTH);
  for (let g = word(plan, GROUPS) - 1; g >= 0; g--) {
    const group = groupAt(plan, g);
    const sums = at<T>(counts, word(group, SUMS));
    if (word(group, WEIGHT) >= 0) {
      // `sums` holds the parent's flow by code; it becomes the flow of this group's own node.
      const filled = word(group, FILLED);
      const bytes = <usize>(filled * width) * sizeof<T>();
      const table = at<T>(tables, word(group, TABLE));
      const contexts = address(args, WORK);
      memory.copy(contexts, at<T>(tables, word(group, MESSAGES)), bytes);
      divideInto<T>(contexts, sums, bytes);
      addOuter<T>(at<T>(counts, word(group, PAIRS)), contexts, table, filled, width);
      memory.copy(sums, table, bytes);
      const panels = downPanels<T>(at<T>(tables, word(group, PANELS)), width);
      multiplyInto<T>(sums, contexts, panels, filled, width, 0, 0, 0, 0, scratch);
    }
    handDown<T>(plan, group, counts, sums);
  }
}

function handDown<T>(plan: usize, group: usize, counts: usize, sums: usize): void {
  const pitch = <usize>word(plan, WIDTH) * sizeof<T>();
  let member = at<i32>(plan, word(plan, MEMBERS_AT) + word(group, FIRST_MEMBER) * MEMBER_RECORD);
  for (let m = 0; m < word(group, MEMBERS); m++, member += 4 * MEMBER_RECORD) {
    const divisor = word(member, DIVISOR);
    const radix = word(member, RADIX);
    const target = at<T>(counts, word(member, TARGET));
    let from = sums;
    for (let code = 0; code < word(group, STATES); code++) {
      let to = target + <usize>((code / divisor) % radix) * pitch;
      for (const end = from + pitch; from < end; from += VECTOR, to += VECTOR) {
        v128.store(to, v128.add<T>(v128.load(to), v128.load(from)));
      }
    }
  }
}
