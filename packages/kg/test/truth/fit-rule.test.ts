import { InvalidArgumentError } from "@credence/core";
import { type FitRule, fitRuleInto } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { tolerance } from "../../../../test/tolerance.ts";
import { expectClose } from "../query/arbitraries.ts";

interface MatrixFile {
  readonly scores: readonly (readonly (readonly number[])[])[];
  readonly observed: readonly (readonly (readonly [head: number, tail: number])[])[];
  readonly cases: readonly {
    readonly id: string;
    readonly threshold_delta: number;
    readonly epsilon: number;
    readonly fit: readonly (readonly (readonly number[])[])[];
  }[];
}

function row(scores: readonly number[], observed: readonly number[], rule?: FitRule): number[] {
  const out = new Float64Array(scores.length);
  fitRuleInto(out, scores, observed, rule);
  return Array.from(out);
}

describe("fitRuleInto", () => {
  const scores = [Math.log(4), Math.log(3), Math.log(2), 0];

  it("is a softmax with a threshold where nothing is observed", () => {
    expectClose(row(scores, []), [0.4, 0.3, 0.2, 0.1]);
    expectClose(row(scores, [], { threshold: 0.25 }), [0.4, 0.3, 0, 0]);
  });

  it("lets the observed tails share their number as mass, and pins them to 1", () => {
    // Observed 1 and 3 have 0.3 + 0.1: everything is multiplied by 2 / 0.4.
    expectClose(row(scores, [1, 3]), [0.999, 1, 0.999, 1]);
    expectClose(row(scores, [0, 1]), [1, 1, 0.4 / 0.7, 0.2 / 0.7]);
    expectClose(row(scores, [0, 1], { ceiling: 0.5 }), [1, 1, 0.5, 0.2 / 0.7]);
  });

  it("leaves out what is exactly at the threshold", () => {
    expect(row([0, 0, 0, 0], [], { threshold: 0.25 })).toEqual([0, 0, 0, 0]);
    expect(row([0, 0, 0, 0], [], { threshold: 0.2499 })).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("caps the factor that an unsure predictor would have a whole row blown up by", () => {
    const unsure = [5, 5, 5, 5, -5];
    expectClose(row(unsure, [4]), [0.999, 0.999, 0.999, 0.999, 1]);
    const capped = row(unsure, [4], { maxFactor: 1 });
    expect(Math.max(...capped.slice(0, 4))).toBeLessThan(0.25);
    expect(capped[4]).toBe(1);
    // A factor below the cap is not touched.
    expect(row(scores, [0, 1], { maxFactor: 3 })).toEqual(row(scores, [0, 1]));
  });

  it("stays in [0, 1] when the observed tails have no probability at all", () => {
    expect(row([0, -2_000, -3_000], [1])).toEqual([0.999, 1, 0]);
    expect(row([0, -2_000, -3_000], [1, 2], { maxFactor: 10 })).toEqual([0.999, 1, 1]);
  });

  it("may overwrite its scores, and rounds into single precision only at the end", () => {
    const own = Float64Array.from(scores);
    fitRuleInto(own, own, [2]);
    expect(Array.from(own)).toEqual(row(scores, [2]));
    const single = new Float32Array(4);
    fitRuleInto(single, scores, [2]);
    expectClose(single, row(scores, [2]), tolerance.single);
  });

  it("gives truth values with observed = 1 and everything else at most the ceiling, on any finite scores", () => {
    const cases = fc.tuple(
      fc.array(fc.double({ min: -1e308, max: 1e308, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.uniqueArray(fc.nat({ max: 7 })),
    );
    fc.assert(
      fc.property(cases, fc.constantFrom(1, 5, undefined), ([values, ids], maxFactor) => {
        const observed = ids.filter((id) => id < values.length);
        const out = row(values, observed, { maxFactor });
        out.forEach((truth, i) => {
          if (observed.includes(i)) expect(truth).toBe(1);
          else expect(truth === 0 || (truth > 0.005 && truth <= 0.999)).toBe(true);
        });
      }),
    );
  });

  it.each<[string, () => unknown]>([
    ["a NaN score", () => row([0, Number.NaN], [])],
    ["an infinite score", () => row([0, Number.POSITIVE_INFINITY], [])],
    ["lengths that differ", () => fitRuleInto(new Float64Array(3), [0, 0], [])],
    ["a threshold of 1", () => row(scores, [], { threshold: 1 })],
    ["a threshold that is NaN", () => row(scores, [], { threshold: Number.NaN })],
    ["a ceiling of 0", () => row(scores, [], { ceiling: 0 })],
    ["a ceiling above 1", () => row(scores, [], { ceiling: 1.1 })],
    ["a factor below 1", () => row(scores, [], { maxFactor: 0.5 })],
  ])("refuses %s", (_, run) => {
    expect(run).toThrow(InvalidArgumentError);
  });
});

for (const name of ["matrix-from-scores-A", "matrix-from-complex-A"]) {
  describeShared(name, () => {
    const file = sharedJson<MatrixFile>("reference", "fit", `${name}.json`);
    it.each(file.cases)("$id", ({ threshold_delta: threshold, epsilon, fit }) => {
      fit.forEach((matrix, r) => {
        matrix.forEach((expected, head) => {
          const observed = file.observed[r].filter(([h]) => h === head).map(([, tail]) => tail);
          const truth = row(file.scores[r][head], observed, { threshold, ceiling: 1 - epsilon });
          expectClose(truth, expected, tolerance.reference);
        });
      });
    });
  });
}
