import {
  chowLiuCircuit,
  circuitBuilder,
  factorizedCircuit,
  fitMixtureWeights,
  logLikelihoods,
  meanLogLikelihood,
  mixtureCircuit,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { mixtureLogs, mixtureShares } from "../../src/structures/mixture.ts";
import { drawnRows, randomTable } from "../learn/tables.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

describe("mixtureCircuit", () => {
  it("is the weighted sum of its components in every world, and keeps their properties", () => {
    for (let seed = 0; seed < 5; seed++) {
      const parts = [0, 1, 2].map((k) => randomCircuit(10 * seed + k, finiteDomains));
      const mixture = mixtureCircuit(parts, [1, 3, 0]);
      expect(mixture.properties).toMatchObject({ smooth: true, decomposable: true });
      for (const world of worldsOf(finiteDomains)) {
        const expected = 0.25 * valueAt(parts[0], world) + 0.75 * valueAt(parts[1], world);
        expect(close(valueAt(mixture, world), expected, tolerance.reference)).toBe(true);
      }
    }
    const numbers = [1, 2].map((seed) => randomCircuit(seed, mixedDomains));
    const rows = drawnRows(numbers[0], 20, 1);
    const logs = numbers.map((part) => logLikelihoods(part, rows));
    logLikelihoods(mixtureCircuit(numbers), rows).forEach((log, r) => {
      const expected = Math.log(0.5 * Math.exp(logs[0][r]) + 0.5 * Math.exp(logs[1][r]));
      expect(close(log, expected, tolerance.reference)).toBe(true);
    });
  });

  it("refuses nothing, components that do not fit, and bad weights", () => {
    const one = randomCircuit(1, finiteDomains);
    const builder = circuitBuilder<string>(vocabulary("variable", ["other"]));
    const other = builder.build(builder.input("other", { family: "bernoulli", p: 0.5 }));
    for (const [parts, weights] of [
      [[], undefined],
      [[one, other], undefined],
      [[one], [1, 2]],
      [
        [one, one],
        [0, 0],
      ],
      [[one], [-1]],
      [[one], [Number.NaN]],
    ] as const) {
      expect(() => mixtureCircuit(parts, weights)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});

describe("fitMixtureWeights", () => {
  const table = randomTable(1, 200, [2, 2, 3]);
  const parts = [
    chowLiuCircuit(table).circuit,
    factorizedCircuit(table),
    factorizedCircuit(randomTable(2, 50, [2, 2, 3])),
  ];
  const logs = parts.map((part) => logLikelihoods(part, table));
  const mean = (weights: ArrayLike<number>) => mixtureLogs(logs, weights).reduce((a, b) => a + b, 0) / 200;

  it("finds weights that none of many others beat, and no component alone", () => {
    const best = mean(fitMixtureWeights(logs));
    for (let i = 0; i <= 10; i++) {
      for (let j = 0; j <= 10 - i; j++) {
        expect(mean([i / 10, j / 10, (10 - i - j) / 10])).toBeLessThan(best + tolerance.single);
      }
    }
    for (const part of parts) expect(best).toBeGreaterThan(meanLogLikelihood(part, table) - tolerance.single);
  });

  it("gives shares that add up to 1, and nothing to rows that no component allows", () => {
    const shares = mixtureShares(logs, [0.2, 0.3, 0.5]);
    for (let r = 0; r < 200; r++) expect(shares.reduce((sum, own) => sum + own[r], 0)).toBeCloseTo(1, 12);
    const gone = [
      Float64Array.of(-1, Number.NEGATIVE_INFINITY),
      Float64Array.of(-2, Number.NEGATIVE_INFINITY),
    ];
    expect(mixtureShares(gone, [0.5, 0.5]).map((own) => own[1])).toEqual([0, 0]);
    expect(fitMixtureWeights(gone)[0]).toBeGreaterThan(0.99);
    const never = [Float64Array.of(Number.NEGATIVE_INFINITY), Float64Array.of(Number.NEGATIVE_INFINITY)];
    expect([...fitMixtureWeights(never)]).toEqual([0.5, 0.5]);
  });
});
