import {
  circuitBuilder,
  compileRules,
  entropy,
  logPartition,
  logProbability,
  marginals,
  mpe,
  ruleExpectations,
} from "@credence/circuits";
import {
  CredenceError,
  InvalidArgumentError,
  parseRules,
  UnknownNameError,
  vocabulary,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const rules = parseRules("2 stop -> octagon\n1.5 stop -> red\n!(stop & yield).\n");
const circuit = compileRules(rules);
const contradiction = { kind: "contradiction", logPartition: Number.NEGATIVE_INFINITY };

describe("evidence", () => {
  it("weighs p and 1 - p; absent weighs 1 and 1; booleans are 1 and 0", () => {
    const free = compileRules<string>([], { variables: ["x", "y"] });
    expect(close(logPartition(free), Math.log(4), tolerance.rounding)).toBe(true);
    expect(close(logPartition(free, { x: 0.3 }), Math.log(2), tolerance.rounding)).toBe(true);
    expect(close(logProbability(free, { x: 0.5 }), Math.log(0.5), tolerance.rounding)).toBe(true);
    expect(logPartition(free, { x: true, y: false })).toBe(0);
    for (const [p, value] of [
      [0, false],
      [1, true],
    ] as const) {
      expect(marginals(circuit, { stop: p })).toEqual(marginals(circuit, { stop: value }));
    }
    expect(marginals(circuit, { stop: undefined })).toEqual(marginals(circuit));
  });

  it("is refused with the closest names, and outside [0, 1]", () => {
    for (const query of [logPartition, logProbability, marginals, mpe, entropy]) {
      try {
        query(circuit, { octogon: 0.5 });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownNameError);
        expect((error as UnknownNameError).suggestions[0]).toBe("octagon");
      }
      for (const bad of [Number.NaN, -0.1, 1.5, "0.5", null]) {
        expect(() => query(circuit, { stop: bad as number })).toThrow(InvalidArgumentError);
      }
    }
    expect(() => marginals(circuit, JSON.parse('{"__proto__": 0.5}'))).toThrow(UnknownNameError);
  });

  it("that no world agrees with is a typed answer, and log probability -Infinity", () => {
    const evidence = { stop: true, yield: 1 };
    expect(logPartition(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
    expect(logProbability(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
    for (const query of [marginals, mpe, entropy]) {
      expect(query(circuit, evidence)).toEqual({ ...contradiction, source: "evidence" });
    }
    expect(ruleExpectations(rules, evidence)).toEqual({ ...contradiction, source: "evidence" });
  });

  it("under contradictory rules is answered as such, and has no probability", () => {
    const none = compileRules(parseRules("a & b.\n!a | !b."));
    for (const query of [marginals, mpe, entropy]) {
      expect(query(none, { a: 0.2 })).toEqual({ ...contradiction, source: "rules" });
    }
    expect(() => logProbability(none, { a: true })).toThrow(
      expect.objectContaining({ code: "CONTRADICTION" }),
    );
  });
});

describe("mpe and entropy", () => {
  it("know a certain world", () => {
    const evidence = { stop: true, octagon: true, red: false, yield: false };
    expect(mpe(circuit, evidence)).toEqual({
      kind: "world",
      assignment: evidence,
      logWeight: 2,
      logProbability: 0,
      exact: true,
      upperBound: 2,
    });
    expect(entropy(circuit, evidence)).toMatchObject({ kind: "entropy", nats: 0 });
  });

  it("answer without determinism where they can; all refuse circuits that are not smooth", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]));
    const [x, y, nx, ny] = [
      b.literal("x", true),
      b.literal("y", true),
      b.literal("x", false),
      b.literal("y", false),
    ];
    const either = b.sum([b.product([b.sum([x, nx]), y]), b.product([x, b.sum([y, ny])])]);
    const mixture = b.build(either);
    const world = mpe(mixture);
    if (world.kind !== "world") expect.unreachable();
    expect(world).toMatchObject({ assignment: { x: true, y: true }, exact: true });
    expect(world.logWeight).toBeCloseTo(Math.log(2), 12);
    const h = entropy(mixture);
    expect(h.kind === "entropy" && h.nats).toBeCloseTo(1.5 * Math.LN2, 12);
    expect(Math.exp(logPartition(mixture))).toBeCloseTo(4, 12);
    const rough = b.build(b.sum([x, y]));
    for (const query of [logPartition, logProbability, marginals]) {
      expect(() => query(rough)).toThrow(CredenceError);
    }
    const twice = b.build(b.product([x, b.sum([x, nx]), y]));
    expect(() => marginals(twice)).toThrow(expect.objectContaining({ given: "decomposable" }));
  });
});

describe("marginals", () => {
  it("names its answers safely, whatever the variables are called", () => {
    const odd = compileRules(parseRules('1 "__proto__" -> toString\n"a b".'));
    const answer = marginals(odd);
    if (answer.kind !== "posteriors") expect.unreachable();
    expect(Object.keys(answer.probabilities)).toEqual(["__proto__", "toString", "a b"]);
    expect(answer.probabilities["a b"]).toBe(1);
  });
});

describe("ruleExpectations", () => {
  it("is the derivative of log Z by the weight, and 1 for hard rules", () => {
    const h = 1e-5;
    const held = ruleExpectations(rules, { yield: 0.7 });
    if (held.kind !== "expectations") expect.unreachable();
    expect(held.values[2]).toBe(1);
    for (const r of [0, 1]) {
      const at = (step: number) =>
        logPartition(
          compileRules(rules.map((one, i) => (i === r ? { ...one, weight: one.weight + step } : one))),
          { yield: 0.7 },
        );
      expect(close(held.values[r], (at(h) - at(-h)) / (2 * h), tolerance.gradient)).toBe(true);
    }
  });

  it("stays clear of variables that are called like its own", () => {
    const held = ruleExpectations(
      parseRules('1 "rule 0"\n"rule 0" -> "rule 1"\n'.replace('\n"rule 0"', '\n2 "rule 0"')),
    );
    expect(held.kind === "expectations" && held.values.every((p) => p > 0.5 && p < 1)).toBe(true);
  });
});
