import { arityOf, cdf, circuitBuilder, type Evidence, posteriors, quantile } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { oracle, randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const levels = fc.double({ min: 0.001, max: 0.999, noNaN: true });

type Circuit = ReturnType<typeof randomCircuit>;

function F(circuit: Circuit, variable: string, x: number, evidence: Evidence = {}): number {
  const answer = cdf(circuit, variable, x, evidence);
  return answer.kind === "cumulative-probability" ? answer.probability : Number.NaN;
}

function Q(circuit: Circuit, variable: string, level: number, evidence: Evidence = {}): number {
  const answer = quantile(circuit, variable, level, evidence);
  return answer.kind === "quantile" ? answer.value : Number.NaN;
}

describe("cdf", () => {
  it("adds up the posteriors of states", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation } = oracle(circuit, weigh);
        finiteDomains.forEach((domain, v) => {
          for (let x = -1; x <= arityOf(domain); x += 0.5) {
            const answer = cdf(circuit, `v${v}`, x, evidence);
            if (total === 0) expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
            else {
              const expected = expectation((world) => Number(world[v] <= x));
              expect(near(F(circuit, `v${v}`, x, evidence), expected)).toBe(true);
            }
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it("of numbers runs from 0 to 1, never down, and meets evidence on the variable itself", () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -4, max: 8, noNaN: true }), (seed, x) => {
        const circuit = randomCircuit(seed, mixedDomains);
        for (const name of ["v1", "v3"]) {
          expect(F(circuit, name, Number.NEGATIVE_INFINITY)).toBe(0);
          expect(near(F(circuit, name, Number.POSITIVE_INFINITY), 1)).toBe(true);
          expect(F(circuit, name, x)).toBeLessThanOrEqual(F(circuit, name, x + 1) + tolerance.rounding);
          const given = { [name]: { from: 0, to: 3 } };
          const inside = F(circuit, name, 3) - F(circuit, name, name === "v1" ? 0 : -1);
          const expected =
            (F(circuit, name, Math.min(3, x)) - F(circuit, name, name === "v1" ? 0 : -1)) / inside;
          if (x >= 0 && inside > 1e-3) expect(near(F(circuit, name, x, given), expected)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("quantile", () => {
  it("is the smallest value at which the distribution function reaches the level", () => {
    fc.assert(
      fc.property(seeds, levels, fc.boolean(), (seed, level, given) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const evidence: Evidence = given ? { v0: 0.2, v1: { from: -1 }, v3: { to: 6 } } : {};
        for (const name of ["v0", "v1", "v2", "v3"]) {
          const value = Q(circuit, name, level, evidence);
          expect(Number.isFinite(value)).toBe(true);
          expect(F(circuit, name, value, evidence)).toBeGreaterThanOrEqual(level - tolerance.rounding);
          const before = name === "v1" ? value - 1e-9 * (1 + Math.abs(value)) : value - 1;
          expect(F(circuit, name, before, evidence)).toBeLessThanOrEqual(level + tolerance.rounding);
        }
      }),
      { numRuns: 60 },
    );
  });

  const one = (d: Parameters<ReturnType<typeof circuitBuilder>["input"]>[1], kind: "real" | "count") => {
    const builder = circuitBuilder(vocabulary("variable", ["x"]), { domains: [{ kind }] });
    return builder.build(builder.input("x", d)) as Circuit;
  };

  it("has the values that are known in closed form", () => {
    const normal = one({ family: "gaussian", mean: 3, std: 2 }, "real");
    expect(near(Q(normal, "x", 0.5), 3)).toBe(true);
    expect(near(Q(normal, "x", 0.975), 3 + 2 * 1.959963984540054)).toBe(true);
    const exponential = one({ family: "exponential", rate: 2 }, "real");
    expect(near(Q(exponential, "x", 1e-9), -Math.log1p(-1e-9) / 2)).toBe(true);
    expect(near(Q(exponential, "x", 0.999), -Math.log(0.001) / 2)).toBe(true);
    const uniform = one({ family: "uniform", low: 1e9, high: 1e9 + 1 }, "real");
    expect(near(Q(uniform, "x", 0.25), 1e9 + 0.25)).toBe(true);
    const fair = one({ family: "binomial", trials: 3, p: 0.5 }, "count");
    expect([0.1, 0.125, 0.126, 0.5, 0.6, 0.9].map((level) => Q(fair, "x", level))).toEqual([
      0, 0, 1, 1, 2, 3,
    ]);
    expect(Q(fair, "x", 0.5, { x: 2 })).toBe(2);
    expect(Q(fair, "x", 0.6, { x: { in: [0, 3] } })).toBe(3);
    expect(Q(one({ family: "poisson", rate: 1e6 }, "count"), "x", 0.5)).toBe(1e6);
  });

  it("refuses levels and numbers that are none, and unknown variables", () => {
    const circuit = randomCircuit(1, finiteDomains);
    for (const level of [0, 1, -0.5, Number.NaN]) {
      expect(() => quantile(circuit, "v0", level)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => cdf(circuit, "v0", Number.NaN)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => cdf(circuit, "v9", 0)).toThrow(expect.objectContaining({ code: "UNKNOWN_NAME" }));
    expect(quantile(circuit, "v0", 0.5, { v0: { in: [] } })).toMatchObject({ kind: "contradiction" });
  });

  it("agrees with the posterior mean of a symmetric mixture", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x"]), { domains: [{ kind: "real" }] });
    const parts = [-5, 5].map((mean) => builder.input("x", { family: "gaussian", mean, std: 1 }));
    const circuit = builder.build(builder.sum(parts, [Math.log(0.5), Math.log(0.5)]));
    const answer = posteriors(circuit);
    if (answer.kind !== "posteriors" || answer.byVariable.x.kind !== "number") expect.unreachable();
    const symmetric = quantile(circuit, "x", 0.5, { x: { from: -9, to: 9 } });
    expect(symmetric.kind === "quantile" && Math.abs(symmetric.value)).toBeLessThan(1);
    expect(close(answer.byVariable.x.mean, 0, tolerance.rounding)).toBe(true);
  });
});
