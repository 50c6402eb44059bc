/** Whether bounds refuse rules as not those of a circuit, and what worlds weigh by them. */
import { compileRules, marginalBounds } from "@credence/circuits";
import { evaluate, isHard, type Rule } from "@credence/core";
import { expect } from "vitest";

/** The message of the refusal of `rules` for a circuit compiled from `own`, undefined if they are accepted. */
export function refusalOf(
  rules: readonly Rule[],
  own: readonly Rule[],
  over: readonly string[],
): string | undefined {
  const circuit = compileRules<string>(own, { variables: over });
  try {
    marginalBounds(circuit, {}, { rules, variables: over.slice(0, 1) });
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("compiled from") });
    return (error as Error).message;
  }
}

/** The log weight of a world, by the rules. */
export function logWeight(rules: readonly Rule[], world: Record<string, boolean>): number {
  return rules.reduce((sum, one) => {
    const holds = evaluate(one.formula, world);
    return sum + (isHard(one) ? (holds ? 0 : Number.NEGATIVE_INFINITY) : holds ? one.weight : 0);
  }, 0);
}
