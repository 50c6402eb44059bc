import { checkNormalized, compileRules, condition, logPartition, normalize } from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];

describe("condition and normalize", () => {
  it("give the posterior as a normalized circuit", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const evidence = { v1: { in: ["low", 2] }, v4: 0.3, ...(seed % 2 ? { v3: 1 } : {}) } as const;
        const answer = condition(circuit, evidence);
        if (answer.kind !== "circuit") {
          expect(logPartition(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
          return;
        }
        expect(checkNormalized(answer.circuit)).toEqual({ holds: true });
        for (const world of worlds) {
          const weight =
            Number(world[1] !== 1) * (world[4] === 1 ? 0.3 : 0.7) * (seed % 2 ? Number(world[3] === 1) : 1);
          const expected = (valueAt(circuit, world) * weight) / Math.exp(answer.logPartition);
          expect(near(valueAt(answer.circuit, world), expected)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("make compiled rules a distribution", () => {
    fc.assert(
      fc.property(ruleSets, (rules) => {
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const answer = normalize(circuit);
        if (answer.kind !== "circuit") return;
        expect(checkNormalized(answer.circuit)).toEqual({ holds: true });
        expect(near(logPartition(answer.circuit), 0)).toBe(true);
        expect(answer.circuit.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
        expect(near(answer.logPartition, logPartition(circuit))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("refuse evidence on numbers, and know contradictions", () => {
    const mixed = randomCircuit(2, mixedDomains);
    expect(() => condition(mixed, { v1: 0.5 })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY" }),
    );
    expect(condition(mixed, { v2: 1 }).kind).toBe("circuit");
    expect(condition(mixed, { v2: { in: [] } }).kind).toBe("contradiction");
  });
});
