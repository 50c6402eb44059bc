/** The refusal of a format that cannot say what a circuit says: never a file that means something else. */
import { CredenceError } from "@credence/core";

/**
 * The error `INEXPRESSIBLE`.
 * @param what the node or part at fault, for example `Node 12, a gaussian input,`
 */
export function inexpressible(what: string, format: string, expected: string, hint?: string): CredenceError {
  return new CredenceError({
    code: "INEXPRESSIBLE",
    message: `${what} cannot be written in ${format}.`,
    given: what,
    expected,
    hint: hint ?? "JSON and the binary format can say every circuit.",
  });
}
