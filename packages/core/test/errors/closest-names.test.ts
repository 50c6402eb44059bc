import { closestNames } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("closestNames", () => {
  it("finds misspellings, transpositions and other cases", () => {
    const names = ["Spain", "France", "Germany", "Portugal"];
    expect(closestNames("Sapin", names)).toEqual(["Spain"]);
    expect(closestNames("FRANCE", names)).toEqual(["France"]);
    expect(closestNames("Germny", names)[0]).toBe("Germany");
  });

  it("finds names that contain what was written", () => {
    expect(closestNames("spain", ["kingdom_of_spain", "kingdom_of_norway"])).toEqual(["kingdom_of_spain"]);
  });

  it("gives the best first, at most as many as wanted, equal ones in alphabetical order", () => {
    const names = ["cart", "bat", "cat", "hat", "at"];
    expect(closestNames("cat", names)).toEqual(["cat", "at", "bat"]);
    expect(closestNames("cat", names, 1)).toEqual(["cat"]);
    expect(closestNames("cat", names, 0)).toEqual([]);
  });

  it("gives nothing where nothing is near", () => {
    expect(closestNames("quantum", ["a", "zebra"])).toEqual([]);
    expect(closestNames("x", [])).toEqual([]);
  });
});
