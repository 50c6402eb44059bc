import { batchMarginals, compileRules, marginalBounds, mixtureBounds } from "@credence/circuits";
import { matrix, rng, rule } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";

/** Random sets of rules times random points of a random box each. */
const [sets, points] = [50, 20_000];

it("a million random interior points have their posteriors inside the bounds, also of mixtures", () => {
  let checked = 0;
  fc.assert(
    fc.property(ruleSets, ruleSets, fc.integer({ min: 0, max: 1e6 }), (rules, others, seed) => {
      const random = rng(`million ${seed}`);
      const box = Object.fromEntries(
        names.map((name) => [name, [random(), random()].sort((x, y) => x - y) as [number, number]]),
      );
      // Weights of hundreds make posteriors of 0 and 1 only: there is nothing to see.
      const parts = [rules, others].map((own) => {
        const mild = own.map((one) =>
          Math.abs(one.weight) === 800 ? rule(one.formula, one.weight / 400) : one,
        );
        return { circuit: compileRules<string>(mild, { variables: [...names] }), rules: mild };
      });
      const [single, mixed] = [marginalBounds(parts[0].circuit, box, parts[0]), mixtureBounds(parts, box)];
      const rows = matrix(points, names.length);
      for (let i = 0; i < rows.data.length; i++) {
        const [low, high] = box[names[i % names.length]];
        rows.data[i] = low + random() * (high - low);
      }
      const answers = parts.map(({ circuit }) => batchMarginals(circuit, rows));
      if (single.kind !== "bounds" || mixed.kind !== "bounds") {
        expect(answers.some(({ kind }) => kind === "contradictions")).toBe(true);
        return;
      }
      names.forEach((name, v) => {
        let [least, most, leastMixed, mostMixed] = [1, 0, 1, 0];
        for (let row = 0; row < points; row++) {
          const [p, q] = answers.map(({ probabilities }) => probabilities.data[row * names.length + v]);
          least = Math.min(least, p);
          most = Math.max(most, p);
          leastMixed = Math.min(leastMixed, (p + q) / 2);
          mostMixed = Math.max(mostMixed, (p + q) / 2);
        }
        // The points' own posteriors are rounded, too.
        const slack = tolerance.rounding;
        expect(least).toBeGreaterThanOrEqual(single.byVariable[name].low - slack);
        expect(most).toBeLessThanOrEqual(single.byVariable[name].high + slack);
        expect(leastMixed).toBeGreaterThanOrEqual(mixed.byVariable[name].low - slack);
        expect(mostMixed).toBeLessThanOrEqual(mixed.byVariable[name].high + slack);
      });
      checked += points;
    }),
    { numRuns: 2 * sets },
  );
  expect(checked).toBeGreaterThanOrEqual(sets * points);
});
