/** What the tour says when it is interrupted. */
import { CredenceError } from "@credence/core";

/** The error that is printed for an interrupt, with what is left of the work. */
export function interrupted(cause: unknown, left: string): CredenceError {
  return new CredenceError({ code: "INTERRUPTED", message: "The tour was interrupted.", hint: left, cause });
}
