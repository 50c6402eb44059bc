/**
 * Determinism, decided where it can be: no world gives two children of a sum a positive value; or, with respect to
 * some variables Q ("marginal determinism", Choi, Vergari and Van den Broeck, "Probabilistic circuits", 2020, section
 * 6.1), no values of Q leave two children of a sum positive, for the sums that speak of Q. In turn:
 *
 *   syntax       the certificate of `checkCircuit`, for all variables
 *   pairs        for every two children of every sum, whether their supports (projected on Q) meet, by recursion over
 *                pairs of nodes with one memory for all (see queries/pairs.ts): exact, polynomial if one vtree explains
 *                the circuit, and the meeting point is a witness. Variables outside Q never keep two nodes apart.
 *   enumeration  of the states of Q, if they are few
 *   sampling     of states of Q: may refute, and never certifies
 */
import { CredenceError, rng } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { commonValue } from "../inputs/overlap.ts";
import { inputLogValues, type Known, onlyState } from "../queries/evidence.ts";
import { pairFolder } from "../queries/pairs.ts";
import { logValues } from "../queries/passes.ts";

/** What is known, and how. */
export type Determinism =
  /** No world gives two children of a sum a positive value. */
  | { readonly status: "certified"; readonly by: "syntax" | "pairs" | "enumeration" }
  /**
   * In the world (a number per variable) two children of the sum `node` are positive; with respect to some variables,
   * each of them is positive in some world that agrees with this one on these.
   */
  | { readonly status: "refuted"; readonly node: number; readonly world: readonly number[] }
  | { readonly status: "unknown"; readonly reason: string };

/** Options of {@link determinism}. */
export interface DeterminismOptions<V extends string = string> {
  /** The variables Q that have to settle every sum that speaks of them; default all. */
  readonly variables?: readonly V[];
  /** How many pairs of parts to look at before giving the recursion up; default 200,000. */
  readonly pairs?: number;
  /** Of the sampled worlds; default 0. */
  readonly seed?: number | string;
}

/** How many worlds are gone through, or tried. */
const worlds = 4096;

/** About how many edges are worked through for the worlds that are tried, of which there are eight at least. */
const sampledEdges = 2e7;

/**
 * Whether a circuit is deterministic. O(pairs · edges) at worst.
 * @throws UnknownNameError for variables that the circuit does not have
 */
export function determinism<V extends string>(
  circuit: Circuit<V>,
  options: DeterminismOptions<V> = {},
): Determinism {
  const { variables, pairs = 200_000, seed = 0 } = options;
  const query = new Uint8Array(circuit.variables.size).fill(variables === undefined ? 1 : 0);
  for (const name of variables ?? []) query[circuit.variables.id(name)] = 1;
  if (!query.includes(0) && circuit.properties.deterministic) return { status: "certified", by: "syntax" };
  const sums = openSums(circuit, query);
  const { smooth, decomposable } = circuit.properties;
  const paired = smooth && decomposable;
  const found = paired ? byPairs(circuit, query, sums, pairs) : undefined;
  const unpaired = paired ? "the pairs of parts are too many" : "it is not smooth and decomposable";
  return found ?? byWorlds(circuit, query, sums, seed, unpaired);
}

/** The sums that speak of Q and have two children or more that may be positive. */
function openSums(circuit: Circuit, query: Uint8Array): number[] {
  const sums = Array.from(circuit.kinds.keys()).filter((node) => {
    return circuit.kinds[node] === nodeKinds.sum && positiveEdges(circuit, node).length >= 2;
  });
  if (!query.includes(0)) return sums;
  const about = speaksOf(circuit, query);
  return sums.filter((node) => about[node] === 1);
}

/** 1 for the nodes that speak of Q. O(edges). */
function speaksOf({ size, inputOf, inputs, offsets, children }: Circuit, query: Uint8Array): Uint8Array {
  const about = new Uint8Array(size);
  for (let node = 0; node < size; node++) {
    if (inputOf[node] >= 0) about[node] = query[inputs[inputOf[node]].variable];
    for (let e = offsets[node]; e < offsets[node + 1]; e++) about[node] |= about[children[e]];
  }
  return about;
}

function positiveEdges(circuit: Circuit, node: number): number[] {
  const edges: number[] = [];
  for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
    if (circuit.logWeights[edge] > Number.NEGATIVE_INFINITY) edges.push(edge);
  }
  return edges;
}

/** Values of variables under which two nodes are positive, put together from parts; undefined if there are none. */
type Meeting =
  | { readonly variable: number; readonly value: number }
  | { readonly parts: readonly (Meeting | undefined)[] }
  | undefined;

/** Why pairs may be given up. */
const limits: ReadonlySet<string> = new Set(["PAIR_LIMIT", "SCOPE_LIMIT"]);

/** The answer, or undefined if the pairs are too many. */
function byPairs(
  circuit: Circuit,
  query: Uint8Array,
  sums: readonly number[],
  limit: number,
): Determinism | undefined {
  const nothing: Meeting = { parts: [] };
  const about = speaksOf(circuit, query);
  const values = logValues(circuit, new Float64Array(circuit.inputs.length));
  const empty = (node: number): boolean => values[node] === Number.NEGATIVE_INFINITY;
  const meet = pairFolder<Meeting>(
    circuit,
    circuit,
    {
      known(a, b) {
        // What says nothing of Q meets wherever it is not 0 everywhere.
        if (a.some((node) => about[node] === 1) || b.some((node) => about[node] === 1)) return undefined;
        return { value: a.some(empty) || b.some(empty) ? undefined : nothing };
      },
      input({ variable, distribution: p }, { distribution: q }) {
        if (query[variable] === 0) return nothing;
        const value = commonValue(p, q, arityOf(circuit.domains[variable]));
        return value === undefined ? undefined : { variable, value };
      },
      absorbs: (meeting) => meeting === undefined,
      product: (parts) => (parts.includes(undefined) ? undefined : { parts }),
      sum: (_, terms) => terms.find((term) => term !== undefined),
    },
    { limit },
  );
  try {
    for (const node of sums) {
      const children = positiveEdges(circuit, node).map((edge) => circuit.children[edge]);
      for (let i = 0; i < children.length; i++) {
        for (let j = 0; j < i; j++) {
          const meeting = meet(children[i], children[j]);
          if (meeting !== undefined) return { status: "refuted", node, world: worldOf(circuit, meeting) };
        }
      }
    }
    return { status: "certified", by: "pairs" };
  } catch (error) {
    if (error instanceof CredenceError && limits.has(error.code)) return undefined;
    throw error;
  }
}

/** The values of a meeting; variables that it leaves out may have any, and get 0. */
function worldOf(circuit: Circuit, meeting: Meeting): number[] {
  const world = new Array<number>(circuit.variables.size).fill(0);
  const stack: Meeting[] = [meeting];
  while (stack.length > 0) {
    const part = stack.pop();
    if (part === undefined) continue;
    if ("parts" in part) for (const each of part.parts) stack.push(each);
    else world[part.variable] = part.value;
  }
  return world;
}

/** By going through the states of Q, or trying some; `unpaired` says why not by pairs. */
function byWorlds(
  circuit: Circuit,
  query: Uint8Array,
  sums: readonly number[],
  seed: number | string,
  unpaired: string,
): Determinism {
  const arities = circuit.domains.map((domain, v) => (query[v] === 1 ? arityOf(domain) : 1));
  if (arities.includes(Number.POSITIVE_INFINITY)) {
    return { status: "unknown", reason: `${unpaired}, and numbers cannot be enumerated` };
  }
  // Infinity from 1,024 binary variables on, which is still many.
  const count = arities.reduce((product, arity) => product * arity, 1);
  const all = count <= worlds;
  // Summing out the rest may make a product positive that is not decomposable, and 0 in every world.
  const exact = circuit.properties.decomposable || !query.includes(0);
  const random = rng(seed);
  const tried = Math.max(8, Math.min(worlds, Math.floor(sampledEdges / circuit.edges)));
  for (let i = 0; i < (all ? count : tried); i++) {
    const world = all ? nthWorld(arities, i) : arities.map((arity) => random.int(arity));
    const node = conflict(circuit, query, sums, world);
    if (node >= 0 && exact) return { status: "refuted", node, world };
    if (node >= 0)
      return { status: "unknown", reason: "it is not decomposable, and only some variables are set" };
  }
  if (all) return { status: "certified", by: "enumeration" };
  return { status: "unknown", reason: `${unpaired}, and the worlds are too many to go through` };
}

function nthWorld(arities: readonly number[], index: number): number[] {
  let rest = index;
  return arities.map((arity) => {
    const state = rest % arity;
    rest = Math.floor(rest / arity);
    return state;
  });
}

/** The first of the sums with two positive terms where Q has the given states, or -1. */
function conflict(
  circuit: Circuit,
  query: Uint8Array,
  sums: readonly number[],
  world: readonly number[],
): number {
  const known = circuit.domains.map((domain, v): Known => {
    return query[v] === 1 ? onlyState({ kind: "nothing" }, world[v], arityOf(domain)) : { kind: "nothing" };
  });
  const values = logValues(circuit, inputLogValues(circuit, known));
  const found = sums.find((node) => {
    const edges = positiveEdges(circuit, node);
    return edges.filter((e) => values[circuit.children[e]] > Number.NEGATIVE_INFINITY).length > 1;
  });
  return found ?? -1;
}
