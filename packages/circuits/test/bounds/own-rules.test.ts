import { compileRules, decoupledBounds, marginalBounds, mixtureBounds, normalize } from "@credence/circuits";
import { parseRules, type Rule, rng, rule } from "@credence/core";
import { describe, expect, it } from "vitest";
import { names } from "../arbitrary.ts";
import { logWeight, refusalOf } from "./refusal.ts";

const variables = [...names];
const box = Object.fromEntries(variables.map((name, v) => [name, [0.1 + 0.05 * v, 0.5] as const]));

describe("rules that bounds are given", () => {
  it("name a world in which they differ, by how much", () => {
    const own = parseRules("1 a -> b\n2 b -> c & d");
    for (const given of [own.slice(0, 1), own.slice(1), parseRules("1 a -> b\n2 b -> c"), []]) {
      const message = refusalOf(given, own, variables) ?? "";
      const [, yes, theirs, ours] =
        /world in which (?:only (.*)|nothing) is true is (\S+), but must be (\S+), as/.exec(message) ?? [];
      const world = Object.fromEntries(
        variables.map((name) => [name, yes?.split(", ").includes(name) === true]),
      );
      expect(Number(theirs)).toBeCloseTo(logWeight(given, world), 12);
      expect(Number(ours)).toBeCloseTo(logWeight(own, world), 12);
      expect(logWeight(own, world)).not.toBe(logWeight(given, world));
    }
    // Of normalized circuits probabilities are compared.
    const answer = normalize(compileRules(own));
    if (answer.kind !== "circuit") expect.unreachable();
    const { circuit } = answer;
    expect(() => marginalBounds(circuit, {}, { rules: own.slice(1) })).toThrow(/The normalized log weight/);
    expect(() => marginalBounds(circuit, {}, { rules: parseRules("a.\n!a.") })).toThrow(/is -Infinity/);
  });

  it("are told from others where no enumeration is possible: chains of implications, conjunctions, one hard rule", () => {
    const long = Array.from({ length: 60 }, (_, i) => `x${i}`);
    const chain = long.slice(1).map((name, i) => `1.5 ${long[i]} -> ${name}`);
    const of = (...extra: string[]) => parseRules([...chain, ...extra].join("\n"));
    const over = [...long];
    expect(refusalOf(of(), of(), over)).toBeUndefined();
    expect(refusalOf([...of()].reverse(), of(), over)).toBeUndefined();
    expect(refusalOf(parseRules(`${chain.join("\n")}\n0 x1 & x3`), of(), over)).toBeUndefined();
    for (const extra of [
      "1e-6 x3 xor x9",
      "-2 x0 & x10 & x20 & x30 & x40 & x50",
      "!(x0 & x59).",
      "x0 -> x1.",
      `2 ${long.slice(0, 14).join(" & ")}`,
    ]) {
      expect(refusalOf(of(), of(extra), over), extra).toBeDefined();
      expect(refusalOf(of(extra), of(), over), extra).toBeDefined();
    }
  });

  it("are looked at once, and again when they change", () => {
    const rules = [...parseRules("2 a -> b")];
    const circuit = compileRules<string>(rules, { variables });
    const bounds = (given: readonly Rule[]) => marginalBounds(circuit, box, { rules: given });
    expect(bounds(rules)).toEqual(bounds([...rules]));
    rules.push(rule(parseRules("1 b -> c")[0].formula, 1));
    expect(() => bounds(rules)).toThrow(/nothing is true is 3, but must be 2/);
    expect(() => bounds(rules)).toThrow(/nothing is true is 3, but must be 2/);
    rules.pop();
    expect(bounds(rules).kind).toBe("bounds");
  });

  it("count as unknown where compiling them takes far more nodes than the circuit has", () => {
    const over = Array.from({ length: 60 }, (_, i) => `x${i}`);
    const own = parseRules("1 x0 -> x1");
    const circuit = compileRules<string>(own, { variables: over });
    // Implications without weight to speak of, but between all corners of a wide graph.
    const random = rng("wide");
    const idle = Array.from({ length: 240 }, () => `1e-300 x${random.int(60)} -> x${random.int(60)}`);
    const given = [...own, ...parseRules(idle.join("\n"))];
    const leaves = { x0: [0.2, 0.4], x1: [0.5, 0.6] } as const;
    const options = { variables: ["x0", "x1"] };
    const [known, unknown, none] = [{ rules: own }, { rules: given }, {}].map((rules) => {
      const found = marginalBounds(circuit, leaves, { ...options, ...rules });
      return found.kind === "bounds" ? found.byVariable["x1"] : undefined;
    });
    expect([known?.method, unknown?.method]).toEqual(["two evaluations", "vertices"]);
    expect(unknown?.low).toBeCloseTo(none?.low ?? Number.NaN, 12);
    const apart = decoupledBounds(circuit, leaves, { ...options, rules: given });
    expect(apart.kind === "bounds" && apart.byVariable["x1"].low).toBeLessThanOrEqual(known?.low ?? 0);
  });

  it("are compared with every part of a mixture, and by decoupledBounds", () => {
    const [one, other] = ["2 a -> b", "2 a -> !b"].map((text) => parseRules(text));
    const circuit = compileRules<string>(one);
    const wrong = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    const leaves = { a: [0.2, 0.4], b: 0.5 } as const;
    expect(mixtureBounds([{ circuit, rules: one }], leaves).kind).toBe("bounds");
    expect(() => mixtureBounds([{ circuit }, { circuit, rules: other }], leaves)).toThrow(wrong);
    expect(() => decoupledBounds(circuit, leaves, { rules: other })).toThrow(wrong);
  });
});
