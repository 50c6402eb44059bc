import { compileRules, logInnerProduct, logPartition, power } from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";
import {
  finiteDomains,
  randomCircuit,
  randomDeterministicCircuit,
  valueAt,
  worldsOf,
} from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];

describe("power", () => {
  it("of a deterministic circuit is the power of every value, for any exponent, on the same structure", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(-1.5, -1, 0, 0.5, 1, 2, 3.7), (seed, k) => {
        const circuit = randomDeterministicCircuit(seed, finiteDomains);
        const raised = power(circuit, k);
        expect(raised.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
        expect(raised.size).toBeLessThanOrEqual(circuit.size + circuit.inputs.length);
        let total = 0;
        for (const world of worlds) {
          const value = valueAt(circuit, world);
          const expected = value === 0 ? 0 : value ** k;
          expect(near(valueAt(raised, world), expected)).toBe(true);
          total += expected;
        }
        expect(close(Math.exp(logPartition(raised)), total, tolerance.reference)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("of compiled rules doubles and halves log weights far beyond what a number can hold", () => {
    fc.assert(
      fc.property(ruleSets, (rules) => {
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const top = logPartition(circuit);
        const raised = power(power(circuit, 2), 0.5);
        const back = logPartition(raised);
        expect(back === top || close(back, top, tolerance.reference)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("of any circuit is a product with itself, for natural exponents", () => {
    // The nodes of a power may be as many as that power of the circuit's: three variables are enough.
    const domains = finiteDomains.slice(0, 3);
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 2, 3), (seed, k) => {
        const circuit = randomCircuit(seed, domains, true);
        const raised = power(circuit, k);
        for (const world of worldsOf(domains)) {
          expect(near(valueAt(raised, world), valueAt(circuit, world) ** k)).toBe(true);
        }
        if (k === 2) expect(near(logPartition(raised), logInnerProduct(circuit, circuit))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses what it cannot do", () => {
    // The first random circuit that is a true mixture.
    const mixture = [1, 2, 3, 4, 5]
      .map((seed) => randomCircuit(seed, finiteDomains))
      .find((circuit) => {
        return !circuit.properties.deterministic;
      });
    if (mixture === undefined) expect.unreachable();
    for (const k of [0, 0.5, -1, 1.5]) {
      expect(() => power(mixture, k)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY" }));
    }
    for (const k of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => power(mixture, k)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});
