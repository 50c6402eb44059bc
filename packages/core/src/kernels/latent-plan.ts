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
 * Where all of a subtree has at most so many (`codes`) joint states, U_c is a table that is made once per set of
 * parameters and looked up by row, and all that rows have to say of the subtree are sums of the parent's F by joint
 * state. The emission of a node and the tables below it are multiplied into as few tables as that bound allows
 * (*groups*); one byte a row and group, the *code*, is all that the passes see of the data. A missing value is a
 * state of its own, one above the others, with emission 1 (but has no place in codes where none is missing).
 *
 * Vectors are filled up with zeros from H to `width`, a multiple of 8. Places are in elements.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";

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

/** What a plan may take for granted. */
export interface LatentPlanOptions {
  /** Whether values may be missing: one more state for every variable; default true. */
  readonly missing?: boolean;
  /**
   * The most joint states of a table, up to 256; default 32. More make `load` slower and rows faster: a table is worth
   * its states' rows.
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
  /** Bytes of the codes of one row. */
  readonly stride: number;
  /** Byte b of a row's codes is the sum of state · factor over its terms. */
  readonly codes: readonly (readonly { readonly variable: number; readonly factor: number }[])[];
  /** By variable: W (width × width, π for the root: one row) and E ((arity + 1) × width, by state) in parameters. */
  readonly weights: Int32Array;
  readonly emissions: Int32Array;
  /** By variable: N (width × width; none for the root) and E's counts, F by state ((arity + 1) × width) in counts. */
  readonly pairs: Int32Array;
  readonly states: Int32Array;
}

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
    ...["states", "filled", "table", "sums", "firstMember", "members", "byte", "weight"],
    ...["panels", "messages", "pairs"],
  ],
  member: ["kind", "source", "radix", "divisor", "target"],
  node: ["parent", "first", "group", "groups", "childless", "weight", "panels", "pairs"],
} as const;

interface Member {
  readonly kind: 0 | 1;
  readonly source: number;
  readonly radix: number;
  readonly target: number;
  readonly terms: readonly { readonly variable: number; readonly factor: number }[];
}

interface Group {
  readonly members: readonly Member[];
  readonly states: number;
}

/**
 * The plan of a tree. O(variables).
 * @throws InvalidArgumentError for an arity outside 1 ... 255, or a tree that is none
 */
export function latentPlan(shape: LatentShape, options: LatentPlanOptions = {}): LatentPlan {
  const { latents, arities, parents, order } = shape;
  const { missing = true, codes: mostCodes = 32 } = options;
  checkShape(shape);
  if (!(Number.isInteger(mostCodes) && mostCodes >= 1 && mostCodes <= 256)) {
    throw new InvalidArgumentError("codes", mostCodes, "an integer from 1 to 256");
  }
  const width = Math.ceil(latents / 8) * 8;
  const places = layOut(shape, width);
  const { room } = places;
  const groups: number[][] = [];
  const members: number[][] = [];
  const codes: (readonly { variable: number; factor: number }[])[] = [];
  const tableOf = new Map<number, Member>();
  const nodeGroups = new Map<number, Group[]>();
  const addGroup = (group: Group, byte: number, node: number): Member => {
    const filled = Math.ceil(group.states / blockRows) * blockRows;
    const [table, sums] = [room("tables", filled * width), room("counts", filled * width)];
    const record = [group.states, filled, table, sums, members.length, group.members.length, byte];
    const own = node < 0 ? [-1, 0, 0, 0] : [places.weights[node], room("tables", 2 * width * width)];
    const messages = node < 0 ? 0 : room("tables", filled * width);
    groups.push(node < 0 ? [...record, ...own] : [...record, ...own, messages, places.pairs[node]]);
    let divisor = 1;
    for (const { kind, source, radix, target } of group.members) {
      members.push([kind, source, radix, divisor, target]);
      divisor *= radix;
    }
    return { kind: 1, source: messages, radix: group.states, target: sums, terms: termsOf(group) };
  };
  const children = childrenOf(shape);
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    const tables = children[v].flatMap((c) => tableOf.get(c) ?? []);
    const own: Member = {
      kind: 0,
      source: places.emissions[v],
      radix: arities[v] + Number(missing),
      target: places.states[v],
      terms: [{ variable: v, factor: 1 }],
    };
    const found = grouped([own, ...tables.sort((a, b) => a.radix - b.radix)], mostCodes);
    const table = parents[v] >= 0 && found.length === 1 && tables.length === children[v].length;
    if (table) tableOf.set(v, addGroup(found[0], -1, v));
    else nodeGroups.set(v, found);
  }
  const order2 = depthFirst(shape, children).filter((v) => nodeGroups.has(v));
  const numbers = new Map(order2.map((v, n) => [v, n]));
  const nodes = order2.map((v) => {
    const own = nodeGroups.get(v) as Group[];
    const firstGroup = groups.length;
    for (const group of own) {
      addGroup(group, codes.length, -1);
      codes.push(termsOf(group));
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
  const root = order[0];
  const head = [width, latents, codes.length, groups.length, nodes.length, places.weights[root]];
  const at = planWords.head.length;
  const membersAt = at + groups.length * planWords.group.length;
  const nodesAt = membersAt + members.length * planWords.member.length;
  return {
    width,
    arities,
    words: Int32Array.from([
      ...[...head, at, membersAt, nodesAt, lengths.counts],
      ...groups.flat(),
      ...members.flat(),
      ...records.flat(),
    ]),
    nodes: nodes.length,
    lengths,
    stride: codes.length,
    codes,
    ...{ weights: places.weights, emissions: places.emissions, pairs: places.pairs, states: places.states },
  };
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

/** Factors in as few groups as their order allows. */
function grouped(factors: readonly Member[], mostCodes: number): Group[] {
  const groups: { members: Member[]; states: number }[] = [];
  for (const factor of factors) {
    const fitting = groups.find((group) => group.states * factor.radix <= mostCodes);
    if (fitting === undefined) groups.push({ members: [factor], states: factor.radix });
    else {
      fitting.members.push(factor);
      fitting.states *= factor.radix;
    }
  }
  return groups;
}

/** How a group's code comes of the states. */
function termsOf(group: Group): { variable: number; factor: number }[] {
  let divisor = 1;
  return group.members.flatMap(({ terms, radix }) => {
    const own = terms.map(({ variable, factor }) => ({ variable, factor: factor * divisor }));
    divisor *= radix;
    return own;
  });
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
