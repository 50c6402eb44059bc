/** Going through all worlds of a circuit, where they are few enough: the oracle of last resort. */
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { inputLogValues, type Known } from "./evidence.ts";
import { logValues } from "./passes.ts";

/** How many worlds queries go through at most. */
export const worldLimit = 2 ** 20;

/** The values left to a variable; undefined if they cannot be listed. */
function valuesOf(circuit: Circuit, known: Known, variable: number): number[] | undefined {
  if (known.kind === "values") return [...known.values];
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return undefined;
  const states = Array.from({ length: arity }, (_, state) => state);
  if (known.kind !== "weights") return states;
  return states.filter((state) => known.logWeights[state] > Number.NEGATIVE_INFINITY);
}

/** How many worlds agree with what is known; Infinity if a number is not known. */
export function countWorlds(circuit: Circuit, known: readonly Known[]): number {
  return known.reduce(
    (count, one, v) => count * (valuesOf(circuit, one, v)?.length ?? Number.POSITIVE_INFINITY),
    1,
  );
}

/**
 * Calls `visit` with every world that agrees with what is known (one array, reused) and its log weight. The
 * first variable runs fastest. O(worlds · edges).
 */
export function eachWorld(
  circuit: Circuit,
  known: readonly Known[],
  visit: (world: Float64Array, logWeight: number) => void,
): void {
  const choices = known.map((one, v) => valuesOf(circuit, one, v) ?? []);
  if (choices.some((values) => values.length === 0)) return;
  const at = new Int32Array(choices.length);
  const world = Float64Array.from(choices, (values) => values[0]);
  const fixed = known.map((one, v): Known => {
    if (!Number.isFinite(arityOf(circuit.domains[v]))) return { kind: "values", values: [world[v]] };
    const logWeights = new Float64Array(arityOf(circuit.domains[v])).fill(Number.NEGATIVE_INFINITY);
    logWeights[world[v]] = one.kind === "weights" ? one.logWeights[world[v]] : 0;
    return { kind: "weights", logWeights };
  });
  for (;;) {
    visit(world, logValues(circuit, inputLogValues(circuit, fixed))[circuit.size - 1]);
    let v = 0;
    for (; v < at.length; v++) {
      at[v] = (at[v] + 1) % choices[v].length;
      const [before, now] = [world[v], choices[v][at[v]]];
      world[v] = now;
      const own = fixed[v];
      if (own.kind === "weights") {
        own.logWeights[before] = Number.NEGATIVE_INFINITY;
        const one = known[v];
        own.logWeights[now] = one.kind === "weights" ? one.logWeights[now] : 0;
      } else fixed[v] = { kind: "values", values: [now] };
      if (at[v] !== 0) break;
    }
    if (v === at.length) return;
  }
}
