import {
  factorizedCircuit,
  meanLogLikelihood,
  parseStates,
  type SquaredCircuit,
  type SquaredTrainingOptions,
  type StateTable,
  squaredCircuit,
  squaredLogLikelihoods,
  squaredSample,
  squaredTrainingDefaults,
  squaredTreeShape,
  trainSquared,
  trainSquaredAsync,
  weightRows,
  withSquaredParameters,
} from "@credence/circuits";
import { AbortedError, adamW, type Progress, rng, sgd } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { twoTrees } from "../learn/tables.ts";
import { randomSquared } from "./random-squared.ts";

/** Rows drawn from a circuit, some of their values missing. */
function drawnTable(circuit: SquaredCircuit, rows: number, seed: number, missing: number): StateTable {
  const drawn = squaredSample(circuit, rows, { seed });
  if (drawn.kind !== "samples") throw new Error("The circuit leaves no world.");
  const random = rng(`holes ${seed}`);
  const { cols, data } = drawn.rows;
  const columns = Uint8Array.from({ length: rows * cols }, (_, i) => {
    const [v, r] = [Math.floor(i / rows), i % rows];
    return random() < missing ? 255 : data[r * cols + v];
  });
  return { rows, cols, arities: circuit.shape.arities, columns };
}

function weightedMean(circuit: SquaredCircuit, table: StateTable, weights: readonly number[]): number {
  const logs = squaredLogLikelihoods(circuit, table);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((sum, w, r) => sum + (w === 0 ? 0 : w * logs[r]), 0) / total;
}

/** A start that training can leave: signs at random, over a chain of variables. */
function chain(table: StateTable, units: number, squares = 1): SquaredCircuit {
  const order = Int32Array.from({ length: table.cols }, (_, v) => v);
  const shape = squaredTreeShape(
    table.arities,
    { order, parents: order.map((v) => v - 1) },
    { units, squares },
  );
  const random = rng("chain");
  return squaredCircuit(
    shape,
    Array.from({ length: shape.parameterCount }, () => 0.2 + random()),
  );
}

describe("training of squared circuits", () => {
  it("follows the gradient: that of finite differences, with weights and missing values", () => {
    const rate = 1e-3;
    const options: SquaredTrainingOptions = {
      epochs: 1,
      batch: 100,
      rates: [rate, rate],
      optimizer: (learningRate) => sgd({ learningRate }),
    };
    for (let seed = 0; seed < 9; seed++) {
      const circuit = randomSquared(seed);
      if (squaredSample(circuit, 0).kind !== "samples") continue;
      const table = drawnTable(circuit, 7, seed, seed % 3 === 0 ? 0 : 0.3);
      const weights = seed % 2 === 0 ? [1, 1, 1, 1, 1, 1, 1] : [1, 0, 2, 0.5, 3, 0, 1];
      const { circuit: moved } = trainSquared(circuit, weightRows(table, weights), options);
      circuit.parameters.forEach((x, i) => {
        const step = 1e-5 * Math.max(1, Math.abs(x));
        const at = (value: number) =>
          weightedMean(withSquaredParameters(circuit, circuit.parameters.with(i, value)), table, weights);
        const numeric = (at(x + step) - at(x - step)) / (2 * step);
        const exact = (moved.parameters[i] - x) / rate;
        expect(close(exact, numeric, tolerance.single)).toBe(true);
      });
    }
  });

  it("counts rows by their weights", () => {
    const table = parseStates("0,1,0\n1,1,0\n0,0,1\n");
    const twice = parseStates("0,1,0\n0,1,0\n1,1,0\n");
    const start = chain(table, 3, 2);
    const common = { epochs: 5, batch: 10, seed: 1 };
    const weighted = trainSquared(start, weightRows(table, [2, 1, 0]), common);
    const repeated = trainSquared(start, twice, common);
    weighted.circuit.parameters.forEach((x, i) => {
      expect(close(x, repeated.circuit.parameters[i], tolerance.optimizer)).toBe(true);
    });
    weighted.trace.forEach((log, e) => {
      expect(close(log, repeated.trace[e], tolerance.optimizer)).toBe(true);
    });
  });

  it("learns what independent variables cannot say, also from rows with holes", () => {
    const [table, test] = [twoTrees(1, 400), twoTrees(2, 400)];
    const independent = meanLogLikelihood(factorizedCircuit(table), test);
    const holes = { ...table, columns: table.columns.map((x, i) => (i % 11 === 0 ? 255 : x)) };
    for (const rows of [table, holes]) {
      const fit = trainSquared(chain(table, 6, 3), rows, { epochs: 25, batch: 50, rates: [0.02, 0.001] });
      const mean = squaredLogLikelihoods(fit.circuit, test).reduce((a, b) => a + b, 0) / test.rows;
      expect(mean).toBeGreaterThan(independent + 0.5);
      expect(fit.trace[24]).toBeGreaterThan(fit.trace[0] + 0.3);
      expect(fit).toMatchObject({ epochs: 25, bestEpoch: 25, validation: [] });
    }
  });

  it("says exclusive or by subtraction with two units", () => {
    // c = a(x0) a(x1) - b(x0) b(x1) vanishes where the variables agree.
    const table = parseStates("0,1\n1,0\n0,1\n1,0\n");
    const fit = trainSquared(chain(table, 2), table, { epochs: 300, batch: 4, rates: [0.05, 0.01] });
    expect(fit.trace.at(-1)).toBeGreaterThan(Math.log(0.5) - 0.05);
    expect(fit.circuit.parameters.some((x) => x < 0)).toBe(true);
  });

  it("keeps the best epoch, stops by patience, and is the same for the same seed", async () => {
    const [table, valid] = [twoTrees(3, 60), twoTrees(4, 60)];
    const options = { epochs: 60, batch: 20, valid, patience: 3, seed: 7, rates: [0.1, 0.1] as const };
    const fit = trainSquared(chain(table, 4), table, options);
    expect(fit.epochs).toBeLessThan(60);
    expect(fit.epochs).toBe(fit.bestEpoch + 3);
    expect(fit.validation).toHaveLength(fit.epochs);
    expect(Math.max(...fit.validation)).toBe(fit.validation[fit.bestEpoch - 1]);
    const logs = squaredLogLikelihoods(fit.circuit, valid);
    const mean = logs.reduce((a, b) => a + b, 0) / valid.rows;
    expect(close(mean, fit.validation[fit.bestEpoch - 1], tolerance.rounding)).toBe(true);
    const again = await trainSquaredAsync(chain(table, 4), table, options);
    expect(again.circuit.parameters).toEqual(fit.circuit.parameters);
    const other = trainSquared(chain(table, 4), table, { ...options, seed: 8 });
    expect(other.circuit.parameters).not.toEqual(fit.circuit.parameters);
  });

  it("reports progress, and leaves what it reached when it is cancelled", async () => {
    const table = twoTrees(5, 80);
    const seen: Progress[] = [];
    const start = chain(table, 2);
    trainSquared(start, table, { epochs: 3, batch: 40, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen[5]).toMatchObject({
      phase: "squared",
      steps: 6,
      metrics: { logLikelihood: expect.any(Number) },
    });
    const controller = new AbortController();
    const stopped = trainSquaredAsync(start, table, {
      epochs: 50,
      batch: 40,
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 4) controller.abort();
      },
    });
    const error = await stopped.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AbortedError);
    const { partial } = error as AbortedError<{ epochs: number; circuit: SquaredCircuit }>;
    expect(partial?.epochs).toBe(2);
    expect(partial?.circuit.parameters).not.toEqual(start.parameters);
  });

  it("takes any optimizer", () => {
    const table = twoTrees(6, 60);
    const decayed = trainSquared(chain(table, 3), table, {
      epochs: 2,
      rates: [0.02, 0.01],
      optimizer: (learningRate) => adamW({ learningRate, weightDecay: 0.5 }),
    });
    const plain = trainSquared(chain(table, 3), table, { epochs: 2, rates: [0.02, 0.01] });
    const size = ({ circuit }: typeof plain) => circuit.parameters.reduce((sum, x) => sum + x * x, 0);
    expect(size(decayed)).toBeLessThan(size(plain));
    expect(squaredTrainingDefaults.epochs).toBeGreaterThan(1);
  });

  it("passes over rows that the circuit excludes, and refuses a circuit that is 0", () => {
    const table = parseStates("0,0\n1,1\n");
    const shape = squaredTreeShape(
      [2, 2],
      { order: Int32Array.of(0, 1), parents: Int32Array.of(-1, 0) },
      { units: 1 },
    );
    // Tables in the order of variable 1, variable 0: no weight on x1 = 1.
    const fit = trainSquared(squaredCircuit(shape, [1, 0, 1, 1, 1]), table, { epochs: 3, batch: 2 });
    expect(fit.trace).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(fit.circuit.parameters.every(Number.isFinite)).toBe(true);
    const zero = squaredCircuit(shape, [0, 0, 0, 0, 0]);
    expect(() => trainSquared(zero, table)).toThrow(expect.objectContaining({ code: "CONTRADICTION" }));
  });

  it("refuses options and rows out of range", () => {
    const table = twoTrees(7, 10);
    const start = chain(table, 2);
    const cases: [SquaredTrainingOptions, RegExp][] = [
      [{ epochs: 0 }, /epochs/],
      [{ batch: 0 }, /batch/],
      [{ rates: [0, 1] }, /rate/],
      [{ patience: 0 }, /patience/],
      [{ valid: parseStates("0,1") }, /number of columns/],
    ];
    for (const [options, message] of cases) {
      expect(() => trainSquared(start, table, options)).toThrow(message);
      expect(() => trainSquared(start, table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => trainSquared(start, parseStates("0,1"))).toThrow(/number of columns/);
  });
});
