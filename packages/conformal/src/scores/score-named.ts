/** The scores by name, for saved predictors and command lines. */
import { CredenceError, UnknownNameError } from "@credence/core";
import { aps, raps } from "./aps.ts";
import { lac } from "./lac.ts";
import { margin } from "./margin.ts";
import { saps } from "./saps.ts";
import type { NonconformityScore } from "./score.ts";
import { topKScore } from "./top-k.ts";

/** A score's description: what {@link scoreNamed} makes it from. */
export interface ScoreDescription {
  readonly name: string;
  readonly randomized?: boolean;
  readonly parameters?: Readonly<Record<string, number>>;
}

type Maker = (
  randomized: { randomized?: boolean },
  parameter: (name: string) => number,
) => NonconformityScore;

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["lac", () => lac()],
  ["aps", (randomized) => aps(randomized)],
  ["raps", (randomized, of) => raps({ ...randomized, penalty: of("penalty"), kreg: of("kreg") })],
  ["saps", (randomized, of) => saps({ ...randomized, weight: of("weight") })],
  ["top-k", (randomized) => topKScore(randomized)],
  ["margin", () => margin()],
]);

/** The names that {@link scoreNamed} knows. */
export const scoreNames: readonly string[] = [...makers.keys()];

/**
 * The score of a description. @throws UnknownNameError; CredenceError `MISSING_PARAMETER`;
 * InvalidArgumentError
 */
export function scoreNamed(description: ScoreDescription): NonconformityScore {
  const { name, randomized, parameters = {} } = description;
  const maker = makers.get(name);
  if (maker === undefined) throw new UnknownNameError("nonconformity score", name, scoreNames);
  return maker(randomized === undefined ? {} : { randomized }, (parameter) => {
    const value = parameters[parameter];
    if (value === undefined) {
      throw new CredenceError({
        code: "MISSING_PARAMETER",
        message: `The score ${name} needs the parameter ${parameter}.`,
        expected: `parameters: { ${parameter}: a number }`,
        hint: "See the score's own options for its meaning.",
      });
    }
    return value;
  });
}
