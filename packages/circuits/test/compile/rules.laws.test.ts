import {
  compileRules,
  entropy,
  enumerateWorlds,
  logPartition,
  logProbability,
  marginals,
  mpe,
  ruleExpectations,
} from "@credence/circuits";
import { evaluate, isHard, parseRules, type Rule } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";

const variables = [...names];
const near = (actual: number, expected: number) =>
  close(actual, expected, tolerance.reference, tolerance.reference);

/** The values of a world of binary variables. */
function truths(assignment: Readonly<Record<string, boolean | number>>): Record<string, boolean> {
  return Object.fromEntries(Object.entries(assignment).map(([name, value]) => [name, value === true]));
}

describe("compileRules", () => {
  it("gives circuits whose every query is enumeration, or the same contradiction", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const oracle = enumerateWorlds<string>(rules, evidence, { variables });
        const circuit = compileRules<string>(rules, { variables });
        const answers = [
          marginals(circuit, evidence),
          mpe(circuit, evidence),
          entropy(circuit, evidence),
        ] as const;
        const [posteriors, world, h] = answers;
        const held = ruleExpectations<string>(rules, evidence, { variables });
        expect(near(logPartition(circuit, evidence), oracle.logPartition)).toBe(true);
        if (oracle.kind === "contradiction") {
          for (const answer of [...answers, held]) expect(answer).toEqual(oracle);
          return;
        }
        if (posteriors.kind !== "posteriors" || world.kind !== "world") expect.unreachable();
        if (h.kind !== "entropy" || held.kind !== "expectations") expect.unreachable();
        for (const name of names) {
          expect(near(posteriors.probabilities[name], oracle.probabilities[name])).toBe(true);
        }
        expect(near(world.logWeight, oracle.mpe.logWeight)).toBe(true);
        expect(near(world.logWeight, logWeightOf(rules, evidence, truths(world.assignment)))).toBe(true);
        expect(near(world.logProbability, world.logWeight - oracle.logPartition)).toBe(true);
        expect(near(h.nats, oracle.entropyNats)).toBe(true);
        expect(near(held.logPartition, oracle.logPartition)).toBe(true);
        oracle.ruleExpectations.forEach((p, r) => {
          expect(near(held.values[r], p)).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });

  it("gives circuits with all properties, and the same values in every order of decisions", () => {
    const order = fc.shuffledSubarray(variables);
    fc.assert(
      fc.property(ruleSets, evidences, order, order, (rules, evidence, first, columns) => {
        const circuit = compileRules<string>(rules, { variables });
        const rest = variables.filter((name) => !columns.includes(name));
        const other = compileRules<string>(rules, { variables: [...columns, ...rest], order: first });
        for (const { properties } of [circuit, other]) {
          expect(properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
        }
        const [a, b] = [marginals(circuit, evidence), marginals(other, evidence)];
        expect(b.kind).toBe(a.kind);
        expect(near(b.logPartition, a.logPartition)).toBe(true);
        if (a.kind !== "posteriors" || b.kind !== "posteriors") return;
        for (const name of names) expect(near(b.probabilities[name], a.probabilities[name])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("gives sparse rule sets, hard and soft, what enumeration gives them, in any order of decisions", () => {
    const many = Array.from({ length: 12 }, (_, i) => `x${i}`);
    const at = fc.constantFrom(...many);
    const literal = fc.tuple(at, fc.boolean()).map(([name, value]) => `${value ? "" : "!"}${name}`);
    const formula = fc.oneof(
      fc.tuple(literal, literal).map(([a, b]) => `${a} -> ${b}`),
      fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a} & ${b} -> ${c}`),
      fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a} <-> (${b} xor ${c})`),
      fc.uniqueArray(at, { minLength: 3, maxLength: 4 }).map((list) => `exactlyOne(${list.join(", ")})`),
    );
    const line = fc
      .tuple(formula, fc.constantFrom(".", ".", "0.5 ", "-1 ", "2 "))
      .map(([text, weight]) => (weight === "." ? `${text}.` : weight + text));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), fc.shuffledSubarray(many), (lines, order) => {
        const rules = parseRules(lines.join("\n"));
        const oracle = enumerateWorlds<string>(rules, {}, { variables: many });
        for (const circuit of [
          compileRules<string>(rules, { variables: many }),
          compileRules<string>(rules, { variables: many, order }),
        ]) {
          expect(near(logPartition(circuit), oracle.logPartition)).toBe(true);
          const posteriors = marginals(circuit);
          if (oracle.kind === "contradiction" || posteriors.kind === "contradiction") {
            expect(posteriors.kind).toBe(oracle.kind);
            continue;
          }
          for (const name of many) {
            expect(near(posteriors.probabilities[name], oracle.probabilities[name])).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives every single world its weight, so that all probabilities sum to 1", () => {
    fc.assert(
      fc.property(ruleSets, (rules) => {
        const circuit = compileRules<string>(rules, { variables });
        fc.pre(logPartition(circuit) > Number.NEGATIVE_INFINITY);
        let total = 0;
        for (let bits = 0; bits < 128; bits++) {
          const world = Object.fromEntries(names.map((name, v) => [name, ((bits >> v) & 1) === 1]));
          const log = logPartition(circuit, world);
          expect(near(log, logWeightOf(rules, world, world))).toBe(true);
          total += Math.exp(logProbability(circuit, world));
        }
        expect(near(total, 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("gives posteriors that are the derivative of log Z by the logit of a leaf", () => {
    fc.assert(
      fc.property(ruleSets, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (rules, p) => {
        const circuit = compileRules<string>(rules, { variables });
        const answer = marginals(circuit, { a: p });
        fc.pre(answer.kind === "posteriors");
        // log Z(p) = log(p Z1 + (1 - p) Z0): its derivative by p is (q - p) / (p (1 - p)).
        const h = 1e-5;
        const slope = (logPartition(circuit, { a: p + h }) - logPartition(circuit, { a: p - h })) / (2 * h);
        const expected = (answer.kind === "posteriors" ? answer.probabilities["a"] : 0) - p;
        expect(close(slope * p * (1 - p), expected, tolerance.gradient)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

/** The definition of a world's weight. */
function logWeightOf(
  rules: readonly Rule[],
  evidence: Record<string, boolean | number>,
  world: Record<string, boolean>,
): number {
  let total = 0;
  for (const [name, p] of Object.entries(evidence))
    total += Math.log(world[name] ? Number(p) : 1 - Number(p));
  for (const rule of rules) {
    const holds = evaluate(rule.formula, world);
    if (isHard(rule) ? !holds : holds) total += isHard(rule) ? Number.NEGATIVE_INFINITY : rule.weight;
  }
  return total;
}
