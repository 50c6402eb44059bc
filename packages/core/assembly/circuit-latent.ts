/**
 * The passes over a latent tree: see `src/kernels/latent-tree.ts` for what they compute and for the layout of the
 * plan. A share of the rows is a chunk, and goes tile by tile through the whole tree, up and down, so that
 * everything a tile needs stays in the caches. Every share has counts and working memory of its own.
 */
import {
  ROWS, addAll, addOuter, addUp, clear, divideInto, lookUp, multiply, multiplyInto, pack, rescale,
} from "./circuit-tiles";
import { VECTOR, address, at, int } from "./lanes";
import { planScales } from "./latent-scales";
import {
  WIDTH, STRIDE, GROUPS, NODES, PRIOR, MEMBERS_AT, COUNT_LENGTH, STATES, FILLED, TABLE, SUMS, FIRST_MEMBER,
  MEMBERS, WEIGHT, PANELS, MESSAGES, PAIRS, KIND, SOURCE, TARGET, MEMBER_RECORD, PARENT, FIRST, NODE_GROUP,
  NODE_GROUPS, CHILDLESS, NODE_WEIGHT, NODE_PANELS, NODE_PAIRS, word, groupAt, nodeAt, choicesOf, placeOf,
} from "./latent-words";
import { log } from "./math";

/** Slots of the arguments. */
const PLAN = 0, FLAGS = 1, PARAMETERS = 2, TABLES = 3, CODES = 4, ROW_NUMBERS = 5, WEIGHTS = 6, LOGS = 7;
const COUNTS = 8, WORK = 9, FROM = 10, TO = 11, SHARE_ROWS = 12, TILE_ROWS = 13, SHARES = 14, WORK_BYTES = 15;

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
  planScales<T>(plan, address(args, FLAGS), tables, address(args, WORK));
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

/** The table of a group: by code, the product of its members' rows. */
function fillTable<T>(plan: usize, group: usize, table: usize, parameters: usize, tables: usize): void {
  const pitch = <usize>word(plan, WIDTH) * sizeof<T>();
  let member = at<i32>(plan, word(plan, MEMBERS_AT) + word(group, FIRST_MEMBER) * MEMBER_RECORD);
  for (let m = 0; m < word(group, MEMBERS); m++, member += 4 * MEMBER_RECORD) {
    const source = at<T>(word(member, KIND) == 0 ? parameters : tables, word(member, SOURCE));
    let choice = choicesOf(plan, member);
    let out = table;
    for (let code = 0; code < word(group, STATES); code++, choice += 4) {
      let from = source + <usize>load<i32>(choice) * pitch;
      for (const end = out + pitch; out < end; out += VECTOR, from += VECTOR) {
        const value = v128.load(from);
        v128.store(out, m == 0 ? value : v128.mul<T>(v128.load(out), value));
      }
    }
  }
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
      store<u32>(at<u32>(work, r), <u32>(address(args, CODES) + 2 * <usize>row * <usize>word(plan, STRIDE)));
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
      lookUp<T>(values, rows, width, work, placeOf(group), at<T>(tables, word(group, TABLE)), true);
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
      first ? work : 0, placeOf(group), at<T>(tables, word(group, TABLE)),
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
    lookUp<T>(values, rows, word(plan, WIDTH), codes, placeOf(group), table, false);
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
      addUp<T>(at<T>(counts, word(group, SUMS)), values, rows, width, work, placeOf(group));
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
  for (let s = 1; s < int(args, SHARES); s++) addAll<T>(counts, counts + <usize>s * length, length);
  const tables = address(args, TABLES);
  const width = word(plan, WIDTH);
  const groups = word(plan, GROUPS);
  for (let g = 0; g < groups; g++) {
    const group = groupAt(plan, g);
    if (word(group, WEIGHT) < 0) continue;
    clear(at<T>(tables, word(group, SUMS)), <usize>(word(group, FILLED) * width) * sizeof<T>());
  }
  for (let g = groups - 1; g >= 0; g--) {
    const group = groupAt(plan, g);
    const inner = word(group, WEIGHT) >= 0;
    const sums = at<T>(inner ? tables : counts, word(group, SUMS));
    if (inner) {
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
    handDown<T>(plan, group, counts, tables, sums);
  }
}

function handDown<T>(plan: usize, group: usize, counts: usize, tables: usize, sums: usize): void {
  const pitch = <usize>word(plan, WIDTH) * sizeof<T>();
  let member = at<i32>(plan, word(plan, MEMBERS_AT) + word(group, FIRST_MEMBER) * MEMBER_RECORD);
  for (let m = 0; m < word(group, MEMBERS); m++, member += 4 * MEMBER_RECORD) {
    const target = at<T>(word(member, KIND) == 0 ? counts : tables, word(member, TARGET));
    let choice = choicesOf(plan, member);
    let from = sums;
    for (let code = 0; code < word(group, STATES); code++, choice += 4, from += pitch) {
      addAll<T>(target + <usize>load<i32>(choice) * pitch, from, pitch);
    }
  }
}
