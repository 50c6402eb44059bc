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
