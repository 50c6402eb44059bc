/**
 * Sets of weights that a node may have (credal sets), and the linear program at a node: the largest value of Σ_i w_i g_i
 * over
 *
 *   { w : low_i <= w_i <= low_i + range_i,  Σ_i w_i = Σ_i low_i + budget },
 *
 * which gives what is left of the budget to the largest g_i first. Intervals of weights are such sets, and so is
 * contamination, { (1 - ε) w + ε v : v any distribution } (P. J. Huber, "Robust statistics", 1981, section 1.4): there
 * the largest g_i gets all of ε. Values g_i have signs and are held as logs; what comes out is not below the exact
 * maximum: every rounding of a program is bounded and added (u = 2^-53, terms t_i = w_i g_i next to the largest one):
 *
 *   Σ_i |t_i| · u · (2 · number of terms + 16 + 6 · largest |log|)  for weights, terms and their sum
 *   what the budget may be off · |g_j|                             the program is concave in its budget, with slope g_j,
 *                                                                  that of the item at which the budget ends
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type FiniteDistribution, isOverStates, stateLogProbability } from "../inputs/distribution.ts";

const unit = 2 ** -53;

/** Intervals of the weights of nodes: one per edge of a sum, one per state of an input. */
export type WeightIntervals = ReadonlyMap<number, readonly (readonly [low: number, high: number])[]>;

/** The sets of all nodes. Items are the edges of sums and the states of inputs over states; other nodes have none. */
export interface CredalSets {
  /** Items of node n are `offsets[n]` to `offsets[n + 1] - 1`. */
  readonly offsets: Int32Array;
  /** By item: the log of the least weight, and by how much it may be larger. */
  readonly logLows: Float64Array;
  readonly ranges: Float64Array;
  /** By node; 0 where weights are fixed. And how far that may be off. */
  readonly budgets: Float64Array;
  readonly budgetErrors: Float64Array;
}

/**
 * The sets of a circuit: intervals where they are given, contamination elsewhere. Indicators and inputs over numbers
 * are fixed.
 * @throws InvalidArgumentError for intervals that no weights fit, or nodes that have none
 * @throws CredenceError `UNSUPPORTED_QUERY` for a contaminated sum whose weights do not add up to 1
 */
export function credalSets(circuit: Circuit, contamination: number, intervals: WeightIntervals): CredalSets {
  const { size, offsets: edges, logWeights } = circuit;
  const offsets = new Int32Array(size + 1);
  for (let node = 0; node < size; node++) {
    const finite = finiteAt(circuit, node);
    const items = finite === undefined ? edges[node + 1] - edges[node] : finite.arity;
    offsets[node + 1] = offsets[node] + (circuit.kinds[node] === nodeKinds.product ? 0 : items);
  }
  const [logLows, ranges] = [new Float64Array(offsets[size]), new Float64Array(offsets[size])];
  const [budgets, budgetErrors] = [new Float64Array(size), new Float64Array(size)];
  for (const node of intervals.keys()) requireMovable(circuit, node);
  for (let node = 0; node < size; node++) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    const given = intervals.get(node);
    if (given !== undefined) {
      checkIntervals(node, given, to - from);
      given.forEach(([low, high], i) => {
        logLows[from + i] = Math.log(low);
        ranges[from + i] = high - low;
      });
      budgets[node] = Math.max(0, 1 - given.reduce((sum, [low]) => sum + low, 0));
      budgetErrors[node] = (2 * given.length + 4) * unit;
      continue;
    }
    const finite = finiteAt(circuit, node);
    for (let item = from; item < to; item++) {
      const own = finite === undefined ? logWeights[edges[node] + item - from] : finite.logs(item - from);
      logLows[item] = own;
    }
    if (contamination === 0 || to === from || !isMovable(circuit, node)) continue;
    if (finite === undefined) requireNormalized(node, logLows.subarray(from, to));
    for (let item = from; item < to; item++) {
      logLows[item] += Math.log1p(-contamination);
      ranges[item] = contamination;
    }
    budgets[node] = contamination;
    budgetErrors[node] = 4 * unit * contamination;
  }
  return { offsets, logLows, ranges, budgets, budgetErrors };
}

/** The states of an input over states; undefined for other nodes. */
function finiteAt(
  circuit: Circuit,
  node: number,
): { arity: number; logs: (state: number) => number } | undefined {
  const input = circuit.inputs[circuit.inputOf[node] ?? -1];
  if (input === undefined || !isOverStates(input.distribution)) return undefined;
  const own: FiniteDistribution = input.distribution;
  const arity = arityOf(circuit.domains[input.variable]);
  return Number.isFinite(arity) ? { arity, logs: (state) => stateLogProbability(own, state) } : undefined;
}

function isMovable(circuit: Circuit, node: number): boolean {
  const family = circuit.inputs[circuit.inputOf[node] ?? -1]?.distribution.family;
  return family === undefined ? circuit.kinds[node] === nodeKinds.sum : family !== "indicator";
}

function requireMovable(circuit: Circuit, node: number): void {
  const input = circuit.inputs[circuit.inputOf[node] ?? -1];
  if (isMovable(circuit, node) && (input === undefined || isOverStates(input.distribution))) return;
  throw new InvalidArgumentError(
    "A node with intervals",
    node,
    "a sum, or an input over states with parameters",
  );
}

function checkIntervals(node: number, given: readonly (readonly [number, number])[], items: number): void {
  const name = `The intervals of node ${node}`;
  if (given.length !== items) throw new InvalidArgumentError(name, given, `${items} intervals`);
  for (const [low, high] of given) {
    if (!(low >= 0 && low <= high && high <= 1))
      throw new InvalidArgumentError(name, low, "[low, high] with 0 <= low <= high <= 1");
  }
  const [least, most] = [0, 1].map((end) => given.reduce((sum, pair) => sum + pair[end], 0));
  if (least > 1 + 1e-9 || most < 1 - 1e-9)
    throw new InvalidArgumentError(
      name,
      `${least} to ${most} in all`,
      "such that weights in them can add up to 1",
    );
}

function requireNormalized(node: number, logWeights: Float64Array): void {
  const total = logWeights.reduce((sum, w) => sum + Math.exp(w), 0);
  if (Math.abs(total - 1) <= 1e-9) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `Contamination is about distributions; the weights of the sum at node ${node} add up to ${total}.`,
    given: total,
    expected: "a circuit in which the weights of every sum add up to 1",
    hint: "normalize gives the same distribution as such a circuit.",
  });
}

/** The program of one node after another. Items are written to `signs` and `logs`, counted from 0. */
export interface LocalProgram {
  readonly signs: Int8Array;
  readonly logs: Float64Array;
  /** The logs of the weights that {@link solve} has chosen. */
  readonly chosen: Float64Array;
  /** What it has found: the sign and the log of a value that is not below the maximum. */
  sign: number;
  log: number;
  /** O(items · items that the budget reaches). */
  solve(node: number): void;
}

/** Room for the programs of all nodes. */
export function localProgram({ offsets, logLows, ranges, budgets, budgetErrors }: CredalSets): LocalProgram {
  let longest = 0;
  for (let node = 1; node < offsets.length; node++)
    longest = Math.max(longest, offsets[node] - offsets[node - 1]);
  const [signs, logs, chosen] = [
    new Int8Array(longest),
    new Float64Array(longest),
    new Float64Array(longest),
  ];
  const taken = new Uint8Array(longest);
  const isLarger = (i: number, j: number): boolean => {
    if (signs[i] !== signs[j]) return signs[i] > signs[j];
    return signs[i] > 0 ? logs[i] > logs[j] : logs[i] < logs[j];
  };
  /** Hands out the budget; the item at which it ends. */
  const spend = (node: number, from: number, count: number): number => {
    taken.fill(0, 0, count);
    let [left, last] = [budgets[node], -1];
    for (let pick = 0; pick < count && left > 0; pick++) {
      let best = -1;
      for (let i = 0; i < count; i++) if (taken[i] === 0 && (best < 0 || isLarger(i, best))) best = i;
      const share = Math.min(ranges[from + best], left);
      chosen[best] = Math.log(Math.exp(chosen[best]) + share);
      taken[best] = 1;
      left -= share;
      last = best;
    }
    return last;
  };
  const program: LocalProgram = {
    signs,
    logs,
    chosen,
    sign: 0,
    log: Number.NEGATIVE_INFINITY,
    solve(node) {
      const [from, count] = [offsets[node], offsets[node + 1] - offsets[node]];
      for (let i = 0; i < count; i++) {
        chosen[i] = logLows[from + i];
        if (logs[i] === Number.NEGATIVE_INFINITY) signs[i] = 0;
      }
      const last = budgets[node] > 0 ? spend(node, from, count) : -1;
      let [top, size] = [Number.NEGATIVE_INFINITY, 0];
      for (let i = 0; i < count; i++) if (signs[i] !== 0) top = Math.max(top, chosen[i] + logs[i]);
      program.sign = 0;
      program.log = Number.NEGATIVE_INFINITY;
      if (top === Number.NEGATIVE_INFINITY) return;
      let [total, all] = [0, 0];
      for (let i = 0; i < count; i++) {
        if (signs[i] === 0) continue;
        const term = Math.exp(chosen[i] + logs[i] - top);
        // What is far below the largest term cannot move the sum, however large its log is.
        if (term > 1e-30) size = Math.max(size, Math.abs(chosen[i]) + Math.abs(logs[i]));
        total += signs[i] * term;
        all += term;
      }
      total += unit * all * (2 * count + 16 + 6 * size) + count * 1e-29;
      if (last >= 0 && signs[last] !== 0) total += budgetErrors[node] * Math.exp(logs[last] - top);
      if (total === 0) return;
      program.sign = Math.sign(total);
      const log = top + Math.log(Math.abs(total));
      program.log = log + program.sign * unit * (Math.abs(top) + Math.abs(log) + 4);
    },
  };
  return program;
}
