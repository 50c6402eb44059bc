/** Random evidence of every sort on the variables of `finiteDomains`, and what enumeration makes of it. */
import { arityOf, type Circuit, type Evidence } from "@credence/circuits";
import { rng } from "@credence/core";
import { finiteDomains, valueAt, worldsOf } from "../random-circuit.ts";

/** All worlds over `finiteDomains`. */
export const finiteWorlds: readonly (readonly number[])[] = [...worldsOf(finiteDomains)];

/** Evidence, and the weight that it gives a world. */
export interface RandomEvidence {
  readonly evidence: Evidence;
  readonly weigh: (world: readonly number[]) => number;
}

export function randomEvidence(seed: number): RandomEvidence {
  const random = rng(`evidence ${seed}`);
  const evidence: Record<string, Evidence[string]> = {};
  const weights = finiteDomains.map((domain, v) => {
    const arity = arityOf(domain);
    const all = Array.from({ length: arity }, (_, s) => s);
    const name = `v${v}`;
    const kind = random.int(5);
    if (kind === 0) {
      const state = random.int(arity);
      evidence[name] = domain.kind === "binary" ? state === 1 : state;
      return all.map((s) => Number(s === state));
    }
    if (kind === 1) {
      const inside = all.filter(() => random() < 0.7);
      evidence[name] = { in: domain.kind === "binary" ? inside.map((s) => s === 1) : inside };
      return all.map((s) => Number(inside.includes(s)));
    }
    if (kind === 2) {
      const soft = all.map(() => random());
      evidence[name] = { weights: soft };
      return soft;
    }
    if (kind === 3) {
      evidence[name] = { from: 1 };
      return all.map((s) => Number(s >= 1));
    }
    return all.map(() => 1);
  });
  return { evidence, weigh: (world) => world.reduce((product, s, v) => product * weights[v][s], 1) };
}

/** What enumeration says: the weights of {@link finiteWorlds}, their total, and expectations. */
export function oracle(circuit: Circuit, weigh: (world: readonly number[]) => number) {
  const weights = finiteWorlds.map((world) => valueAt(circuit, world) * weigh(world));
  const total = weights.reduce((a, b) => a + b, 0);
  const expectation = (f: (world: readonly number[]) => number) =>
    finiteWorlds.reduce((sum, world, i) => sum + (weights[i] === 0 ? 0 : (weights[i] / total) * f(world)), 0);
  return { weights, total, expectation };
}
