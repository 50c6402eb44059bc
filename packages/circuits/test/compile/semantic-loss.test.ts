import {
  compileCnf,
  compileRules,
  formulaToCnf,
  nnfToCircuit,
  semanticLoss,
  semanticLossAsync,
} from "@credence/circuits";
import { InvalidArgumentError, matrix, parseFormula, rng, rule } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.reference);
const exactlyOne = parseFormula("exactlyOne(a, b, c, d)");
const constraint = compileRules([rule(exactlyOne)], { variables: ["a", "b", "c", "d"] });

/** − log of the probability that exactly one holds. */
function lossOf(p: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += p.reduce((product, q, j) => product * (i === j ? q : 1 - q), 1);
  return -Math.log(total);
}

describe("semanticLoss", () => {
  const probability = fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: 0.01, max: 0.99, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1) },
  );

  it("is − log of the probability of the constraint, with the derivatives of that", () => {
    fc.assert(
      fc.property(fc.array(probability, { minLength: 4, maxLength: 4 }), (p) => {
        const { losses, mean, gradients, logitGradients } = semanticLoss(
          constraint,
          matrix(1, 4, Float64Array.from(p)),
        );
        expect(near(losses[0], lossOf(p))).toBe(true);
        expect(mean).toBe(losses[0]);
        const total = Math.exp(-lossOf(p));
        p.forEach((q, v) => {
          if (total === 0) {
            expect([gradients.data[v], logitGradients.data[v]]).toEqual([0, 0]);
            return;
          }
          // The probability is linear in each p.
          const [high, low] = [1, 0].map((value) =>
            Math.exp(-lossOf(p.map((r, i) => (i === v ? value : r)))),
          );
          expect(near(gradients.data[v], -(high - low) / total)).toBe(true);
          const posterior = (q * high) / total;
          expect(Math.abs(logitGradients.data[v] - (q - posterior))).toBeLessThan(1e-9);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on how the constraint was compiled, nor on the batch", async () => {
    const { formula, variables } = formulaToCnf(exactlyOne, { encoding: "direct" });
    const other = nnfToCircuit(compileCnf(formula).nnf, variables);
    const random = rng(3);
    const rows = matrix(
      300,
      4,
      Float64Array.from({ length: 1200 }, () => random()),
    );
    const [a, b] = [semanticLoss(constraint, rows), await semanticLossAsync(other, rows)];
    for (let row = 0; row < 300; row++) expect(near(a.losses[row], b.losses[row])).toBe(true);
    for (let i = 0; i < 1200; i++) expect(near(a.gradients.data[i], b.gradients.data[i])).toBe(true);
    expect(near(a.mean, a.losses.reduce((sum, loss) => sum + loss, 0) / 300)).toBe(true);
  });

  it("falls along its gradient until the constraint holds", () => {
    const logits = Float64Array.of(0.3, 0.1, -0.2, 0);
    let loss = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 300; step++) {
      const p = matrix(
        1,
        4,
        logits.map((x) => 1 / (1 + Math.exp(-x))),
      );
      const { losses, logitGradients } = semanticLoss(constraint, p);
      expect(losses[0]).toBeLessThanOrEqual(loss);
      loss = losses[0];
      logitGradients.data.forEach((g, i) => {
        logits[i] -= 0.5 * g;
      });
    }
    expect(loss).toBeLessThan(0.05);
    expect([...logits].map((x) => x > 0)).toEqual([true, false, false, false]);
  });

  it("says Infinity where the constraint is excluded, and refuses what is no probability", () => {
    const { losses, gradients } = semanticLoss(
      constraint,
      matrix(2, 4, Float64Array.of(1, 1, 0, 0, 0, 1, 0, 0)),
    );
    expect([...losses]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect([...gradients.data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(() => semanticLoss(constraint, matrix(1, 3))).toThrow(InvalidArgumentError);
    expect(() => semanticLoss(constraint, matrix(1, 4, Float64Array.of(0, 0, 0, 1.1)))).toThrow(/\(0, 3\)/);
    expect(() => semanticLoss(constraint, matrix(1, 4, Float64Array.of(Number.NaN, 0, 0, 1)))).toThrow(
      InvalidArgumentError,
    );
  });
});
