/**
 * The one way to walk a formula: bottom-up with an explicit stack, so that a chain of a million implications
 * is as safe as a single one.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Formula } from "./ast.ts";

/**
 * The direct parts of a formula, left to right.
 * @throws InvalidArgumentError for anything that is no formula
 */
export function partsOf<V extends string>(formula: Formula<V>): readonly Formula<V>[] {
  switch (formula?.kind) {
    case "var":
      if (typeof formula.name === "string" && formula.name !== "") return [];
      break;
    case "constant":
      if (typeof formula.value === "boolean") return [];
      break;
    case "not":
      return [formula.of];
    case "implies":
    case "iff":
    case "xor":
      return [formula.left, formula.right];
    case "and":
    case "or":
    case "exactlyOne":
    case "atMostOne":
      if (Array.isArray(formula.args)) return formula.args;
      break;
  }
  throw new InvalidArgumentError(
    "A part of the formula",
    formula,
    "of kind var (with a name), not, and, or, implies, iff, xor, exactlyOne, atMostOne or constant",
    "Make formulas with parseFormula.",
  );
}

/**
 * Replaces every part by its value, children first. A part that occurs twice is visited twice.
 * @param value the value of a part, given the values of its direct parts from left to right
 * @throws InvalidArgumentError for malformed formulas
 */
export function foldFormula<V extends string, T>(
  formula: Formula<V>,
  value: (part: Formula<V>, values: readonly T[]) => T,
): T {
  const open: { part: Formula<V>; parts: readonly Formula<V>[]; values: T[] }[] = [];
  const enter = (part: Formula<V>): void => {
    open.push({ part, parts: partsOf(part), values: [] });
  };
  enter(formula);
  for (;;) {
    const top = open[open.length - 1];
    if (top.values.length < top.parts.length) {
      enter(top.parts[top.values.length]);
      continue;
    }
    const result = value(top.part, top.values);
    open.pop();
    if (open.length === 0) return result;
    open[open.length - 1].values.push(result);
  }
}
