import { smooth, smoothSteps, smoothSync } from "@credence/conformal";
import {
  AbortedError,
  binomialCdf,
  binomialUpperTail,
  type CredenceError,
  InvalidArgumentError,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { bandClassifier, bandShares } from "./half-plane.ts";

const f = bandClassifier(0.4);
const inputs = [
  [0, 5],
  [0.3, -5],
  [-1, 0],
];
const options = { classes: 3, sigma: 0.5, samples: 1000, seed: "smooth" };

describe("smoothing", () => {
  it("counts votes as the exact shares have it", () => {
    const { rows, classes, samples, sigma, votes, means } = smoothSync(f, inputs, options);
    expect([rows, classes, samples, sigma, means]).toEqual([3, 3, 1000, 0.5, undefined]);
    for (const [i, [x]] of inputs.entries()) {
      const shares = bandShares(0.4, x, 0.5);
      const counts = votes.subarray(3 * i, 3 * i + 3);
      expect(counts.reduce((a, b) => a + b)).toBe(1000);
      for (const [j, share] of shares.entries()) {
        // Either tail below 1e-6 would be beyond bad luck.
        expect(binomialCdf(counts[j], 1000, share)).toBeGreaterThan(1e-6);
        expect(binomialUpperTail(counts[j] - 1, 1000, share)).toBeGreaterThan(1e-6);
      }
    }
  });

  it("repeats with its seed, and a row's votes do not depend on the rows after it", async () => {
    const all = smoothSync(f, inputs, options);
    expect(smoothSync(f, inputs, options)).toEqual(all);
    expect(await smooth(f, inputs, options)).toEqual(all);
    const first = smoothSync(f, inputs.slice(0, 1), options);
    expect([...first.votes]).toEqual([...all.votes.subarray(0, 3)]);
    expect(smoothSync(f, inputs, { ...options, seed: "other" }).votes).not.toEqual(all.votes);
  });

  it("averages soft outputs with their sample variance", () => {
    const seen: number[][] = [];
    const soft = smoothSync(
      (rows, out) => {
        for (let i = 0; i < rows.rows; i++) {
          const p = 1 / (1 + Math.exp(-rows.data[i * rows.cols]));
          out.data[2 * i] = p;
          out.data[2 * i + 1] = 1 - p;
          seen.push([p, 1 - p]);
        }
      },
      [[0.7]],
      { classes: 2, sigma: 1, samples: 700, soft: true },
    );
    for (const j of [0, 1]) {
      const values = seen.map((pair) => pair[j]);
      const mean = values.reduce((a, b) => a + b) / 700;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 699;
      expect(close(soft.means?.data[j] ?? Number.NaN, mean, tolerance.rounding)).toBe(true);
      expect(close(soft.variances?.data[j] ?? Number.NaN, variance, tolerance.rounding)).toBe(true);
    }
    const once = smoothSync(f, [[0]], { classes: 3, sigma: 1, samples: 1, soft: true });
    expect([...(once.variances?.data ?? [])]).toEqual([0, 0, 0]);
  });

  it("keeps single precision for single-precision rows", () => {
    let kind = "";
    const row = new Float32Array([0.5]);
    smoothSync(
      (rows, out) => {
        kind = rows.data.constructor.name;
        out.data.fill(0);
      },
      [row],
      { classes: 2, sigma: 1, samples: 3 },
    );
    expect(kind).toBe("Float32Array");
  });

  it("reports progress and can be cancelled", async () => {
    const steps: number[] = [];
    smoothSync(f, inputs, { ...options, onProgress: ({ step, steps: all }) => steps.push(step / all) });
    expect(steps).toEqual([1 / 3, 2 / 3, 1]);
    expect(smoothSteps(f, inputs, options).next().value).toMatchObject({ phase: "smoothing" });
    await expect(smooth(f, inputs, { ...options, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      AbortedError,
    );
  });

  it("refuses noise, samples and outputs that are none", () => {
    for (const bad of [
      { sigma: 0 },
      { sigma: -1 },
      { sigma: Number.NaN },
      { samples: 0 },
      { samples: 1.5 },
      { classes: 1 },
    ]) {
      expect(() => smoothSync(f, inputs, { ...options, ...bad })).toThrow(InvalidArgumentError);
    }
    expect(() => smoothSync((_, out) => out.data.fill(Number.NaN), inputs, options)).toThrow(
      InvalidArgumentError,
    );
    expect(() => smoothSync(f, [[Number.NaN]], options)).toThrow(
      expect.objectContaining<Partial<CredenceError>>({ code: "INVALID_ENTRY" }),
    );
  });
});
