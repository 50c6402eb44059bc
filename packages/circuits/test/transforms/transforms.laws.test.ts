import {
  checkNormalized,
  circuitBuilder,
  compileRules,
  condition,
  logInnerProduct,
  logPartition,
  multiply,
  normalize,
  posteriors,
  smooth,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
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

describe("multiply", () => {
  it("multiplies values at every world, and its total is the inner product", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.boolean(), (a, b, structured) => {
        const [p, q] = [a, b].map((seed) => randomCircuit(seed, finiteDomains, structured));
        const inner = logInnerProduct(p, q);
        if (inner === Number.NEGATIVE_INFINITY) {
          expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(p, q);
        expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(near(logPartition(both), inner)).toBe(true);
        for (const world of worlds) {
          expect(near(valueAt(both, world), valueAt(p, world) * valueAt(q, world))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("multiplies densities: two gaussian inputs make one", () => {
    const variables = vocabulary("variable", ["x"]);
    const input = (mean: number, std: number) => {
      const builder = circuitBuilder(variables, { domains: [{ kind: "real" }] });
      return builder.build(builder.input("x", { family: "gaussian", mean, std }));
    };
    const [p, q] = [input(0, 1), input(2, 2)];
    const both = multiply(p, q);
    for (const x of [-1, 0, 0.7]) {
      const expected = logPartition(p, { x }) + logPartition(q, { x });
      expect(near(logPartition(both, { x }), expected)).toBe(true);
    }
  });
});

describe("smooth", () => {
  it("keeps every value and makes marginals right", () => {
    const variables = vocabulary<string>(
      "variable",
      finiteDomains.map((_, v) => `v${v}`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), { minLength: 1 }),
        (terms) => {
          const builder = circuitBuilder<string>(variables, { domains: finiteDomains });
          const arity = [2, 3, 2, 4, 2];
          // 3 leaves a variable out; the first term speaks of all.
          const products = terms.map((choices, t) =>
            builder.product(
              choices.flatMap((state, v) =>
                state === 3 && t > 0
                  ? []
                  : [builder.input(v, { family: "indicator", state: state % arity[v] })],
              ),
            ),
          );
          const rough = builder.build(builder.sum(products));
          const fine = smooth(rough);
          expect(fine.properties).toMatchObject({ smooth: true, decomposable: true });
          let total = 0;
          for (const world of worlds) {
            expect(near(valueAt(fine, world), valueAt(rough, world))).toBe(true);
            total += valueAt(rough, world);
          }
          expect(near(Math.exp(logPartition(fine)), total)).toBe(true);
          expect(posteriors(fine).kind).toBe("posteriors");
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses to leave out numbers", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "binary" }, { kind: "real" }],
    });
    const y = builder.input("y", { family: "gaussian", mean: 0, std: 1 });
    const rough = builder.build(
      builder.sum([builder.product([builder.literal("x", true), y]), builder.literal("x", false)]),
    );
    expect(() => smooth(rough)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "y" }));
  });
});
