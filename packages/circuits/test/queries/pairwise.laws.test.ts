import {
  arityOf,
  circuitBuilder,
  compileRules,
  moments,
  mutualInformation,
  pairwiseMarginals,
  posteriors,
} from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { oracle, randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const names = finiteDomains.map((_, v) => `v${v}`);

describe("pairwiseMarginals", () => {
  it("are the joint posteriors of enumeration, with the posteriors as their margins", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation } = oracle(circuit, weigh);
        const answer = pairwiseMarginals(circuit, evidence);
        if (total === 0) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        const single = posteriors(circuit, evidence);
        if (answer.kind !== "pairwise-marginals" || single.kind !== "posteriors") expect.unreachable();
        expect(answer.pairs).toHaveLength(10);
        expect(near(Math.exp(answer.logPartition), total)).toBe(true);
        for (const { first, second, probabilities } of answer.pairs) {
          const [i, j] = [names.indexOf(first), names.indexOf(second)];
          const { rows, cols, data } = probabilities;
          expect([rows, cols]).toEqual([arityOf(finiteDomains[i]), arityOf(finiteDomains[j])]);
          const own = single.byVariable[first];
          for (let s = 0; s < rows; s++) {
            const row = Array.from(data.subarray(s * cols, (s + 1) * cols));
            row.forEach((p, t) => {
              expect(
                near(
                  p,
                  expectation((x) => Number(x[i] === s && x[j] === t)),
                ),
              ).toBe(true);
            });
            const margin = row.reduce((a, b) => a + b, 0);
            expect(own.kind === "states" && near(own.probabilities[s], margin)).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("take pairs in any order, a variable with itself, and transpose with them", () => {
    const circuit = randomCircuit(3, finiteDomains);
    const pairs = [
      ["v3", "v1"],
      ["v1", "v3"],
      ["v2", "v2"],
    ] as const;
    const answer = pairwiseMarginals(circuit, { v0: 0.3 }, { pairs });
    const single = posteriors(circuit, { v0: 0.3 });
    if (answer.kind !== "pairwise-marginals" || single.kind !== "posteriors") expect.unreachable();
    expect(answer.pairs.map(({ first, second }) => [first, second])).toEqual(pairs);
    const [a, b, own] = answer.pairs.map(({ probabilities }) => probabilities);
    for (let s = 0; s < 4; s++) {
      for (let t = 0; t < 3; t++) expect(a.data[s * 3 + t]).toBe(b.data[t * 4 + s]);
    }
    const one = single.byVariable["v2"];
    if (one.kind !== "states") expect.unreachable();
    expect(near(own.data[0], one.probabilities[0]) && near(own.data[3], one.probabilities[1])).toBe(true);
    expect([own.data[1], own.data[2]]).toEqual([0, 0]);
  });

  it("leave numbers out, and refuse pairs with them", () => {
    const circuit = randomCircuit(3, mixedDomains);
    const answer = pairwiseMarginals(circuit, { v1: 0.5 });
    if (answer.kind !== "pairwise-marginals") expect.unreachable();
    expect(answer.pairs.map(({ first, second }) => [first, second])).toEqual([["v0", "v2"]]);
    expect(() => pairwiseMarginals(circuit, {}, { pairs: [["v0", "v1"]] })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => pairwiseMarginals(circuit, {}, { pairs: [["v0", "v9"]] })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
    expect(pairwiseMarginals(circuit, {}, { pairs: [] })).toMatchObject({ pairs: [] });
  });

  it("of compiled rules: a hard implication leaves a corner empty", () => {
    const circuit = compileRules(parseRules("stop -> octagon.\n"));
    const answer = pairwiseMarginals(circuit, { stop: 0.5, octagon: 0.5 });
    if (answer.kind !== "pairwise-marginals") expect.unreachable();
    const [{ first, probabilities }] = answer.pairs;
    expect(first).toBe("stop");
    [1, 1, 0, 1].forEach((share, cell) => {
      expect(near(probabilities.data[cell], share / 3)).toBe(true);
    });
  });
});

describe("moments and mutualInformation", () => {
  it("follow from the pairwise marginals", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence } = randomEvidence(seed);
        const [pairs, m, mi] = [
          pairwiseMarginals(circuit, evidence),
          moments(circuit, evidence),
          mutualInformation(circuit, evidence),
        ];
        fc.pre(pairs.kind === "pairwise-marginals");
        if (pairs.kind !== "pairwise-marginals") return;
        if (m.kind !== "moments" || mi.kind !== "mutual-information") expect.unreachable();
        for (const { first, second, probabilities: p } of pairs.pairs) {
          const [i, j] = [names.indexOf(first), names.indexOf(second)];
          const column = Array.from({ length: p.cols }, (_, t) =>
            Array.from({ length: p.rows }, (_, s) => p.data[s * p.cols + t]).reduce((a, b) => a + b, 0),
          );
          let [cross, information] = [0, 0];
          p.data.forEach((joint, cell) => {
            const [s, t] = [Math.floor(cell / p.cols), cell % p.cols];
            const row = Array.from(p.data.subarray(s * p.cols, (s + 1) * p.cols)).reduce((a, b) => a + b, 0);
            cross += joint * s * t;
            if (joint > 0) information += joint * Math.log(joint / (row * column[t]));
          });
          expect(near(cross - m.mean[i] * m.mean[j], m.covariance.data[i * 5 + j])).toBe(true);
          expect(near(Math.max(0, information), mi.nats.data[i * 5 + j])).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("of variables that all but decide each other", () => {
    for (const share of [1e-10, 1e-15, 1.2e-16, 1e-17, 1e-300, 0]) {
      const builder = circuitBuilder(vocabulary("variable", ["x", "y"]));
      const part = (x: boolean) =>
        builder.product([
          builder.literal("x", x),
          builder.input("y", { family: "bernoulli", p: x ? 1 : share }),
        ]);
      const answer = mutualInformation(builder.build(builder.sum([part(false), part(true)])));
      if (answer.kind !== "mutual-information") expect.unreachable();
      // H(y) − H(y | x), the binary entropies written out.
      const h = (p: number) => (p === 0 || p === 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log1p(-p));
      expect(close(answer.nats.data[1], h((1 + share) / 2) - h(share) / 2, tolerance.rounding)).toBe(true);
    }
  });

  it("of numbers: the covariance of a mixture whose parts move together", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "real" }, { kind: "real" }],
    });
    const part = (mean: number) =>
      builder.product([
        builder.input("x", { family: "gaussian", mean, std: 1 }),
        builder.input("y", { family: "gaussian", mean: 2 * mean, std: 0.5 }),
      ]);
    const circuit = builder.build(builder.sum([part(-1), part(3)], [Math.log(0.5), Math.log(0.5)]));
    const m = moments(circuit);
    if (m.kind !== "moments") expect.unreachable();
    [1 + 4, 8, 8, 0.25 + 16].forEach((expected, cell) => {
      expect(near(m.covariance.data[cell], expected)).toBe(true);
    });
    expect(() => mutualInformation(circuit)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY" }));
  });
});
