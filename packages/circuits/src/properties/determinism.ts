/**
 * Determinism beyond the syntactic certificate of `checkCircuit`: circuits over finite variables with few worlds
 * are decided by going through them, others are tried on random worlds, which can refute and never certify.
 */
import { rng } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { inputLogValues, type Known } from "../queries/evidence.ts";
import { logValues } from "../queries/passes.ts";

/** What is known, and how. */
export type Determinism =
  /** No world gives two children of a sum a positive value. */
  | { readonly status: "certified"; readonly by: "syntax" | "enumeration" }
  /** In the world (a number per variable) two children of the sum `node` are positive. */
  | { readonly status: "refuted"; readonly node: number; readonly world: readonly number[] }
  | { readonly status: "unknown" };

/** How many worlds are gone through, or tried. */
const worlds = 4096;

/** Whether a smooth circuit is deterministic. O(4096 · edges) at worst. */
export function determinism(
  circuit: Circuit,
  options: { readonly seed?: number | string } = {},
): Determinism {
  if (circuit.properties.deterministic) return { status: "certified", by: "syntax" };
  const arities = circuit.domains.map(arityOf);
  const count = arities.reduce((product, arity) => product * arity, 1);
  if (!Number.isFinite(count)) return { status: "unknown" };
  const all = count <= worlds;
  const random = rng(options.seed ?? 0);
  for (let i = 0; i < Math.min(count, worlds); i++) {
    const world = all ? nthWorld(arities, i) : arities.map((arity) => random.int(arity));
    const node = conflict(circuit, world);
    if (node >= 0) return { status: "refuted", node, world };
  }
  return all ? { status: "certified", by: "enumeration" } : { status: "unknown" };
}

function nthWorld(arities: readonly number[], index: number): number[] {
  let rest = index;
  return arities.map((arity) => {
    const state = rest % arity;
    rest = Math.floor(rest / arity);
    return state;
  });
}

/** The first sum with two positive terms in a world, or -1. */
function conflict(circuit: Circuit, world: readonly number[]): number {
  const known = world.map((state, v): Known => {
    const logWeights = new Float64Array(arityOf(circuit.domains[v])).fill(Number.NEGATIVE_INFINITY);
    logWeights[state] = 0;
    return { kind: "weights", logWeights };
  });
  const values = logValues(circuit, inputLogValues(circuit, known));
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    let positive = 0;
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      if (circuit.logWeights[edge] + values[circuit.children[edge]] > Number.NEGATIVE_INFINITY) positive++;
    }
    if (positive > 1) return node;
  }
  return -1;
}
