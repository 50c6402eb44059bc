/**
 * The plan of the passes over a latent tree
 *
 *   P(x) = Σ_z  π(z_root) · Π_v E_v[z_v, x_v] · Π_{v ≠ root} W_v[z_parent(v), z_v]
 *
 * with H states a latent variable: what is multiplied with what, and where everything lies. Up,
 *
 *   M_v[z] = E_v[z, x_v] · Π_c U_c[z],    U_c = W_c · M_c       (c the children of v)
 *
 * and down, with F_root = π ∘ M / P and C_c = F_parent / U_c,
 *
 *   N_c += C_c · M_cᵀ,    F_c = M_c ∘ (W_cᵀ · C_c).
 *
 * Where the rows of a table have few different parts below a node (at most `codes`), U_c is made once for each and
 * looked up by row, and all that rows have to say of the subtree are sums of the parent's F by part. The emission of a
 * node and such parts below it are multiplied into as few tables as that bound allows (*groups*); one 16-bit number a
 * row and group, the *code*, is all that the passes see of the data. A missing value is one more state, with emission 1.
 *
 * Vectors are filled up with zeros from H to `width`, a multiple of 8. Places are in elements.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { type Codes, type Factor, type Group, grouped } from "./latent-codes.ts";

/** The shape of a latent tree. */
export interface LatentShape {
  /** H, at least 1. */
  readonly latents: number;
  /** States of each observed variable, from 1 to 255. */
  readonly arities: readonly number[];
  /** The parent of each variable, -1 for the root. */
  readonly parents: Int32Array;
  /** Variables, parents before children. */
  readonly order: Int32Array;
}

/** The rows that a plan is for. */
export interface LatentTable {
  readonly rows: number;
  /** States by column, entry (row r, variable v) at v · rows + r; what is no state of its variable is missing. */
  readonly columns: Uint8Array;
}

/** Options of a plan. */
export interface LatentPlanOptions {
  /**
   * The most rows of a table, from 1 to 32,768; default 32. More make `load` slower and rows faster: a row of a table
   * costs as much as one of the data costs at its node.
   */
  readonly codes?: number;
}

/** A plan; made by {@link latentPlan}. */
export interface LatentPlan {
  readonly width: number;
  readonly arities: readonly number[];
  /** The words of the plan, as the kernels read them: see {@link planWords}. */
  readonly words: Int32Array;
  /** Nodes that are no tables; the last one is the root. */
  readonly nodes: number;
  /** How long the arrays are. */
  readonly lengths: { readonly parameters: number; readonly tables: number; readonly counts: number };
  /** Rows of the data, and the codes of one. */
  readonly rows: number;
  readonly stride: number;
  /** By group of a node, the code of each row. */
  readonly codes: readonly Codes[];
  /** Rows of the largest table, filled up. */
  readonly largest: number;
  /** By variable: W (width × width, π for the root: one row) and E ((arity + 1) × width, by state) in parameters. */
  readonly weights: Int32Array;
  readonly emissions: Int32Array;
  /** By variable: N (width × width; none for the root) and E's counts, F by state ((arity + 1) × width) in counts. */
  readonly pairs: Int32Array;
  readonly states: Int32Array;
}

/** Codes have 16 bits, and only so many are worth a table. */
const mostCodes = 1 << 15;

/** Blocks of rows are multiples of this: `ROWS` of `assembly/circuit-tiles.ts`. */
export const blockRows = 5;

/** Where things are in the words of a plan: the head, and the records of groups, members and nodes. */
export const planWords = {
  head: [
    "width",
    "latents",
    "stride",
    "groups",
    "nodes",
    "prior",
    "groupsAt",
    "membersAt",
    "nodesAt",
    "counts",
  ],
  group: [
    ...["states", "filled", "table", "sums", "firstMember", "members", "code", "weight"],
    ...["panels", "messages", "pairs"],
  ],
  member: ["kind", "source", "choices", "target"],
  node: ["parent", "first", "group", "groups", "childless", "weight", "panels", "pairs"],
} as const;

/**
 * The plan of a tree for the rows of a table. O(rows · variables).
 * @throws InvalidArgumentError for an arity outside 1 ... 255, a tree that is none, or columns of another length
 */
export function latentPlan(
  shape: LatentShape,
  table: LatentTable,
  options: LatentPlanOptions = {},
): LatentPlan {
  const { latents, arities, parents, order } = shape;
  const { codes: most = 32 } = options;
  checkShape(shape);
  if (!(Number.isInteger(most) && most >= 1 && most <= mostCodes)) {
    throw new InvalidArgumentError("codes", most, `an integer from 1 to ${mostCodes}`);
  }
  if (table.columns.length !== table.rows * arities.length) {
    throw new InvalidArgumentError("columns", table.columns.length, `${table.rows} × ${arities.length}`);
  }
  const width = Math.ceil(latents / 8) * 8;
  const places = layOut(shape, width);
  const { room } = places;
  const groups: number[][] = [];
  const members: { readonly kind: number; readonly words: number[]; readonly choices: Int32Array }[] = [];
  let largest = 0;
  /** The record of a group, of a node or (`inner`) of a table that stands for all of v's subtree. */
  const addGroup = (group: Group, code: number, v: number, inner: boolean): Factor => {
    const filled = Math.ceil(group.count / blockRows) * blockRows;
    largest = Math.max(largest, filled);
    const [at, sums] = [room("tables", filled * width), room(inner ? "tables" : "counts", filled * width)];
    const record = [group.count, filled, at, sums, members.length, group.members.length, code];
    const messages = inner ? room("tables", filled * width) : 0;
    const own = inner ? [places.weights[v], room("tables", 2 * width * width)] : [-1, 0];
    groups.push([...record, ...own, messages, inner ? places.pairs[v] : 0]);
    for (const { factor, choices } of group.members) {
      const { kind, source, target } = factor;
      members.push({ kind, words: [source, target], choices });
    }
    return { kind: 1, source: messages, target: sums, codes: group.codes, count: group.count };
  };
  const children = childrenOf(shape);
  const tableOf = new Map<number, Factor>();
  const nodeGroups = new Map<number, Group[]>();
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    const tables = children[v].flatMap((c) => tableOf.get(c) ?? []);
    for (const c of children[v]) tableOf.delete(c);
    const own: Factor = {
      kind: 0,
      source: places.emissions[v],
      target: places.states[v],
      codes: statesOf(table, v, arities[v]),
      count: arities[v] + 1,
    };
    const found = grouped([own, ...tables.sort((a, b) => a.count - b.count)], most);
    const whole = parents[v] >= 0 && found.length === 1 && tables.length === children[v].length;
    if (whole) tableOf.set(v, addGroup(found[0], -1, v, true));
    else nodeGroups.set(v, found);
  }
  const variables = depthFirst(shape, children).filter((v) => nodeGroups.has(v));
  const numbers = new Map(variables.map((v, n) => [v, n]));
  const codes: Codes[] = [];
  const nodes = variables.map((v) => {
    const own = nodeGroups.get(v) as Group[];
    const firstGroup = groups.length;
    for (const group of own) {
      addGroup(group, codes.length, v, false);
      codes.push(group.codes);
    }
    const inner = children[v].filter((c) => numbers.has(c));
    return { v, firstGroup, count: own.length, childless: inner.length === 0 };
  });
  const seen = new Set<number>();
  const records = nodes.map(({ v, firstGroup, count, childless }) => {
    const parent = parents[v];
    const first = parent >= 0 && !seen.has(parent);
    seen.add(parent);
    const panels = parent < 0 ? 0 : room("tables", 2 * width * width);
    const above = parent < 0 ? -1 : (numbers.get(parent) as number);
    return [
      ...[above, Number(first), firstGroup, count, Number(childless)],
      ...[places.weights[v], panels, places.pairs[v]],
    ];
  });
  const lengths = places.lengths();
  const head = [width, latents, codes.length, groups.length, nodes.length, places.weights[order[0]]];
  return {
    width,
    arities,
    words: planned(head, groups, members, records, lengths.counts),
    nodes: nodes.length,
    lengths,
    rows: table.rows,
    stride: codes.length,
    codes,
    largest,
    ...{ weights: places.weights, emissions: places.emissions, pairs: places.pairs, states: places.states },
  };
}

/** The words of a plan: head, groups, members, nodes, and the choices of members. */
function planned(
  head: readonly number[],
  groups: readonly (readonly number[])[],
  members: readonly { readonly kind: number; readonly words: number[]; readonly choices: Int32Array }[],
  nodes: readonly (readonly number[])[],
  counts: number,
): Int32Array {
  const at = planWords.head.length;
  const membersAt = at + groups.length * planWords.group.length;
  const nodesAt = membersAt + members.length * planWords.member.length;
  let choicesAt = nodesAt + nodes.length * planWords.node.length;
  const length = members.reduce((sum, { choices }) => sum + choices.length, choicesAt);
  const words = new Int32Array(length);
  const records = members.map(({ kind, words: [source, target], choices }) => {
    words.set(choices, choicesAt);
    choicesAt += choices.length;
    return [kind, source, choicesAt - choices.length, target];
  });
  words.set([...head, at, membersAt, nodesAt, counts, ...groups.flat(), ...records.flat(), ...nodes.flat()]);
  return words;
}

function checkShape({ latents, arities, parents, order }: LatentShape): void {
  if (!(Number.isInteger(latents) && latents >= 1)) {
    throw new InvalidArgumentError("latents", latents, "an integer from 1");
  }
  arities.forEach((arity, v) => {
    if (!(Number.isInteger(arity) && arity >= 1 && arity <= 255)) {
      throw new InvalidArgumentError(`arities[${v}]`, arity, "an integer from 1 to 255");
    }
  });
  const place = new Int32Array(arities.length).fill(-1);
  order.forEach((v, i) => {
    place[v] = i;
  });
  const ordered = order.every((v, i) =>
    i === 0 ? parents[v] < 0 : place[parents[v]] >= 0 && place[parents[v]] < i,
  );
  if (arities.length === 0 || order.length !== arities.length || place.includes(-1) || !ordered) {
    throw new InvalidArgumentError(
      "order",
      order,
      "all variables, the root first and parents before children",
    );
  }
}

/** Room in the arrays, and where each variable's parameters and counts are. */
function layOut({ arities, parents }: LatentShape, width: number) {
  const lengths = { parameters: 0, tables: 0, counts: 0 };
  const room = (array: keyof typeof lengths, length: number): number => {
    lengths[array] += length;
    return lengths[array] - length;
  };
  const each = (array: keyof typeof lengths, length: (v: number) => number): Int32Array =>
    Int32Array.from(arities, (_, v) => room(array, length(v)));
  const square = (v: number): number => width * (parents[v] < 0 ? 1 : width);
  const byState = (v: number): number => width * (arities[v] + 1);
  return {
    room,
    weights: each("parameters", square),
    emissions: each("parameters", byState),
    pairs: each("counts", (v) => (parents[v] < 0 ? 0 : square(v))),
    states: each("counts", byState),
    lengths: () => ({ ...lengths }),
  };
}

/** The states of a variable, a missing one as the state after the last. */
function statesOf({ columns, rows }: LatentTable, v: number, arity: number): Uint8Array {
  const states = columns.subarray(v * rows, (v + 1) * rows);
  return states.some((state) => state >= arity) ? states.map((state) => Math.min(state, arity)) : states;
}

function childrenOf({ order, parents, arities }: LatentShape): number[][] {
  const children: number[][] = arities.map(() => []);
  for (const v of order) if (parents[v] >= 0) children[parents[v]].push(v);
  return children;
}

/** Children before parents, subtree by subtree: what is made is used soon. */
function depthFirst({ order }: LatentShape, children: readonly (readonly number[])[]): number[] {
  const found: number[] = [];
  const stack = [order[0]];
  while (stack.length > 0) {
    const v = stack.pop() as number;
    found.push(v);
    stack.push(...children[v]);
  }
  return found.reverse();
}
