/**
 * Factor graphs over discrete variables, the common meaning of network files: the weight of a world is
 *
 *   w(x) = Π_f value_f(x restricted to the scope of f),
 *
 * which for a Bayesian network, with one factor P(variable | parents) per variable, is the joint probability.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";

/** A discrete variable. */
export interface DiscreteVariable {
  readonly name: string;
  readonly states: readonly string[];
}

/** A table over some variables. */
export interface Factor {
  /** Numbers of the variables; for a conditional probability the child comes last. */
  readonly scope: readonly number[];
  /** One value per combination of states, the last variable's state changing fastest. */
  readonly values: Float64Array;
}

/** Variables and tables. */
export interface FactorGraph {
  readonly variables: readonly DiscreteVariable[];
  readonly factors: readonly Factor[];
}

/** Combinations of states in one factor beyond which it is refused. */
export const factorLimit = 2 ** 24;

/**
 * Checks a factor graph. O(values).
 * @throws InvalidArgumentError for repeated names, unknown variables, or values that are not finite and at least 0
 * @throws CredenceError `FACTOR_SIZE` if a table has not one value per combination
 */
export function factorGraph(variables: readonly DiscreteVariable[], factors: readonly Factor[]): FactorGraph {
  const names = variables.map(({ name }) => name);
  if (new Set(names).size !== names.length)
    throw new InvalidArgumentError("variables", names, "distinct names");
  for (const { name, states } of variables) {
    if (states.length === 0 || new Set(states).size !== states.length) {
      throw new InvalidArgumentError(`The states of ${name}`, states, "at least one, all distinct");
    }
  }
  for (const { scope, values } of factors) {
    if (new Set(scope).size !== scope.length || scope.some((v) => variables[v] === undefined)) {
      throw new InvalidArgumentError("A factor's scope", scope.join(" "), "distinct numbers of variables");
    }
    const size = scope.reduce((product, v) => product * variables[v].states.length, 1);
    if (size > factorLimit || values.length !== size) {
      throw new CredenceError({
        code: "FACTOR_SIZE",
        message: `The table over ${scope.map((v) => variables[v].name).join(", ")} has ${values.length} values.`,
        given: values.length,
        expected: size > factorLimit ? `at most ${factorLimit} values` : `${size} values`,
        hint: "Give one value per combination of states, the last variable's state changing fastest.",
      });
    }
    const wrong = values.find((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
    if (wrong !== undefined)
      throw new InvalidArgumentError("A factor's value", wrong, "a finite number of at least 0");
  }
  return Object.freeze({ variables, factors });
}
