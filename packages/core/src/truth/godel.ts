/**
 * Gödel's logic: and = min, or = max, implies(a, b) = 1 where a ≤ b and b elsewhere. The only idempotent
 * t-norm. Negation is 1 − a throughout Credence (as in fuzzy query answering), not Gödel's own residual one.
 */
import type { Logic } from "./logic.ts";

/** min and max. */
export const godel: Logic<"godel"> = {
  name: "godel",
  and: (a, b) => Math.min(a, b),
  or: (a, b) => Math.max(a, b),
  not: (a) => 1 - a,
  implies: (a, b) => (a <= b ? 1 : b),
  kernels: {
    andInto(out, x) {
      for (let i = 0; i < out.length; i++) {
        if (x[i] < out[i]) out[i] = x[i];
      }
    },
    composeMax(out, a, row) {
      for (let i = 0; i < out.length; i++) {
        const value = row[i];
        const both = Math.min(a, value);
        if (both > out[i]) out[i] = both;
      }
    },
  },
};
