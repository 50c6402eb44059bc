import { enumerateWorlds, enumerationLimit } from "@credence/circuits";
import { evaluate, InvalidArgumentError, parseRules, type Rule, UnknownNameError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../test/tolerance.ts";
import { names, ruleSets } from "./arbitrary.ts";

describe("enumerateWorlds", () => {
  it("adds up what evaluate says world by world", () => {
    fc.assert(
      fc.property(ruleSets, fc.double({ min: 0, max: 1, noNaN: true }), (rules, p) => {
        const soft = rules.map((rule) => ({ ...rule, weight: Math.abs(rule.weight) > 4 ? 1 : rule.weight }));
        const answer = enumerateWorlds<string>(soft, { g: p }, { variables: names });
        let [total, first] = [0, 0];
        for (let bits = 0; bits < 128; bits++) {
          const world = Object.fromEntries(names.map((name, v) => [name, ((bits >> v) & 1) === 1]));
          const held = soft.filter((rule) => evaluate(rule.formula, world));
          const weight =
            Math.exp(held.reduce((sum, rule) => sum + rule.weight, 0)) * (world["g"] ? p : 1 - p);
          total += weight;
          if (world["a"]) first += weight;
        }
        if (answer.kind !== "posteriors") expect.unreachable();
        expect(close(Math.exp(answer.logPartition), total, tolerance.reference)).toBe(true);
        expect(close(answer.probabilities["a"], first / total, tolerance.reference)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("knows the paper's example: a stop sign that is no octagon", () => {
    const answer = enumerateWorlds(parseRules("2 stop -> octagon"), { stop: 0.9, octagon: false });
    if (answer.kind !== "posteriors") expect.unreachable();
    expect(close(answer.probabilities["stop"], 0.9 / (0.9 + 0.1 * Math.exp(2)), tolerance.rounding)).toBe(
      true,
    );
    expect(answer.mpe.assignment).toEqual({ stop: true, octagon: false });
  });

  it("tells contradictory rules from evidence against them", () => {
    expect(enumerateWorlds(parseRules("a.\n!a."))).toMatchObject({ kind: "contradiction", source: "rules" });
    expect(enumerateWorlds(parseRules("a."), { a: false })).toMatchObject({
      kind: "contradiction",
      source: "evidence",
    });
  });

  it("refuses too many variables, unknown names and bad weights", () => {
    const wide = parseRules(Array.from({ length: enumerationLimit + 1 }, (_, i) => `1 x${i}\n`).join(""));
    expect(() => enumerateWorlds(wide)).toThrow(expect.objectContaining({ code: "TOO_MANY_WORLDS" }));
    expect(() => enumerateWorlds(parseRules("1 a"), { b: true })).toThrow(UnknownNameError);
    const bad: Rule = { formula: { kind: "var", name: "a" }, weight: Number.NaN, text: "" };
    expect(() => enumerateWorlds([bad])).toThrow(InvalidArgumentError);
  });
});
