import {
  compileCnf,
  evaluateNnf,
  modelCount,
  nnfToCircuit,
  parseNnf,
  printNnf,
  real,
} from "@credence/circuits";
import { CredenceError, ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";

describe("parseNnf", () => {
  it("reads what is not smooth as what it means", () => {
    // x1, or not x1 and x2; x3 is free.
    const c2d = "c by hand\nnnf 5 4 3\nL 1\nL -1\nL 2\nA 2 1 2\nO 1 2 0 3\n";
    const d4 = "o 1 0\nt 2 0\n1 2 1 0\n1 2 -1 2 0\n";
    for (const nnf of [parseNnf(c2d), parseNnf(d4, { variables: 3 })]) {
      expect(modelCount(nnf)).toBe(6n);
      expect(nnfToCircuit(nnf).properties).toMatchObject({ smooth: true, deterministic: true });
    }
    expect(modelCount(parseNnf(d4))).toBe(3n);
  });

  it("reads constants, and conjunctions of d4", () => {
    expect(modelCount(parseNnf("nnf 1 0 3\nA 0\n"))).toBe(8n);
    expect(modelCount(parseNnf("nnf 1 0 3\nO 0 0\n"))).toBe(0n);
    expect(modelCount(parseNnf("a 1 0\nf 2 0\nt 3 0\n1 2 0\n1 3 0\n", { variables: 2 }))).toBe(0n);
    expect(modelCount(parseNnf("a 1 0\no 2 0\nt 3 0\n1 2 3 0\n2 3 1 0\n2 3 -1 2 0\n"))).toBe(3n);
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(cnfs(7), (formula) => {
        const { nnf } = compileCnf(formula);
        const read = parseNnf(printNnf(nnf));
        expect(read.variables).toBe(nnf.variables);
        expect(modelCount(read)).toBe(modelCount(nnf));
        const weight = (code: number) => Math.sin(code + 1);
        expect(evaluateNnf(read, real, weight)).toBeCloseTo(evaluateNnf(nnf, real, weight), 9);
        expect(printNnf(parseNnf(printNnf(read)))).toBe(printNnf(read));
      }),
      { numRuns: 100 },
    );
  });

  it("damaged anywhere either reads or fails with a reason", () => {
    const damage = fc.tuple(fc.nat(200), fc.nat(3), fc.string({ maxLength: 3 }));
    const d4 = "a 1 0\no 2 0\nt 3 0\n1 2 3 0\n2 3 1 0\n2 3 -1 2 0\n";
    const texts = fc.oneof(
      fc.constant(d4),
      cnfs(5).map((formula) => printNnf(compileCnf(formula).nnf)),
    );
    fc.assert(
      fc.property(texts, damage, (text, [at, cut, insert]) => {
        try {
          parseNnf(text.slice(0, at) + insert + text.slice(at + cut));
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["", "NNF_HEADER", 1],
    ["hello\n", "NNF_LINE", 1],
    ["nnf 1 0\nA 0\n", "NNF_HEADER", 1],
    ["nnf 2 0 1\nL 1\n", "NNF_HEADER", 3],
    ["nnf 1 0 1\nL 2\n", "NNF_LITERAL", 2],
    ["nnf 1 1 1\nA 1 0\n", "NNF_NODE", 2],
    ["nnf 1 0 1\nO 2 0\n", "NNF_NODE", 2],
    ["nnf 1 0 1\nL 1 1\n", "NNF_LINE", 2],
    ["nnf 1 0 1\nX 1\n", "NNF_LINE", 2],
    ["o 2 0\n", "NNF_HEADER", 2],
    ["o 1 0\no 1 0\n", "NNF_NODE", 2],
    ["o 1\n", "NNF_LINE", 1],
    ["o 1 0\n1 2 0\n", "NNF_NODE", 2],
    ["o 1 0\nt 2 0\n1 2 x 0\n", "NNF_LITERAL", 3],
    ["o 1 0\nt 2 0\n1 2 1\n", "NNF_LITERAL", 3],
    ["o 1 0\no 2 0\n1 2 0\n2 1 0\n", "NNF_NODE", 5],
  ])("refuses %j with %s on line %d", (text, code, line) => {
    let error: unknown;
    try {
      parseNnf(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect([(error as ParseError).code, (error as ParseError).line]).toEqual([code, line]);
  });

  it.each([
    ["c2d", "nnf 3 2 1\nL 1\nL -1\nA 2 0 1\n", 4, 1, 1, "A 2 0 1"],
    // The first conjunction of the file is not needed, nor is its fault.
    ["c2d", "nnf 6 6 2\nL 1\nL -1\nA 2 0 1\nL 2\n  A 2 3 3\nO 0 2 0 4\n", 6, 3, 2, "A 2 3 3"],
    ["d4, an arc", "o 1 0\no 2 0\nt 3 0\n1 2 1 0\n2 3 -1 0\n2 3 2 0\n", 4, 1, 1, "1 2 1 0"],
    ["d4, a node", "o 1 0\na 2 0\nt 3 0\n1 2 0\n2 3 4 0\n2 3 -4 0\n", 2, 1, 4, "a 2 0"],
  ])(
    "of %s says where the children of a conjunction share a variable: %j",
    (_, text, line, column, v, given) => {
      expect(() => parseNnf(text)).toThrow(
        expect.objectContaining({
          code: "NOT_DECOMPOSABLE",
          message: expect.stringMatching(new RegExp(`this conjunction share the variable ${v}\\.`)),
          line,
          column,
          given,
          hint: expect.any(String),
        }),
      );
      expect(() => parseNnf(text)).toThrow(ParseError);
    },
  );
});
