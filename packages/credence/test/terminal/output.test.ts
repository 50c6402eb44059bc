import { CredenceError, InvalidArgumentError, ParseError } from "@credence/core";
import { decimal, jsonText, printError, printResult, table } from "credence/terminal";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const kept = { stdout: "", stderr: "" };
beforeEach(() => {
  for (const name of ["stdout", "stderr"] as const) {
    kept[name] = "";
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      kept[name] += String(text);
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

describe("jsonText", () => {
  it("writes non-finite numbers and big integers as texts", () => {
    const value = {
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      c: 2n ** 70n,
      d: 0.5,
    };
    expect(JSON.parse(jsonText(value))).toEqual({
      ...{ a: "NaN", b: ["Infinity", "-Infinity"], c: "1180591620717411303424", d: 0.5 },
    });
  });
});

describe("printResult", () => {
  it("prints the document with --json and never makes the text, and the other way round", () => {
    const text = vi.fn(() => "text");
    printResult(true, { x: 1 }, text);
    expect(JSON.parse(kept.stdout)).toEqual({ x: 1 });
    expect(text).not.toHaveBeenCalled();
    kept.stdout = "";
    printResult(false, { x: 1 }, text);
    expect(kept.stdout).toBe("text\n");
  });
});

describe("printError", () => {
  it("calls what the user can mend 1, with everything that is known", () => {
    expect(printError(new InvalidArgumentError("--rank", "ten", "an integer", "Write 10."), true)).toBe(1);
    expect(JSON.parse(kept.stderr)).toEqual({
      error: {
        code: "INVALID_ARGUMENT",
        message: '--rank is "ten", but must be an integer.',
        given: "ten",
        expected: "an integer",
        hint: "Write 10.",
      },
    });
    kept.stderr = "";
    expect(printError(new ParseError("a\nbc", 3, { code: "X", message: "Wrong." }), false)).toBe(1);
    expect(kept.stderr).toBe("error: Wrong. [X]\n2 | bc\n     ^\n");
    expect(kept.stdout).toBe("");
  });

  it("calls everything else ours, 2", () => {
    expect(printError(new TypeError("undefined is not a function"), true)).toBe(2);
    expect(JSON.parse(kept.stderr).error).toMatchObject({
      code: "INTERNAL",
      message: "undefined is not a function",
    });
    expect(printError("a text", false)).toBe(2);
    expect(printError(new CredenceError({ code: "X", message: "m" }), false)).toBe(1);
  });
});

describe("table", () => {
  it("aligns columns of numbers to the right and others to the left", () => {
    const lines = table(
      ["name", "n"],
      [
        ["a", 1],
        ["long name", 1000],
      ],
    ).split("\n");
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines).toContain("│ a         │    1 │");
  });
});

describe("decimal", () => {
  it("has four decimals unless told otherwise", () => {
    expect([decimal(0.123456), decimal(2, 1)]).toEqual(["0.1235", "2.0"]);
  });
});
