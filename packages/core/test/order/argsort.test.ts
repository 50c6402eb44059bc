import { argsort, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("argsort", () => {
  it("is stable in both directions", () => {
    expect([...argsort([2, 1, 2, 1])]).toEqual([1, 3, 0, 2]);
    expect([...argsort([2, 1, 2, 1], { descending: true })]).toEqual([0, 2, 1, 3]);
  });

  it("treats zeros of either sign as equal", () => {
    expect([...argsort([0, -0, 0])]).toEqual([0, 1, 2]);
  });

  it("sorts nothing, one thing and more than a run", () => {
    expect([...argsort([])]).toEqual([]);
    expect([...argsort([4])]).toEqual([0]);
    const descending = Float32Array.from({ length: 100 }, (_, i) => -i);
    expect([...argsort(descending)]).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i));
  });

  it("refuses NaN", () => {
    expect(() => argsort([1, Number.NaN])).toThrow(InvalidArgumentError);
  });
});
