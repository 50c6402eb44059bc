import { logLikelihoods, logPartition, logProbability, meanLogLikelihood } from "@credence/circuits";
import { matrix } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { meanUnder, weightedMean } from "../../src/learn/log-likelihoods.ts";
import { readyRows } from "../../src/learn/rows.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";
import { drawnRows } from "./tables.ts";

describe("logLikelihoods", () => {
  it("are the circuit's values of all worlds, which add up to its partition", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const worlds = [...worldsOf(finiteDomains)];
        const logs = logLikelihoods(circuit, matrix(worlds.length, 5, Float64Array.from(worlds.flat())));
        let total = 0;
        worlds.forEach((world, r) => {
          total += Math.exp(logs[r]);
          expect(close(Math.exp(logs[r]), valueAt(circuit, world), tolerance.reference)).toBe(true);
        });
        expect(close(Math.log(total), logPartition(circuit), tolerance.reference)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("are the log-probabilities of the query, with missing values summed out, over any domains", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const rows = drawnRows(circuit, 8, seed, 0.3);
        const logs = logLikelihoods(circuit, rows);
        logs.forEach((log, r) => {
          const row = [...rows.data.subarray(4 * r, 4 * r + 4)];
          const known = row.flatMap((x, v) => (Number.isNaN(x) ? [] : [[`v${v}`, v === 0 ? x === 1 : x]]));
          expect(close(log, logProbability(circuit, Object.fromEntries(known)), tolerance.reference)).toBe(
            true,
          );
        });
        expect(
          close(meanLogLikelihood(circuit, rows), logs.reduce((a, b) => a + b, 0) / 8, tolerance.rounding),
        ).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("are weighed by rows, of which those of weight 0 may be impossible", () => {
    const circuit = randomCircuit(3, mixedDomains);
    const rows = drawnRows(circuit, 6, 1);
    const weights = [1, 0, 2, 0.5, 0, 1];
    const ready = readyRows(circuit, rows, weights);
    const logs = logLikelihoods(circuit, rows);
    const expected = weights.reduce((sum, w, r) => sum + (w === 0 ? 0 : w * logs[r]), 0) / 4.5;
    expect(close(meanUnder(circuit, ready), expected, tolerance.rounding)).toBe(true);
    const impossible = Float64Array.from(logs, (log, r) =>
      weights[r] === 0 ? Number.NEGATIVE_INFINITY : log,
    );
    expect(close(weightedMean(impossible, ready), expected, tolerance.rounding)).toBe(true);
  });
});
