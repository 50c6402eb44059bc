import {
  binarize,
  type Circuit,
  checkStructured,
  circuitBuilder,
  logPartition,
  nodeKinds,
  trainEm,
} from "@credence/circuits";
import { matrix, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.rounding, tolerance.rounding);
const names = ["a", "b", "c", "d", "e", "f", "g"] as const;
const variables = vocabulary("variable", names);

/** How many children the widest node of a kind has. */
function widest(circuit: Circuit, kind: number): number {
  let most = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] === kind)
      most = Math.max(most, circuit.offsets[node + 1] - circuit.offsets[node]);
  }
  return most;
}

/** A mixture whose products split the seven variables into blocks, which are split further in some terms. */
function blocks(cuts: readonly (readonly (readonly number[])[])[], tie?: string): Circuit {
  const b = circuitBuilder<string>(variables);
  const leaf = (v: number, p: number) => b.input(v, { family: "bernoulli", p });
  const terms = cuts.map((parts, t) => {
    const factors = parts.map((part) => {
      const versions = [0.2, 0.6].map((p) => b.product(part.map((v) => leaf(v, p + v / 40 + t / 100))));
      return b.sum(versions, [Math.log(0.3), Math.log(0.7)]);
    });
    return b.product(factors);
  });
  return b.build(b.sum(terms, new Float64Array(terms.length).fill(-Math.log(terms.length)), tie));
}

describe("binarize", () => {
  it("keeps every value and property, and leaves no product of three factors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), fc.boolean(), (seed, structured, sums) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const both = binarize(circuit, { sums });
        expect(widest(both, nodeKinds.product)).toBeLessThanOrEqual(2);
        if (sums) expect(widest(both, nodeKinds.sum)).toBeLessThanOrEqual(2);
        const { smooth, decomposable, deterministic } = circuit.properties;
        expect(both.properties).toMatchObject({ smooth, decomposable });
        if (deterministic) expect(both.properties.deterministic).toBe(true);
        expect(checkStructured(both).holds).toBe(checkStructured(circuit).holds);
        for (const world of worldsOf(finiteDomains)) {
          expect(near(valueAt(both, world), valueAt(circuit, world))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("splits coarse and fine products along the vtree that explains both", () => {
    const circuit = blocks([
      [
        [0, 3],
        [1, 4, 6],
        [2, 5],
      ],
      [[0], [3], [1], [4], [6], [2], [5]],
      [[5], [2], [6, 1, 4], [3, 0]],
    ]);
    expect(checkStructured(circuit).holds).toBe(true);
    const both = binarize(circuit);
    expect(widest(both, nodeKinds.product)).toBe(2);
    expect(checkStructured(both).holds).toBe(true);
    for (const a of [true, false]) {
      expect(
        near(logPartition(both, { a, e: true, g: 0.3 }), logPartition(circuit, { a, e: true, g: 0.3 })),
      ).toBe(true);
    }
    // Without a vtree halving would do as well, but not for these orders of the factors.
    const crossed = blocks([
      [
        [0, 3],
        [1, 4, 6],
        [2, 5],
      ],
      [[0, 1], [3, 4], [6], [2, 5]],
    ]);
    expect(checkStructured(crossed).holds).toBe(false);
    expect(
      near(
        logPartition(binarize(crossed), { a: true, d: false }),
        logPartition(crossed, { a: true, d: false }),
      ),
    ).toBe(true);
  });

  it("keeps ties, and leaves tied sums whole", () => {
    const circuit = blocks(
      [[[0, 1, 2, 3, 4, 5, 6]], [[6, 5, 4, 3, 2, 1, 0]], [[3, 2, 1, 0, 6, 5, 4]]],
      "top",
    );
    const both = binarize(circuit, { sums: true });
    expect(widest(both, nodeKinds.sum)).toBe(3);
    expect(both.sumGroups?.filter((group) => group >= 0)).toHaveLength(1);
    const rows = { ...matrix(2, 7), data: Float64Array.from([1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0]) };
    const [one, other] = [circuit, both].map((each) => trainEm(each, rows, { epochs: 2 }).trace);
    one.forEach((value, i) => {
      expect(near(value, other[i])).toBe(true);
    });
  });

  it("gives a circuit without wide nodes back as it was", () => {
    const narrow = binarize(randomCircuit(5, finiteDomains, true), { sums: true });
    const again = binarize(narrow, { sums: true });
    expect(again.size).toBe(narrow.size);
    expect([...again.children]).toEqual([...narrow.children]);
  });
});
