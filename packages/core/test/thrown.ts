/** The typed error that a call throws, for tests that look at its code, hint and facts. */
import { CredenceError } from "@credence/core";

/** The error of a call; fails if there is none or if it is not one of ours. */
export function thrown(call: () => unknown): CredenceError {
  try {
    call();
  } catch (error) {
    return ours(error);
  }
  throw new Error("nothing was thrown");
}

/** The error of a promise; fails if there is none or if it is not one of ours. */
export async function rejected(promise: Promise<unknown>): Promise<CredenceError> {
  try {
    await promise;
  } catch (error) {
    return ours(error);
  }
  throw new Error("nothing was thrown");
}

function ours(error: unknown): CredenceError {
  if (error instanceof CredenceError) return error;
  throw new Error(`an error that is not ours: ${String(error)}`, { cause: error });
}
