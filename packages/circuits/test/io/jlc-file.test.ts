import {
  compileCnf,
  convertSource,
  evaluateNnf,
  modelCount,
  nnfBuilder,
  parseCircuitSource,
  parseJlc,
  parseNnf,
  printJlc,
  printNnf,
  real,
} from "@credence/circuits";
import { ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cnfs } from "../cnf/arbitrary.ts";

/** In the shape that the writer of Juice gives: comments first, nodes numbered from 0. */
const file = `c this file was saved by a program
c jlc count-of-jlc-nodes
jlc 6
L 0 0 1
L 1 0 -1
L 2 2 2
A 3 1 2 1 2
O 4 1 2 0 3
A 5 1 1 4
`;

describe("parseJlc", () => {
  it("reads what Juice writes, smooth or not, on a vtree or not", () => {
    // x1, or not x1 and x2.
    expect(modelCount(parseJlc(file))).toBe(3n);
    expect(modelCount(parseJlc(file, { variables: 4 }))).toBe(12n);
    expect(modelCount(parseJlc(file.replace("O 4 1 2", "A 4 1 2").replace("2 0 3", "2 2 0")))).toBe(1n);
  });

  it("reads constants and numbers in any order", () => {
    expect(modelCount(parseJlc("jlc 1\nT 7\n", { variables: 3 }))).toBe(8n);
    expect(modelCount(parseJlc("jlc 1\nF 0\n", { variables: 3 }))).toBe(0n);
    expect(modelCount(parseJlc("jlc 3\nT 9\nL 4 0 -2\nA 1 0 2 9 4\n"))).toBe(2n);
  });

  it("gives back what was written, and the file of what was read is the same", () => {
    fc.assert(
      fc.property(cnfs(7), (formula) => {
        const { nnf } = compileCnf(formula);
        const read = parseJlc(printJlc(nnf), { variables: nnf.variables });
        expect(modelCount(read)).toBe(modelCount(nnf));
        const weight = (code: number) => Math.sin(code + 1);
        expect(evaluateNnf(read, real, weight)).toBeCloseTo(evaluateNnf(nnf, real, weight), 9);
        const again = printJlc(read);
        expect(printJlc(parseJlc(again, { variables: nnf.variables }))).toBe(again);
        // The two forms say the same.
        expect(modelCount(parseNnf(printNnf(read)))).toBe(modelCount(nnf));
      }),
      { numRuns: 100 },
    );
  });

  it("cut off anywhere is refused, with a place", () => {
    for (let at = 0; at < file.lastIndexOf("A 5"); at++) {
      expect(() => parseJlc(file.slice(0, at))).toThrow(ParseError);
      expect(() => parseJlc(file.slice(0, at))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^JLC_/), line: expect.any(Number) }),
      );
    }
  });

  it.each([
    ["", "JLC_HEADER", 1, 1],
    ["L 0 0 1\n", "JLC_HEADER", 1, 1],
    ["jlc 1\njlc 1\n", "JLC_HEADER", 2, 1],
    ["jlc 0\n", "JLC_HEADER", 2, 1],
    ["jlc 2\nL 0 0 1\n", "JLC_HEADER", 3, 1],
    ["jlc 99999999999999999999\nL 0 0 1\n", "JLC_HEADER", 1, 5],
    ["jlc 1\nX 0 0 1\n", "JLC_LINE", 2, 3],
    ["jlc 1\nL 0 0 1 2\n", "JLC_LINE", 2, 7],
    ["jlc 1\nL 0 0 0\n", "JLC_NODE", 2, 7],
    ["jlc 1\nL 0 0 16000000\n", "JLC_NODE", 2, 7],
    ["jlc 1\nA 0 0 1 0\n", "JLC_NODE", 2, 9],
    ["jlc 1\nA 0 0 99999999 \n", "JLC_NODE", 2, 16],
    ["jlc 2\nL 0 0 1\nL 0 0 1\n", "JLC_NODE", 3, 3],
    ["jlc 3\nL 0 0 1\nL 1 0 -1\n A 2 0 2 0 1\n", "NOT_DECOMPOSABLE", 4, 2],
  ])("refuses %j with %s at line %d, column %d", (text, code, line, column) => {
    expect(() => parseJlc(text)).toThrow(expect.objectContaining({ code, line, column }));
  });
});

describe("printJlc", () => {
  it("writes free variables as disjunctions, constants, and a literal at the root", () => {
    const b = nnfBuilder(2);
    const nnf = b.build(b.or([b.and([b.literal(1), b.free(1)]), b.and([b.literal(0), b.literal(3)])], 0));
    expect(printJlc(nnf)).toBe(
      "jlc 8\nL 0 0 1\nL 1 0 2\nL 2 0 -2\nO 3 0 2 1 2\nA 4 0 2 0 3\nL 5 0 -1\nA 6 0 2 5 1\nO 7 0 2 4 6\n",
    );
    const [truth, falsehood, literal] = [nnfBuilder(0), nnfBuilder(0), nnfBuilder(1)];
    expect(printJlc(truth.build(truth.and([])))).toBe("jlc 1\nT 0\n");
    expect(printJlc(falsehood.build(falsehood.or([])))).toBe("jlc 1\nF 0\n");
    expect(printJlc(literal.build(literal.literal(0)))).toBe("jlc 1\nL 0 0 -1\n");
  });

  it("is a format of sources: known by its ending and content, written and refused like an NNF", async () => {
    const bytes = new TextEncoder().encode(file);
    for (const name of ["a.jlc", ""]) {
      const source = parseCircuitSource(bytes, { name });
      expect(source.kind).toBe("nnf");
      const { content } = await convertSource(source, "jlc");
      expect(modelCount(parseJlc(content as string))).toBe(3n);
    }
    const rules = parseCircuitSource(new TextEncoder().encode("2 a -> b\n"));
    await expect(convertSource(rules, "jlc")).rejects.toMatchObject({ code: "INEXPRESSIBLE" });
  });
});
