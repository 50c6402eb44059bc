import { UnknownNameError } from "@credence/core";
import { relationDensity, truthModelFromMatrices } from "@credence/kg";
import { describe, expect, it } from "vitest";

describe("relationDensity", () => {
  it("counts entries and finds rows that are more than half full", () => {
    const model = truthModelFromMatrices(["a", "b", "c"], {
      thin: [
        [0, 0.5, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      full: [
        [0.9, 0.9, 0],
        [0.9, 0.9, 0.9],
        [0.9, 0, 0],
      ],
      none: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
    expect(relationDensity(model, "thin")).toEqual({
      relation: "thin",
      entries: 1,
      share: 1 / 9,
      rowsOverHalf: 0,
      fullestRow: { head: "a", entries: 1 },
      warning: undefined,
    });
    expect(relationDensity(model, "full")).toMatchObject({
      entries: 6,
      rowsOverHalf: 2,
      fullestRow: { head: "b", entries: 3 },
      warning: expect.stringMatching(/^2 of 3 rows of full .*maxFactor/),
    });
    expect(relationDensity(model, "none")).toMatchObject({ entries: 0, fullestRow: undefined });
    expect(() => relationDensity(model, "thick")).toThrow(UnknownNameError);
  });

  it("is 0 on a model without entities", () => {
    expect(relationDensity(truthModelFromMatrices([], { r: [] }), "r")).toMatchObject({
      entries: 0,
      share: 0,
    });
  });
});
