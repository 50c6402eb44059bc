/** Where a computation left the finite numbers. */
import { CredenceError } from "../errors/credence-error.ts";
import type { Matrix } from "../matrix/matrix.ts";

/** The error of a loss that is NaN or infinite: names the first value with such an entry. */
export function nonFiniteValue(
  values: readonly (Matrix & { readonly name: string })[],
  loss: number,
): CredenceError {
  const first = values.findIndex(({ data }) => data.some((entry) => !Number.isFinite(entry)));
  const { name, rows, cols, data } = values[first];
  const at = data.findIndex((entry) => !Number.isFinite(entry));
  const place = `row ${Math.floor(at / cols)}, column ${at % cols}`;
  return new CredenceError({
    code: "NON_FINITE",
    message:
      `The loss is ${loss}; it began with ${data[at]} in ${place} of value ${first} of the tape, ` +
      `a ${name} of ${rows} x ${cols}.`,
    given: String(loss),
    expected: "a finite loss",
    hint:
      name === "constant" || name === "parameter"
        ? "Look at where these numbers come from."
        : "Training has diverged: lower the learning rate or clip the gradient.",
  });
}
