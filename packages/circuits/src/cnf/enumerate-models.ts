/** All models of a small CNF by trying every world: the definition, for tests and for tiny formulas. */
import { InvalidArgumentError } from "@credence/core";
import { type Cnf, codeOf } from "./cnf.ts";

/** Enumeration stops being sensible here: 2^24 worlds. */
const enumerationLimit = 24;

/**
 * The worlds that satisfy the formula, ascending, as integers whose bit v − 1 is the value of variable v.
 * O(2^variables · literals).
 * @throws InvalidArgumentError for more than 24 variables
 */
export function* enumerateModels(formula: Cnf): Generator<number, void, void> {
  if (formula.variables > enumerationLimit) {
    throw new InvalidArgumentError(
      "formula.variables",
      formula.variables,
      `at most ${enumerationLimit}`,
      "Count larger formulas with compileCnf.",
    );
  }
  const codes = Int32Array.from(formula.literals, codeOf);
  const { offsets, clauses } = formula;
  for (let world = 0; world < 2 ** formula.variables; world++) {
    let holds = true;
    for (let c = 0; c < clauses && holds; c++) {
      holds = false;
      for (let at = offsets[c]; at < offsets[c + 1] && !holds; at++) {
        holds = ((world >> (codes[at] >> 1)) & 1) === (codes[at] & 1);
      }
    }
    if (holds) yield world;
  }
}
