/** Boxes of leaf probabilities, and a circuit's posteriors at their corners, with what rounding may have done. */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
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
  /** How far log values may be off besides the rounding of their evaluation (see `compilationError`). */
  readonly slack: number;
}

/** @throws CredenceError `UNSUPPORTED_QUERY` for a circuit with inputs other than literals */
export function requireLiterals(circuit: Circuit, hint: string): void {
  const at = circuit.inputOf.findIndex((input, node) => input >= 0 && circuit.literals[node] < 0);
  if (at < 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `Leaf probabilities belong to literals; node ${at} is an input with a distribution of its own.`,
    given: circuit.inputs[circuit.inputOf[at]].distribution.family,
    expected: "a circuit whose inputs are literals, as compileRules makes them",
    hint,
  });
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

/** Input values with every literal at its own smallest or largest weight. */
export function literalEnds({ circuit, box }: BoxedCircuit, largest: boolean): Float64Array {
  return literalValues(circuit, (v, state) => {
    const ends = box[v]?.map((p) => leafLogs(p)[state]) ?? [0];
    return largest ? Math.max(...ends) : Math.min(...ends);
  });
}

/** Input values by variable and state. */
function literalValues(circuit: Circuit, valueIn: (variable: number, state: 0 | 1) => number): Float64Array {
  return Float64Array.from(circuit.inputs, ({ variable, distribution }) =>
    distribution.family === "indicator" ? valueIn(variable, distribution.state as 0 | 1) : 0,
  );
}

/** A probability that rounding has blurred. */
export interface Enclosure {
  readonly low: number;
  readonly high: number;
}

/**
 * P(x_target = true) at one point of the box; undefined if that leaves no world. O(edges).
 * @param point leaf probabilities by variable, undefined where there is no leaf
 */
export function posteriorAt(
  { circuit, slack }: BoxedCircuit,
  point: readonly (number | undefined)[],
  target: number,
): Enclosure | undefined {
  const side = (kept: 0 | 1): { log: number; error: number } => {
    const inputs = literalValues(circuit, (v, state) => {
      if (v === target && state !== kept) return Number.NEGATIVE_INFINITY;
      const p = point[v];
      return p === undefined ? 0 : leafLogs(p)[state];
    });
    const values = logValues(circuit, inputs);
    return { log: values[circuit.size - 1], error: logError(circuit, values) + slack };
  };
  const [yes, no] = [side(1), side(0)];
  const [odds, error] = [yes.log - no.log, yes.error + no.error];
  if (Number.isNaN(odds)) return undefined;
  return { low: probabilityBelow(odds - error), high: probabilityAbove(odds + error) };
}
