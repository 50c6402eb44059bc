import {
  circuitBuilder,
  compileFormulaFor,
  compileRules,
  determinism,
  enumerateWorlds,
  formulaProbability,
  logPartition,
  posteriors,
  posteriorsGiven,
} from "@credence/circuits";
import { evaluate, type Formula, parseFormula, parseRules, rule, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { formulas } from "../../../core/test/formula/arbitrary.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";
import { finiteDomains, mixedDomains, randomCircuit, worldsOf } from "../random-circuit.ts";
import { oracle, randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const overBinary = formulas(fc.constantFrom("v0", "v2", "v4"), 3);
const holdsIn = (formula: Formula) => (x: readonly number[]) =>
  Number(evaluate(formula, { v0: x[0] === 1, v2: x[2] === 1, v4: x[4] === 1 }));

describe("formulaProbability", () => {
  it("is the weight of the worlds that satisfy the formula, whatever explains the circuit", () => {
    const methods = new Set<string>();
    fc.assert(
      fc.property(seeds, fc.boolean(), overBinary, fc.boolean(), (seed, structured, formula, few) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation } = oracle(circuit, weigh);
        const answer = formulaProbability(circuit, formula, evidence, few ? { pairs: 1 } : {});
        if (total === 0) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        if (answer.kind !== "probability") expect.unreachable();
        methods.add(answer.method);
        expect(near(answer.probability, expectation(holdsIn(formula)))).toBe(true);
        expect(answer.logProbability).toBeLessThanOrEqual(0);
        expect(near(Math.exp(answer.logPartition), total)).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect([...methods].sort()).toEqual(["expansion", "inner product"]);
  });

  it("of compiled rules is the expectation of the formula as one more rule", () => {
    fc.assert(
      fc.property(ruleSets, evidences, formulas(fc.constantFrom(...names), 3), (rules, evidence, formula) => {
        const variables = [...names];
        const circuit = compileRules<string>(rules, { variables });
        const answer = formulaProbability(circuit, formula, evidence);
        const expected = enumerateWorlds<string>([...rules, rule(formula, 0)], evidence, { variables });
        if (answer.kind !== "probability" || expected.kind !== "posteriors") {
          expect(answer).toEqual(expected);
          return;
        }
        expect(near(answer.probability, expected.ruleExpectations[rules.length])).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("adds up with the formula's negation, and of a conjunction with numbers beside it", () => {
    fc.assert(
      fc.property(seeds, formulas(fc.constantFrom("v0"), 2), (seed, formula) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const evidence = { v1: { from: -0.5 }, v3: { to: 3 } };
        const [yes, no] = [formula, { kind: "not", of: formula } as const].map((each) =>
          formulaProbability(circuit, each, evidence),
        );
        if (yes.kind !== "probability" || no.kind !== "probability") expect.unreachable();
        expect(near(yes.probability + no.probability, 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("does not underflow: a conjunction of a thousand unlikely variables", () => {
    const variables = Array.from({ length: 1000 }, (_, i) => `x${i}`);
    const builder = circuitBuilder(vocabulary("variable", variables));
    const circuit = builder.build(
      builder.product(variables.map((name) => builder.input(name, { family: "bernoulli", p: 0.1 }))),
    );
    const all = parseFormula(variables.join(" & "));
    const answer = formulaProbability(circuit, all);
    if (answer.kind !== "probability") expect.unreachable();
    expect(close(answer.logProbability, 1000 * Math.log(0.1), tolerance.rounding)).toBe(true);
    const one = formulaProbability(circuit, parseFormula(`exactlyOne(${variables.slice(0, 50).join(", ")})`));
    expect(one.kind === "probability" && near(one.probability, 50 * 0.1 * 0.9 ** 49)).toBe(true);
  });

  it("refuses with the reason: unknown and other variables, too many cases, budgets", () => {
    const circuit = randomCircuit(1, finiteDomains);
    const ask = (text: string) => () => formulaProbability(circuit, parseFormula(text));
    expect(ask("v9")).toThrow(expect.objectContaining({ code: "UNKNOWN_NAME" }));
    expect(ask("v0 & v1")).toThrow(expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "v1" }));
    const three = parseFormula("v0 xor v2 xor v4");
    expect(() => formulaProbability(circuit, three, {}, { nodes: 1 })).toThrow(
      expect.objectContaining({ code: "BUDGET_EXCEEDED" }),
    );
    // No vtree splits {a, b | …} and {a, c | …}; a parity settles only when everything is decided.
    const variables = Array.from({ length: 34 }, (_, i) => `x${i}`);
    const builder = circuitBuilder(vocabulary("variable", variables), { share: false });
    const chunks = (step: number) => {
      const order = variables.map((_, i) => variables[(i * step) % variables.length]);
      const pair = (a: string, b: string) => {
        const term = (value: boolean, other: boolean) =>
          builder.product([builder.literal(a, value), builder.literal(b, other)]);
        return builder.sum([term(true, true), term(false, false), term(true, false)]);
      };
      return builder.product(Array.from({ length: 17 }, (_, i) => pair(order[2 * i], order[2 * i + 1])));
    };
    const loose = builder.build(builder.sum([chunks(1), chunks(3)]));
    const parity = parseFormula(variables.join(" xor "));
    expect(() => formulaProbability(loose, parity, {}, { pairs: 10 })).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED_QUERY",
        hint: expect.stringContaining("checkStructured"),
      }),
    );
  });
});

describe("posteriorsGiven", () => {
  it("are those of the worlds that satisfy formula and evidence", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), overBinary, (seed, structured, formula) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation } = oracle(circuit, (x) => weigh(x) * holdsIn(formula)(x));
        const answer = posteriorsGiven(circuit, formula, evidence);
        if (total === 0) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        if (answer.kind !== "posteriors") expect.unreachable();
        expect(near(Math.exp(answer.logPartition), total)).toBe(true);
        finiteDomains.forEach((_, v) => {
          const one = answer.byVariable[`v${v}`];
          if (one.kind !== "states") expect.unreachable();
          one.probabilities.forEach((p, s) => {
            expect(
              near(
                p,
                expectation((x) => Number(x[v] === s)),
              ),
            ).toBe(true);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it("leave numbers beside the formula in place, and name rules without a world", () => {
    const circuit = randomCircuit(4, mixedDomains);
    const given = posteriorsGiven(circuit, parseFormula("!v0"), { v2: 1 });
    const plain = posteriors(circuit, { v0: false, v2: 1 });
    if (given.kind !== "posteriors" || plain.kind !== "posteriors") expect.unreachable();
    const [a, b] = [given, plain].map(({ byVariable: { v1 } }) =>
      v1.kind === "number" ? v1.mean : Number.NaN,
    );
    expect(near(a, b)).toBe(true);
    const none = compileRules(parseRules("a.\n!a.\n"));
    expect(posteriorsGiven(none, parseFormula("a"))).toMatchObject({
      kind: "contradiction",
      source: "rules",
    });
  });
});

describe("compileFormulaFor", () => {
  it("gives a circuit over the formula's variables that is 1 at its models, and deterministic", () => {
    fc.assert(
      fc.property(seeds, overBinary, (seed, formula) => {
        const compiled = compileFormulaFor(randomCircuit(seed, finiteDomains, true), formula);
        const own = compiled.variables.names;
        expect(compiled.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(determinism(compiled).status).toBe("certified");
        for (const x of worldsOf(finiteDomains)) {
          const world = Object.fromEntries(own.map((name) => [name, x[Number(name.slice(1))] === 1]));
          const log = logPartition(compiled, world);
          expect(log).toBe(holdsIn(formula)(x) === 1 ? 0 : Number.NEGATIVE_INFINITY);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("follows the circuit's vtree: pairs far apart in the order stay linear", () => {
    const n = 12;
    const variables = Array.from({ length: 2 * n }, (_, i) => `x${i}`);
    const builder = circuitBuilder(vocabulary("variable", variables));
    const bit = (name: string) => builder.input(name, { family: "bernoulli", p: 0.5 });
    const pairs = Array.from({ length: n }, (_, i) => builder.product([bit(`x${i}`), bit(`x${i + n}`)]));
    const mixed = builder.sum([builder.product(pairs), builder.product(pairs.slice().reverse())], [0, 0]);
    const equal = parseFormula(Array.from({ length: n }, (_, i) => `(x${i} <-> x${i + n})`).join(" & "));
    const compiled = compileFormulaFor(builder.build(mixed), equal);
    expect(compiled.edges).toBeLessThan(12 * n);
    const constant = compileFormulaFor(builder.build(mixed), parseFormula("true"));
    expect([constant.size, constant.variables.size]).toEqual([1, 0]);
  });
});
