import { csrFromEntries, csrGet, csrRow, InvalidArgumentError, transposeCsr } from "@credence/core";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const m = csrFromEntries(3, 4, { row: [2, 0, 0], col: [1, 3, 0], value: [5, 6, 7] });

describe("csrFromEntries", () => {
  it("builds by hand", () => {
    expect(m).toEqual({
      rows: 3,
      cols: 4,
      offsets: Int32Array.of(0, 2, 2, 3),
      indices: Int32Array.of(0, 3, 1),
      values: Float64Array.of(7, 6, 5),
    });
  });

  it("keeps the precision of the values, or takes the one asked for", () => {
    const place = { row: [0], col: [0] };
    const single = Float32Array.of(0.1);
    expect(csrFromEntries(1, 1, { ...place, value: single }).values).toEqual(single);
    expect(csrFromEntries(1, 1, { ...place, value: [0.1] }).values).toEqual(Float64Array.of(0.1));
    const options = { precision: "float32" } as const;
    expect(csrFromEntries(1, 1, { ...place, value: [0.1] }, options).values).toEqual(single);
  });

  it("makes empty matrices and stores zeros", () => {
    const none = { row: [], col: [], value: [] };
    expect(csrFromEntries(0, 0, none).offsets).toEqual(Int32Array.of(0));
    expect(csrFromEntries(0, 5, none).cols).toBe(5);
    expect(transposeCsr(csrFromEntries(0, 5, none)).offsets).toEqual(new Int32Array(6));
    expect(csrFromEntries(1, 1, { row: [0], col: [0], value: [0] }).values).toEqual(Float64Array.of(0));
  });

  it("sums in double precision before it rounds to single", () => {
    const value = [1, 2 ** -24, 2 ** -24];
    const twice = { row: [0, 0, 0], col: [0, 0, 0], value };
    const sum = csrFromEntries(1, 1, twice, { duplicates: "sum", precision: "float32" });
    expect(sum.values[0]).toBe(1 + 2 ** -23);
  });

  it("refuses two entries at one place, and says how to merge them", () => {
    const error = thrown(() => csrFromEntries(2, 2, { row: [1, 1], col: [0, 0], value: [1, 2] }));
    expect(error.code).toBe("DUPLICATE_ENTRY");
    expect(error.message).toContain("row 1, column 0");
    expect(error.hint).toContain('duplicates: "max"');
  });

  it.each<[string, Parameters<typeof csrFromEntries>, string]>([
    ["a negative side", [-1, 2, { row: [], col: [], value: [] }], "rows"],
    ["a fractional side", [1, 0.5, { row: [], col: [], value: [] }], "cols"],
    ["arrays of different lengths", [1, 1, { row: [0], col: [], value: [1] }], "the lengths"],
    ["a row outside", [1, 1, { row: [1], col: [0], value: [1] }], "row[0]"],
    ["a column outside", [1, 1, { row: [0], col: [-1], value: [1] }], "col[0]"],
    ["a fractional column", [1, 2, { row: [0], col: [0.5], value: [1] }], "col[0]"],
    ["NaN", [1, 1, { row: [0], col: [0], value: [Number.NaN] }], "value[0]"],
    [
      "an unknown policy",
      [1, 1, { row: [], col: [], value: [] }, { duplicates: "min" as "max" }],
      "duplicates",
    ],
  ])("refuses %s", (_, input, argument) => {
    const error = thrown(() => csrFromEntries(...input));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(argument);
  });
});

describe("reading a sparse matrix", () => {
  it("gives entries and zeros", () => {
    expect([csrGet(m, 0, 0), csrGet(m, 0, 1), csrGet(m, 0, 3), csrGet(m, 1, 3), csrGet(m, 2, 1)]).toEqual([
      7, 0, 6, 0, 5,
    ]);
  });

  it("shows rows as views", () => {
    expect(csrRow(m, 0)).toEqual({ indices: Int32Array.of(0, 3), values: Float64Array.of(7, 6) });
    expect(csrRow(m, 1).indices).toHaveLength(0);
    expect(csrRow(m, 0).values.buffer).toBe(m.values.buffer);
  });

  it("refuses places outside", () => {
    for (const [row, col] of [
      [3, 0],
      [-1, 0],
      [0, 4],
      [0, -1],
      [0.5, 0],
    ]) {
      expect(() => csrGet(m, row, col)).toThrow(InvalidArgumentError);
    }
    expect(() => csrRow(m, 3)).toThrow("an integer from 0 to 2");
  });
});
