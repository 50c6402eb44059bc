import {
  type Circuit,
  circuitBuilder,
  logLikelihoods,
  logPartition,
  meanLogLikelihood,
  normalize,
  prune,
  sample,
} from "@credence/circuits";
import { matrix, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });
const near = (a: number, b: number) => close(a, b, tolerance.rounding, tolerance.rounding);

function draw(circuit: Circuit, count: number, seed: number) {
  const drawn = sample(circuit, count, { seed });
  if (drawn.kind !== "samples") expect.unreachable();
  return drawn.rows;
}

/** Edges of sums that carry no weight, and nodes that are 0. */
function idle(circuit: Circuit): number {
  return circuit.logWeights.filter((w) => w === Number.NEGATIVE_INFINITY).length;
}

describe("prune", () => {
  it("takes out what is 0 and changes no value", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { circuit: pruned, removed, lostAtMost } = prune(circuit);
        expect({ removed, lostAtMost }).toEqual({ removed: 0, lostAtMost: 0 });
        expect(idle(pruned)).toBe(0);
        expect(pruned.size).toBeLessThanOrEqual(circuit.size);
        expect(pruned.properties).toMatchObject({ smooth: true, decomposable: true });
        for (const world of worldsOf(finiteDomains)) {
          expect(near(valueAt(pruned, world), valueAt(circuit, world))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("with rows loses no more likelihood than it says, before and after it is normalized again", () => {
    let [tight, taken] = [0, 0];
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(0.001, 0.01, 0.05, 0.2),
        fc.boolean(),
        (seed, minimumFlow, finite) => {
          const circuit = randomCircuit(seed, finite ? finiteDomains : mixedDomains);
          const rows = draw(circuit, 60, seed);
          const { circuit: pruned, removed, lostAtMost } = prune(circuit, { rows, minimumFlow });
          const before = meanLogLikelihood(circuit, rows);
          const lost = before - meanLogLikelihood(pruned, rows);
          expect(lost).toBeLessThanOrEqual(lostAtMost + tolerance.reference);
          expect(lost).toBeGreaterThanOrEqual(-tolerance.reference);
          const again = normalize(pruned);
          if (again.kind !== "circuit") expect.unreachable();
          expect(before - meanLogLikelihood(again.circuit, rows)).toBeLessThanOrEqual(
            lost + tolerance.reference,
          );
          expect(pruned.properties).toMatchObject({ smooth: true, decomposable: true });
          if (removed === 0) expect(lostAtMost).toBe(0);
          else taken++;
          if (removed > 0 && lostAtMost < 0.5) tight++;
        },
      ),
      { numRuns: 60 },
    );
    // The law says something: many circuits lose edges, and the bound is often small.
    expect(taken).toBeGreaterThan(10);
    expect(tight).toBeGreaterThan(0);
  });

  it("says Infinity where a row keeps nothing, though its flows add up to a bit less than 1", () => {
    const circuit = randomCircuit(484310, finiteDomains);
    const rows = draw(circuit, 60, 484310);
    const { circuit: pruned, lostAtMost } = prune(circuit, { rows, minimumFlow: 0.05 });
    expect(meanLogLikelihood(pruned, rows)).toBe(Number.NEGATIVE_INFINITY);
    expect(lostAtMost).toBe(Number.POSITIVE_INFINITY);
  });

  it("leaves every sum one term, whatever the threshold", () => {
    const circuit = randomCircuit(11, finiteDomains);
    const rows = draw(circuit, 20, 3);
    const { circuit: pruned } = prune(circuit, { rows, minimumFlow: 1 });
    expect(logPartition(pruned)).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    for (let node = 0; node < pruned.size; node++) {
      if (pruned.kinds[node] === 2) expect(pruned.offsets[node + 1] - pruned.offsets[node]).toBe(1);
    }
    expect(logLikelihoods(pruned, rows).some((log) => log === Number.NEGATIVE_INFINITY)).toBe(true);
    expect(prune(circuit, { rows, minimumFlow: 1 }).lostAtMost).toBe(Number.POSITIVE_INFINITY);
  });

  it("drops a child that is 0 everywhere, and keeps ties of what it does not touch", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]), { share: false });
    const x = [0.2, 0.7].map((p) => b.input("x", { family: "bernoulli", p }, `x${p}`));
    const y = [0.1, 0.4].map((p) => b.input("y", { family: "bernoulli", p }));
    const nothing = b.sum([b.product([x[0], y[0]])], [Number.NEGATIVE_INFINITY]);
    const sums = [x, y].map((parts) => b.sum(parts, [Math.log(0.4), Math.log(0.6)], "both"));
    const root = b.sum([b.product(sums), nothing], [Math.log(0.5), Math.log(0.5)]);
    const { circuit } = prune(b.build(root));
    expect(circuit.sumGroups?.filter((group) => group === 0)).toHaveLength(2);
    expect(circuit.inputGroups?.filter((group) => group >= 0)).toHaveLength(2);
    expect(near(Math.exp(logPartition(circuit)), 0.5)).toBe(true);
    const zero = b.build(nothing);
    expect(logPartition(prune(zero).circuit)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("refuses flows that are none, empty data, and rows that the circuit excludes", () => {
    const circuit = randomCircuit(2, finiteDomains);
    const rows = draw(circuit, 4, 1);
    const invalid = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    for (const minimumFlow of [-0.1, 1.1, Number.NaN]) {
      expect(() => prune(circuit, { rows, minimumFlow })).toThrow(invalid);
    }
    expect(() => prune(circuit, { rows: matrix(0, 5), minimumFlow: 0.1 })).toThrow(invalid);
    expect(() => prune(circuit, { rows: matrix(2, 3), minimumFlow: 0.1 })).toThrow(invalid);
    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const sure = b.build(b.literal("x", true));
    expect(() => prune(sure, { rows: matrix(1, 1), minimumFlow: 0.1 })).toThrow(invalid);
  });
});
