import {
  batchMarginals,
  batchMarginalsAsync,
  circuitBuilder,
  compileRules,
  marginals,
} from "@credence/circuits";
import {
  AbortedError,
  InvalidArgumentError,
  matrix,
  type Progress,
  parseRules,
  rng,
  UnknownNameError,
  vocabulary,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { checkDigit } from "../arbitrary.ts";

const circuit = compileRules(parseRules("2 stop -> octagon\n!(stop & yield).\n"));

describe("batchMarginals", () => {
  it("takes single-precision rows", () => {
    const rows = matrix(1, 3, Float32Array.of(0.5, 0.25, 0.75));
    const one = marginals(circuit, { stop: 0.5, octagon: 0.25, yield: 0.75 });
    const { probabilities } = batchMarginals(circuit, rows, { variables: ["octagon"] });
    expect(probabilities.data).toHaveLength(1);
    expect(
      one.kind === "posteriors" &&
        close(probabilities.data[0], one.probabilities["octagon"], tolerance.rounding),
    ).toBe(true);
  });

  it("marks the rows that leave no world, and answers the others", () => {
    const rows = matrix(3, 3, Float64Array.of(0.9, 0.5, 0.1, 1, 0.5, 1, 0.2, 1, 0));
    const batch = batchMarginals(circuit, rows);
    expect(batch.kind).toBe("contradictions");
    expect([...batch.contradictions]).toEqual([1]);
    expect(batch.logPartitions[1]).toBe(Number.NEGATIVE_INFINITY);
    expect([...batch.probabilities.data.subarray(3, 6)]).toEqual([0, 0, 0]);
    expect(batch.probabilities.data.every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it("answers rules without worlds and batches without rows", () => {
    const none = compileRules(parseRules("a.\n!a."));
    expect(batchMarginals(none, matrix(2, 1))).toMatchObject({
      kind: "contradictions",
      contradictions: Int32Array.of(0, 1),
    });
    expect(batchMarginals(circuit, matrix(0, 3))).toMatchObject({
      kind: "posteriors",
      contradictions: new Int32Array(0),
    });
  });

  it("falls back to logs where linear numbers would underflow or overflow", () => {
    const n = 60;
    const text = Array.from({ length: n }, (_, i) => `!x${i} | x${(i + 1) % n}.\n`).join("");
    const ring = compileRules(parseRules(`${text}-3 x0`));
    const rows = matrix(1, n, new Float64Array(n).fill(1e-30).fill(1 - 1e-12, n / 2));
    const batch = batchMarginals(ring, rows);
    // Either all hold or none: the odds are the product of the leaves' odds and e^-3.
    const [all, none] = [30 * Math.log(1e-30) - 3, 30 * Math.log(1 - (1 - 1e-12))];
    expect(close(batch.logPartitions[0], none, tolerance.reference)).toBe(true);
    expect(close(batch.probabilities.data[7], Math.exp(all - none), tolerance.reference, 0)).toBe(true);

    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const steep = b.sum([b.literal("x", true), b.literal("x", false)], [900, -900]);
    const answer = batchMarginals(b.build(b.sum([steep, steep], [1, 1])), matrix(1, 1, Float64Array.of(0.5)));
    expect(close(answer.logPartitions[0], 901, tolerance.rounding)).toBe(true);
    expect(answer.probabilities.data[0]).toBe(1);
  });

  it("refuses other widths, entries outside [0, 1] and unknown names", () => {
    expect(() => batchMarginals(circuit, matrix(1, 2))).toThrow(InvalidArgumentError);
    for (const bad of [Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY]) {
      const rows = matrix(2, 3, Float64Array.of(0, 0, 0, 0, bad, 0));
      expect(() => batchMarginals(circuit, rows)).toThrow("Entry (1, 1)");
    }
    expect(() => batchMarginals(circuit, matrix(1, 3), { variables: ["stopp"] })).toThrow(UnknownNameError);
  });

  it("reports progress, stops when told to, and gives the same bytes asynchronously", async () => {
    const big = compileRules(parseRules(checkDigit(4)));
    const random = rng("rows");
    const rows = matrix(
      20_000,
      30,
      new Float64Array(600_000).map(() => random()),
    );
    const seen: Progress[] = [];
    const batch = batchMarginals(big, rows, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ step, steps }) => step <= steps && steps === 20_000)).toBe(true);
    const again = await batchMarginalsAsync(big, rows);
    expect(again.probabilities.data.every((p, i) => p === batch.probabilities.data[i])).toBe(true);
    expect(() => batchMarginals(big, rows, { signal: AbortSignal.abort() })).toThrow(AbortedError);
  });
});
