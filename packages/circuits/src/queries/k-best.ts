/**
 * The k most probable worlds in descending order. In a deterministic and decomposable circuit every world runs
 * through it along one tree, so that the k best trees are the k best worlds: each node keeps its k best,
 *
 *   inputs     the k most probable values
 *   products   the k largest sums of one entry of each child, two lists at a time from the corner outwards
 *   sums       the k largest of all children's entries, edge weights added
 *
 * O(edges · k log k) time, O(size · k) memory (L. Huang and D. Chiang, "Better k-best parsing", IWPT 2005,
 * algorithm 1). Other circuits are searched by branch and bound (see map-search.ts).
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { byName, writtenValue } from "./by-name.ts";
import {
  type Contradiction,
  type Evidence,
  type Known,
  knownOf,
  requireDomains,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf, logPartition } from "./likelihood.ts";
import { isDeterministic, type MapProblem, mapProblem } from "./map-problem.ts";
import {
  answering,
  checkBudget,
  type Found,
  type Ranked,
  type SearchBudget,
  searchSteps,
} from "./map-search.ts";
import { priorityQueue } from "./priority-queue.ts";

/** One of the most probable worlds. */
export interface RankedWorld<V extends string = string> {
  /** Values: booleans of binary variables, numbers of others. */
  readonly assignment: { readonly [K in V]: boolean | number };
  /** Log of the world's weight, input weights included. */
  readonly logWeight: number;
  /** Log of its posterior probability given the evidence. */
  readonly logProbability: number;
}

/** The answer of {@link kBest}. */
export interface KBest<V extends string = string> {
  readonly kind: "worlds";
  /** By descending weight; fewer than k if no more have a positive weight (or none more was found). */
  readonly worlds: readonly RankedWorld<V>[];
  /** Whether these are the k best worlds, for certain (up to rounding). */
  readonly exact: boolean;
  /** No world that is not listed has a log weight above this; -Infinity if all are. */
  readonly upperBound: number;
}

/** Options of {@link kBest}; the budget is that of the search in circuits that are not known to be deterministic. */
export interface KBestOptions extends SearchBudget, RunOptions {}

/**
 * The k worlds of the largest posterior probability. Numbers must be known (a value or a set of values): the
 * second best of a density means nothing.
 * @param k from 1
 * @returns `kind: "worlds"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, a k below 1, a negative effort
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has numbers of
 *   which no value is known; AbortedError
 */
export function kBest<V extends string>(
  circuit: Circuit<V>,
  k: number,
  evidence: Evidence<V> = {},
  options: KBestOptions = {},
): KBest<V> | Contradiction {
  return runSync(kBestSteps(circuit, k, evidence, options), options);
}

/** {@link kBest} that gives the event loop its turn; an abort keeps the worlds found so far. */
export function kBestAsync<V extends string>(
  circuit: Circuit<V>,
  k: number,
  evidence: Evidence<V> = {},
  options: KBestOptions = {},
): Promise<KBest<V> | Contradiction> {
  return runAsync(kBestSteps(circuit, k, evidence, options), options);
}

function* kBestSteps<V extends string>(
  circuit: Circuit<V>,
  k: number,
  evidence: Evidence<V>,
  options: KBestOptions,
): StepGenerator<KBest<V> | Contradiction> {
  if (!(Number.isInteger(k) && k >= 1)) throw new InvalidArgumentError("k", k, "an integer from 1");
  checkBudget(options);
  requireProperties(circuit, "kBest", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  requireListed(circuit, "kBest", known);
  const total = logPartition(circuit, evidence);
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const problem = mapProblem(circuit, known, new Uint8Array(circuit.variables.size).fill(1));
  const answer = ({ best, others, exact }: Found): KBest<V> => ({
    kind: "worlds",
    worlds: best.map(({ world, logWeight }) => ({
      assignment: byName(circuit, (v) => writtenValue(circuit, v, world[v])),
      logWeight,
      logProbability: logWeight - total,
    })),
    exact,
    upperBound: others,
  });
  if (!isDeterministic(problem)) {
    return answer(yield* answering(searchSteps(problem, k, options), answer));
  }
  const best = bestTrees(problem, k);
  const others = best.length < k ? Number.NEGATIVE_INFINITY : best[k - 1].logWeight;
  return answer({ best, others, exact: true });
}

/** @throws CredenceError `UNSUPPORTED_QUERY` for variables whose values cannot be listed */
export function requireListed(circuit: Circuit, query: string, known: readonly Known[]): void {
  const domains = circuit.domains.map((domain, v) =>
    known[v].kind === "values" ? ({ kind: "binary" } as const) : domain,
  );
  const hint = "Give every number a value or a set of values as evidence, or ask mpe for one world.";
  requireDomains({ variables: circuit.variables, domains }, query, ["binary", "categorical"], hint);
}

/** One of a node's best trees: the value of an input, or a tree with another one beside it. */
interface Tree {
  readonly logWeight: number;
  readonly variable: number;
  readonly value: number;
  readonly parts: readonly Tree[];
}

const byWeight = (a: Tree, b: Tree): number => b.logWeight - a.logWeight;

function bestTrees(problem: MapProblem, k: number): Ranked[] {
  const { circuit, choices, choiceValues } = problem;
  const { kinds, inputOf, inputs, offsets, children, logWeights } = circuit;
  const lists: (readonly Tree[])[] = [];
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] === nodeKinds.input) {
      const { variable } = inputs[inputOf[node]];
      const logs = choiceValues[inputOf[node]];
      const own = choices[variable].map((value, i): Tree => {
        return { logWeight: logs[i], variable, value, parts: [] };
      });
      lists.push(positive(own).sort(byWeight).slice(0, k));
      continue;
    }
    const parts = Array.from(
      { length: offsets[node + 1] - offsets[node] },
      (_, i) => lists[children[offsets[node] + i]],
    );
    if (kinds[node] === nodeKinds.product) lists.push(parts.reduce((a, b) => largestSums(a, b, k), [empty]));
    else {
      const all = parts.flatMap((trees, i) => {
        const weight = logWeights[offsets[node] + i];
        return trees.map((tree): Tree => ({ ...tree, logWeight: tree.logWeight + weight, parts: [tree] }));
      });
      lists.push(positive(all).sort(byWeight).slice(0, k));
    }
  }
  return lists[circuit.size - 1].map((tree) => ({
    world: readWorld(tree, circuit.variables.size),
    logWeight: tree.logWeight,
  }));
}

const empty: Tree = { logWeight: 0, variable: -1, value: 0, parts: [] };

function positive(trees: readonly Tree[]): Tree[] {
  return trees.filter((tree) => tree.logWeight > Number.NEGATIVE_INFINITY);
}

/** The k largest sums of one tree of each list, both by descending weight. O(k log k). */
function largestSums(a: readonly Tree[], b: readonly Tree[], k: number): readonly Tree[] {
  if (a.length === 1 && a[0] === empty) return b;
  const queue = priorityQueue<readonly [number, number]>();
  const offer = (i: number, j: number): void => {
    if (i < a.length && j < b.length) queue.push([i, j], a[i].logWeight + b[j].logWeight);
  };
  const found: Tree[] = [];
  offer(0, 0);
  while (found.length < k) {
    const pair = queue.pop();
    if (pair === undefined) break;
    const [i, j] = pair;
    const parts = [a[i], b[j]];
    found.push({ logWeight: a[i].logWeight + b[j].logWeight, variable: -1, value: 0, parts });
    // Every pair is offered once: to its right always, downwards from the first column only.
    offer(i, j + 1);
    if (j === 0) offer(i + 1, 0);
  }
  return found;
}

function readWorld(tree: Tree, variables: number): Float64Array {
  const world = new Float64Array(variables);
  const open = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.parts.length === 0 && next.variable >= 0) world[next.variable] = next.value;
    open.push(...next.parts);
  }
  return world;
}
