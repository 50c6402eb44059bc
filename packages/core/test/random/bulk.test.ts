import { normalsInto, rng } from "@credence/core";
import { erf } from "mathjs";
import { describe, expect, it } from "vitest";

const fill = (seed: string, n: number) => {
  const out = new Float64Array(n);
  normalsInto(out, rng(seed));
  return out;
};
const mean = (values: Float64Array, of: (x: number, i: number) => number) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i], i);
  return sum / values.length;
};
/** P(a < Z ≤ b). */
const between = (a: number, b: number) => (erf(b / Math.SQRT2) - erf(a / Math.SQRT2)) / 2;

describe("normalsInto", () => {
  const n = 1_000_000;
  const sample = fill("moments", n);

  it("has the first six moments of the standard normal distribution", () => {
    // A power's mean has variance (E x^2k − (E x^k)²) / n: 1, 2, 15, 96, 945 and 10,170 over n.
    const expected = [0, 1, 0, 3, 0, 15];
    const variance = [1, 2, 15, 96, 945, 10_170];
    for (let k = 1; k <= 6; k++) {
      const error = Math.abs(mean(sample, (x) => x ** k) - expected[k - 1]);
      expect(error, `moment ${k}`).toBeLessThan(4 * Math.sqrt(variance[k - 1] / n));
    }
  });

  it("fills the bins of a fine histogram as the distribution function says", () => {
    const [low, high, bins] = [-4, 4, 200];
    const counts = new Float64Array(bins);
    for (const x of sample) {
      const bin = Math.floor(((x - low) / (high - low)) * bins);
      if (bin >= 0 && bin < bins) counts[bin]++;
    }
    let chi2 = 0;
    for (let i = 0; i < bins; i++) {
      const at = (j: number) => low + (j * (high - low)) / bins;
      const expected = n * between(at(i), at(i + 1));
      chi2 += (counts[i] - expected) ** 2 / expected;
    }
    // 200 degrees of freedom: 267.5 is exceeded once in a thousand.
    expect(chi2).toBeLessThan(267.5);
  });

  it("reaches beyond the start of the tail as often, and as far, as it should", () => {
    const r = 3.6541528853610088;
    const expected = n * (1 - 2 * between(0, r));
    const beyond = sample.filter((x) => Math.abs(x) > r);
    expect(Math.abs(beyond.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
    expect(Math.abs(beyond.filter((x) => x > 0).length - beyond.length / 2)).toBeLessThan(
      2 * Math.sqrt(beyond.length),
    );
    // E[|Z| − r | |Z| > r] = f(r) / (1 − Phi(r)) − r, about 0.25; its spread is about as large.
    const excess = Math.exp((-r * r) / 2) / Math.sqrt(2 * Math.PI) / (0.5 - between(0, r)) - r;
    expect(Math.abs(mean(beyond, (x) => Math.abs(x) - r) - excess)).toBeLessThan(
      4 * (excess / Math.sqrt(beyond.length)),
    );
  });

  it("has no memory: neighbours, neighbours' sizes and consecutive fills are uncorrelated", () => {
    const bound = 4 / Math.sqrt(n);
    for (const lag of [1, 2, 3, 64]) {
      expect(Math.abs(mean(sample, (x, i) => x * sample[(i + lag) % n]))).toBeLessThan(bound);
      const sizes = mean(sample, (x, i) => (x * x - 1) * (sample[(i + lag) % n] ** 2 - 1));
      expect(Math.abs(sizes)).toBeLessThan(2 * bound);
    }
    const stream = rng("moments");
    const [first, second] = [new Float64Array(n), new Float64Array(n)];
    normalsInto(first, stream);
    normalsInto(second, stream);
    expect(first.subarray(0, 1000)).toEqual(sample.subarray(0, 1000));
    expect(Math.abs(mean(first, (x, i) => x * second[i]))).toBeLessThan(bound);
  });

  it("gives forks independent numbers", () => {
    const [a, b] = ["a", "b"].map((label) => {
      const out = new Float64Array(100_000);
      normalsInto(out, rng(1).fork(label));
      return out;
    });
    expect(Math.abs(mean(a, (x, i) => x * b[i]))).toBeLessThan(4 / Math.sqrt(a.length));
  });

  it("gives the same numbers for the same seed on every engine, rounded in single precision", () => {
    const double = fill("engine", 1000);
    const single = new Float32Array(1000);
    normalsInto(single, rng("engine"));
    expect(single).toEqual(Float32Array.from(double));
    // Only + − × ÷ and comparisons lead here, so these are exact wherever they are computed.
    expect(Array.from(double.subarray(0, 3))).toEqual([
      0.7700382995714505, 0.3780572190809363, -0.04957283950048012,
    ]);
  });

  it("starts every fill with the same numbers, however long it is", () => {
    // The rare draws outside the rectangles borrow from the stream, never from the fill's own generator.
    expect(fill("prefix", 50)).toEqual(fill("prefix", 5000).subarray(0, 50));
    expect(() => normalsInto(new Float64Array(0), rng(1))).not.toThrow();
  });
});
