import {
  floatArray,
  InvalidArgumentError,
  isFloatArray,
  matrix,
  matrixRow,
  precisionOf,
  transpose,
} from "@credence/core";
import { describe, expect, it } from "vitest";

describe("matrix", () => {
  it("makes zeros in either precision, or a view of data", () => {
    expect(matrix(2, 3).data).toEqual(new Float64Array(6));
    expect(matrix(2, 3, "float32").data).toEqual(new Float32Array(6));
    const data = Float32Array.of(1, 2);
    expect(matrix(1, 2, data).data).toBe(data);
    expect(matrix(0, 7).data).toHaveLength(0);
  });

  it("refuses impossible shapes and data of another length", () => {
    for (const side of [-1, 1.5, Number.NaN, 2 ** 31]) {
      expect(() => matrix(side, 1)).toThrow(InvalidArgumentError);
      expect(() => matrix(1, side)).toThrow(InvalidArgumentError);
    }
    expect(() => matrix(2 ** 20, 2 ** 20)).toThrow("at most 2^32 entries");
    expect(() => matrix(2, 2, new Float64Array(3))).toThrow("2 · 2 = 4");
  });

  it("shows rows as views", () => {
    const m = matrix(2, 2, Float64Array.of(1, 2, 3, 4));
    matrixRow(m, 1)[0] = 9;
    expect([...m.data]).toEqual([1, 2, 9, 4]);
    expect(() => matrixRow(m, 2)).toThrow("an integer from 0 to 1");
    expect(() => matrixRow(matrix(0, 2), 0)).toThrow("there are none");
  });

  it("transposes by hand", () => {
    const m = transpose(matrix(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6)));
    expect(m).toEqual({ rows: 3, cols: 2, data: Float32Array.of(1, 4, 2, 5, 3, 6) });
  });
});

describe("float arrays", () => {
  it("are told apart by precision", () => {
    expect(floatArray("float32", 2)).toBeInstanceOf(Float32Array);
    expect(floatArray("float64", 2)).toBeInstanceOf(Float64Array);
    expect(precisionOf(new Float32Array(1))).toBe("float32");
    expect([precisionOf([1]), precisionOf(new Int32Array(1))]).toEqual(["float64", "float64"]);
    expect(
      [new Float32Array(0), new Float64Array(0), new Int32Array(0), [0], null].map(isFloatArray),
    ).toEqual([true, true, false, false, false]);
  });
});
