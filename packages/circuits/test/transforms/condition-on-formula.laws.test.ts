import {
  checkNormalized,
  conditionOnFormula,
  determinism,
  logPartition,
  posteriors,
} from "@credence/circuits";
import { evaluate, parseFormula } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { formulas } from "../../../core/test/formula/arbitrary.ts";
import {
  finiteDomains,
  mixedDomains,
  randomCircuit,
  randomDeterministicCircuit,
  valueAt,
  worldsOf,
} from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];

describe("conditionOnFormula", () => {
  it("leaves the worlds in which the formula holds, normalized", () => {
    // v0, v2 and v4 are binary; v1 and v3 have three and four states.
    const binary = formulas(fc.constantFrom("v0", "v2", "v4"), 3);
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom("structured", "any", "deterministic"),
        binary,
        (seed, kind, formula) => {
          const circuit =
            kind === "deterministic"
              ? randomDeterministicCircuit(seed, finiteDomains)
              : randomCircuit(seed, finiteDomains, kind === "structured");
          const holds = (world: readonly number[]) =>
            evaluate(formula, { v0: world[0] === 1, v2: world[2] === 1, v4: world[4] === 1 });
          const total = worlds.reduce((sum, world) => sum + (holds(world) ? valueAt(circuit, world) : 0), 0);
          const answer = conditionOnFormula(circuit, formula);
          if (answer.kind !== "circuit") {
            expect(total).toBe(0);
            return;
          }
          expect(near(Math.exp(answer.logPartition), total)).toBe(true);
          expect(checkNormalized(answer.circuit)).toEqual({ holds: true });
          expect(answer.circuit.properties).toMatchObject({ smooth: true, decomposable: true });
          if (kind === "deterministic") expect(determinism(answer.circuit).status).toBe("certified");
          for (const world of worlds) {
            const expected = holds(world) ? valueAt(circuit, world) / total : 0;
            expect(near(valueAt(answer.circuit, world), expected)).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keeps the densities of numbers, which formulas do not speak of", () => {
    for (let seed = 0; seed < 10; seed++) {
      const circuit = randomCircuit(seed, mixedDomains, true);
      const answer = conditionOnFormula(circuit, parseFormula("v0"));
      if (answer.kind !== "circuit") continue;
      for (const v1 of [-0.5, 0.4]) {
        const expected = logPartition(circuit, { v0: true, v1, v3: 1 }) - logPartition(circuit, { v0: true });
        expect(near(logPartition(answer.circuit, { v1, v3: 1 }), expected)).toBe(true);
      }
      const [before, after] = [posteriors(circuit, { v0: true }), posteriors(answer.circuit)];
      if (before.kind !== "posteriors" || after.kind !== "posteriors") expect.unreachable();
      const [one, other] = [before, after].map(({ byVariable }) => byVariable["v1"]);
      if (one.kind !== "number" || other.kind !== "number") expect.unreachable();
      expect(near(one.mean, other.mean)).toBe(true);
      expect(near(one.variance, other.variance)).toBe(true);
    }
  });

  it("knows contradictions, tautologies and formulas that are not about binary variables", () => {
    const circuit = randomCircuit(1, finiteDomains, true);
    expect(conditionOnFormula(circuit, parseFormula("v0 & !v0"))).toMatchObject({ kind: "contradiction" });
    const all = conditionOnFormula(circuit, parseFormula("v0 | !v0"));
    if (all.kind !== "circuit") expect.unreachable();
    expect(near(all.logPartition, logPartition(circuit))).toBe(true);
    expect(() => conditionOnFormula(circuit, parseFormula("v1"))).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "v1" }),
    );
    expect(() => conditionOnFormula(circuit, parseFormula("v0 & w"))).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});
