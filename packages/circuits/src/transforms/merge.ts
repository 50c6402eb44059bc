/**
 * Merging: equal sub-circuits are made one, whatever the order of factors and terms, and terms of a sum that became
 * one child add their weights. With a tolerance, nodes over the same children are equal if all their parameters are
 * within it (absolutely, for weights and probabilities as such and not their logs; 0 and 1 equal nothing but themselves,
 * so that supports stay). One pass from the leaves; within a
 * class the first node in topological order stands for all. O(edges · log edges) without a tolerance; with one, each
 * node is compared with the representatives of its class.
 */
import { InvalidArgumentError, logAddExp } from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { type Distribution, parameterNames } from "../inputs/distribution.ts";
import { rebuild } from "./rebuild.ts";

/** Options of {@link merge}. */
export interface MergeOptions {
  /** How far parameters of nodes that are taken for equal may differ; default 0. */
  readonly tolerance?: number;
}

/**
 * The circuit with equal sub-circuits merged. Without a tolerance values stay what they are, up to the rounding of
 * weights that are added; with one every parameter moves by at most it. Smoothness, decomposability and determinism
 * are kept; ties are dropped.
 * @throws InvalidArgumentError for a negative tolerance
 */
export function merge<V extends string>(circuit: Circuit<V>, options: MergeOptions = {}): Circuit<V> {
  const { tolerance = 0 } = options;
  if (!(tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("tolerance", tolerance, "a number from 0");
  }
  const representative = representatives(tolerance);
  const made = rebuild(circuit, (node, below, builder) => {
    const input = circuit.inputOf[node];
    if (input >= 0) {
      const { variable, distribution } = circuit.inputs[input];
      const { form, numbers } = formOf(distribution);
      return representative(`${variable} ${form}`, numbers, () => builder.input(variable, distribution));
    }
    if (circuit.kinds[node] === nodeKinds.product) return builder.product([...below].sort((a, b) => a - b));
    const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
    return sumOf(builder, below, circuit.logWeights.subarray(from, to), representative);
  });
  return made as Circuit<V>;
}

/** Parameters that count something, and are equal or not. */
const counted: ReadonlySet<string> = new Set(["state", "states", "slot", "trials"]);

/** What has to be equal of a distribution, and the numbers that may differ a little. */
function formOf(d: Distribution): { readonly form: string; readonly numbers: readonly number[] } {
  const fields = d as unknown as Readonly<Record<string, number | readonly number[]>>;
  const numbers: number[] = [];
  const form = parameterNames[d.family].map((name) => {
    const value = fields[name];
    if (counted.has(name)) return value;
    numbers.push(...[value].flat());
    return Array.isArray(value) ? value.length : "";
  });
  return { form: `${d.family} ${form.join()}`, numbers };
}

/** Whether two parameters are within the tolerance; 0 and 1, on which supports hang, are near themselves only. */
function near(x: number, y: number, tolerance: number): boolean {
  if (x === y) return true;
  const firm = [x, y].some((each) => each === 0 || each === 1);
  return !firm && Math.abs(x - y) <= tolerance;
}

type Representative = (form: string, numbers: readonly number[], make: () => number) => number;

function sumOf(
  builder: CircuitBuilder,
  below: readonly number[],
  logWeights: ArrayLike<number>,
  representative: Representative,
): number {
  const terms = new Map<number, number>();
  below.forEach((child, i) => {
    const before = terms.get(child);
    terms.set(child, before === undefined ? logWeights[i] : logAddExp(before, logWeights[i]));
  });
  const sorted = [...terms].sort(([a], [b]) => a - b);
  const children = sorted.map(([child]) => child);
  const weights = sorted.map(([, log]) => log);
  return representative(`+ ${children.join()}`, weights.map(Math.exp), () => builder.sum(children, weights));
}

/** The node that stands for all of one form whose numbers are near; made if there is none. */
function representatives(tolerance: number): Representative {
  // Without a tolerance the builder tells equal nodes by itself.
  if (tolerance === 0) return (_, __, make) => make();
  const classes = new Map<string, { readonly numbers: readonly number[]; readonly id: number }[]>();
  return (form, numbers, make) => {
    const known = classes.get(form) ?? [];
    classes.set(form, known);
    const found = known.find((one) => one.numbers.every((x, i) => near(x, numbers[i], tolerance)));
    if (found !== undefined) return found.id;
    const id = make();
    known.push({ numbers, id });
    return id;
  };
}
