/**
 * Łukasiewicz's logic: and = max(0, a + b − 1), or = min(1, a + b), implies(a, b) = min(1, 1 − a + b); negation
 * 1 − a. `and` is computed as min(a, b) − (1 − max(a, b)): where that is positive the maximum exceeds one half
 * and its complement is exact, so and(a, 1) = a to the last bit, which a + b − 1 does not give.
 */
import type { Logic } from "./logic.ts";

/** Bounded sum and difference. */
export const lukasiewicz: Logic<"lukasiewicz"> = {
  name: "lukasiewicz",
  and(a, b) {
    const both = a < b ? a - (1 - b) : b - (1 - a);
    return Math.max(both, 0);
  },
  or: (a, b) => Math.min(a + b, 1),
  not: (a) => 1 - a,
  implies: (a, b) => (a <= b ? 1 : 1 - a + b),
  kernels: {
    andInto(out, x) {
      for (let i = 0; i < out.length; i++) {
        const a = out[i];
        const b = x[i];
        const both = a < b ? a - (1 - b) : b - (1 - a);
        out[i] = Math.max(both, 0);
      }
    },
    composeMax(out, a, row) {
      for (let i = 0; i < out.length; i++) {
        const b = row[i];
        const both = a < b ? a - (1 - b) : b - (1 - a);
        // `out` holds truth values, so a negative `both` never wins and needs no clamp.
        if (both > out[i]) out[i] = both;
      }
    },
  },
};
