import { parseStates, type StateTable } from "@credence/circuits";
import { rng } from "@credence/core";

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
