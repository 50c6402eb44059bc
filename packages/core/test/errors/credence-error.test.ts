import {
  CredenceError,
  describe as describeValue,
  InvalidArgumentError,
  UnknownNameError,
} from "@credence/core";
import { describe, expect, it } from "vitest";

describe("CredenceError", () => {
  const cause = new Error("below");
  const facts = { code: "SOME_CODE", message: "It broke.", given: 3, expected: "4", hint: "Add 1.", cause };
  const error = new CredenceError(facts);

  it("is an Error that carries its facts", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "CredenceError", ...facts });
  });

  it("prints message, code, expectation and hint", () => {
    expect(String(error)).toBe("It broke. [SOME_CODE]\n  expected: 4\n  hint: Add 1.");
    expect(String(new CredenceError({ code: "C", message: "M." }))).toBe("M. [C]");
  });

  it("turns into a JSON document without its cause and without what is absent", () => {
    const { cause: _, ...document } = facts;
    expect(JSON.parse(JSON.stringify(error))).toEqual(document);
    expect(new CredenceError({ code: "C", message: "M." }).toJSON()).toEqual({ code: "C", message: "M." });
    expect("cause" in new CredenceError({ code: "C", message: "M." })).toBe(false);
  });

  it("is named after its class", () => {
    expect(new InvalidArgumentError("n", -1, "positive").name).toBe("InvalidArgumentError");
  });
});

describe("InvalidArgumentError", () => {
  it("says what was given and what was expected", () => {
    const error = new InvalidArgumentError("alpha", 2, "a number in (0, 1)", "Give the error rate.");
    expect(error.message).toBe("alpha is 2, but must be a number in (0, 1).");
    expect(error.toJSON()).toEqual({
      code: "INVALID_ARGUMENT",
      message: error.message,
      given: 2,
      expected: "a number in (0, 1)",
      hint: "Give the error rate.",
    });
  });

  it.each([
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [null, null],
    [true, true],
    ["x", "x"],
    [[1, 2], "an array of 2"],
    [undefined, "undefined"],
    [10n, "10"],
  ])("keeps %s in a form that JSON can say", (given, printed) => {
    expect(JSON.parse(JSON.stringify(new InvalidArgumentError("x", given, "y"))).given).toEqual(printed);
  });
});

describe("describe", () => {
  it.each<[unknown, string]>([
    ["short", '"short"'],
    ["x".repeat(80), `"${"x".repeat(57)}..."`],
    [[], "an array of 0"],
    [new Float32Array(2), "a Float32Array of 8 bytes"],
    [{}, "an object (Object)"],
    [new Map(), "an object (Map)"],
    [Object.create(null), "an object (Object)"],
    [() => 1, "a function"],
    [null, "null"],
    [-0, "0"],
  ])("%o is %s", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

describe("UnknownNameError", () => {
  it("suggests up to three names", () => {
    const error = new UnknownNameError("relation", "bornin", ["bornIn", "diedIn", "livesIn", "bornOn"]);
    expect(error.code).toBe("UNKNOWN_NAME");
    expect(error.suggestions[0]).toBe("bornIn");
    expect(error.suggestions.length).toBeLessThanOrEqual(3);
    expect(error.hint).toMatch(/^Did you mean "bornIn" or /);
  });

  it("has a way out without suggestions too", () => {
    const error = new UnknownNameError("entity", "zzz", []);
    expect(error.suggestions).toEqual([]);
    expect(error.hint).toContain("list the known ones");
    expect(new UnknownNameError("format", "zzzz", ["json", "nnf"]).hint).toContain("there are json, nnf");
  });
});
