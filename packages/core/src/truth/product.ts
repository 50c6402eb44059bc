/**
 * The product (Goguen) logic: and = a·b, or = a + b − a·b, implies(a, b) = 1 where a ≤ b and b / a elsewhere;
 * negation 1 − a. `or` starts from the larger operand, so that 0 and 1 are exact and the order does not matter.
 */
import type { Logic } from "./logic.ts";

/** The product of truth values, as if of independent events. */
export const product: Logic<"product"> = {
  name: "product",
  and: (a, b) => a * b,
  or: (a, b) => (a > b ? a + b * (1 - a) : b + a * (1 - b)),
  not: (a) => 1 - a,
  implies: (a, b) => (a <= b ? 1 : b / a),
  kernels: {
    andInto(out, x) {
      for (let i = 0; i < out.length; i++) out[i] *= x[i];
    },
    composeMax(out, a, row) {
      for (let i = 0; i < out.length; i++) {
        const both = a * row[i];
        if (both > out[i]) out[i] = both;
      }
    },
  },
};
