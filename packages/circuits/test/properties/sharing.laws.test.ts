import { type Circuit, circuitBuilder, determinism, logInnerProduct, multiply } from "@credence/circuits";
import { rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { scopesOf, scopeVariables } from "../../src/properties/scopes.ts";
import { sharingOf } from "../../src/properties/sharing.ts";
import { finiteDomains, randomCircuit } from "../random-circuit.ts";

/** The factors of a random product, products among them replaced by theirs: nodes that share nothing. */
function apart(circuit: Circuit, seed: number): number[] {
  const random = rng(seed);
  const products = [...circuit.kinds.keys()].filter((node) => circuit.kinds[node] === 1);
  let nodes = [circuit.size - 1];
  for (let step = 0; step < 6; step++) {
    const at = random.int(nodes.length);
    const below = [...circuit.children.subarray(circuit.offsets[nodes[at]], circuit.offsets[nodes[at] + 1])];
    if (below.length === 0) continue;
    const own = products.includes(nodes[at]) ? below : [below[random.int(below.length)]];
    nodes = nodes.flatMap((node, i) => (i === at ? own : [node]));
  }
  return nodes;
}

/** Whether two nodes are in one group, by the definition: a path of nodes that have a variable in common. */
function joined(scopes: readonly (readonly number[])[]): boolean[][] {
  const reach = scopes.map((a) => scopes.map((b) => a.some((v) => b.includes(v))));
  reach.forEach((_, i) => {
    reach[i][i] = true;
  });
  for (let k = 0; k < scopes.length; k++)
    for (let i = 0; i < scopes.length; i++)
      for (let j = 0; j < scopes.length; j++) reach[i][j] ||= reach[i][k] && reach[k][j];
  return reach;
}

describe("sharingOf", () => {
  it("joins what shares variables, and nothing else, with a tree of scopes and without", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), fc.boolean(), (first, second, structured, same) => {
        const p = randomCircuit(first, finiteDomains, structured);
        const q = same ? p : randomCircuit(second, finiteDomains, structured);
        const [a, b] = [apart(p, first), apart(q, second)];
        const scopes = [
          ...a.map((node) => scopeVariables(scopesOf(p), node)),
          ...b.map((node) => scopeVariables(scopesOf(q), node)),
        ];
        const groups = [...sharingOf(p, q)(a, b)];
        expect(groups.map((g) => groups.map((h) => g === h))).toEqual(joined(scopes));
      }),
      { numRuns: 200 },
    );
  });

  it("takes a second circuit over fewer variables, by their names", () => {
    const p = randomCircuit(3, finiteDomains, true);
    const b = circuitBuilder<string>(vocabulary("variable", ["v4", "v2"]));
    const q = b.build(b.product([b.literal("v2", true), b.literal("v4", false)]));
    const inputs = [...p.inputOf.keys()].filter((node) => p.inputOf[node] >= 0);
    const ofQ = [0, 1].map((v) => [...q.inputOf.keys()].find((n) => q.inputs[q.inputOf[n]]?.variable === v));
    for (const node of inputs) {
      const groups = [...sharingOf(p, q)([node], ofQ as number[])];
      const name = p.variables.name(p.inputs[p.inputOf[node]].variable);
      expect(groups[0] === groups[1]).toBe(name === "v4");
      expect(groups[0] === groups[2]).toBe(name === "v2");
    }
  });
});

describe("pairs of a hidden Markov model of 4,000 steps", () => {
  /** Two states; the emissions of a step are equal in both circuits. */
  function chain(steps: number, start: number): Circuit {
    const b = circuitBuilder<string>(
      vocabulary(
        "variable",
        Array.from({ length: steps }, (_, i) => `x${i}`),
      ),
    );
    let after: number[] = [];
    for (let i = steps - 1; i >= 0; i--) {
      const own = [0.2, 0.9].map((p, z) => {
        const emission = b.input(i, { family: "bernoulli", p });
        return after.length === 0 ? emission : b.product([emission, after[z]]);
      });
      after = [0.3, 0.6].map((w) => b.sum(own, [Math.log(w), Math.log(1 - w)]));
    }
    return b.build(b.sum(after, [Math.log(start), Math.log(1 - start)]));
  }

  /** log Σ p q by the forward recursion over pairs of states. */
  function inner(steps: number): number {
    const emit = [0.2, 0.9];
    const move = [0.3, 0.6];
    const both = (z: number, y: number) => emit[z] * emit[y] + (1 - emit[z]) * (1 - emit[y]);
    const step = (from: number, to: number) => (to === 0 ? move[from] : 1 - move[from]);
    let logs = 0;
    let values = [1, 1, 1, 1];
    for (let i = 0; i < steps; i++) {
      values = [0, 1, 2, 3].map((pair) => {
        const [z, y] = [pair >> 1, pair & 1];
        let sum = 0;
        for (let next = 0; next < 4; next++) {
          const [u, w] = [next >> 1, next & 1];
          sum += step(z, u) * step(y, w) * both(u, w) * values[next];
        }
        return sum;
      });
      const largest = Math.max(...values);
      logs += Math.log(largest);
      values = values.map((value) => value / largest);
    }
    const weight = [0.5 * 0.25, 0.5 * 0.75, 0.5 * 0.25, 0.5 * 0.75];
    return logs + Math.log(values.reduce((sum, value, i) => sum + weight[i] * value, 0));
  }

  it("are those of the recursion over the states", () => {
    const [p, q] = [chain(4000, 0.5), chain(4000, 0.25)];
    expect(close(logInnerProduct(p, q), inner(4000), tolerance.reference)).toBe(true);
    expect(multiply(p, q).edges).toBeLessThan(40 * p.edges);
    expect(determinism(p, { variables: ["x0"] }).status).toBe("refuted");
  });
});

describe("scopesOf", () => {
  it("refuses sets that memory does not hold", () => {
    const b = circuitBuilder(
      vocabulary(
        "variable",
        Array.from({ length: 70_000 }, (_, i) => `x${i}`),
      ),
    );
    const leaves = Array.from({ length: 70_000 }, (_, v) => b.input(v, { family: "bernoulli", p: 0.5 }));
    const circuit = b.build(b.product(leaves));
    expect(() => scopesOf(circuit)).toThrow(expect.objectContaining({ code: "SCOPE_LIMIT" }));
  });
});
