/**
 * Parameter tying: groups of sums that share one weight vector, and groups of inputs that share one distribution, as
 * the time steps of a hidden Markov model do. Every place keeps its own copy of the numbers, so that queries need not
 * know of groups; learning adds up what it has counted at the places of a group, and then gives all of them the same:
 *
 *   count as if nothing were tied,  poolEdgesInto and poolInputsInto,  estimate as if nothing were tied.
 *
 * The estimates of tied places are equal because what they are made from is. Gradients are pooled the same way: the
 * derivative by a shared parameter is the sum of the derivatives by its copies.
 */
import { CredenceError } from "@credence/core";
import { distributionKey, type Input } from "../inputs/input.ts";
import type { Circuit } from "./circuit.ts";
import { arityOf } from "./domain.ts";

/** What names a group when a circuit is built: equal ties are one group. */
export type Tie = string | number;

/**
 * Adds up one number per edge over the sums of each group and writes the totals to all of their edges: edge i of a sum
 * with edge i of the others. Does nothing to a circuit without tied sums. O(edges).
 */
export function poolEdgesInto(circuit: Circuit, perEdge: Float64Array): void {
  const { sumGroups, offsets } = circuit;
  if (sumGroups === undefined) return;
  poolInto(perEdge, sumGroups, (node) => [offsets[node], offsets[node + 1]]);
}

/**
 * The same for statistics of inputs, those of input i in `perInput[offsets[i]]` to `perInput[offsets[i + 1] - 1]`.
 * O(statistics).
 */
export function poolInputsInto(circuit: Circuit, perInput: Float64Array, offsets: ArrayLike<number>): void {
  if (circuit.inputGroups === undefined) return;
  poolInto(perInput, circuit.inputGroups, (input) => [offsets[input], offsets[input + 1]]);
}

/** Pools ranges of `values` by group; the ranges of a group are of one length. */
function poolInto(
  values: Float64Array,
  groups: Int32Array,
  rangeOf: (place: number) => readonly [from: number, to: number],
): void {
  const totals = new Map<number, Float64Array>();
  groups.forEach((group, place) => {
    if (group < 0) return;
    const [from, to] = rangeOf(place);
    const total = totals.get(group);
    if (total === undefined) totals.set(group, values.slice(from, to));
    else for (let i = from; i < to; i++) total[i - from] += values[i];
  });
  groups.forEach((group, place) => {
    if (group >= 0) values.set(totals.get(group)!, rangeOf(place)[0]);
  });
}

/** What ties are about; a circuit, or one in the making. */
type Places = Pick<Circuit, "domains" | "offsets" | "sumGroups" | "inputGroups">;

/**
 * @throws CredenceError `TIED_PARAMETERS` if the members of a group differ: in the number or values of their weights,
 *   in their distributions or in the domains of their variables
 */
export function checkTies(circuit: Places, logWeights: Float64Array, inputs: readonly Input[]): void {
  checkGroups(circuit.sumGroups, "sums", "weights", (node) => {
    return logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1]).join();
  });
  checkGroups(circuit.inputGroups, "inputs", "distributions", (i) => {
    const { variable, distribution } = inputs[i];
    return `${circuit.domains[variable].kind} ${arityOf(circuit.domains[variable])} ${distributionKey(distribution)}`;
  });
}

function checkGroups(
  groups: Int32Array | undefined,
  what: string,
  parameters: string,
  keyOf: (place: number) => string,
): void {
  const keys = new Map<number, string>();
  groups?.forEach((group, place) => {
    if (group < 0) return;
    const key = keyOf(place);
    const first = keys.get(group) ?? key;
    keys.set(group, first);
    if (first === key) return;
    throw new CredenceError({
      code: "TIED_PARAMETERS",
      message: `Tied ${what} have different ${parameters}.`,
      given: key.slice(0, 200),
      expected: `those of the first of the group, ${first.slice(0, 200)}`,
      hint: "Pool what was counted or derived (poolEdgesInto, poolInputsInto) before estimating parameters.",
    });
  });
}
