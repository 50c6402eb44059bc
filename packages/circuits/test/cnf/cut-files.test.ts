import {
  balancedVtree,
  compileSdd,
  naturalOrder,
  parseDimacs,
  parseSdd,
  parseVtree,
  printDimacs,
  printSdd,
  printVtree,
  randomVtree,
  sddFalse,
  sddManager,
} from "@credence/circuits";
import { CredenceError, ParseError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { queens, randomClauses } from "../../../../bench/compile/families.ts";

const formula = queens(4);
const manager = sddManager(balancedVtree(naturalOrder(16)));
const function4 = compileSdd(manager, formula);

/** What reading a text comes to: a value, or the error's code. Anything but a typed error is thrown on. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CredenceError)) throw error;
    if (error instanceof ParseError) {
      expect(error.line).toBeGreaterThan(0);
      expect(error.column).toBeGreaterThan(0);
    }
    expect(error.code).toMatch(/^[A-Z_]+$/);
    return error.code;
  }
}

describe("files cut off anywhere", () => {
  it("of SDDs are refused: a node is missing, or half a line", () => {
    const text = printSdd(manager, function4);
    for (let at = 0; at < text.length - 1; at++) {
      const result = outcome(() => parseSdd(manager, text.slice(0, at)));
      // The last number alone may lose digits without being noticed, and then it is another child.
      if (text.indexOf("\n", at) < text.length - 1) expect(result).toMatch(/^SDD_/);
    }
    expect(outcome(() => parseSdd(manager, text))).toBe(function4);
    expect(outcome(() => parseSdd(manager, text.trimEnd()))).toBe(function4);
  });

  it("of vtrees are refused", () => {
    const text = printVtree(randomVtree(12, { seed: 1 }));
    for (let at = 0; at < text.lastIndexOf(" "); at++) {
      expect(outcome(() => parseVtree(text.slice(0, at)))).toMatch(/^VTREE_/);
    }
    expect(printVtree(parseVtree(text).vtree)).toBe(text);
  });

  it("of CNFs are refused or warned about", () => {
    const text = printDimacs({ cnf: randomClauses(3, 12, 20, 12, 1) });
    const whole = parseDimacs(text);
    expect(whole.warnings).toEqual([]);
    for (let at = 0; at < text.trimEnd().length - 1; at++) {
      const result = outcome(() => parseDimacs(text.slice(0, at)));
      if (typeof result === "string") continue;
      expect((result as typeof whole).warnings.length).toBeGreaterThan(0);
    }
  });

  it("that are something else altogether are refused", () => {
    const texts = [
      "",
      "\n\n",
      "\u0000",
      "p",
      "p cnf",
      "sdd",
      "vtree 1",
      "{}",
      "c only a comment\n",
      "sdd 1\nF",
    ];
    for (const text of texts) {
      expect(outcome(() => parseSdd(manager, text))).toMatch(/^SDD_/);
      expect(outcome(() => parseVtree(text))).toMatch(/^VTREE_/);
    }
    expect(outcome(() => parseSdd(manager, "sdd 1\nF 0\n"))).toBe(sddFalse);
  });
});
