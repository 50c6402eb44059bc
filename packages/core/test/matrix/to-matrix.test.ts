import { type MatrixInput, matrix, toMatrix } from "@credence/core";
import { create, matrixDependencies } from "mathjs";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

describe("toMatrix", () => {
  it("passes our matrices through, converting only when asked to", () => {
    const m = matrix(1, 2, Float32Array.of(0.1, -3));
    expect(toMatrix(m)).toBe(m);
    expect(toMatrix(m, { precision: "float32" })).toBe(m);
    expect(toMatrix(m, { precision: "float64" }).data).toEqual(Float64Array.of(Math.fround(0.1), -3));
  });

  it("takes nested arrays, typed rows, infinities and empty matrices", () => {
    expect(
      toMatrix([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ).toEqual(matrix(3, 2, Float64Array.of(1, 2, 3, 4, 5, 6)));
    expect(toMatrix([Float32Array.of(1, 2)])).toEqual(matrix(1, 2, Float32Array.of(1, 2)));
    expect(toMatrix([Int32Array.of(1, 2)])).toEqual(matrix(1, 2, Float64Array.of(1, 2)));
    expect(toMatrix([[Number.NEGATIVE_INFINITY]]).data[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(toMatrix([])).toEqual(matrix(0, 0));
    expect(toMatrix([[], []])).toEqual(matrix(2, 0));
    expect(toMatrix([[0.1]], { precision: "float32" }).data).toEqual(Float32Array.of(0.1));
  });

  it("takes dense and sparse matrices of mathjs", () => {
    const math = create(matrixDependencies);
    const values = [
      [1, 0, 2],
      [0, 0, 3],
    ];
    for (const kind of ["dense", "sparse"] as const) {
      expect(toMatrix(math.matrix(values, kind))).toEqual(matrix(2, 3, Float64Array.of(1, 0, 2, 0, 0, 3)));
    }
    expect(thrown(() => toMatrix(math.matrix([1, 2]))).code).toBe("INVALID_SHAPE");
  });

  it.each<[string, unknown]>([
    ["ragged rows", [[1, 2], [3]]],
    ["a lone vector", [1, 2]],
    ["a typed vector", Float64Array.of(1, 2)],
    ["a number", 3],
    ["null", null],
    ["a text", "1 2"],
    ["a function's array", { toArray: () => 3 }],
    ["a shape that its data do not fill", { rows: 2, cols: 2, data: new Float64Array(3) }],
    ["a negative shape", { rows: -1, cols: -3, data: new Float64Array(3) }],
    ["a DataView as a row", [new DataView(new ArrayBuffer(2))]],
  ])("refuses %s", (_, input) => {
    const error = thrown(() => toMatrix(input as MatrixInput));
    expect(error.code).toBe("INVALID_SHAPE");
    expect(error.hint).toContain("[[1, 2], [3, 4]]");
  });

  it.each<[string, unknown, string]>([
    [
      "NaN",
      [
        [1, 2],
        [3, Number.NaN],
      ],
      "row 1, column 1",
    ],
    ["a text", [["1"]], "row 0, column 0"],
    ["a hole", [[1, undefined]], "row 0, column 1"],
    ["a bigint", [[1n]], "row 0, column 0"],
    ["NaN in a matrix", matrix(2, 2, Float64Array.of(0, 0, Number.NaN, 0)), "row 1, column 0"],
  ])("refuses %s as an entry and says where", (_, input, where) => {
    const error = thrown(() => toMatrix(input as MatrixInput));
    expect(error.code).toBe("INVALID_ENTRY");
    expect(error.message).toContain(where);
    expect(error.hint).toContain("missing values");
  });
});
