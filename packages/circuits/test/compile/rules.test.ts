import { compileRules, compileRulesAsync, logPartition, marginals } from "@credence/circuits";
import {
  AbortedError,
  CredenceError,
  type Formula,
  InvalidArgumentError,
  type Progress,
  parseRules,
  type Rule,
  UnknownNameError,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { checkDigit, digitSums, digits } from "../arbitrary.ts";

/** Posteriors of c under c = a + b (mod 10) with weight w, from the distributions of three digits. */
function checkDigitPosteriors(w: number, [a, b, c]: readonly number[][]): number[] {
  const sums = new Array(10).fill(0);
  for (const { i, j, k } of digitSums) sums[k] += a[i] * b[j];
  const mass = c.map((p, k) => p * (1 + Math.expm1(w) * sums[k]));
  const total = mass.reduce((x, y) => x + y);
  return mass.map((m) => m / total);
}

describe("compileRules on check digits", () => {
  const w = 4;
  const implications = digitSums.map(({ i, j, k }) => `${w} a${i} & b${j} -> c${k}\n`).join("");
  const nested = Array.from({ length: 10 }, (_, i) => {
    return `a${i} & (${Array.from({ length: 10 }, (_, j) => `b${j} & c${(i + j) % 10}`).join(" | ")})`;
  });
  const three = digits("a", "b", "c");
  const softmax = [0, 1, 2].map((seed) => {
    const raw = Array.from({ length: 10 }, (_, i) => Math.exp(Math.sin(7 * seed + i * i)));
    return raw.map((x) => x / raw.reduce((sum, y) => sum + y));
  });
  // Under exactlyOne a leaf counts by its odds: p / (1 + p) has the odds p.
  const evidence = Object.fromEntries(
    ["a", "b", "c"].flatMap((prefix, d) => softmax[d].map((p, i) => [prefix + i, p / (1 + p)])),
  );

  it.each([
    ["one disjunction", checkDigit(w)],
    ["a hundred implications", three + implications],
    ["a nested disjunction", `${three}${w} ${nested.join(" | ")}\n`],
  ])("is small and right as %s", (_, text) => {
    const circuit = compileRules(parseRules(text));
    expect(circuit.variables.size).toBe(30);
    expect(circuit.edges).toBeLessThan(700);
    const answer = marginals(circuit, evidence);
    if (answer.kind !== "posteriors") expect.unreachable();
    checkDigitPosteriors(w, softmax).forEach((p, k) => {
      expect(close(answer.probabilities[`c${k}`], p, tolerance.reference)).toBe(true);
    });
  });

  it("is small and right as a hard rule", () => {
    const circuit = compileRules(parseRules(checkDigit(w).replace(/^4 (.*)$/m, "$1.")));
    expect(circuit.edges).toBeLessThan(700);
    const answer = marginals(circuit, evidence);
    if (answer.kind !== "posteriors") expect.unreachable();
    checkDigitPosteriors(700, softmax).forEach((p, k) => {
      expect(close(answer.probabilities[`c${k}`], p, tolerance.reference)).toBe(true);
    });
  });
});

describe("compileRules on larger sets", () => {
  it("counts the worlds of hard rules far beyond enumeration", () => {
    // Placements of 6 queens, one per row and column, at most one per diagonal: 4.
    const n = 6;
    const cells = Array.from({ length: n * n }, (_, i) => [Math.floor(i / n), i % n] as const);
    const line = (kind: string, on: (row: number, column: number) => boolean) => {
      const names = cells.filter(([r, c]) => on(r, c)).map(([r, c]) => `q${r}_${c}`);
      return names.length > 0 ? `${kind}(${names.join(", ")}).\n` : "";
    };
    let text = "";
    for (let k = 0; k < n; k++)
      text += line("exactlyOne", (r) => r === k) + line("exactlyOne", (_, c) => c === k);
    for (let k = -n; k < 2 * n; k++)
      text += line("atMostOne", (r, c) => r + c === k) + line("atMostOne", (r, c) => r - c === k);
    expect(close(logPartition(compileRules(parseRules(text))), Math.log(4), tolerance.rounding)).toBe(true);
  });

  it("follows a chain of 300 variables: log Z by the transfer matrix", () => {
    const n = 300;
    const rules = parseRules(Array.from({ length: n }, (_, i) => `1.5 x${i} -> x${i + 1}\n`).join(""));
    const circuit = compileRules(rules);
    expect(circuit.edges).toBeLessThan(20 * n);
    let [zero, one, log] = [1, 1, 0];
    const e = Math.exp(1.5);
    for (let i = 0; i < n; i++) {
      [zero, one] = [e * zero + one, e * zero + e * one];
      log += Math.log(zero + one);
      [zero, one] = [zero / (zero + one), one / (zero + one)];
    }
    expect(close(logPartition(circuit), log, tolerance.reference)).toBe(true);
  });

  it("takes a chain of 10,000 rules, at no more nodes per rule than a short one", () => {
    const n = 10_000;
    const text = Array.from({ length: n }, (_, i) => `${1 + (i % 7)} x${i} -> x${i + 1}\n`).join("");
    const circuit = compileRules(parseRules(text));
    expect(circuit.edges).toBeLessThan(9 * n);
    let [zero, one, log] = [1, 1, 0];
    for (let i = 0; i < n; i++) {
      const e = Math.exp(1 + (i % 7));
      [zero, one] = [e * zero + one, e * zero + e * one];
      log += Math.log(zero + one);
      [zero, one] = [zero / (zero + one), one / (zero + one)];
    }
    expect(close(logPartition(circuit), log, tolerance.reference)).toBe(true);
  });

  it("takes a chain of hard implications, whose decisions force long runs of literals", () => {
    const sizes = [200, 800].map((n) => {
      const rules = Array.from({ length: n - 1 }, (_, i) => `x${i} -> x${i + 1}.`);
      const circuit = compileRules(parseRules(rules.join("\n")));
      // A world is a place from which all are true: x_k is in k + 1 of n + 1.
      expect(close(logPartition(circuit), Math.log(n + 1), tolerance.reference)).toBe(true);
      const answer = marginals(circuit);
      if (answer.kind !== "posteriors") expect.unreachable();
      for (const k of [0, 1, n >> 1, n - 1])
        expect(close(answer.probabilities[`x${k}`], (k + 1) / (n + 1), tolerance.reference)).toBe(true);
      return circuit.edges / n;
    });
    expect(sizes[1]).toBeLessThan(1.5 * sizes[0]);
  });

  it("takes cycles, trees and parity chains of 1,500 rules, linear in size", () => {
    const n = 1500;
    const range = Array.from({ length: n }, (_, i) => i);
    const tree = range.map((i) => `1 x${i >> 1} -> x${i + 1}\n`).join("");
    const star = range.map((i) => `1 hub -> x${i}\n`).join("");
    const parity = range.map((i) => `t${i + 1} <-> (t${i} xor x${i + 1}).\n`).join("");
    const cycle = range.map((i) => `1 x${i} <-> x${(i + 1) % n}\n`).join("");
    const e = Math.E;
    const cases: [string, number][] = [
      [tree, treeLogZ(n)],
      [star, logSum(n * Math.log(2 * e), n * Math.log(1 + e))],
      [parity, (n + 1) * Math.LN2],
      // The trace of the n-th power of [[e, 1], [1, e]].
      [cycle, logSum(n * Math.log(e + 1), n * Math.log(e - 1))],
    ];
    for (const [text, expected] of cases) {
      const circuit = compileRules(parseRules(text));
      expect(circuit.edges).toBeLessThan(25 * n);
      expect(close(logPartition(circuit), expected, tolerance.reference)).toBe(true);
    }
  });

  it("decides a long alternation of & and | without recursion", () => {
    const n = 400;
    let formula: Formula = { kind: "var", name: "end" };
    for (let i = 0; i < n; i++) {
      formula = { kind: i % 2 ? "or" : "and", args: [{ kind: "var", name: `x${i}` }, formula] };
    }
    const circuit = compileRules([{ formula, weight: 1, text: "" }], {
      order: ["end", ...Array.from({ length: n }, (_, i) => `x${i}`)],
    });
    const [holds, fails] = counts(n);
    const expected = Math.log(holds * Math.E + fails) + (n + 1) * Math.LN2;
    expect(close(logPartition(circuit), expected, tolerance.reference)).toBe(true);
  });
});

/** log(exp(a) + exp(b)) */
function logSum(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** log Z of n rules x_(i >> 1) -> x_(i + 1) of weight 1, by messages to the parents. */
function treeLogZ(n: number): number {
  const [zero, one] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = n; i > 0; i--) {
    const parent = (i - 1) >> 1;
    zero[parent] += 1 + logSum(zero[i], one[i]);
    one[parent] += logSum(zero[i], 1 + one[i]);
  }
  return logSum(zero[0], one[0]);
}

/** The shares of worlds in which the alternation holds and fails. */
function counts(n: number): [holds: number, fails: number] {
  let holds = 0.5;
  for (let i = 0; i < n; i++) holds = i % 2 ? 0.5 + 0.5 * holds : 0.5 * holds;
  return [holds, 1 - holds];
}

describe("compileRules' edges", () => {
  it("takes rules without variables, without weight and without worlds", () => {
    expect(logPartition(compileRules([]))).toBe(0);
    expect(logPartition(compileRules(parseRules("2 true\n-1 false\n3 !false")))).toBe(5);
    expect(logPartition(compileRules(parseRules("0 a | b")))).toBeCloseTo(Math.log(4), 12);
    for (const text of ["false.", "a.\n!a.", "exactlyOne(a, b).\na & b.", "a xor b.\na <-> b."]) {
      const circuit = compileRules(parseRules(text));
      expect(logPartition(circuit)).toBe(Number.NEGATIVE_INFINITY);
      expect(marginals(circuit)).toEqual({
        kind: "contradiction",
        source: "rules",
        logPartition: Number.NEGATIVE_INFINITY,
      });
    }
  });

  it("keeps weights beyond the range of exp apart from hard rules", () => {
    const circuit = compileRules(parseRules("5000 a\n-5000 b\n1 c"));
    const expected = -5000 + Math.log1p(Math.E);
    expect(close(logPartition(circuit, { a: 0, b: 1 }), expected, tolerance.rounding)).toBe(true);
    expect(logPartition(circuit)).toBeCloseTo(5000 + Math.log1p(Math.E), 9);
  });

  it("adds variables that no rule mentions, and keeps the order of columns", () => {
    const circuit = compileRules<string>(parseRules("1 b"), { variables: ["a", "b", "c"] });
    expect(circuit.variables.names).toEqual(["a", "b", "c"]);
    const answer = marginals(circuit, { a: 0.25 });
    if (answer.kind !== "posteriors") expect.unreachable();
    expect(close(answer.probabilities["a"], 0.25, tolerance.rounding)).toBe(true);
    expect(close(answer.probabilities["c"], 0.5, tolerance.rounding)).toBe(true);
  });

  it("refuses unknown names, bad weights, malformed formulas and limits", () => {
    const rules = parseRules("1 stop -> octagon");
    expect(() => compileRules(rules, { variables: ["stop", "octogon"] })).toThrow(UnknownNameError);
    expect(() => compileRules(rules, { order: ["stopp"] })).toThrow(UnknownNameError);
    expect(() => compileRules(rules, { variables: ["stop", "stop", "octagon"] })).toThrow(CredenceError);
    for (const weight of [Number.NaN, Number.NEGATIVE_INFINITY, 1e10, -1e10]) {
      const bad: Rule = { formula: { kind: "var", name: "a" }, weight, text: "" };
      expect(() => compileRules([bad])).toThrow(InvalidArgumentError);
    }
    const broken = { formula: { kind: "nand", args: [] }, weight: 1, text: "" } as unknown as Rule;
    expect(() => compileRules([broken])).toThrow(InvalidArgumentError);
    for (const nodeLimit of [0, -1, Number.NaN]) {
      expect(() => compileRules(rules, { nodeLimit })).toThrow(InvalidArgumentError);
    }
  });

  it("gives up at nodeLimit", () => {
    const names = Array.from({ length: 40 }, (_, i) => `x${i}`);
    const text = names
      .map((a, i) => names.map((b, j) => (i < j ? `0.${i + j + 1} ${a} & ${b}\n` : "")).join(""))
      .join("");
    try {
      compileRules(parseRules(text), { nodeLimit: 5000 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "NODE_LIMIT", given: 5000 });
      expect((error as CredenceError).hint).toContain("nodeLimit");
    }
  });

  it("reports progress, stops when told to, and gives the same circuit asynchronously", async () => {
    const rules = parseRules(
      checkDigit(4) + Array.from({ length: 200 }, (_, i) => `1 x${i} -> x${i + 1}\n`).join(""),
    );
    const seen: Progress[] = [];
    const circuit = compileRules(rules, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)!.metrics["nodes"]).toBeGreaterThan(100);
    const same = await compileRulesAsync(rules);
    expect([same.children, same.logWeights]).toEqual([circuit.children, circuit.logWeights]);
    expect(() => compileRules(rules, { signal: AbortSignal.abort() })).toThrow(AbortedError);
    await expect(compileRulesAsync(rules, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });
});
