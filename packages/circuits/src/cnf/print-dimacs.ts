/** Writes DIMACS CNF files, weights and projections in the form of the model counting competition. */
import { literalOf } from "./cnf.ts";
import type { Dimacs } from "./parse-dimacs.ts";

/**
 * The file's text; reading it gives the same formula, weights and projection. O(literals).
 * @param document warnings are not written
 */
export function printDimacs({ cnf, weights, projected }: Omit<Dimacs, "warnings">): string {
  const lines = [`p cnf ${cnf.variables} ${cnf.clauses}`];
  weights?.forEach((weight, code) => {
    lines.push(`c p weight ${literalOf(code)} ${weight} 0`);
  });
  if (projected !== undefined) lines.push(["c p show", ...projected, 0].join(" "));
  for (let c = 0; c < cnf.clauses; c++) {
    lines.push([...cnf.literals.subarray(cnf.offsets[c], cnf.offsets[c + 1]), 0].join(" "));
  }
  return `${lines.join("\n")}\n`;
}
