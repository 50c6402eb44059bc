import { entropy, logInnerProduct, logPartition, sample } from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { alone, count, real } from "./oracle.ts";

const bits = 5000n;

/** A double as a whole number of 2^-5000. */
function exact(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const raw = view.getBigUint64(0);
  const exponent = (raw >> 52n) & 0x7ffn;
  const fraction = raw & ((1n << 52n) - 1n);
  const mantissa = exponent === 0n ? fraction : fraction | (1n << 52n);
  const size = mantissa << (bits - 1074n + (exponent === 0n ? 0n : exponent - 1n));
  return x < 0 ? -size : size;
}

/** ∫_0^x exp(-t²/2) dt = Σ_n (-1)^n x^(2n+1) / (2^n n! (2n + 1)), in steps of 2^-5000. */
function integral(x: number): bigint {
  const z = exact(x);
  const square = (z * z) >> bits;
  let power = z;
  let sum = 0n;
  for (let n = 0n; power !== 0n && power !== -1n; n++) {
    sum += power / (2n * n + 1n);
    power = -((power * square) >> bits) / (2n * (n + 1n));
  }
  return sum;
}

function log(x: bigint): number {
  const size = BigInt(x.toString(2).length);
  return Math.log(Number(x >> (size - 60n))) + Number(size - 60n - bits) * Math.LN2;
}

const logRootTwoPi = 0.5 * Math.log(2 * Math.PI);

describe("masses of intervals of a gaussian", () => {
  const standard = alone({ family: "gaussian", mean: 0, std: 1 }, real);
  const mass = (from: number, to: number) => logPartition(standard, { x: { from, to } });
  const check = (from: number, to: number): void => {
    const expected = log(integral(to) - integral(from)) - logRootTwoPi;
    expect([from, to, mass(from, to)]).toEqual([from, to, expect.closeTo(expected, 10)]);
  };

  it("are those of 5000 binary digits, in tails and down to one unit in the last place", () => {
    check(1.7679148415255757, 1.767914841525576);
    check(-1e-17, 1e-17);
    check(1, 1 + 2 ** -50);
    check(20, 21);
    check(-21, -20);
    check(-1e-3, 15);
    const place = fc.double({ min: -22, max: 22, noNaN: true });
    fc.assert(
      fc.property(place, fc.double({ min: -52, max: 2, noNaN: true }), (from, logWidth) => {
        const to = from + Math.max(Math.abs(from), 1) * 2 ** logWidth;
        fc.pre(to > from && to < 25);
        check(from, to);
      }),
      { numRuns: 40 },
    );
  });

  it("beyond the range of doubles are no contradiction: Mills' ratio", () => {
    // Q(z) = φ(z)/z (1 - 1/z² + 3/z⁴ - 15/z⁶ + ...)
    const z = 40;
    const series = 1 - 1 / z ** 2 + 3 / z ** 4 - 15 / z ** 6 + 105 / z ** 8;
    const expected = -0.5 * z * z - logRootTwoPi - Math.log(z) + Math.log(series);
    expect(mass(z, Number.POSITIVE_INFINITY)).toBeCloseTo(expected, 9);
    expect(mass(z, 50)).toBeCloseTo(expected, 9);
    expect(mass(-50, -z)).toBeCloseTo(expected, 9);
    const drawn = sample(standard, 200, { seed: 2, evidence: { x: { from: z } } });
    if (drawn.kind !== "samples") expect.unreachable();
    const mean = Float64Array.from(drawn.rows.data).reduce((sum, x) => sum + x / 200, 0);
    expect(Math.abs(mean - z - 1 / z)).toBeLessThan(5 / z / Math.sqrt(200));
  });

  it("narrow ones of gammas, too, are density times width", () => {
    for (const [shape, x] of [
      [0.3, 0.01],
      [2.5, 3],
      [1e5, 1e5],
    ]) {
      const circuit = alone({ family: "gamma", shape, rate: 1 }, real);
      const to = x * (1 + 2 ** -52);
      const density = logPartition(circuit, { x });
      const narrow = logPartition(circuit, { x: { from: x, to } });
      expect(close(narrow, density + Math.log(to - x), tolerance.reference)).toBe(true);
    }
  });
});

describe("counts of large means", () => {
  it("have the entropy and the inner product of their closed forms", () => {
    const h = entropy(alone({ family: "poisson", rate: 1e10 }, count));
    // ½ ln(2πeλ) - 1/(12λ) - ...
    const expected = 0.5 * Math.log(2 * Math.PI * Math.E * 1e10) - 1 / 12e10;
    expect(h).toMatchObject({ nats: expect.closeTo(expected, 9) });
    const p = 1e-7;
    const geometric = alone({ family: "geometric", p }, count);
    expect(logInnerProduct(geometric, geometric)).toBeCloseTo(Math.log(p / (2 - p)), 9);
  });

  it("are summed up as if one by one where that is too long", () => {
    const p = 1e-4;
    let [logP, x, nats] = [2 * Math.log(p), 0, 0];
    for (; x < 600_000; x++) {
      nats -= Math.exp(logP) * logP;
      logP += Math.log((x + 2) / (x + 1)) + Math.log1p(-p);
    }
    const h = entropy(alone({ family: "negativeBinomial", successes: 2, p }, count));
    expect(h).toMatchObject({ nats: expect.closeTo(nats, 8) });
  });

  it("have tails that are the sums of their probabilities", () => {
    const rate = 4e6;
    const circuit = alone({ family: "poisson", rate }, count);
    const terms: number[] = [];
    const first = rate - 30_000;
    for (let x = first, term = 1e-90; x <= rate + 30_000; x++) {
      terms.push(term);
      term *= rate / (x + 1);
    }
    const total = terms.reduce((a, b) => a + b, 0);
    let below = 0;
    for (const [i, term] of terms.entries()) {
      below += term / total;
      if (i % 4000 !== 0 || i < 12_000 || i > 40_000) continue;
      const found = logPartition(circuit, { x: { to: first + i } });
      expect([i, found]).toEqual([i, expect.closeTo(Math.log(below), 8)]);
    }
  });

  it("are refused where counts are no exact numbers, and so are such intervals", () => {
    const refused = expect.objectContaining({ code: "INVALID_ARGUMENT", expected: expect.any(String) });
    expect(() => alone({ family: "poisson", rate: 1e17 }, count)).toThrow(refused);
    expect(() => alone({ family: "geometric", p: 1e-18 }, count)).toThrow(refused);
    expect(() => alone({ family: "negativeBinomial", successes: 1e9, p: 1e-9 }, count)).toThrow(refused);
    const circuit = alone({ family: "geometric", p: 1e-10 }, count);
    expect(() => logPartition(circuit, { x: { from: 1e16, to: 1e16 } })).toThrow(refused);
  });
});

describe("parameters whose squares are no numbers", () => {
  it.each([
    { family: "gaussian", mean: 0, std: 1e-170 },
    { family: "gaussian", mean: 1e300, std: 1 },
    { family: "exponential", rate: 1e-310 },
    { family: "gamma", shape: 1e300, rate: 1 },
    { family: "uniform", low: -1e308, high: 1e308 },
    { family: "histogram", edges: [-1e308, 0, 1e308], masses: [0.5, 0.5] },
  ] as const)("are refused: %j", (distribution) => {
    expect(() => alone(distribution, real)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", expected: expect.stringContaining("to 1e") }),
    );
  });

  it("as are intervals at infinity and ends that are no numbers", () => {
    const circuit = alone({ family: "exponential", rate: 1 }, real);
    for (const x of [
      { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY },
      { to: Number.NEGATIVE_INFINITY },
      { from: "1" as unknown as number },
      { from: null as unknown as number },
    ]) {
      expect(() => logPartition(circuit, { x })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => logPartition(circuit, null as never)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
