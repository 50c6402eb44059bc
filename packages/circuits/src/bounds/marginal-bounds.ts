/**
 * Bounds on posteriors when leaf probabilities are only known to lie in intervals: the least and the largest value
 * that P(x_k = true) takes over the box. Circuits compiled from rules have no other numbers at their literals; where
 * inputs have a distribution of their own, as learned ones do, leaves are soft evidence that weighs it.
 *
 *   two evaluations    if the rules attract (see attractive.ts) all extremes are at two corners
 *   vertices           all corners of small boxes
 *   branch and bound   else (see ratio.ts); `tight: false` if its effort ended first
 *
 * The own leaf needs no special case: P(x_k) / P(not x_k) = p_k Z_1 / ((1 - p_k) Z_0) grows with it. Certificates
 * whose parts are bounded one by one, as in COLEP (Kang et al., ICLR 2024), are wider: the same leaves stand in both
 * parts, at one value. Rounding is outward: the bounds contain what exact arithmetic would give.
 */
import {
  InvalidArgumentError,
  type Rule,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type Contradiction, requireDomains, requireProperties } from "../queries/evidence.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import { logValues } from "../queries/passes.ts";
import { type AttractiveCheck, checkAttractive } from "./attractive.ts";
import {
  type BoxedCircuit,
  type Enclosure,
  type IntervalEvidence,
  inputsAt,
  largestInputs,
  openLeaves,
  posteriorAt,
  readBox,
} from "./leaf-box.ts";
import { verifyRules } from "./own-rules.ts";
import { type BoxParameter, maximizeRatio, type RatioBound, type RatioProblem } from "./ratio.ts";
import { probabilityAbove, probabilityBelow } from "./rounding.ts";

/** Bounds of one posterior. */
export interface ProbabilityBounds {
  readonly low: number;
  readonly high: number;
  /**
   * Whether both ends are reached by some values of the leaves, up to rounding; or only come near to, where the corner
   * of the box itself leaves no world.
   */
  readonly tight: boolean;
  readonly method: "two evaluations" | "vertices" | "branch and bound" | "interval arithmetic";
}

/** The answer of {@link marginalBounds}. */
export interface MarginalBounds<V extends string = string> {
  readonly kind: "bounds";
  readonly byVariable: { readonly [K in V]: ProbabilityBounds };
}

/** Options of {@link marginalBounds}. */
export interface BoundsOptions<V extends string = string> extends RunOptions {
  /**
   * The rules that the circuit was compiled from. If they attract, two evaluations settle everything; and the bounds
   * then allow for the rounding of compilation, too. They are compared with the circuit the first time, which takes
   * about the time of compiling them. Default: not known.
   */
  readonly rules?: readonly Rule<V>[];
  /** The variables whose bounds are wanted; default all. */
  readonly variables?: readonly V[];
  /** Boxes of at most this many open leaves are done corner by corner; default 8, at most 30. */
  readonly vertexLimit?: number;
  /**
   * How many edges branch and bound may look at per bound; default 1e8, some seconds. 0 gives plain interval
   * arithmetic.
   */
  readonly effort?: number;
}

/**
 * Sound bounds on the posterior of every variable.
 * @param intervals leaf probabilities; variables left out have no leaf, as in all other queries
 * @returns `kind: "bounds"`, or `kind: "contradiction"` if no leaf probabilities in the box leave a world. Corners
 *   of the box that leave none (leaves at 0 or 1 against hard rules) are not counted.
 * @throws UnknownNameError, InvalidArgumentError for intervals outside [0, 1] or upside down, options that are no
 *   numbers from 0, or rules that are not the circuit's (it then names a world that they weigh otherwise)
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has variables that
 *   are not binary
 * @throws AbortedError whose `partial` has sound bounds for all: those that were found, of those in work what was
 *   reached, of the others what interval arithmetic gives
 */
export function marginalBounds<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  options: BoundsOptions<V> = {},
): MarginalBounds<V> | Contradiction {
  return runSync(boundsSteps(circuit, intervals, options), options);
}

/** {@link marginalBounds} that lets the event loop run in between. */
export function marginalBoundsAsync<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  options: BoundsOptions<V> = {},
): Promise<MarginalBounds<V> | Contradiction> {
  return runAsync(boundsSteps(circuit, intervals, options), options);
}

/** What is found so far of one variable's bounds, sound at any time. */
type Interim = Generator<ProbabilityBounds | undefined, ProbabilityBounds | undefined, void>;

/** The steps of {@link marginalBounds}. */
export function* boundsSteps<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  options: BoundsOptions<V>,
): StepGenerator<MarginalBounds<V> | Contradiction> {
  checkBounds(options);
  const boxed = boxedCircuit(circuit, intervals, options.rules);
  const root = logValues(circuit, largestInputs(boxed))[circuit.size - 1];
  if (root === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const wanted = (options.variables ?? circuit.variables.names).map((name) => circuit.variables.id(name));
  const check = boxed.rules === undefined ? undefined : checkAttractive(boxed.rules, circuit.variables);
  const found = new Map<number, ProbabilityBounds>();
  const answer = (complete: boolean): MarginalBounds<V> => {
    const entries = wanted.map((v) => [
      circuit.variables.name(v),
      found.get(v) ?? (complete ? undefined : plain(boxed, v)),
    ]);
    return { kind: "bounds", byVariable: Object.fromEntries(entries) as { [K in V]: ProbabilityBounds } };
  };
  for (const [done, v] of wanted.entries()) {
    const search = oneBound(boxed, check, v, options);
    let next = search.next();
    for (; !next.done; next = search.next()) {
      const interim = next.value;
      const width: { width?: number } = {};
      if (interim !== undefined) {
        width.width = interim.high - interim.low;
        found.set(v, interim);
      }
      yield { phase, step: done, steps: wanted.length, metrics: { ...width }, partial: () => answer(false) };
    }
    if (next.value === undefined) return contradictionOf(circuit);
    found.set(v, next.value);
    yield { phase, step: done + 1, steps: wanted.length, metrics: {}, partial: () => answer(false) };
  }
  return answer(true);
}

const phase = "Bounding probabilities";

/** @throws InvalidArgumentError for options that are no numbers from 0 */
export function checkBounds({
  vertexLimit = 0,
  effort = 0,
}: Pick<BoundsOptions, "vertexLimit" | "effort">): void {
  for (const [name, value] of Object.entries({ vertexLimit, effort })) {
    if (!(value >= 0)) throw new InvalidArgumentError(name, value, "a number from 0");
  }
}

/** The circuit with its box and its rules, all checked. */
export function boxedCircuit<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  rules: readonly Rule<V>[] | undefined,
): BoxedCircuit {
  requireProperties(circuit, "marginalBounds", ["smooth", "decomposable"]);
  requireDomains(
    circuit,
    "marginalBounds",
    ["binary"],
    "conditionalBounds and credalBounds take variables of all kinds.",
  );
  const box = readBox(circuit, intervals);
  if (rules === undefined) return { circuit, box, slack: 0, rules };
  const { verified, slack } = verifyRules(circuit, rules);
  return { circuit, box, slack, rules: verified ? rules : undefined };
}

/** The cheapest method that is exact for one variable; undefined if no point of the box leaves a world. */
function* oneBound(
  boxed: BoxedCircuit,
  check: AttractiveCheck | undefined,
  target: number,
  { vertexLimit = 8, effort = 1e8 }: BoundsOptions,
): Interim {
  const quick = check?.holds ? twoCorners(boxed, check.colors, target) : undefined;
  if (quick !== undefined) return quick;
  const open = openLeaves(boxed.box);
  if (open.length <= Math.min(30, vertexLimit) && effort > 0) return yield* allCorners(boxed, open, target);
  return yield* searched(boxed, open, target, effort);
}

/** The corner of the box where P(x_target) is largest (or smallest), if influences have the signs of the colors. */
export function extremeCorner({ box }: BoxedCircuit, colors: Int8Array, target: number, largest: boolean) {
  return box.map((interval, v) => {
    if (interval === undefined) return undefined;
    return colors[v] * colors[target] > 0 === largest ? interval[1] : interval[0];
  });
}

/** Undefined if one of the corners leaves no world. */
function twoCorners(boxed: BoxedCircuit, colors: Int8Array, target: number): ProbabilityBounds | undefined {
  const [least, most] = [false, true].map((largest) =>
    posteriorAt(boxed, extremeCorner(boxed, colors, target, largest), target),
  );
  if (least === undefined || most === undefined) return undefined;
  return { low: least.low, high: most.high, tight: true, method: "two evaluations" };
}

function* allCorners(boxed: BoxedCircuit, open: readonly number[], target: number): Interim {
  let [low, high] = [1, 0];
  const corner = boxed.box.map((interval) => interval?.[0]);
  for (let ends = 0; ends < 2 ** open.length; ends++) {
    if (ends % 16 === 15) yield undefined;
    open.forEach((v, i) => {
      corner[v] = boxed.box[v]?.[(ends >> i) & 1];
    });
    const at: Enclosure | undefined = posteriorAt(boxed, corner, target);
    if (at === undefined) continue;
    low = Math.min(low, at.low);
    high = Math.max(high, at.high);
  }
  return low > high ? undefined : { low, high, tight: true, method: "vertices" };
}

function* searched(boxed: BoxedCircuit, open: readonly number[], target: number, effort: number): Interim {
  const method = effort > 0 ? ("branch and bound" as const) : ("interval arithmetic" as const);
  const boundsOf = (most: RatioBound, least: RatioBound, tight: boolean): ProbabilityBounds => ({
    low: probabilityBelow(-least.upper),
    high: probabilityAbove(most.upper),
    tight,
    method,
  });
  let [most, least] = ([1, 0] as const).map(
    (state) => maximizeRatio(ratioProblem(boxed, open, target, state), 0).next().value,
  );
  for (const state of effort > 0 ? ([1, 0] as const) : []) {
    const search = maximizeRatio(ratioProblem(boxed, open, target, state), effort);
    let next = search.next();
    for (; !next.done; next = search.next()) {
      yield state === 1 ? boundsOf(next.value, least, false) : boundsOf(most, next.value, false);
    }
    if (state === 1) most = next.value;
    else least = next.value;
  }
  if (most.upper === Number.NEGATIVE_INFINITY && least.upper === Number.NEGATIVE_INFINITY) return undefined;
  return boundsOf(most, least, most.tight && least.tight);
}

/** Bounds by interval arithmetic alone, where the search has not come to. O(edges). */
function plain(boxed: BoxedCircuit, target: number): ProbabilityBounds {
  const { value } = searched(boxed, openLeaves(boxed.box), target, 0).next();
  return value ?? { low: 0, high: 1, tight: false, method: "interval arithmetic" };
}

/** P(x_target = state) against P(x_target = 1 - state) over the box. */
export function ratioProblem(
  boxed: BoxedCircuit,
  open: readonly number[],
  target: number,
  state: 0 | 1,
): RatioProblem {
  const { circuit, box, slack } = boxed;
  const [yes, no] = ([state, 1 - state] as (0 | 1)[]).map((kept) => {
    return [0, 1].map((end) =>
      inputsAt(
        circuit,
        box.map((interval) => interval?.[end]),
        { variable: target, state: kept },
      ),
    );
  });
  const parameters = open.map((v): BoxParameter => {
    const moved = circuit.inputs.flatMap(({ variable }, input) => (variable === v ? [input] : []));
    const [inNumerator, inDenominator] = [yes, no].map(([low, high]) =>
      moved.map((input) => ({ input, atLow: low[input], atHigh: high[input] })),
    );
    return { inNumerator, inDenominator };
  });
  return { circuit, numerator: yes[0], denominator: no[0], parameters, slack };
}
