import { circuitBuilder, logPartition, parseEvidence, parseIntervalEvidence } from "@credence/circuits";
import { ParseError, UnknownNameError, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";

const variables = vocabulary("variable", ["a", "b", "c", "x y", "r"]);
const domains = [
  { kind: "binary" },
  { kind: "binary" },
  { kind: "categorical", arity: 3, states: ["low", "1", "true"] },
  { kind: "categorical", arity: 2 },
  { kind: "real" },
] as const;
const circuit = { variables, domains };

function failure(text: string, parse: typeof parseEvidence = parseEvidence): ParseError {
  try {
    parse(text, circuit);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error(`parsed ${text}`);
}

describe("parseEvidence", () => {
  it.each([
    ["", {}],
    ["a=1, b=0.3", { a: 1, b: 0.3 }],
    ["a = true\nb=false # of a sensor\n\n", { a: true, b: false }],
    ["a=?,b=*", { a: undefined, b: undefined }],
    ["c=low", { c: "low" }],
    // What looks like a number or a truth value is a state's name where there is such a state.
    ["c=1", { c: "1" }],
    ["c=true", { c: "true" }],
    ["c=0", { c: 0 }],
    ['c="low"|2', { c: { in: ["low", 2] } }],
    ["a=0|1", { a: { in: [0, 1] } }],
    ['"x y"=0.2:0.8', { "x y": { weights: [0.2, 0.8] } }],
    ["r=-1.5..3e2", { r: { from: -1.5, to: 300 } }],
    ["r=..3", { r: { to: 3 } }],
    ["r= 3 ..", { r: { from: 3 } }],
    ["r=-2", { r: -2 }],
  ])("reads %j", (text, evidence) => {
    expect(parseEvidence(text, circuit)).toEqual(evidence);
  });

  it.each([
    ["a", 1, 1],
    ["a=", 1, 3],
    ["=1", 1, 1],
    ["a=1,\n b 2", 2, 2],
    ["a=1=2", 1, 3],
    ["a=0|", 1, 3],
    ["a=0|1:2", 1, 3],
    ["r=1..2..3", 1, 3],
    ["r=..", 1, 3],
    ["r=low..3", 1, 3],
    ["r=high", 1, 3],
    ["a=x:1", 1, 3],
    ['"a=1', 1, 1],
    ['"\\x"=1', 1, 1],
  ])("refuses %j at line %d, column %d", (text, line, column) => {
    const error = failure(text);
    expect([error.code, error.line, error.column]).toEqual(["EVIDENCE_SYNTAX", line, column]);
    expect(error.hint).toBeTruthy();
  });

  it("refuses unknown variables and states, and two findings on one variable", () => {
    expect(failure("aa=1")).toMatchObject({ code: "UNKNOWN_NAME", line: 1, column: 1 });
    expect(failure("a=1,\n zzz=0")).toMatchObject({ code: "UNKNOWN_NAME", given: "zzz", line: 2, column: 2 });
    expect(failure("zz=0.1..0.2", parseIntervalEvidence as never)).toMatchObject({ column: 1 });
    expect(failure("a=1, c=lo").toString()).toMatch(/Did you mean "low".*\?\n1 \| a=1, c=lo\n {11}\^/);
    expect(failure("aa=1").cause).toBeInstanceOf(UnknownNameError);
    for (const word of ["0x1", "0b1", "1e999", "1_0"])
      expect(() => parseEvidence(`a=${word}`, circuit), word).toThrow(ParseError);
    expect(parseEvidence("a=3/10", circuit)).toEqual({ a: 0.3 });
    expect(() => parseEvidence("c=lo", circuit)).toThrow(/no state "lo"/);
    expect(failure("a=1, a=0")).toMatchObject({ code: "EVIDENCE_TWICE", line: 1, column: 6 });
  });

  it("gives evidence that queries take", () => {
    const b = circuitBuilder(vocabulary("variable", ["a"]));
    const one = b.build(b.input("a", { family: "bernoulli", p: 0.25 }));
    expect(Math.exp(logPartition(one, parseEvidence("a=1", one)))).toBeCloseTo(0.25, 12);
  });
});

describe("parseIntervalEvidence", () => {
  it("reads values and intervals", () => {
    expect(parseIntervalEvidence("a=0.2..0.4, b=0.5", circuit)).toEqual({ a: [0.2, 0.4], b: 0.5 });
    expect(parseIntervalEvidence("a=true, b=?", circuit)).toEqual({ a: true, b: undefined });
  });

  it.each(["a=0.2..", "a=0|1", "a=0.2:0.8", "c=low"])("refuses %s", (text) => {
    expect(failure(text, parseIntervalEvidence as never).code).toBe("EVIDENCE_SYNTAX");
  });
});
