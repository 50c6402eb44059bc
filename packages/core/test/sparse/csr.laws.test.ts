import { type Csr, csrFromEntries, csrGet, csrRow, transposeCsr } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Entries in any order, with many duplicates and stored zeros; eighths, so that sums are exact in any order. */
const entries = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([rows, cols]) =>
    fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: rows - 1 }),
          fc.integer({ min: 0, max: cols - 1 }),
          fc.integer({ min: -8, max: 8 }).map((x) => x / 8),
        ),
        { maxLength: 60 },
      )
      .map((list) => ({ rows, cols, list })),
  );
type Entries = { rows: number; cols: number; list: [number, number, number][] };

const columns = (list: Entries["list"]) => ({
  row: list.map(([row]) => row),
  col: list.map(([, col]) => col),
  value: list.map(([, , value]) => value),
});

/** The matrix as a map of places: what the sparse one must say. */
function dense(list: Entries["list"], merge: (a: number, b: number) => number): Map<string, number> {
  const places = new Map<string, number>();
  for (const [row, col, value] of list) {
    const before = places.get(`${row},${col}`);
    places.set(`${row},${col}`, before === undefined ? value : merge(before, value));
  }
  return places;
}

function expectSame(m: Csr, rows: number, cols: number, places: Map<string, number>, flip = false): void {
  expect([m.rows, m.cols, m.values.length]).toEqual([rows, cols, places.size]);
  expect([m.offsets[0], m.offsets[rows], m.offsets.length]).toEqual([0, places.size, rows + 1]);
  for (let row = 0; row < rows; row++) {
    const { indices, values } = csrRow(m, row);
    expect([...indices]).toEqual([...new Set(indices)].sort((a, b) => a - b));
    for (let e = 0; e < indices.length; e++) {
      const key = flip ? `${indices[e]},${row}` : `${row},${indices[e]}`;
      expect(values[e]).toBe(places.get(key));
    }
    for (let col = 0; col < cols; col++) {
      expect(csrGet(m, row, col)).toBe(places.get(flip ? `${col},${row}` : `${row},${col}`) ?? 0);
    }
  }
}

describe("a sparse matrix", () => {
  it.each([
    ["sum", (a: number, b: number) => a + b],
    ["max", (a: number, b: number) => Math.max(a, b)],
  ] as const)("merges duplicates by %s like a dense one", (duplicates, merge) => {
    fc.assert(
      fc.property(entries, ({ rows, cols, list }) => {
        const m = csrFromEntries(rows, cols, columns(list), { duplicates });
        expectSame(m, rows, cols, dense(list, merge));
      }),
    );
  });

  it("does not depend on the order of distinct entries, and refuses others", () => {
    fc.assert(
      fc.property(entries, ({ rows, cols, list }) => {
        const distinct = dense(list, (a) => a).size === list.length;
        const build = (order: Entries["list"]) => csrFromEntries(rows, cols, columns(order));
        if (distinct) expect(build(list.slice().reverse())).toEqual(build(list));
        else expect(() => build(list)).toThrow("Two entries are at row");
      }),
    );
  });

  it("transposes entry by entry, and twice is the identity", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom("float32", "float64"), ({ rows, cols, list }, precision) => {
        const m = csrFromEntries(rows, cols, columns(list), { duplicates: "max", precision });
        const t = transposeCsr(m);
        expectSame(
          t,
          cols,
          rows,
          dense(list, (a, b) => Math.max(a, b)),
          true,
        );
        expect(transposeCsr(t)).toEqual(m);
      }),
    );
  });
});
