/** Truth of a formula in a world (classical, two-valued), and the variables it speaks of. */
import { UnknownNameError } from "../errors/unknown-name-error.ts";
import type { Formula, Rule } from "./ast.ts";
import { foldFormula } from "./fold.ts";

/**
 * Whether `formula` holds in `world`. O(size of the formula).
 * @param world a truth value for every variable of the formula; others are ignored
 * @throws UnknownNameError for a variable without a truth value
 */
export function evaluate<V extends string>(
  formula: Formula<V>,
  world: { readonly [K in V]: boolean },
): boolean {
  return foldFormula<V, boolean>(formula, (part, values) => {
    switch (part.kind) {
      case "var":
        if (!Object.hasOwn(world, part.name))
          throw new UnknownNameError("variable", part.name, Object.keys(world));
        return world[part.name];
      case "constant":
        return part.value;
      case "not":
        return !values[0];
      case "and":
        return values.every(Boolean);
      case "or":
        return values.some(Boolean);
      case "implies":
        return !values[0] || values[1];
      case "iff":
        return values[0] === values[1];
      case "xor":
        return values[0] !== values[1];
      case "exactlyOne":
        return values.filter(Boolean).length === 1;
      case "atMostOne":
        return values.filter(Boolean).length <= 1;
    }
  });
}

/**
 * The variables of a formula, or of all given rules, without repetition, in order of first appearance.
 * @throws InvalidArgumentError for malformed formulas
 */
export function variablesOf<V extends string>(of: Formula<V> | readonly Rule<V>[]): V[] {
  const names = new Set<V>();
  const visit = (part: Formula<V>): void => {
    if (part.kind === "var") names.add(part.name);
  };
  if (Array.isArray(of)) for (const { formula } of of as readonly Rule<V>[]) foldFormula(formula, visit);
  else foldFormula(of as Formula<V>, visit);
  return [...names];
}
