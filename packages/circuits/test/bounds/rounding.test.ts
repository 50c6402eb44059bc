import { compileRules, marginalBounds } from "@credence/circuits";
import { parseRules, rng } from "@credence/core";
import { expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";

const unitBits = 60;

/** A double as an exact fraction of 2^60, for doubles that are multiples of it. */
function exact(p: number): bigint {
  return BigInt(p * 2 ** 30) * 2n ** 30n;
}

it("bounds of a single point enclose the exact posterior, and hardly more", () => {
  // Hard rules have weights 0 and 1 only: posteriors are fractions that integers compute exactly.
  const circuit = compileRules(parseRules("a -> b.\na -> c.\nb | c | d.\n!(c & d)."));
  const random = rng(1);
  for (let run = 0; run < 50; run++) {
    const leaves = Array.from({ length: 4 }, () => (1 + random.int(2 ** 30 - 1)) / 2 ** 30);
    const one = 2n ** BigInt(unitBits);
    let [total, yes] = [0n, 0n];
    for (let world = 0; world < 16; world++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((v) => ((world >> v) & 1) === 1);
      if ((a && !b) || (a && !c) || !(b || c || d) || (c && d)) continue;
      const weight = leaves.reduce(
        (product, p, v) => product * ((world >> v) & 1 ? exact(p) : one - exact(p)),
        1n,
      );
      total += weight;
      if (b) yes += weight;
    }
    const [a, b, c, d] = leaves;
    const found = marginalBounds(circuit, { a, b, c, d } as Record<string, number>, { variables: ["b"] });
    if (found.kind !== "bounds") expect.unreachable();
    const { low, high } = found.byVariable["b"] as { low: number; high: number };
    // low <= yes / total <= high, in integers: doubles are multiples of 2^-1074, here of 2^-200 for certain.
    const scaled = (x: number) => BigInt(x * 2 ** 100) * total;
    expect(scaled(low) <= yes * 2n ** 100n).toBe(true);
    expect(scaled(high) >= yes * 2n ** 100n).toBe(true);
    expect(high - low).toBeLessThan(tolerance.rounding);
  }
});
