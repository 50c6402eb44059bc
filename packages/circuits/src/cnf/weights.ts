/**
 * Weights of literals: a world weighs the product of the weights of its literals. A variable without weights
 * has weight 1 on both sides, so that without weights a weighted count is a model count.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { codeOf, variableLimit } from "./cnf.ts";

/** Weight per literal code (2 · variable + value, variables from 0); 2 · variables entries. */
export type LiteralWeights = Float64Array;

/**
 * Weights by signed literal; what is not named weighs 1.
 * @param variables number of variables
 * @param weights finite numbers, also negative ones, by signed literal: `{ "1": 0.3, "-1": 0.7 }`
 * @throws InvalidArgumentError for a literal beyond the variables or a weight that is not finite
 */
export function literalWeights(variables: number, weights: Readonly<Record<string, number>>): LiteralWeights {
  if (!(Number.isInteger(variables) && variables >= 0 && variables <= variableLimit))
    throw new InvalidArgumentError("variables", variables, `an integer from 0 to ${variableLimit}`);
  const out = new Float64Array(2 * variables).fill(1);
  for (const [text, weight] of Object.entries(weights)) {
    const literal = Number(text);
    if (!(Number.isInteger(literal) && literal !== 0 && Math.abs(literal) <= variables)) {
      throw new InvalidArgumentError(
        "A literal",
        text,
        `a non-zero integer up to ${variables}, or its negative`,
      );
    }
    if (!Number.isFinite(weight)) throw new InvalidArgumentError("A weight", weight, "a finite number");
    out[codeOf(literal)] = weight;
  }
  return out;
}

/** Checks an array of weights that comes from outside. @throws InvalidArgumentError */
export function checkWeights(weights: LiteralWeights, variables: number): void {
  if (weights.length !== 2 * variables) {
    throw new InvalidArgumentError("weights", weights, `${2 * variables} numbers, two per variable`);
  }
  for (const weight of weights) {
    if (!Number.isFinite(weight)) throw new InvalidArgumentError("A weight", weight, "a finite number");
  }
}

/** Logs of weights that are to be weights of a circuit. @throws CredenceError `NEGATIVE_WEIGHT` */
export function logsOfWeights(weights: LiteralWeights): Float64Array {
  const negative = weights.find((weight) => weight < 0);
  if (negative === undefined) return weights.map(Math.log);
  throw new CredenceError({
    code: "NEGATIVE_WEIGHT",
    message: `A literal weighs ${negative}; weights of a circuit's worlds are not negative.`,
    given: negative,
    expected: "weights from 0",
    hint: "weightedModelCount takes weights of any sign (`credence circuit count --weighted`).",
  });
}
