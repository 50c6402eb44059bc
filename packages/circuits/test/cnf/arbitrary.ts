/** Random CNFs for laws. */
import { type Cnf, cnf } from "@credence/circuits";
import fc from "fast-check";

/** CNFs with up to `most` variables, with empty, repeated and tautological clauses among the rest. */
export function cnfs(most: number, clauses = 3 * most): fc.Arbitrary<Cnf> {
  return fc.integer({ min: 0, max: most }).chain((variables) => {
    if (variables === 0) return fc.constant(cnf(0, []));
    const literal = fc
      .tuple(fc.integer({ min: 1, max: variables }), fc.boolean())
      .map(([variable, positive]) => (positive ? variable : -variable));
    const clause = fc.array(literal, { minLength: 1, maxLength: 4 });
    const rare = fc.oneof(
      { weight: 60, arbitrary: clause },
      { weight: 1, arbitrary: fc.constant<number[]>([]) },
    );
    return fc.array(rare, { maxLength: clauses }).map((all) => cnf(variables, all));
  });
}

/** Weights for all literals of a formula, some of them 0. */
export function weightsFor(formula: Cnf): fc.Arbitrary<Float64Array> {
  const weight = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 0.05, max: 3, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  const length = 2 * formula.variables;
  return fc.array(weight, { minLength: length, maxLength: length }).map((all) => Float64Array.from(all));
}
