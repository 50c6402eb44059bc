import { InvalidArgumentError, topK } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("topK", () => {
  it("breaks ties by the smaller index", () => {
    expect([...topK([1, 3, 3, 2, 3], 2)]).toEqual([1, 2]);
    expect([...topK([0, 0, 0], 2)]).toEqual([0, 1]);
  });

  it("gives what there is", () => {
    expect([...topK([], 3)]).toEqual([]);
    expect([...topK([2, 1], 5)]).toEqual([0, 1]);
    expect([...topK([2, 1], 0)]).toEqual([]);
    expect([...topK([2, 1], 5, { skip: () => true })]).toEqual([]);
  });

  it("refuses bad k and NaN, except where it is skipped", () => {
    for (const k of [-1, 0.5, Number.NaN]) expect(() => topK([1], k)).toThrow(InvalidArgumentError);
    expect(() => topK([1, 2, Number.NaN], 1)).toThrow("values[2]");
    expect([...topK([1, Number.NaN], 1, { skip: (i) => i === 1 })]).toEqual([0]);
  });
});
