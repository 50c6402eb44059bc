import { circuitBuilder, type Domain } from "@credence/circuits";
import { matrix, rng, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { allRows, isComplete, readyRows } from "../../src/learn/rows.ts";
import { bootstrapRows, selectColumns, selectRows } from "../../src/learn/select.ts";
import { randomTable, rowsOf } from "./tables.ts";

const domains: readonly Domain[] = [
  { kind: "binary" },
  { kind: "categorical", arity: 300 },
  { kind: "real" },
];
const builder = circuitBuilder<string>(vocabulary("variable", ["a", "b", "c"]), { domains });
const circuit = builder.build(
  builder.product([
    builder.input("a", { family: "bernoulli", p: 0.5 }),
    builder.input("b", { family: "categorical", probabilities: new Array(300).fill(1 / 300) }),
    builder.input("c", { family: "gaussian", mean: 0, std: 1 }),
  ]),
);

describe("readyRows", () => {
  it("has columns of states and of numbers, of matrices and of tables", () => {
    const rows = readyRows(circuit, matrix(2, 3, Float64Array.of(1, 299, -0.5, Number.NaN, 255, Number.NaN)));
    expect(rows.columns.map(({ kind }) => kind)).toEqual(["states", "states", "numbers"]);
    expect(rows.columns[0].values[0]).toBe(1);
    expect(rows.columns[0].values[1]).toBeGreaterThan(1);
    expect([...rows.columns[1].values]).toEqual([299, 255]);
    expect(rows.total).toBe(2);
    expect(isComplete(circuit, rows)).toBe(false);
    const complete = readyRows(circuit, matrix(1, 3, Float64Array.of(1, 2, 3)), [0.5]);
    expect([isComplete(circuit, complete), complete.total]).toEqual([true, 0.5]);
    // The code 255 of a table is a missing value even where there are more states.
    const table = { rows: 1, cols: 3, arities: [2, 255, 255], columns: Uint8Array.of(1, 255, 4) };
    const states = readyRows(circuit, table);
    expect(states.columns[1].values[0]).toBeGreaterThan(300);
    expect(states.columns[2].values[0]).toBe(4);
  });

  it.each([
    [matrix(1, 2), undefined, /columns/],
    [matrix(1, 3, Float64Array.of(2, 0, 0)), undefined, /"a"/],
    [matrix(1, 3, Float64Array.of(0, 300, 0)), undefined, /"b"/],
    [matrix(1, 3, Float64Array.of(0, 0.5, 0)), undefined, /"b"/],
    [matrix(1, 3, Float64Array.of(0, 0, Number.POSITIVE_INFINITY)), undefined, /"c"/],
    [{ rows: 1, cols: 3, arities: [3, 2, 2], columns: Uint8Array.of(2, 0, 0) }, undefined, /"a"/],
    [{ rows: 2, cols: 3, arities: [2, 2, 2], columns: new Uint8Array(5) }, undefined, /columns/],
    [{ rows: 0, cols: 3, arities: [2, 2, 2], columns: new Uint8Array(0) }, undefined, /rows/],
    [matrix(0, 3), undefined, /rows/],
    [{ rows: 2, cols: 3, data: new Float64Array(5) }, undefined, /data/],
    [matrix(1, 3), [1, 2], /weights/],
    [matrix(1, 3), [Number.NaN], /weights/],
    [matrix(1, 3), [0], /weights/],
  ])("refuses what the domains do not allow (%#)", (rows, weights, message) => {
    expect(() => readyRows(circuit, rows, weights)).toThrow(message);
    expect(() => readyRows(circuit, rows, weights)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

describe("parts of tables", () => {
  const table = randomTable(1, 20, [2, 3, 4], 0.1);

  it("are rows and columns in the order asked for", () => {
    expect(rowsOf(selectRows(table, [3, 0, 3]))).toEqual([3, 0, 3].map((r) => rowsOf(table)[r]));
    const columns = selectColumns(table, [2, 0]);
    expect(columns.arities).toEqual([4, 2]);
    expect(rowsOf(columns)).toEqual(rowsOf(table).map((row) => [row[2], row[0]]));
    expect([...allRows(3)]).toEqual([0, 1, 2]);
  });

  it("are bootstrap samples: rows of the table, about 63 % of them, the same with the same seed", () => {
    const large = randomTable(2, 500, [2, 2, 2, 2, 2, 2, 4, 4, 4, 4]);
    const drawn = bootstrapRows(large, rng(1));
    expect(bootstrapRows(large, rng(1))).toEqual(drawn);
    const known = new Set(rowsOf(large).map(String));
    expect(rowsOf(drawn).every((row) => known.has(String(row)))).toBe(true);
    const share = new Set(rowsOf(drawn).map(String)).size / known.size;
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(0.78);
  });
});
