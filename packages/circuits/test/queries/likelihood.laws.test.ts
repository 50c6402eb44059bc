import {
  circuitBuilder,
  compileRules,
  conditionalLogProbability,
  entropy,
  logPartition,
  logProbability,
  marginals,
  mpe,
  posteriors,
} from "@credence/circuits";
import { logAddExp, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";
import { finiteDomains, randomCircuit } from "../random-circuit.ts";
import { oracle, randomEvidence } from "./random-evidence.ts";

const variables = [...names];
const near = (a: number, b: number) => close(a, b, tolerance.reference);
const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe("logPartition", () => {
  it("adds up over the values of a variable, and is linear in a leaf's probability", () => {
    fc.assert(
      fc.property(ruleSets, evidences, probability, (rules, evidence, p) => {
        const circuit = compileRules<string>(rules, { variables });
        const { a: _, ...rest } = evidence;
        const [no, yes] = [false, true].map((a) => logPartition(circuit, { ...rest, a }));
        expect(near(logPartition(circuit, rest), logAddExp(no, yes))).toBe(true);
        const mixed = logAddExp(Math.log1p(-p) + no, Math.log(p) + yes);
        expect(near(logPartition(circuit, { ...rest, a: p }), mixed)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("never grows as evidence is added, and log probabilities are never positive", () => {
    fc.assert(
      fc.property(ruleSets, evidences, probability, (rules, evidence, p) => {
        const circuit = compileRules<string>(rules, { variables });
        fc.pre(logPartition(circuit) > Number.NEGATIVE_INFINITY);
        const { a: _, ...rest } = evidence;
        const slack = tolerance.reference * (1 + Math.abs(logPartition(circuit)));
        expect(logPartition(circuit, { ...rest, a: p })).toBeLessThanOrEqual(
          logPartition(circuit, rest) + slack,
        );
        expect(logProbability(circuit, evidence)).toBeLessThanOrEqual(slack);
        expect(logProbability(circuit)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe("conditionalLogProbability", () => {
  it("is the ratio of two sums over worlds, for findings of every sort on both sides", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (a, b) => {
        const circuit = randomCircuit(a, finiteDomains);
        const [query, given] = [randomEvidence(a + b), randomEvidence(b)];
        const { total } = oracle(circuit, given.weigh);
        const joint = oracle(circuit, (world) => query.weigh(world) * given.weigh(world)).total;
        const answer = conditionalLogProbability(circuit, query.evidence, given.evidence);
        if (total === 0) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        if (answer.kind !== "log-probability") expect.unreachable();
        expect(near(Math.exp(answer.logProbability), joint / total)).toBe(true);
        expect(near(answer.logPartition, logPartition(circuit, given.evidence))).toBe(true);
        if (joint === 0) expect(answer.logProbability).toBe(Number.NEGATIVE_INFINITY);
      }),
      { numRuns: 100 },
    );
  });

  it("of one state is its posterior, and follows the chain rule", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { v1: _, v3: __, ...evidence } = randomEvidence(seed).evidence;
        const answer = posteriors(circuit, evidence);
        fc.pre(answer.kind === "posteriors");
        const log = (query: object, given: object): number => {
          const one = conditionalLogProbability(circuit, query, given);
          return one.kind === "log-probability" ? one.logProbability : Number.NEGATIVE_INFINITY;
        };
        if (answer.kind !== "posteriors") return;
        const single = answer.byVariable["v1"];
        if (single.kind !== "states") expect.unreachable();
        single.probabilities.forEach((p, v1) => {
          expect(near(Math.exp(log({ v1 }, evidence)), p)).toBe(true);
          const chain = log({ v1 }, evidence) + log({ v3: 2 }, { ...evidence, v1 });
          expect(near(log({ v1, v3: 2 }, evidence), chain)).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("lets intervals, sets and values of numbers meet", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "n"]), {
      domains: [{ kind: "real" }, { kind: "count" }],
    });
    const circuit = builder.build(
      builder.product([
        builder.input("x", { family: "uniform", low: 0, high: 4 }),
        builder.input("n", { family: "binomial", trials: 2, p: 0.5 }),
      ]),
    );
    const p = (query: object, evidence: object): number => {
      const answer = conditionalLogProbability(circuit, query, evidence);
      return answer.kind === "log-probability" ? Math.exp(answer.logProbability) : Number.NaN;
    };
    expect(near(p({ x: { to: 1 } }, { x: { to: 2 } }), 0.5)).toBe(true);
    expect(near(p({ x: { to: 1 } }, { x: { from: 0.5 } }), 1 / 7)).toBe(true);
    expect(p({ x: { to: 1 } }, { x: { from: 2 } })).toBe(0);
    expect(near(p({ x: 1 }, { x: { from: 0, to: 2 } }), 0.5)).toBe(true);
    expect(p({ x: { to: 1 } }, { x: 0.5 })).toBe(1);
    expect(p({ x: { to: 1 } }, { x: 1.5 })).toBe(0);
    expect(near(p({ n: { from: 1 } }, { n: { in: [0, 1] } }), 2 / 3)).toBe(true);
    expect(near(p({ n: { in: [0, 1] } }, { n: { in: [1, 2] } }), 2 / 3)).toBe(true);
    expect(near(p({ n: { in: [0, 1] } }, {}), 0.75)).toBe(true);
    expect(p({}, { n: 1 })).toBe(1);
  });
});

describe("marginals", () => {
  it("are ratios of two partitions (Bayes), and 0 or 1 where the evidence is hard", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const circuit = compileRules<string>(rules, { variables });
        const answer = marginals(circuit, evidence);
        fc.pre(answer.kind === "posteriors");
        if (answer.kind !== "posteriors") return;
        for (const name of names) {
          const p = evidence[name];
          const leaf = p === undefined || p === true ? 0 : Math.log(Number(p));
          const yes = logPartition(circuit, { ...evidence, [name]: true }) + leaf;
          expect(near(answer.probabilities[name], Math.exp(yes - answer.logPartition))).toBe(true);
          if (p === true || p === false) expect(answer.probabilities[name]).toBe(Number(p));
          expect(answer.probabilities[name]).toBeGreaterThanOrEqual(0);
          expect(answer.probabilities[name]).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("mpe and entropy", () => {
  it("agree: the most probable world has at least probability exp(-entropy), and at most 1", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const circuit = compileRules<string>(rules, { variables });
        const [world, h] = [mpe(circuit, evidence), entropy(circuit, evidence)];
        fc.pre(world.kind === "world" && h.kind === "entropy");
        if (world.kind !== "world" || h.kind !== "entropy") return;
        const slack = tolerance.reference * (1 + Math.abs(world.logWeight));
        expect(world.logProbability).toBeLessThanOrEqual(slack);
        expect(world.logProbability).toBeGreaterThanOrEqual(-h.nats - slack);
        expect(h.nats).toBeLessThanOrEqual(names.length * Math.LN2 + slack);
        // The world agrees with the hard evidence, and asking for it again finds it again.
        expect(mpe(circuit, world.assignment)).toMatchObject({ assignment: world.assignment });
      }),
      { numRuns: 150 },
    );
  });

  it("of independent leaves are their maxima and the sum of their entropies", () => {
    const free = compileRules<string>([], { variables });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 7, maxLength: 7 }),
        (ps) => {
          const evidence = Object.fromEntries(names.map((name, v) => [name, ps[v]]));
          const h = entropy(free, evidence);
          const expected = ps.reduce((sum, p) => sum - p * Math.log(p) - (1 - p) * Math.log1p(-p), 0);
          expect(h.kind === "entropy" && near(h.nats, expected)).toBe(true);
          const world = mpe(free, evidence);
          const best = ps.reduce((sum, p) => sum + Math.log(Math.max(p, 1 - p)), 0);
          expect(world.kind === "world" && near(world.logWeight, best)).toBe(true);
        },
      ),
    );
  });
});
