import { type Circuit, parseStates, type StateTable, sample } from "@credence/circuits";
import { type Matrix, rng } from "@credence/core";

/** A table of correlated states, with a share of missing values. */
export function randomTable(seed: number, rows: number, arities: readonly number[], missing = 0): StateTable {
  const random = rng(`table ${seed}`);
  const lines = Array.from({ length: rows }, () => {
    let last = random();
    return arities
      .map((arity) => {
        last = random() < 0.7 ? last : random();
        return random() < missing ? "?" : Math.floor(last * arity);
      })
      .join(",");
  });
  return parseStates(lines.join("\n"), { arities });
}

/** x3 is x1 xor x2 where x0 is 0, and x1 where it is 1: no tree says this, and one decision does. */
export function switching(rows: number): StateTable {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [x0, x1, x2] = [i & 1, (i >> 1) & 1, (i >> 2) & 1];
    return [x0, x1, x2, x0 ? x1 : x1 ^ x2].join();
  });
  return parseStates(lines.join("\n"));
}

/** Two kinds of rows, each with a tree of its own: x1 to x3 follow x0, or x2 the opposite of x1 and x3 that of x0. */
export function twoTrees(seed: number, rows: number): StateTable {
  const random = rng(`two trees ${seed}`);
  const noisy = (bit: number) => (random() < 0.05 ? 1 - bit : bit);
  const lines = Array.from({ length: rows }, () => {
    const kind = Number(random() < 0.5);
    const x0 = Number(random() < 0.5);
    const x1 = kind === 0 ? noisy(x0) : Number(random() < 0.5);
    const row = kind === 0 ? [x0, x1, noisy(x0), noisy(x0)] : [x0, x1, noisy(1 - x1), noisy(1 - x0)];
    // Two more columns tell the kinds apart, with noise.
    return [...row, noisy(kind), noisy(kind)].join();
  });
  return parseStates(lines.join("\n"));
}

/** Rows drawn from a circuit, a share of their values missing. */
export function drawnRows(circuit: Circuit, rows: number, seed: number, missing = 0): Matrix {
  const drawn = sample(circuit, rows, { seed });
  if (drawn.kind !== "samples") throw new Error("The circuit leaves no world.");
  const random = rng(`holes ${seed}`);
  const data = Float64Array.from(drawn.rows.data, (x) => (random() < missing ? Number.NaN : x));
  return { ...drawn.rows, data };
}

/** Every value of a table: rows of states, NaN where one is missing. */
export function rowsOf(table: StateTable): number[][] {
  return Array.from({ length: table.rows }, (_, r) =>
    Array.from({ length: table.cols }, (_, v) => {
      const state = table.columns[v * table.rows + r];
      return state === 255 ? Number.NaN : state;
    }),
  );
}
