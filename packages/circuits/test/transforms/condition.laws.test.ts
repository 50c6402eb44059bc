import {
  type Circuit,
  checkNormalized,
  circuitBuilder,
  compileRules,
  condition,
  logPartition,
  normalize,
} from "@credence/circuits";
import { rng, vocabulary } from "@credence/core";
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

  it("refuse known values of real variables and cut bells, and know contradictions", () => {
    const mixed = randomCircuit(2, mixedDomains);
    expect(() => condition(mixed, { v1: 0.5 })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY", message: expect.stringContaining("no density") }),
    );
    for (const v1 of [{ from: 0.5 }, { from: 0.1, to: 2 }]) {
      expect(() => condition(mixed, { v1 })).toThrow(
        expect.objectContaining({
          code: "UNSUPPORTED_QUERY",
          message: expect.stringContaining("in no family"),
        }),
      );
    }
    expect(() => condition(numeric(1), { x: { from: 0.5, to: 0.5 + 1e-16 } })).not.toThrow();
    expect(() => condition(numeric(1), { x: { from: 0, to: 1e-200 } })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "x" }),
    );
    expect(() => condition(numeric(1), { n: { from: 0, to: 10_000 } })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "n" }),
    );
    expect(condition(mixed, { v2: 1 }).kind).toBe("circuit");
    expect(condition(mixed, { v2: { in: [] } }).kind).toBe("contradiction");
    expect(condition(numeric(1), { n: { in: [] } }).kind).toBe("contradiction");
    expect(condition(numeric(1), { x: { from: 50 } }).kind).toBe("contradiction");
  });

  /** A mixture of products over a real variable of steps and a count. */
  function numeric(seed: number): Circuit {
    const random = rng(seed);
    const variables = vocabulary("variable", ["x", "n"]);
    const builder = circuitBuilder<string>(variables, { domains: [{ kind: "real" }, { kind: "count" }] });
    const share = random();
    const step = (i: number) =>
      builder.input(
        "x",
        i % 2 === 0
          ? { family: "uniform", low: -1 - random(), high: 1 + random() }
          : {
              family: "histogram",
              edges: [-2, -0.5, random(), 3],
              masses: [share / 2, share / 2, 1 - share],
            },
      );
    const counts = [
      builder.input("n", { family: "poisson", rate: 0.5 + 3 * random() }),
      builder.input("n", { family: "binomial", trials: 5, p: random() }),
      builder.input("n", { family: "geometric", p: 0.2 + random() / 2 }),
    ];
    const terms = counts.map((count, i) => builder.product([step(i), count]));
    return builder.build(builder.sum(terms, [Math.log(0.5), Math.log(0.25), Math.log(0.75)]));
  }

  it("cut numbers to intervals and sets: the density inside over the weight of the evidence, and 0 outside", () => {
    const finding = fc.tuple(
      fc.integer({ min: -25, max: 35 }).map((tenths) => tenths / 10),
      fc.double({ min: 1e-9, max: 4, noNaN: true }),
    );
    const count = fc.oneof(
      fc
        .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 })
        .map((list) => ({ in: list })),
      fc
        .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
        .map(([from, w]) => ({ from, to: from + w })),
      fc.constant({ from: 0 }),
      fc.integer({ min: 0, max: 7 }),
    );
    fc.assert(
      fc.property(seeds, finding, count, fc.boolean(), (seed, [from, width], n, both) => {
        const circuit = numeric(seed);
        const x = { from, to: from + width };
        const evidence = both ? { x, n } : { n };
        const answer = condition(circuit, evidence);
        if (answer.kind !== "circuit") {
          expect(logPartition(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
          return;
        }
        expect(checkNormalized(answer.circuit)).toEqual({ holds: true });
        expect(answer.circuit.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(near(answer.logPartition, logPartition(circuit, evidence))).toBe(true);
        const allowed = (k: number) =>
          typeof n === "number"
            ? k === n
            : "in" in n
              ? n.in.includes(k)
              : k >= n.from && k <= ("to" in n ? n.to : k);
        for (let k = 0; k < 12; k++) {
          for (const at of [-1.7, -0.6, 0.05, 0.9, 2.2, 3.4]) {
            const inside = allowed(k) && (!both || (at >= x.from && at <= x.to));
            const world = { x: at, n: k };
            const expected = inside ? Math.exp(logPartition(circuit, world) - answer.logPartition) : 0;
            expect(near(Math.exp(logPartition(answer.circuit, world)), expected)).toBe(true);
          }
        }
      }),
      { numRuns: 80 },
    );
  });
});
