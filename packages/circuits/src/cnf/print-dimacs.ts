/** Writes DIMACS files, weights and projections in the form of the model counting competition. */
import { literalOf } from "./cnf.ts";
import type { Dnf } from "./dnf.ts";
import type { Dimacs, DimacsDnf, DimacsFacts } from "./parse-dimacs.ts";

/**
 * The file's text; reading it gives the same formula, weights and projection. O(literals).
 * @param document warnings are not written
 */
export function printDimacs({ cnf, ...facts }: Omit<Dimacs, "warnings">): string {
  return print("cnf", { ...cnf, terms: cnf.clauses }, facts);
}

/** The same of a DNF. */
export function printDnf({ dnf, ...facts }: Omit<DimacsDnf, "warnings">): string {
  return print("dnf", dnf, facts);
}

function print(
  form: string,
  { variables, terms, literals, offsets }: Dnf,
  { weights, projected }: Omit<DimacsFacts, "warnings">,
): string {
  const lines = [`p ${form} ${variables} ${terms}`];
  weights?.forEach((weight, code) => {
    lines.push(`c p weight ${literalOf(code)} ${weight} 0`);
  });
  if (projected !== undefined) lines.push(["c p show", ...projected, 0].join(" "));
  for (let t = 0; t < terms; t++) {
    lines.push([...literals.subarray(offsets[t], offsets[t + 1]), 0].join(" "));
  }
  return `${lines.join("\n")}\n`;
}
