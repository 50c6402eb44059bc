import { godel, logicNamed, lukasiewicz, product, UnknownNameError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

describe("logicNamed", () => {
  it.each([
    ["godel", godel],
    ["Gödel", godel],
    ["Go\u0308del", godel],
    [" PRODUCT ", product],
    ["Łukasiewicz", lukasiewicz],
    ["lukasiewicz", lukasiewicz],
  ])("finds %s", (name, logic) => {
    expect(logicNamed(name)).toBe(logic);
  });

  it("suggests the closest name", () => {
    const error = thrown(() => logicNamed("prodcut"));
    expect(error).toBeInstanceOf(UnknownNameError);
    expect(error.hint).toBe('Did you mean "product"?');
  });
});
