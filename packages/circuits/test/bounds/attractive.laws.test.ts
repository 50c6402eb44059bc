import {
  checkAttractive,
  compileRules,
  credalBounds,
  marginalBounds,
  mixtureBounds,
} from "@credence/circuits";
import { evaluate, isHard, parseRules, type Rule, rule, UnknownNameError, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { formulas } from "../../../core/test/formula/arbitrary.ts";

const names = ["a", "b", "c", "d"] as const;
const variables = vocabulary("variable", names);
const worlds = 2 ** names.length;

/** Log weights of one rule at all worlds; bit v of a world is the value of variable v. */
function logWeights(one: Rule): number[] {
  return Array.from({ length: worlds }, (_, bits) => {
    const world = Object.fromEntries(names.map((name, v) => [name, ((bits >> v) & 1) === 1]));
    const holds = evaluate(one.formula, world);
    if (isHard(one)) return holds ? 0 : Number.NEGATIVE_INFINITY;
    return holds ? one.weight : 0;
  });
}

/** Whether f(x ∨ y) f(x ∧ y) >= f(x) f(y) for all worlds, once the variables in `flip` are negated. */
function isLogSupermodular(logs: readonly number[], flip: number): boolean {
  for (let x = 0; x < worlds; x++) {
    for (let y = 0; y < x; y++) {
      const apart = logs[x ^ flip] + logs[y ^ flip];
      const together = logs[(x & y) ^ flip] + logs[(x | y) ^ flip];
      // Weights are whole numbers: their sums are exact.
      if (together < apart) return false;
    }
  }
  return true;
}

const flipOf = (colors: Int8Array): number =>
  colors.reduce((bits, color, v) => bits | (color < 0 ? 1 << v : 0), 0);

/** Small formulas, so that many sets attract. */
const formula = formulas(fc.constantFrom(...names), 2);
const soft = fc.tuple(formula, fc.integer({ min: -3, max: 3 })).map(([f, w]) => rule(f, w));
const hard = formula.map((f) => rule(f, Number.POSITIVE_INFINITY));

describe("checkAttractive", () => {
  it("gives colors under which the product of all rules is log-supermodular, hard ones and all", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(soft, hard), { minLength: 1, maxLength: 3 }), (rules) => {
        const check = checkAttractive(rules, variables);
        if (!check.holds) return;
        expect([...check.colors].every((color) => Math.abs(color) === 1)).toBe(true);
        const each = rules.map(logWeights);
        const product = each[0].map((_, world) => each.reduce((sum, logs) => sum + logs[world], 0));
        expect(isLogSupermodular(product, flipOf(check.colors))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses soft rules only where no colors make all of them attract, from the rule named on", () => {
    fc.assert(
      fc.property(fc.array(soft, { minLength: 1, maxLength: 4 }), (rules) => {
        const check = checkAttractive(rules, variables);
        const attractUpTo = (count: number): boolean => {
          const each = rules.slice(0, count).map(logWeights);
          return Array.from({ length: worlds }).some((_, flip) =>
            each.every((logs) => isLogSupermodular(logs, flip)),
          );
        };
        if (check.holds) expect(attractUpTo(rules.length)).toBe(true);
        else {
          expect(attractUpTo(check.rule)).toBe(true);
          expect(attractUpTo(check.rule + 1)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("puts variables in one component exactly where rules tie them together", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 4 }), (pairs) => {
        const text = pairs.flatMap(([v, w, same]) =>
          v === w ? [] : [`1 ${names[v]} ${same ? "<->" : "xor"} ${names[w]}`],
        );
        const check = checkAttractive(parseRules(text.join("\n")), variables);
        if (!check.holds) return;
        const reached = names.map((_, v) => new Set([v]));
        for (let round = 0; round < names.length; round++) {
          for (const [v, w] of pairs)
            for (const x of [...reached[v], ...reached[w]])
              for (const set of [reached[v], reached[w]]) set.add(x);
        }
        for (const v of names.keys()) {
          for (const w of names.keys()) {
            expect(check.components[v] === check.components[w]).toBe(reached[v].has(w));
          }
        }
        for (const [v, w, same] of pairs) {
          if (v !== w) expect(check.colors[v] * check.colors[w]).toBe(same ? 1 : -1);
        }
      }),
    );
  });

  it.each([
    ["1 a xor b xor c", "two of its variables pull both ways"],
    ["1 a <-> b\n1 b <-> c\n1 a xor c", "it closes a circle of rules that pull against each other"],
    [
      `1 ${Array.from({ length: 15 }, (_, i) => `x${i}`).join(" & ")}`,
      "it has 15 variables, too many to test",
    ],
    [
      `${Array.from({ length: 15 }, (_, i) => `x${i}`).join(" & ")}.`,
      "it has 15 variables, too many to test",
    ],
  ])("says what is wrong with %s", (text, reason) => {
    const rules = parseRules(text);
    const own = vocabulary("variable", [...new Set(text.match(/[a-z]\d*/g))]);
    const check = checkAttractive(rules, own);
    expect(check).toEqual({ holds: false, rule: rules.length - 1, reason });
  });

  it("does not look at rules without weight, and tests up to fourteen variables", () => {
    const all = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`);
    const own = vocabulary("variable", all(15));
    for (const text of [
      `0 ${all(15).join(" xor ")}`,
      `1 ${all(14).join(" & ")}`,
      `${all(9).join(" & ")}.`,
      "",
    ]) {
      expect(checkAttractive(parseRules(text), own).holds, text).toBe(true);
    }
  });

  it("refuses rules about other variables", () => {
    const call = () => checkAttractive(parseRules("1 a -> bee"), vocabulary("variable", ["a", "be"]));
    expect(call).toThrow(UnknownNameError);
    expect(call).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME", hint: expect.stringContaining("be") }),
    );
  });
});

describe("marginalBounds of rules that attract", () => {
  it("goes through the corners where one of the two extreme ones leaves no world", () => {
    const rules = parseRules("a <-> b.\n1 b -> c");
    const circuit = compileRules(rules);
    expect(checkAttractive(rules, circuit.variables).holds).toBe(true);
    // With a certain and b impossible there is no world: b is true in all others.
    const found = marginalBounds(circuit, { a: true, b: [0, 0.5], c: [0.2, 0.3] }, { rules });
    if (found.kind !== "bounds") expect.unreachable();
    const { a, b, c } = found.byVariable as Record<string, (typeof found.byVariable)[string]>;
    expect([a.method, b.method, c.method]).toEqual(["vertices", "vertices", "vertices"]);
    for (const { low, high } of [a, b]) {
      expect(high).toBe(1);
      expect(1 - low).toBeLessThan(tolerance.rounding);
    }
    const posterior = (leaf: number) => (leaf * Math.E) / (leaf * Math.E + 1 - leaf);
    expect(c.low).toBeCloseTo(posterior(0.2), 12);
    expect(c.high).toBeCloseTo(posterior(0.3), 12);
    const contradiction = marginalBounds(circuit, { a: true, b: false, c: [0, 1] }, { rules });
    expect(contradiction).toEqual({
      kind: "contradiction",
      source: "evidence",
      logPartition: Number.NEGATIVE_INFINITY,
    });
    const never = parseRules("a.\n!a.\n1 b -> c");
    const parts = [{ circuit: compileRules(never), coefficient: 1 }];
    for (const one of [
      marginalBounds(parts[0].circuit, { b: [0.2, 0.4] }),
      mixtureBounds(parts, { b: [0.2, 0.4] }),
      credalBounds(parts[0].circuit, {}),
    ])
      expect(one).toMatchObject({ kind: "contradiction", source: "rules" });
  });

  it("takes intervals left undefined as no leaf, and numbers and truth values as points", () => {
    const rules = parseRules("2 a -> b");
    const circuit = compileRules(rules);
    const bounds = (intervals: Parameters<typeof marginalBounds<string>>[1]) =>
      marginalBounds(circuit, intervals, { rules });
    expect(bounds({ a: undefined, b: [0.1, 0.4] })).toEqual(bounds({ b: [0.1, 0.4] }));
    expect(bounds({ a: 0.3, b: true })).toEqual(bounds({ a: [0.3, 0.3], b: [1, 1] }));
    expect(() => bounds({ c: 0.5 })).toThrow(UnknownNameError);
  });
});
