/**
 * Bounds on posteriors when leaf probabilities are only known to lie in intervals, for circuits compiled from rules:
 * the least and the largest value that P(x_k = true) takes over the box.
 *
 *   two evaluations    if the rules attract (see attractive.ts) all extremes are at two corners
 *   vertices           all corners of small boxes, in one batch
 *   branch and bound   else (see ratio.ts); `tight: false` if its effort ended first
 *
 * The own leaf needs no special case: P(x_k) / P(not x_k) = p_k Z_1 / ((1 - p_k) Z_0) grows with it. Certificates
 * whose parts are bounded one by one, as in COLEP (Kang et al., ICLR 2024), are wider: the same leaves stand in both
 * parts, at one value. Rounding is outward: the bounds contain what exact arithmetic would give.
 */
import { InvalidArgumentError, type Rule } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { byName } from "../queries/by-name.ts";
import {
  type Contradiction,
  inputLogValues,
  knownOf,
  requireDomains,
  requireProperties,
} from "../queries/evidence.ts";
import { logValues } from "../queries/passes.ts";
import { checkAttractive } from "./attractive.ts";
import { type BoxParameter, maximizeRatio, type RatioProblem } from "./ratio.ts";
import { logError, probabilityAbove, probabilityBelow } from "./rounding.ts";

/** Intervals of leaf probabilities; a number or a boolean is an interval of that one value. */
export type IntervalEvidence<V extends string = string> = {
  readonly [K in V]?: readonly [low: number, high: number] | number | boolean | undefined;
};

/** Bounds of one posterior. */
export interface ProbabilityBounds {
  readonly low: number;
  readonly high: number;
  /** Whether both ends are reached by some values of the leaves (up to rounding). */
  readonly tight: boolean;
  readonly method: "two evaluations" | "vertices" | "branch and bound" | "interval arithmetic";
}

/** The answer of {@link marginalBounds}. */
export interface MarginalBounds<V extends string = string> {
  readonly kind: "bounds";
  readonly byVariable: { readonly [K in V]: ProbabilityBounds };
}

/** Options of {@link marginalBounds}. */
export interface BoundsOptions<V extends string = string> {
  /**
   * The rules that the circuit was compiled from. If they attract, two evaluations settle everything; they are
   * tested, and not otherwise used. Default: not known.
   */
  readonly rules?: readonly Rule<V>[];
  /** The variables whose bounds are wanted; default all. */
  readonly variables?: readonly V[];
  /** Boxes of at most this many open leaves are done corner by corner; default 8. */
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
 * @throws UnknownNameError, InvalidArgumentError for intervals outside [0, 1] or upside down
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or has inputs other
 *   than literals
 */
export function marginalBounds<V extends string>(
  circuit: Circuit<V>,
  intervals: IntervalEvidence<V>,
  options: BoundsOptions<V> = {},
): MarginalBounds<V> | Contradiction {
  requireProperties(circuit, "marginalBounds", ["smooth", "decomposable"]);
  requireDomains(
    circuit,
    "marginalBounds",
    ["binary"],
    "Ask conditionalBounds about the circuit's own inputs.",
  );
  const box = readBox(circuit, intervals);
  const upper = logValues(circuit, literalEnds(circuit, box, true));
  if (upper[circuit.size - 1] === Number.NEGATIVE_INFINITY) {
    return contradiction;
  }
  const wanted = (options.variables ?? circuit.variables.names).map((name) => circuit.variables.id(name));
  const found = new Map<number, ProbabilityBounds>();
  const colors = options.rules === undefined ? undefined : checkAttractive(options.rules, circuit.variables);
  for (const v of wanted) {
    const quick = colors?.holds ? twoCorners(circuit, box, colors.colors, v) : undefined;
    const bounds = quick ?? searched(circuit, box, v, options);
    if (bounds === undefined) return contradiction;
    found.set(v, bounds);
  }
  const all = byName(circuit, (v) => found.get(v));
  // Of the variables that were not asked for there is nothing to say.
  for (const name of circuit.variables.names) if (all[name] === undefined) delete all[name];
  return { kind: "bounds", byVariable: all as { [K in V]: ProbabilityBounds } };
}

const contradiction: Contradiction = Object.freeze({
  kind: "contradiction",
  source: "evidence",
  logPartition: Number.NEGATIVE_INFINITY,
});

/** Per variable: the interval of its leaf, undefined if it has none. */
type Box = readonly (readonly [low: number, high: number] | undefined)[];

function readBox<V extends string>(circuit: Circuit<V>, intervals: IntervalEvidence<V>): Box {
  const box: (readonly [number, number] | undefined)[] = circuit.domains.map(() => undefined);
  for (const [name, given] of Object.entries(intervals) as [V, IntervalEvidence[string]][]) {
    const variable = circuit.variables.id(name);
    if (given === undefined) continue;
    const [low, high] = typeof given === "object" ? given : [Number(given), Number(given)];
    if (!(low >= 0 && low <= high && high <= 1)) {
      throw new InvalidArgumentError(
        `The interval of ${JSON.stringify(name)}`,
        given,
        "[low, high] with 0 <= low <= high <= 1",
        "Leave the variable out if it has no leaf.",
      );
    }
    box[variable] = [low, high];
  }
  return box;
}

/** Log weights of the two values of a leaf at one probability. */
function leafLogs(p: number): readonly [no: number, yes: number] {
  return [Math.log1p(-p), Math.log(p)];
}

/** Input values with every literal at its own smallest or largest weight. */
function literalEnds(circuit: Circuit, box: Box, largest: boolean): Float64Array {
  const values = new Float64Array(circuit.inputs.length);
  circuit.inputs.forEach(({ variable, distribution }, i) => {
    const interval = box[variable];
    if (interval === undefined || distribution.family !== "indicator") return;
    const ends = interval.map((p) => leafLogs(p)[distribution.state]);
    values[i] = largest ? Math.max(...ends) : Math.min(...ends);
  });
  return values;
}

/** Logit of P(x_target), with its error, at one corner. */
function logitAt(circuit: Circuit, corner: readonly (number | undefined)[], target: number) {
  const evidence = Object.fromEntries(
    circuit.variables.names.map((name, v) => [name, corner[v]] as const).filter(([, p]) => p !== undefined),
  );
  const side = (state: 0 | 1): { log: number; error: number } => {
    const inputs = inputLogValues(circuit, knownOf(circuit, evidence));
    circuit.inputs.forEach(({ variable, distribution }, i) => {
      if (variable === target && distribution.family === "indicator" && distribution.state !== state) {
        inputs[i] = Number.NEGATIVE_INFINITY;
      }
    });
    const values = logValues(circuit, inputs);
    return { log: values[circuit.size - 1], error: logError(circuit, values) };
  };
  const [yes, no] = [side(1), side(0)];
  return { logit: yes.log - no.log, error: yes.error + no.error };
}

/** Undefined if one of the corners leaves no world. */
function twoCorners(
  circuit: Circuit,
  box: Box,
  colors: Int8Array,
  target: number,
): ProbabilityBounds | undefined {
  const corner = (up: boolean) =>
    box.map((interval, v) => {
      if (interval === undefined) return undefined;
      return colors[v] * colors[target] > 0 === up ? interval[1] : interval[0];
    });
  const [low, high] = [logitAt(circuit, corner(false), target), logitAt(circuit, corner(true), target)];
  if (Number.isNaN(low.logit) || Number.isNaN(high.logit)) return undefined;
  return {
    low: probabilityBelow(low.logit - low.error),
    high: probabilityAbove(high.logit + high.error),
    tight: true,
    method: "two evaluations",
  };
}

/** Undefined if no corner of the box leaves a world. */
function searched(
  circuit: Circuit,
  box: Box,
  target: number,
  { vertexLimit = 8, effort = 1e8 }: BoundsOptions,
): ProbabilityBounds | undefined {
  const openLeaves = box.flatMap((interval, v) => {
    return interval !== undefined && interval[0] < interval[1] ? [v] : [];
  });
  if (openLeaves.length <= vertexLimit && effort > 0) return allCorners(circuit, box, openLeaves, target);
  const [most, least] = ([1, 0] as const).map((state) => {
    return maximizeRatio(ratioProblem(circuit, box, openLeaves, target, state), effort);
  });
  if (most.upper === Number.NEGATIVE_INFINITY && least.upper === Number.NEGATIVE_INFINITY) return undefined;
  const method = effort > 0 ? ("branch and bound" as const) : ("interval arithmetic" as const);
  return {
    low: probabilityBelow(-least.upper),
    high: probabilityAbove(most.upper),
    tight: most.tight && least.tight,
    method,
  };
}

function allCorners(
  circuit: Circuit,
  box: Box,
  openLeaves: readonly number[],
  target: number,
): ProbabilityBounds | undefined {
  let [low, high] = [1, 0];
  const corner = box.map((interval) => interval?.[0]);
  for (let ends = 0; ends < 1 << openLeaves.length; ends++) {
    openLeaves.forEach((v, i) => {
      corner[v] = box[v]?.[(ends >> i) & 1];
    });
    const { logit, error } = logitAt(circuit, corner, target);
    if (Number.isNaN(logit)) continue;
    low = Math.min(low, probabilityBelow(logit - error));
    high = Math.max(high, probabilityAbove(logit + error));
  }
  return low > high ? undefined : { low, high, tight: true, method: "vertices" };
}

/** P(x_target = state) against P(x_target = 1 - state) over the box. */
function ratioProblem(
  circuit: Circuit,
  box: Box,
  openLeaves: readonly number[],
  target: number,
  state: 0 | 1,
): RatioProblem {
  const side = (kept: number): Float64Array => {
    const values = literalEnds(circuit, box, true);
    circuit.inputs.forEach(({ variable, distribution }, i) => {
      const excluded = distribution.family === "indicator" && distribution.state !== kept;
      if (variable === target && excluded) values[i] = Number.NEGATIVE_INFINITY;
    });
    return values;
  };
  const parameters = openLeaves.map((v): BoxParameter => {
    const [low, high] = box[v] as readonly [number, number];
    const effects = circuit.inputs.flatMap(({ variable, distribution }, input) => {
      if (variable !== v || distribution.family !== "indicator") return [];
      const own = distribution.state;
      return [{ input, own, atLow: leafLogs(low)[own], atHigh: leafLogs(high)[own] }];
    });
    const among = (kept: number) => effects.filter(({ own }) => v !== target || own === kept);
    return { inNumerator: among(state), inDenominator: among(1 - state) };
  });
  return { circuit, numerator: side(state), denominator: side(1 - state), parameters };
}
