/** Boxes of leaf probabilities, and a circuit's posteriors at their corners, with what rounding may have done. */
import { InvalidArgumentError, type Rule } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { inputLogValues, type Known } from "../queries/evidence.ts";
import { logValues } from "../queries/passes.ts";
import { logError, probabilityAbove, probabilityBelow } from "./rounding.ts";

/** Intervals of leaf probabilities; a number or a boolean is an interval of that one value. */
export type IntervalEvidence<V extends string = string> = {
  readonly [K in V]?: readonly [low: number, high: number] | number | boolean | undefined;
};

/** Per variable: the interval of its leaf, undefined if it has none. */
export type LeafBox = readonly (readonly [low: number, high: number] | undefined)[];

/** A circuit whose leaves lie in a box. */
export interface BoxedCircuit {
  readonly circuit: Circuit;
  readonly box: LeafBox;
  /** How far log values may be off besides the rounding of their evaluation (see `verifyRules`). */
  readonly slack: number;
  /** The rules that it was compiled from, if they are known to be. */
  readonly rules: readonly Rule[] | undefined;
}

/** The box by variable. @throws UnknownNameError, InvalidArgumentError */
export function readBox<V extends string>(circuit: Circuit<V>, intervals: IntervalEvidence<V>): LeafBox {
  const box: (readonly [number, number] | undefined)[] = circuit.domains.map(() => undefined);
  for (const [name, given] of Object.entries(intervals) as [V, IntervalEvidence[string]][]) {
    const variable = circuit.variables.id(name);
    if (given !== undefined) box[variable] = readInterval(name, given);
  }
  return box;
}

/** The ends of one interval. @throws InvalidArgumentError */
export function readInterval(
  name: string,
  given: Exclude<IntervalEvidence[string], undefined>,
): readonly [low: number, high: number] {
  const point = typeof given === "boolean" ? Number(given) : given;
  const ends: readonly unknown[] = Array.isArray(point) ? point : [point, point];
  const [low, high] = ends;
  // What JavaScript would take for numbers, such as null and texts, is none.
  const numbers = ends.length === 2 && typeof low === "number" && typeof high === "number";
  if (numbers && low >= 0 && low <= high && high <= 1) return [low, high];
  throw new InvalidArgumentError(
    `The interval of ${JSON.stringify(name)}`,
    given,
    "[low, high] with 0 <= low <= high <= 1",
    "Leave the variable out if it has no leaf.",
  );
}

/** The variables whose leaves may move. */
export function openLeaves(box: LeafBox): number[] {
  return box.flatMap((interval, v) => (interval !== undefined && interval[0] < interval[1] ? [v] : []));
}

/** Log weights of the two values of a leaf at one probability. */
export function leafLogs(p: number): readonly [no: number, yes: number] {
  return [Math.log1p(-p), Math.log(p)];
}

/** Leaf probabilities by variable, undefined where there is no leaf. */
export type LeafPoint = readonly (number | undefined)[];

/**
 * Log values of the inputs at one point; of the target, if there is one, only that state counts. Inputs with a
 * distribution of their own are weighed by their leaf.
 */
export function inputsAt(
  circuit: Circuit,
  point: LeafPoint,
  target?: { readonly variable: number; readonly state: 0 | 1 },
): Float64Array {
  const known = point.map((p, v): Known => {
    const kept = target?.variable === v ? target.state : undefined;
    if (p === undefined && kept === undefined) return { kind: "nothing" };
    const logWeights = Float64Array.from(p === undefined ? [0, 0] : leafLogs(p));
    if (kept !== undefined) logWeights[1 - kept] = Number.NEGATIVE_INFINITY;
    return { kind: "weights", logWeights };
  });
  return inputLogValues(circuit, known);
}

/** Log values of the inputs, each at its own largest: it is linear in the leaf, so that is at one of the ends. */
export function largestInputs({ circuit, box }: BoxedCircuit): Float64Array {
  const [low, high] = [0, 1].map((end) =>
    inputsAt(
      circuit,
      box.map((interval) => interval?.[end]),
    ),
  );
  return low.map((value, i) => Math.max(value, high[i]));
}

/** A probability that rounding has blurred. */
export interface Enclosure {
  readonly low: number;
  readonly high: number;
}

/** P(x_target = true) at one point of the box; undefined if that leaves no world. O(edges). */
export function posteriorAt(
  { circuit, slack }: BoxedCircuit,
  point: LeafPoint,
  target: number,
): Enclosure | undefined {
  const side = (state: 0 | 1): { log: number; error: number } => {
    const values = logValues(circuit, inputsAt(circuit, point, { variable: target, state }));
    return { log: values[circuit.size - 1], error: logError(circuit, values) + slack };
  };
  const [yes, no] = [side(1), side(0)];
  const [odds, error] = [yes.log - no.log, yes.error + no.error];
  if (Number.isNaN(odds)) return undefined;
  return { low: probabilityBelow(odds - error), high: probabilityAbove(odds + error) };
}
