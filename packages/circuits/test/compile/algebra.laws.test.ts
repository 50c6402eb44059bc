import { type Circuit, compileRules, logPartition, marginals } from "@credence/circuits";
import { type Formula, foldFormula, parseFormula, type Rule, rule } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { formulas } from "../../../core/test/formula/arbitrary.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";

const variables = [...names];
const formula = formulas(fc.constantFrom(...names), 3);
const soft = fc.double({ min: -5, max: 5, noNaN: true });
const compile = (rules: readonly Rule[]) => compileRules<string>(rules, { variables });

/** Whether two circuits have the same posteriors and partitions that differ by `shift`. */
function same(a: Circuit, b: Circuit, evidence: Record<string, number | boolean>, shift = 0): boolean {
  const [x, y] = [marginals(a, evidence), marginals(b, evidence)];
  const near = (p: number, q: number) => close(p, q, tolerance.reference);
  if (x.kind === "contradiction" || y.kind === "contradiction") return x.kind === y.kind;
  return (
    near(x.logPartition + shift, y.logPartition) &&
    names.every((name) => near(x.probabilities[name], y.probabilities[name]))
  );
}

/** The formula written with negation and conjunction alone, as far as possible. */
function rewritten(given: Formula): Formula {
  const not = (of: Formula): Formula => ({ kind: "not", of });
  const and = (...args: Formula[]): Formula => ({ kind: "and", args });
  return foldFormula<string, Formula>(given, (part, [first, second, ...rest]) => {
    const all = [first, second, ...rest].filter((one) => one !== undefined);
    switch (part.kind) {
      case "not":
        return not(first);
      case "or":
        return not(and(...all.map(not)));
      case "implies":
        return not(and(first, not(second)));
      case "iff":
        return and(not(and(first, not(second))), not(and(second, not(first))));
      case "xor":
        return not(and(not(and(first, not(second))), not(and(second, not(first)))));
      case "and":
      case "atMostOne":
      case "exactlyOne": {
        if (part.kind === "and") return and(...all);
        const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => not(and(a, b))));
        return part.kind === "atMostOne" ? and(...pairs) : and(...pairs, not(and(...all.map(not))));
      }
      default:
        return part;
    }
  });
}

describe("rules", () => {
  it("mean what they mean in any notation", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const other = rules.map((one) => rule(rewritten(one.formula), one.weight));
        expect(same(compile(rules), compile(other), evidence)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("may be split by weight, and turned into their negations", () => {
    fc.assert(
      fc.property(ruleSets, formula, soft, soft, evidences, (rules, f, v, w, evidence) => {
        const whole = compile([...rules, rule(f, v + w)]);
        expect(same(whole, compile([rule(f, v), ...rules, rule(f, w)]), evidence)).toBe(true);
        const negated = compile([...rules, rule({ kind: "not", of: f }, -(v + w))]);
        expect(same(negated, whole, evidence, v + w)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("that are hard may be joined, and are the limit of heavy ones", () => {
    fc.assert(
      fc.property(ruleSets, formula, formula, evidences, (rules, f, g, evidence) => {
        const apart = compile([...rules, rule(f), rule(g)]);
        expect(same(apart, compile([...rules, rule({ kind: "and", args: [f, g] })]), evidence)).toBe(true);
        const mild = rules.filter(({ weight }) => Math.abs(weight) < 10);
        const hard = compile([...mild, rule(f)]);
        fc.pre(logPartition(hard, evidence) > -50);
        expect(same(hard, compile([...mild, rule(f, 200)]), evidence, 200)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("do not care what variables are called, nor in which order rules stand", () => {
    fc.assert(
      fc.property(ruleSets, evidences, fc.infiniteStream(fc.nat(1000)), (rules, evidence, draws) => {
        const keyed = rules.map((one) => ({ one, key: draws.next().value as number }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
        expect(same(compile(rules), compile(shuffled), evidence)).toBe(true);
        const renamed = rules.map((one) => {
          const fresh = foldFormula<string, Formula>(one.formula, (part, parts) => rename(part, parts));
          return rule(fresh, one.weight);
        });
        const other = compileRules<string>(renamed, { variables: variables.map((name) => `${name}'`) });
        const primed = Object.fromEntries(Object.entries(evidence).map(([name, p]) => [`${name}'`, p]));
        expect(
          close(logPartition(other, primed), logPartition(compile(rules), evidence), tolerance.rounding),
        ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("that are tautologies only shift log Z", () => {
    for (const text of ["a | !a", "a -> a", "exactlyOne(a, !a)", "(a -> b) | (b -> a)", "!(a <-> !a)"]) {
      const base = compile([rule(parseFormula("b -> c"), 1)]);
      const more = compile([rule(parseFormula("b -> c"), 1), rule(parseFormula(text), 3)]);
      expect(same(base, more, { b: 0.3 }, 3)).toBe(true);
    }
  });
});

function rename(part: Formula, parts: readonly Formula[]): Formula {
  switch (part.kind) {
    case "var":
      return { kind: "var", name: `${part.name}'` };
    case "constant":
      return part;
    case "not":
      return { kind: "not", of: parts[0] };
    case "implies":
    case "iff":
    case "xor":
      return { kind: part.kind, left: parts[0], right: parts[1] };
    default:
      return { kind: part.kind, args: parts };
  }
}
