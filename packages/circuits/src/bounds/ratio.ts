/**
 * The largest value of a ratio N / M of two circuits' values when parameters lie in intervals.
 *
 * N and M are values of one circuit under different evidence, each linear in every parameter as long as the others
 * stand still. So is neither, but the ratio is monotone in every parameter, and its extremes are at corners of the
 * box. What is known of them:
 *
 *   - with every input at its own largest value N is at its largest or above, and likewise at its smallest for M:
 *     a sound bound from two evaluations (plain interval arithmetic; inputs that share a parameter are taken apart);
 *   - the ratio grows with parameter i over the whole box if  N_high · M_low >= N_low · M_high  for all values of the
 *     others, which the same two evaluations bound from both sides. Such a parameter can be fixed at its end;
 *   - otherwise both ends are tried: branch and bound, depth first, the better bound first.
 *
 * Corners without any world (N = M = 0) are left out: from every other point of the box a corner with worlds is
 * reached along parameters that do not lower the ratio.
 *
 * Finding the maximum is NP-hard, so the search has an effort; when that is spent, the best bound of what is still
 * open is returned, sound but not tight. All values carry a bound of their rounding errors, so that results are never
 * too narrow (see rounding.ts).
 */
import type { Circuit } from "../circuit/circuit.ts";
import { logValues } from "../queries/passes.ts";
import { logError } from "./rounding.ts";

/** What a parameter does: the log values of inputs at its two ends, in N and in M. */
export interface BoxParameter {
  readonly inNumerator: readonly Effect[];
  readonly inDenominator: readonly Effect[];
}

/** The log value of an input at the low and at the high end of a parameter. */
export interface Effect {
  readonly input: number;
  readonly atLow: number;
  readonly atHigh: number;
}

/** N and M: log values of the inputs that no parameter moves (those of the others are overwritten). */
export interface RatioProblem {
  readonly circuit: Circuit;
  readonly numerator: Float64Array | undefined;
  /** Either is absent where it is 1. */
  readonly denominator: Float64Array | undefined;
  readonly parameters: readonly BoxParameter[];
  /** How far log values may be off besides the rounding of their evaluation; default 0. */
  readonly slack?: number;
}

/** A bound: log of the ratio, not below the true maximum; `reached` is the log ratio of a corner, from below. */
export interface RatioBound {
  readonly upper: number;
  readonly reached: number;
  readonly tight: boolean;
}

/** Ends of parameters: at the low one, at the high one, or not fixed. */
type End = 0 | 1 | 2;
const open: End = 2;

/** An upward evaluation: a log value and how far it may be off. */
interface Evaluation {
  readonly log: number;
  readonly error: number;
}

/** The maximum of log N - log M; yields what is known of it after every part. `effort` counts edges looked at. */
export function* maximizeRatio(
  problem: RatioProblem,
  effort: number,
): Generator<RatioBound, RatioBound, void> {
  const { circuit, parameters, slack = 0 } = problem;
  let left = effort;
  const evaluate = (side: "numerator" | "denominator", ends: Uint8Array, largest: boolean): Evaluation => {
    const base = problem[side];
    if (base === undefined) return { log: 0, error: 0 };
    left -= circuit.edges;
    const inputs = base.slice();
    parameters.forEach((parameter, i) => {
      const effects = side === "numerator" ? parameter.inNumerator : parameter.inDenominator;
      for (const { input, atLow, atHigh } of effects) {
        if (ends[i] === open) inputs[input] = largest ? Math.max(atLow, atHigh) : Math.min(atLow, atHigh);
        else inputs[input] = ends[i] === 0 ? atLow : atHigh;
      }
    });
    const values = logValues(circuit, inputs);
    return { log: values[circuit.size - 1], error: logError(circuit, values) + slack };
  };
  const bound = (ends: Uint8Array): number => {
    const [n, m] = [evaluate("numerator", ends, true), evaluate("denominator", ends, false)];
    return n.log === -Infinity ? -Infinity : n.log - m.log + n.error + m.error;
  };
  const corner = (ends: Uint8Array): { readonly log: number; readonly error: number } => {
    const [n, m] = [evaluate("numerator", ends, true), evaluate("denominator", ends, true)];
    // A corner without any world says nothing.
    if (n.log === -Infinity) return { log: -Infinity, error: 0 };
    return { log: n.log - m.log, error: n.error + m.error };
  };

  let [reached, upper] = [-Infinity, -Infinity];
  const start = new Uint8Array(parameters.length).fill(open);
  const stack = [{ ends: start, bound: bound(start) }];
  const known = (): RatioBound => {
    const rest = stack.reduce((max, one) => Math.max(max, one.bound), -Infinity);
    return { upper: Math.max(upper, rest), reached, tight: rest <= upper };
  };
  while (stack.length > 0 && left > 0) {
    const { ends, bound: above } = stack.pop() as { ends: Uint8Array; bound: number };
    if (above <= upper) continue;
    settle(ends, evaluate);
    const at = widest(parameters, ends);
    if (at < 0) {
      const { log, error } = corner(ends);
      reached = Math.max(reached, log - error);
      upper = Math.max(upper, log + error);
      continue;
    }
    const branches = ([0, 1] as const).map((end) => {
      const narrowed = ends.slice();
      narrowed[at] = end;
      return { ends: narrowed, bound: bound(narrowed) };
    });
    stack.push(...branches.sort((a, b) => a.bound - b.bound));
    yield known();
  }
  return known();
}

/** Fixes the parameters whose influence has one sign over what is left of the box. */
function settle(
  ends: Uint8Array,
  evaluate: (side: "numerator" | "denominator", ends: Uint8Array, largest: boolean) => Evaluation,
): void {
  for (let i = 0; i < ends.length; i++) {
    if (ends[i] !== open) continue;
    const range = (side: "numerator" | "denominator", end: End) => {
      ends[i] = end;
      const [low, high] = [evaluate(side, ends, false), evaluate(side, ends, true)];
      ends[i] = open;
      return { low: low.log - low.error, high: high.log + high.error };
    };
    const [nLow, nHigh] = [range("numerator", 0), range("numerator", 1)];
    const [mLow, mHigh] = [range("denominator", 0), range("denominator", 1)];
    const [up, notUp] = [nHigh.low + mLow.low, nLow.high + mHigh.high];
    const [down, notDown] = [nLow.low + mHigh.low, nHigh.high + mLow.high];
    // The end that is kept must leave a world wherever the other one does; hence the strict comparisons with 0.
    if (up > -Infinity && up >= notUp) ends[i] = 1;
    else if (down > -Infinity && down >= notDown) ends[i] = 0;
  }
}

/** The open parameter that moves its inputs most, -1 if none is open. */
function widest(parameters: readonly BoxParameter[], ends: Uint8Array): number {
  let [best, width] = [-1, -1];
  parameters.forEach(({ inNumerator, inDenominator }, i) => {
    if (ends[i] !== open) return;
    const own = [...inNumerator, ...inDenominator].reduce((sum, { atLow, atHigh }) => {
      return sum + (atLow === atHigh ? 0 : Math.min(1e3, Math.abs(atHigh - atLow)));
    }, 0);
    if (own > width) [best, width] = [i, own];
  });
  return best;
}
