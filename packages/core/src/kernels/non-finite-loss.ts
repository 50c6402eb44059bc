import { CredenceError } from "../errors/credence-error.ts";

/** The error of a row of a batch whose loss is NaN or infinite. */
export function nonFiniteLoss(row: number, loss: number): CredenceError {
  return new CredenceError({
    code: "NON_FINITE",
    message: `The loss of row ${row} of the batch is ${loss}.`,
    given: String(loss),
    expected: "finite logits, or -Infinity for classes that are no targets",
    hint: "Training has diverged: lower the learning rate or raise the regularization.",
  });
}
