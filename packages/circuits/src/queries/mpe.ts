/**
 * The most probable explanation: the world of the largest weight, argmax_x Π_v θ_v(x_v) · C(x).
 *
 * In a deterministic and decomposable circuit the sums may be replaced by maxima, and one walk down from the
 * root along the largest children reads off the world: exact, O(edges). Otherwise the problem is NP-hard. The
 * same walk then gives a world, a lower bound once that world is evaluated, and
 *
 *   U = the root's value with every input at its largest weight >= max_x C(x)
 *
 * is an upper bound (a maximum of sums is at most the sum of the maxima). Branch and bound over the values of
 * the finite variables, depth first and best bound first, closes the gap, or stops when its effort is spent
 * and says what it has reached.
 */
import { InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { inputMode } from "../inputs/restricted.ts";
import { byName } from "./by-name.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf, logPartition } from "./likelihood.ts";
import { logValues } from "./passes.ts";

/** A most probable world. */
export interface MostProbableWorld<V extends string = string> {
  readonly kind: "world";
  /** Values: booleans of binary variables, numbers (states, counts, reals) of others. */
  readonly assignment: { readonly [K in V]: boolean | number };
  /** Log of the world's weight, input weights included; a density where variables are real. */
  readonly logWeight: number;
  /** Log of its posterior probability given the evidence. */
  readonly logProbability: number;
  /** Whether no world has a larger weight, for certain (up to rounding). */
  readonly exact: boolean;
  /** No world's log weight is above this. */
  readonly upperBound: number;
}

/** Options of {@link mpe}. */
export interface MpeOptions {
  /**
   * How many edges the search may look at in circuits that are not known to be deterministic; default 2e7,
   * about a second. 0 gives the heuristic world at once.
   */
  readonly effort?: number;
}

/**
 * A world of the largest posterior probability; of several, the first in the order of the circuit's
 * decisions.
 * @returns `kind: "world"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or a negative effort
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit is smooth and decomposable
 */
export function mpe<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V> = {},
  options: MpeOptions = {},
): MostProbableWorld<V> | Contradiction {
  const { effort = 2e7 } = options;
  if (!(effort >= 0)) throw new InvalidArgumentError("effort", effort, "a number of edges from 0");
  requireProperties(circuit, "mpe", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const total = logPartition(circuit, evidence);
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const first = walk(circuit, known);
  const best = circuit.properties.deterministic
    ? { ...first, upperBound: first.logWeight, exact: true }
    : search(circuit, known, first, effort);
  return {
    kind: "world",
    assignment: byName(circuit, (v) => {
      return circuit.domains[v].kind === "binary" ? best.world[v] === 1 : best.world[v];
    }),
    logWeight: best.logWeight,
    logProbability: best.logWeight - total,
    exact: best.exact,
    upperBound: best.upperBound,
  };
}

interface World {
  readonly world: Float64Array;
  readonly logWeight: number;
}

/** The world that max-product reads off, with its true weight. */
function walk(circuit: Circuit, known: readonly Known[]): World {
  const modes = circuit.inputs.map((input) =>
    inputMode(input, known[input.variable], arityOf(circuit.domains[input.variable])),
  );
  const values = logValues(
    circuit,
    modes.map((mode) => mode.logValue),
    "max",
  );
  const world = new Float64Array(circuit.variables.size);
  const chosen = new Uint8Array(circuit.size);
  chosen[circuit.size - 1] = 1;
  for (let node = circuit.size - 1; node >= 0; node--) {
    if (chosen[node] === 0) continue;
    const input = circuit.inputOf[node];
    if (input >= 0) world[circuit.inputs[input].variable] = modes[input].value;
    for (const edge of chosenEdges(circuit, node, values)) chosen[circuit.children[edge]] = 1;
  }
  const logWeight = circuit.properties.deterministic
    ? values[circuit.size - 1]
    : weightOf(circuit, known, world);
  return { world, logWeight };
}

/** All edges of a product, the first best one of a sum. */
function chosenEdges(circuit: Circuit, node: number, values: Float64Array): number[] {
  const { offsets, children, logWeights } = circuit;
  const edges = Array.from({ length: offsets[node + 1] - offsets[node] }, (_, i) => offsets[node] + i);
  if (circuit.kinds[node] !== nodeKinds.sum) return edges;
  const best = edges.find((edge) => logWeights[edge] + values[children[edge]] === values[node]);
  return best === undefined ? [] : [best];
}

/** The log weight of a whole world. */
function weightOf(circuit: Circuit, known: readonly Known[], world: Float64Array): number {
  const fixed = known.map((one, v) => fix(circuit, one, v, world[v]));
  return logValues(circuit, inputLogValues(circuit, fixed))[circuit.size - 1];
}

/** What is known of a variable once its value is, too. */
function fix(circuit: Circuit, known: Known, variable: number, value: number): Known {
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return { kind: "values", values: [value] };
  const logWeights = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
  logWeights[value] = known.kind === "weights" ? known.logWeights[value] : 0;
  return { kind: "weights", logWeights };
}

/** States of positive weight. */
function openStates(circuit: Circuit, known: Known, variable: number): number[] {
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return [];
  const states = Array.from({ length: arity }, (_, state) => state);
  if (known.kind !== "weights") return states;
  return states.filter((state) => known.logWeights[state] > Number.NEGATIVE_INFINITY);
}

interface Open {
  readonly known: readonly Known[];
  readonly bound: number;
}

/** Branch and bound from the world `first`. */
function search(
  circuit: Circuit,
  start: readonly Known[],
  first: World,
  effort: number,
): World & { readonly exact: boolean; readonly upperBound: number } {
  let best = first;
  let left = effort;
  const consider = (one: World): void => {
    if (one.logWeight > best.logWeight) best = one;
  };
  const upper = (known: readonly Known[]): number => {
    left -= circuit.edges;
    const modes = circuit.inputs.map(
      (input) => inputMode(input, known[input.variable], arityOf(circuit.domains[input.variable])).logValue,
    );
    return logValues(circuit, modes)[circuit.size - 1];
  };
  const slack = 1e-12 * (1 + Math.abs(first.logWeight));
  const stack: Open[] = [{ known: start, bound: upper(start) }];
  // Bounds of parts that were given up: their numbers cannot be branched on.
  let stuck = Number.NEGATIVE_INFINITY;
  while (stack.length > 0 && left > 0) {
    const { known, bound } = stack.pop() as Open;
    if (bound <= best.logWeight + slack) continue;
    const variable = known.findIndex((one, v) => openStates(circuit, one, v).length > 1);
    left -= 2 * circuit.edges;
    consider(walk(circuit, known));
    if (variable < 0) {
      stuck = Math.max(stuck, bound);
      continue;
    }
    const branches = openStates(circuit, known[variable], variable).map((state): Open => {
      const narrowed = known.slice();
      narrowed[variable] = fix(circuit, known[variable], variable, state);
      return { known: narrowed, bound: upper(narrowed) };
    });
    // The best bound last, so that it is taken first.
    stack.push(...branches.sort((a, b) => a.bound - b.bound));
  }
  const upperBound = stack.reduce((max, { bound }) => Math.max(max, bound), Math.max(stuck, best.logWeight));
  return { ...best, upperBound, exact: upperBound <= best.logWeight + slack };
}
