/**
 * Bounds in the manner of COLEP (Kang et al., ICLR 2024, theorem 1): the odds of a variable taken apart,
 *
 *   P(x_k) / P(not x_k) = p_k Z_1 / ((1 - p_k) Z_0),
 *
 * Z_1 and Z_0 being the weights of the worlds with x_k true and false, its own leaf left out; each of them is bounded
 * for itself, over the leaves that rules connect with x_k (others cancel out). Sound, and wider than
 * `marginalBounds`, which moves the leaves of both together: this is for comparing with published certificates. Where
 * the published code fixes which leaves go up and which go down, good for class -> attribute rules alone, the extremes
 * are found here (see ratio.ts), so that the bounds hold for all rules.
 */
import { type Rule, runSync, type StepGenerator, variablesOf } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Contradiction } from "../queries/evidence.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import { type BoxedCircuit, type IntervalEvidence, openLeaves } from "./leaf-box.ts";
import {
  type BoundsOptions,
  boxedCircuit,
  checkBounds,
  type MarginalBounds,
  type ProbabilityBounds,
  ratioProblem,
} from "./marginal-bounds.ts";
import { maximizeRatio, type RatioProblem } from "./ratio.ts";
import { probabilityAbove, probabilityBelow } from "./rounding.ts";

/** Options of {@link decoupledBounds}: as of `marginalBounds`; the rules are needed. */
export interface DecoupledOptions<V extends string = string>
  extends Pick<BoundsOptions<V>, "variables" | "effort" | "signal" | "onProgress"> {
  readonly rules: readonly Rule<V>[];
}

/**
 * The bounds of every variable with Z_1 and Z_0 taken apart; `tight` is always false, as the two need not be reached
 * together.
 * @returns `kind: "contradiction"` if no point of the box leaves a world
 * @throws as `marginalBounds`
 */
export function decoupledBounds<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  options: DecoupledOptions<V>,
): MarginalBounds<V> | Contradiction {
  return runSync(decoupledSteps(circuit, intervals, options), options);
}

function* decoupledSteps<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  { rules, variables, effort = 1e8 }: DecoupledOptions<V>,
): StepGenerator<MarginalBounds<V> | Contradiction> {
  checkBounds({ effort });
  const boxed = boxedCircuit(circuit, intervals, rules);
  const components = componentsOf(boxed.rules, circuit);
  const wanted = variables ?? circuit.variables.names;
  const found: [string, ProbabilityBounds][] = [];
  for (const name of wanted) {
    const target = circuit.variables.id(name);
    const near = boxed.box.map((interval, v) => {
      const moves = components[v] === components[target];
      return interval === undefined || moves ? interval : inside(interval);
    });
    const own: BoxedCircuit = { ...boxed, box: near };
    const odds = [1, 0].map((state) => largestOdds(own, target, state as 0 | 1, effort));
    const [high, low] = odds;
    if (high === Number.NEGATIVE_INFINITY && low === Number.NEGATIVE_INFINITY)
      return contradictionOf(circuit);
    const method = effort > 0 ? ("branch and bound" as const) : ("interval arithmetic" as const);
    found.push([name, { low: probabilityBelow(-low), high: probabilityAbove(high), tight: false, method }]);
    yield { phase: "Bounding probabilities", step: found.length, steps: wanted.length, metrics: {} };
  }
  return { kind: "bounds", byVariable: Object.fromEntries(found) as { [K in V]: ProbabilityBounds } };
}

/** One point of an interval at which both values have weight, if there is any: hard rules may need either. */
function inside([low, high]: readonly [number, number]): readonly [number, number] {
  const middle = low + (high - low) / 2;
  // Between neighbors there is nothing: then one of them is inside of [0, 1].
  const point = middle <= 0 ? high : middle >= 1 ? low : middle;
  return [point, point];
}

/** The largest log weight of the worlds with x_target = state, less the smallest of the others. */
function largestOdds(boxed: BoxedCircuit, target: number, state: 0 | 1, effort: number): number {
  const problem = ratioProblem(boxed, openLeaves(boxed.box), target, state);
  const above = largest({ ...problem, denominator: undefined }, effort);
  return above === Number.NEGATIVE_INFINITY
    ? above
    : above + largest({ ...problem, numerator: undefined }, effort);
}

function largest({ parameters, ...problem }: RatioProblem, effort: number): number {
  const own = parameters.map(({ inNumerator, inDenominator }) => ({
    inNumerator: problem.numerator === undefined ? [] : inNumerator,
    inDenominator: problem.denominator === undefined ? [] : inDenominator,
  }));
  const search = maximizeRatio({ ...problem, parameters: own }, effort);
  let next = search.next();
  while (!next.done) next = search.next();
  return next.value.upper;
}

/** Per variable: a number that variables share which rules connect; one for all if nothing is known of the rules. */
function componentsOf(rules: readonly Rule[] | undefined, circuit: Circuit): Int32Array {
  if (rules === undefined) return new Int32Array(circuit.variables.size);
  const parent = Int32Array.from({ length: circuit.variables.size }, (_, v) => v);
  const find = (v: number): number => {
    let at = v;
    while (parent[at] !== at) at = parent[at];
    return at;
  };
  for (const rule of rules) {
    const [first, ...others] = variablesOf([rule]).map((name) => circuit.variables.id(name));
    for (const other of others) parent[find(other)] = find(first);
  }
  return parent.map((_, v) => find(v));
}
