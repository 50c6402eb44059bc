import {
  batchMarginals,
  type Circuit,
  categoricalEvidence,
  categoricalLeaves,
  compileRules,
  enumerateWorlds,
  explainRules,
  logPartition,
  marginals,
  ruleExpectations,
  type TrackedRules,
  trackRules,
  trackRulesAsync,
} from "@credence/circuits";
import { isHard, matrix, parseRules, type Rule } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const variables = [...names];
const options = { variables };
const otherWeights = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 });
const reweighed = (rules: readonly Rule[], weights: readonly number[]) =>
  rules.map((one, r) => (isHard(one) ? one : { ...one, weight: weights[r] }));

describe("trackRules", () => {
  it("answers for any weights what compiling with them answers", () => {
    fc.assert(
      fc.property(ruleSets, evidences, otherWeights, (rules, evidence, more) => {
        const tracked = trackRules<string>(rules, options);
        const weights = more.slice(0, rules.length);
        for (const [asked, own] of [
          [{}, rules],
          [{ weights }, reweighed(rules, weights)],
        ] as const) {
          const answer = ruleExpectations(tracked, evidence, asked);
          const expected = enumerateWorlds<string>(own, evidence, options);
          if (answer.kind === "contradiction" || expected.kind === "contradiction") {
            expect(answer).toEqual(expected);
            continue;
          }
          expect(near(answer.logPartition, expected.logPartition)).toBe(true);
          answer.values.forEach((p, r) => {
            expect(near(p, expected.ruleExpectations[r])).toBe(true);
          });
        }
      }),
      { numRuns: 80 },
    );
  });

  it("compiles the same with the event loop, and is what ruleExpectations makes of plain rules", async () => {
    const rules = parseRules("1 a -> b\n-0.5 b xor c\na | c.\n");
    const tracked = await trackRulesAsync(rules);
    expect(tracked.variables).toEqual(["a", "b", "c"]);
    expect([...tracked.columns]).toEqual([3, 4, -1]);
    expect(ruleExpectations(tracked, { a: 0.2 })).toEqual(ruleExpectations(rules, { a: 0.2 }));
    expect(ruleExpectations(trackRules(rules), { a: 0.2 })).toEqual(ruleExpectations(rules, { a: 0.2 }));
  });

  it("refuses weights that are none, and evidence on its own variables", () => {
    const tracked = trackRules(parseRules("1 a -> b\na.\n"));
    const code = (work: () => unknown) =>
      expect(work).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    code(() => ruleExpectations(tracked, {}, { weights: [1] }));
    code(() => ruleExpectations(tracked, {}, { weights: [Number.POSITIVE_INFINITY, 1] }));
    code(() => ruleExpectations(tracked as TrackedRules, { "rule 0": true }));
    code(() => trackRules([{ ...parseRules("1 a\n")[0], weight: Number.NaN }]));
    expect(ruleExpectations(tracked, { b: false })).toMatchObject({ kind: "expectations" });
    expect(ruleExpectations(tracked, { a: false })).toMatchObject({
      kind: "contradiction",
      source: "evidence",
    });
  });
});

describe("explainRules", () => {
  it("changes and slopes are those of compiling again", () => {
    const h = 1e-4;
    const soft = ruleSets.map((rules) =>
      rules.filter(({ weight }) => Math.abs(weight) < 10 || isHard({ weight } as Rule)),
    );
    fc.assert(
      fc.property(soft, evidences, fc.constantFrom(...names), (rules, evidence, target) => {
        const probability = (own: readonly Rule[]) => {
          const answer = marginals(compileRules<string>(own, options), evidence);
          return answer.kind === "posteriors" ? answer.probabilities[target] : Number.NaN;
        };
        const answer = explainRules(trackRules<string>(rules, options), target, evidence);
        if (answer.kind === "contradiction") {
          expect(marginals(compileRules<string>(rules, options), evidence)).toEqual(answer);
          return;
        }
        expect(near(answer.probability, probability(rules))).toBe(true);
        expect(near(answer.withoutRules, probability(rules.filter(isHard)))).toBe(true);
        expect(answer.rules).toHaveLength(rules.filter((one) => !isHard(one)).length);
        for (const { rule, weight, without, change, slope, holds } of answer.rules) {
          const rest = rules.filter((one) => one !== rule);
          expect(near(without, probability(rest))).toBe(true);
          expect(near(change, answer.probability - without)).toBe(true);
          const at = (step: number) => probability([...rest, { ...rule, weight: weight + step }]);
          expect(close(slope, (at(h) - at(-h)) / (2 * h), tolerance.gradient)).toBe(true);
          expect(holds >= 0 && holds <= 1).toBe(true);
        }
        const sizes = answer.rules.map(({ change }) => Math.abs(change));
        expect(sizes).toEqual(sizes.slice().sort((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  it("of a certain and of an excluded target are 0", () => {
    const tracked = trackRules(parseRules("2 a -> b\n1 b -> a\n"));
    for (const a of [true, false]) {
      const answer = explainRules(tracked, "a", { a, b: 0.5 });
      if (answer.kind !== "explanation") expect.unreachable();
      expect(answer.probability).toBe(Number(a));
      expect(answer.rules.map(({ change, slope }) => [change, slope])).toEqual([
        [0, 0],
        [0, 0],
      ]);
    }
    expect(() => explainRules(tracked, "c" as "a")).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});

describe("categoricalEvidence", () => {
  const exclusive = parseRules("exactlyOne(a, b, c).\n");
  const shares = fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
    .filter((row) => row.some((q) => q > 1e-6));

  it("is the row itself where nothing else is known: no odds, no sharpening", () => {
    fc.assert(
      fc.property(shares, (row) => {
        const total = row.reduce((p, q) => p + q, 0);
        const [a, b, c] = row;
        const circuit: Circuit<"a" | "b" | "c"> = compileRules(exclusive) as Circuit<"a" | "b" | "c">;
        const answer = marginals(circuit, categoricalEvidence({ a, b, c }));
        if (answer.kind !== "posteriors") expect.unreachable();
        expect(near(answer.probabilities.a, a / total)).toBe(true);
        expect(near(answer.probabilities.c, c / total)).toBe(true);
        expect(near(answer.logPartition, Math.log(total))).toBe(true);
      }),
    );
  });

  it("weighs rules by Bayes, together with other evidence and in batches", () => {
    const rules = parseRules("exactlyOne(a, b, c).\n1.5 a -> x\n-1 c -> x\n");
    const circuit = compileRules(rules, { variables: ["a", "b", "c", "x"] });
    const q = { a: 0.2, b: 0.5, c: 0.3 };
    const answer = marginals(circuit, { ...categoricalEvidence(q), x: 0.8 });
    if (answer.kind !== "posteriors") expect.unreachable();
    const weight = {
      a: q.a * (0.8 * Math.exp(1.5 - 1) + 0.2 * Math.exp(-1)),
      b: q.b * Math.exp(1.5 - 1),
      c: q.c * Math.exp(1.5) * (0.8 * Math.exp(-1) + 0.2),
    };
    const total = weight.a + weight.b + weight.c;
    for (const name of ["a", "b", "c"] as const) {
      expect(near(answer.probabilities[name], weight[name] / total)).toBe(true);
    }
    const leaves = [...categoricalLeaves([q.a, q.b, q.c]), 0.8];
    const batch = batchMarginals(circuit, matrix(1, 4, Float64Array.from(leaves)));
    expect(near(batch.probabilities.data[0], weight.a / total)).toBe(true);
    const scale = [q.a, q.b, q.c].reduce((sum, each) => sum + Math.log1p(each), 0);
    expect(near(batch.logPartitions[0] + scale, answer.logPartition)).toBe(true);
    expect(near(logPartition(circuit, { ...categoricalEvidence(q), x: 0.8 }), answer.logPartition)).toBe(
      true,
    );
  });

  it("refuses rows that are none", () => {
    for (const row of [[-0.1, 1], [Number.NaN, 1], [Number.POSITIVE_INFINITY, 1], [0, 0], []]) {
      expect(() => categoricalLeaves(row)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
    expect(() => categoricalEvidence({ a: -1 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(categoricalEvidence({ a: 1, b: 0 })).toEqual({ a: { weights: [1, 1] }, b: { weights: [1, 0] } });
  });
});
