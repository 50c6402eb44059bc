import { InvalidArgumentError, rng } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("rng", () => {
  it("gives the same numbers for the same seed, whether written as a number or a text", () => {
    const [a, b] = [rng(7), rng("7")];
    for (let i = 0; i < 100; i++) expect(a()).toBe(b());
  });

  it("forks by name, whatever the parent has drawn and whichever other forks exist", () => {
    const early = rng(1).fork("weights");
    const parent = rng(1);
    for (let i = 0; i < 10; i++) parent();
    parent.fork("batches")();
    const late = parent.fork("weights");
    expect([early(), early(), early()]).toEqual([late(), late(), late()]);
  });

  it("keeps forks whose labels run together apart", () => {
    expect(rng("a").fork("b/c")()).not.toBe(rng("a/b").fork("c")());
    expect(rng(1).fork("x").fork("y")()).not.toBe(rng(1).fork("x/y")());
  });

  it("draws integers uniformly", () => {
    const r = rng("int");
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[r.int(7)]++;
    // Chi-square with 6 degrees of freedom: 22.46 is exceeded once in a thousand.
    const chi2 = counts.reduce((sum, c) => sum + (c - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(22.46);
  });

  it("draws normals with mean 0, variance 1 and light tails", () => {
    const r = rng("normal");
    const n = 100_000;
    let [m1, m2, m4] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = r.normal();
      m1 += x / n;
      m2 += x ** 2 / n;
      m4 += x ** 4 / n;
    }
    expect(Math.abs(m1)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(m2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(m4 - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it("shuffles in place into a permutation", () => {
    const items = Int32Array.from({ length: 50 }, (_, i) => i);
    const shuffled = rng(3).shuffle(items);
    expect(shuffled).toBe(items);
    expect(Array.from(items).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(Array.from(items)).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it("refuses what is not a seed and empty ranges", () => {
    expect(() => rng(Number.NaN)).toThrow(InvalidArgumentError);
    expect(() => rng(1).int(0)).toThrow(InvalidArgumentError);
    expect(() => rng(1).int(2.5)).toThrow(InvalidArgumentError);
  });
});
