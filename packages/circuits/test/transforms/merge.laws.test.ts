import { circuitBuilder, circuitFromJson, circuitToJson, logPartition, merge } from "@credence/circuits";
import { rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

const near = (a: number, b: number, absolute: number = tolerance.rounding) => close(a, b, absolute, absolute);
const variables = vocabulary("variable", ["x", "y"]);

/** The circuit as a tree, so that nothing is shared any more. */
function unfolded(circuit: ReturnType<typeof randomCircuit>) {
  const document = circuitToJson(circuit);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const nodes: (typeof document.nodes)[number][] = [];
  const copy = (id: number): number => {
    const node = byId.get(id)!;
    const children = node.children?.map(copy);
    nodes.push({ ...node, id: nodes.length, ...(children === undefined ? {} : { children }) });
    return nodes.length - 1;
  };
  const root = copy(document.root);
  return circuitFromJson({ ...document, nodes, root });
}

describe("merge", () => {
  it("finds the sharing of a circuit that was unfolded into a tree, and changes no value", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (seed, structured) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const tree = unfolded(circuit);
        const merged = merge(tree);
        expect(merged.size).toBeLessThanOrEqual(circuit.size);
        expect(merge(merged).size).toBe(merged.size);
        const { smooth, decomposable, deterministic } = circuit.properties;
        expect(merged.properties).toMatchObject({ smooth, decomposable });
        if (deterministic) expect(merged.properties.deterministic).toBe(true);
        for (const world of worldsOf(finiteDomains)) {
          expect(near(valueAt(merged, world), valueAt(circuit, world))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("does not look at the order of factors and terms, and adds weights of equal terms", () => {
    const b = circuitBuilder(variables, { share: false });
    const input = (variable: "x" | "y", p: number) => b.input(variable, { family: "bernoulli", p });
    const one = b.product([input("x", 0.2), input("y", 0.7)]);
    const two = b.product([input("y", 0.7), input("x", 0.2)]);
    const three = b.product([input("x", 0.4), input("y", 0.1)]);
    const root = b.sum([one, three, two], [Math.log(0.25), Math.log(0.25), Math.log(0.5)]);
    const merged = merge(b.build(root));
    expect(merged.size).toBe(7);
    expect([...merged.logWeights].filter((w) => w !== 0).map(Math.exp)).toEqual([
      expect.closeTo(0.75, 12),
      expect.closeTo(0.25, 12),
    ]);
    expect(near(Math.exp(logPartition(merged, { x: true })), 0.75 * 0.2 + 0.25 * 0.4)).toBe(true);
  });

  it("with a tolerance moves no value by more than the parameters allow", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.001, 0.02, 0.1), (seed, slack) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const shaken = shake(circuit, seed, slack);
        const merged = merge(shaken, { tolerance: slack });
        expect(merged.size).toBeLessThanOrEqual(shaken.size);
        // Every world meets at most one input per variable and a few sums: a crude bound of the change.
        const evidence = { v0: true, v2: 1 };
        const [before, after] = [shaken, merged].map((each) => Math.exp(logPartition(each, evidence)));
        expect(Math.abs(before - after)).toBeLessThan(40 * slack);
        expect(merge(shaken, { tolerance: 0 }).size).toBeGreaterThanOrEqual(merged.size);
      }),
      { numRuns: 30 },
    );
  });

  /** Two copies of a circuit side by side, one of them with slightly other parameters. */
  function shake(circuit: ReturnType<typeof randomCircuit>, seed: number, slack: number) {
    const random = rng(seed);
    const b = circuitBuilder<string>(circuit.variables, { domains: circuit.domains, share: false });
    const copies = [0, slack / 4].map((width) => {
      const made: number[] = [];
      for (let node = 0; node < circuit.size; node++) {
        const below = [...circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1])];
        const children = below.map((child) => made[child]);
        const input = circuit.inputs[circuit.inputOf[node]];
        if (input !== undefined) made.push(b.input(input.variable, input.distribution));
        else if (circuit.kinds[node] === 1) made.push(b.product(children));
        else {
          const weights = circuit.logWeights.slice(circuit.offsets[node], circuit.offsets[node + 1]);
          const moved = weights.map((w) =>
            w === 0 || w < -5 ? w : Math.log(Math.exp(w) + width * (random() - 0.5)),
          );
          made.push(b.sum(children, moved));
        }
      }
      return made[circuit.size - 1];
    });
    return b.build(b.sum(copies, [Math.log(0.5), Math.log(0.5)]));
  }

  it("never merges parameters on which a support hangs", () => {
    const b = circuitBuilder(variables, { share: false });
    const leaf = (p: number) => b.input("x", { family: "bernoulli", p });
    const y = b.literal("y", true);
    const root = b.sum([0, 1e-12, 1 - 1e-12, 1].map((p) => b.product([leaf(p), y])));
    const merged = merge(b.build(root), { tolerance: 0.5 });
    expect(merged.inputs).toHaveLength(5);
    const states = circuitBuilder(vocabulary("variable", ["x"]), {
      domains: [{ kind: "categorical", arity: 3 }],
    });
    const all = [0, 1, 2].map((state) => states.input("x", { family: "indicator", state }));
    expect(merge(states.build(states.sum(all)), { tolerance: 5 }).inputs).toHaveLength(3);
  });

  it("refuses tolerances that are none", () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => merge(randomCircuit(1, finiteDomains), { tolerance: bad })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
