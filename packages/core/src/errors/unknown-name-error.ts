import { closestNames } from "./closest-names.ts";
import { CredenceError } from "./credence-error.ts";

/** A name that is not in a vocabulary, with the closest names that are. */
export class UnknownNameError extends CredenceError {
  readonly suggestions: readonly string[];

  /**
   * @param kind what the name should have named: `entity`, `relation`, `variable`, ...
   * @param given the name as written
   * @param names all names that would have been right
   */
  constructor(kind: string, given: string, names: Iterable<string>) {
    const known = [...names];
    const suggestions = closestNames(given, known);
    super({
      code: "UNKNOWN_NAME",
      message: `There is no ${kind} ${JSON.stringify(given)}.`,
      given,
      expected: `the name of a known ${kind}`,
      hint:
        suggestions.length > 0
          ? `Did you mean ${suggestions.map((name) => JSON.stringify(name)).join(" or ")}?`
          : `No known ${kind} is spelt like it; ${listed(known)}.`,
    });
    this.suggestions = suggestions;
  }
}

/** The names if they are few. */
function listed(names: readonly string[]): string {
  const areFew = names.length > 0 && names.length <= 16;
  return areFew ? `there are ${names.join(", ")}` : "list the known ones first";
}
