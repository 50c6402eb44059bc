/**
 * Branch and bound for the best assignments of the query variables, max_q Σ_s C(q, s), best bound first:
 *
 *   bound      of a partial assignment: the root's value as map-problem.ts has it
 *   branching  on the variable whose best value has the lowest bound; the bounds of all values of all variables
 *              come from one pass down, U(x_v = s) <= Σ_inputs i of v  d(i) · w_i(s)
 *   incumbent  of every partial assignment: the values that a walk down along the largest terms meets, weighed
 *              exactly
 *
 * The search ends when nothing open is better than what was found, or its effort is spent; at every moment the
 * best assignment found and the highest open bound enclose the answer. A bound of a whole assignment is its
 * weight. (For marginal MAP in circuits: Mei, Jiang and Tu, "Maximum a posteriori inference in sum-product
 * networks", AAAI 2018, use forward checking and the all-sums bound; maxima at exclusive sums are sharper.)
 */
import { InvalidArgumentError, type Step, type StepGenerator } from "@credence/core";
import { logError } from "../bounds/rounding.ts";
import { nodeKinds } from "../circuit/circuit.ts";
import { numericFamily } from "../inputs/input.ts";
import { boundValues, type MapProblem } from "./map-problem.ts";
import { logDerivatives } from "./passes.ts";
import { priorityQueue } from "./priority-queue.ts";

/** What a search may use. */
export interface SearchBudget {
  /**
   * How many edges the search may look at, default 2e7, about a second. 0 gives the first assignment that is
   * found at once, with its bound.
   */
  readonly effort?: number;
  /** Time in milliseconds, measured between steps; default no limit. */
  readonly milliseconds?: number;
}

/** An assignment of the query variables and the log of its total weight. */
export interface Ranked {
  /** By variable; entries of variables outside the query are 0. */
  readonly world: Float64Array;
  readonly logWeight: number;
}

/** What a search has reached. */
export interface Found {
  /** At most as many as were asked for, best first; all of positive weight. */
  readonly best: readonly Ranked[];
  /** No assignment that is not listed has a log weight above this. */
  readonly others: number;
  /** Whether those listed are the best there are, in order (up to rounding). */
  readonly exact: boolean;
}

/** @throws InvalidArgumentError for a negative effort or time */
export function checkBudget({ effort = 0, milliseconds = 1 }: SearchBudget): void {
  if (!(effort >= 0)) throw new InvalidArgumentError("effort", effort, "a number of edges from 0");
  if (!(milliseconds > 0)) throw new InvalidArgumentError("milliseconds", milliseconds, "a number above 0");
}

/** The steps of a search with the answers that are made of what it has found. */
export function* answering<A>(
  search: StepGenerator<Found>,
  answer: (found: Found) => A,
): Generator<Step<A>, Found, void> {
  for (;;) {
    const next = search.next();
    if (next.done) return next.value;
    const { partial, ...progress } = next.value;
    yield { ...progress, partial: partial && (() => answer(partial())) };
  }
}

/** A partial assignment: the last decision, and those before it. */
interface Open {
  readonly before: Open | undefined;
  readonly variable: number;
  /** Index into the variable's choices. */
  readonly choice: number;
  readonly bound: number;
}

/** The `count` best assignments. */
export function* searchSteps(problem: MapProblem, count: number, budget: SearchBudget): StepGenerator<Found> {
  const { effort = 2e7, milliseconds = Number.POSITIVE_INFINITY } = budget;
  const start = performance.now();
  const first = boundValues(problem, problem.inputValues);
  const root = first[problem.circuit.size - 1];
  const slack = 4 * logError(problem.circuit, first);
  const list = rankedList(count);
  const queue = priorityQueue<Open | undefined>();
  if (root > Number.NEGATIVE_INFINITY) queue.push(undefined, root);
  /** The highest bound of what was given up because its numbers cannot be branched on. */
  let stuck = Number.NEGATIVE_INFINITY;
  const found = (): Found => {
    // What was cut off was no better than the last of the list at that time.
    const others = Math.max(queue.top, stuck, list.worst) + slack;
    const exact = Math.max(queue.top, stuck) <= list.worst + slack;
    return { best: list.entries(), others, exact };
  };
  let left = effort;
  for (let step = 0; queue.size > 0 && queue.top > list.worst + slack; step++) {
    const open = queue.pop();
    const bound = expand(problem, open, root, slack, list, queue);
    if (bound !== undefined) stuck = Math.max(stuck, bound);
    left -= 5 * problem.circuit.edges + problem.circuit.size;
    if (left <= 0 || performance.now() - start > milliseconds) break;
    const metrics = {
      lower: list.entries()[0]?.logWeight ?? Number.NEGATIVE_INFINITY,
      upper: found().others,
    };
    yield { phase: "searching", step, steps: step + queue.size, metrics, partial: found };
  }
  return found();
}

/**
 * Weighs an assignment that `open` leads to, and puts its branches into the queue.
 * @returns the bound of `open` if there is nothing left to branch on and the bound is not the weight found
 */
function expand(
  problem: MapProblem,
  open: Open | undefined,
  root: number,
  slack: number,
  list: RankedList,
  queue: { push(open: Open, bound: number): void },
): number | undefined {
  const { circuit, choices, choiceValues, inputsOf } = problem;
  const decided = decisionsOf(problem, open);
  const values = boundValues(problem, decided.inputValues);
  const bound = Math.min(open?.bound ?? root, values[circuit.size - 1]);
  if (bound === Number.NEGATIVE_INFINITY || bound <= list.worst + slack) return undefined;
  const incumbent = weigh(problem, walk(problem, values, decided));
  list.offer(incumbent);
  if (bound <= list.worst + slack) return undefined;
  const slopes = logDerivatives(circuit, values);
  const ofInput = new Float64Array(circuit.inputs.length).fill(Number.NEGATIVE_INFINITY);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) ofInput[input] = slopes[node];
  });
  let best: { readonly variable: number; readonly bounds: Float64Array; readonly top: number } | undefined;
  for (let v = 0; v < choices.length; v++) {
    if (choices[v].length < 2 || decided.choice[v] >= 0) continue;
    const bounds = Float64Array.from(choices[v], (_, choice) => {
      return Math.min(
        bound,
        logSumOf(inputsOf[v], (i) => ofInput[i] + choiceValues[i][choice]),
      );
    });
    const top = bounds.reduce((a, b) => Math.max(a, b));
    if (best === undefined || top < best.top) best = { variable: v, bounds, top };
  }
  if (best === undefined) return bound <= incumbent.logWeight + slack ? undefined : bound;
  best.bounds.forEach((own, choice) => {
    const { variable } = best;
    if (own > Number.NEGATIVE_INFINITY) queue.push({ before: open, variable, choice, bound: own }, own);
  });
  return undefined;
}

interface Decided {
  readonly inputValues: Float64Array;
  /** Per variable the index of its choice, -1 where nothing is decided. */
  readonly choice: Int32Array;
}

function decisionsOf(problem: MapProblem, open: Open | undefined): Decided {
  const inputValues = problem.inputValues.slice();
  const choice = Int32Array.from(problem.choices, (values) => (values.length === 1 ? 0 : -1));
  for (let at = open; at !== undefined; at = at.before) {
    choice[at.variable] = at.choice;
    for (const i of problem.inputsOf[at.variable]) inputValues[i] = problem.choiceValues[i][at.choice];
  }
  return { inputValues, choice };
}

/** The values that a walk down meets: all factors of a product, the first largest term of a sum. */
function walk(problem: MapProblem, values: Float64Array, decided: Decided): Float64Array {
  const { circuit, choices, choiceValues, modes } = problem;
  const { kinds, offsets, children, logWeights, inputOf, inputs } = circuit;
  const world = new Float64Array(circuit.variables.size);
  const chosen = new Uint8Array(circuit.size);
  chosen[circuit.size - 1] = 1;
  for (let node = circuit.size - 1; node >= 0; node--) {
    if (chosen[node] === 0) continue;
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.product) {
      for (let edge = from; edge < to; edge++) chosen[children[edge]] = 1;
    } else if (kinds[node] === nodeKinds.sum) {
      let best = from;
      for (let edge = from + 1; edge < to; edge++) {
        if (logWeights[edge] + values[children[edge]] > logWeights[best] + values[children[best]])
          best = edge;
      }
      chosen[children[best]] = 1;
    } else {
      const input = inputOf[node];
      const { variable } = inputs[input];
      const own = decided.choice[variable];
      const open = choices[variable];
      if (problem.numbers.includes(variable)) world[variable] = modes[input];
      else if (open.length > 0) world[variable] = open[own >= 0 ? own : largest(choiceValues[input])];
    }
  }
  return world;
}

function largest(logs: Float64Array): number {
  let best = 0;
  for (let i = 1; i < logs.length; i++) if (logs[i] > logs[best]) best = i;
  return best;
}

/** The total weight of an assignment: an ordinary pass, whose maxima have one positive term each. */
function weigh(problem: MapProblem, world: Float64Array): Ranked {
  const { circuit, choices, choiceValues, inputsOf } = problem;
  const inputValues = problem.inputValues.slice();
  choices.forEach((values, v) => {
    const choice = values.indexOf(world[v]);
    for (const i of inputsOf[v]) if (choice >= 0) inputValues[i] = choiceValues[i][choice];
  });
  for (const v of problem.numbers) {
    for (const i of inputsOf[v]) {
      const { distribution } = circuit.inputs[i];
      inputValues[i] = numericFamily(distribution).logProbability(distribution, world[v]);
    }
  }
  return { world, logWeight: boundValues(problem, inputValues)[circuit.size - 1] };
}

function logSumOf(inputs: readonly number[], log: (input: number) => number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const i of inputs) max = Math.max(max, log(i));
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (const i of inputs) sum += Math.exp(log(i) - max);
  return max + Math.log(sum);
}

/** The best assignments so far, each once. */
interface RankedList {
  /** The weight that a new one has to be above; -Infinity while there is room. */
  readonly worst: number;
  offer(one: Ranked): void;
  entries(): readonly Ranked[];
}

function rankedList(count: number): RankedList {
  const list: Ranked[] = [];
  const keys = new Set<string>();
  return {
    get worst() {
      return list.length < count ? Number.NEGATIVE_INFINITY : list[count - 1].logWeight;
    },
    offer(one) {
      const key = one.world.join();
      if (one.logWeight === Number.NEGATIVE_INFINITY || keys.has(key)) return;
      keys.add(key);
      let at = list.length;
      while (at > 0 && list[at - 1].logWeight < one.logWeight) at--;
      list.splice(at, 0, one);
      if (list.length > count) list.pop();
    },
    entries: () => list.slice(),
  };
}
