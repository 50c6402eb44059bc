import {
  circuitBuilder,
  learnCircuit,
  logLikelihoods,
  meanLogLikelihood,
  parseStates,
  trainEm,
  trainGradient,
  trainGradientAsync,
} from "@credence/circuits";
import {
  type AbortedError,
  adam,
  type Matrix,
  matrix,
  type Optimizer,
  rng,
  vocabulary,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { drawnRows, randomTable } from "./tables.ts";

/** Moves one parameter by `step` and notes the gradient that it was given: a probe, no optimizer. */
function probe(seen: { gradient?: Float64Array }, at: number, step: number): Optimizer {
  return {
    name: "probe",
    init: () => ({}),
    beginStep() {},
    updateInto(parameters, gradient) {
      seen.gradient = Float64Array.from(gradient);
      parameters[at] += step;
    },
  };
}

/** Mean log-likelihood, or that of targets given the others. */
function objective(
  circuit: Parameters<typeof logLikelihoods>[0],
  rows: Matrix,
  target: number | undefined,
): number {
  const whole = meanLogLikelihood(circuit, rows);
  if (target === undefined) return whole;
  const hidden = rows.data.map((x, i) => (i % rows.cols === target ? Number.NaN : x));
  return whole - meanLogLikelihood(circuit, matrix(rows.rows, rows.cols, hidden));
}

describe("trainGradient", () => {
  it.each([undefined, 0, 2])("follows the exact gradient, by finite differences (target %s)", (target) => {
    for (let seed = 0; seed < 6; seed++) {
      const domains = seed % 2 ? mixedDomains : finiteDomains;
      const circuit = randomCircuit(seed + 20, domains);
      const rows = drawnRows(circuit, 15, seed, target === undefined ? 0.2 : 0);
      const targets = target === undefined ? {} : { targets: [`v${target}`] };
      const moved = (at: number, step: number) => {
        const seen: { gradient?: Float64Array } = {};
        const options = { epochs: 1, batch: 15, optimizer: probe(seen, at, step), ...targets };
        const { circuit: next } = trainGradient(circuit, rows, options);
        return { gradient: seen.gradient as Float64Array, value: objective(next, rows, target) };
      };
      const { gradient } = moved(0, 0);
      const random = rng(seed);
      const h = 1e-5;
      for (let trial = 0; trial < 12; trial++) {
        const at = random.int(gradient.length);
        const slope = (moved(at, h).value - moved(at, -h).value) / (2 * h);
        expect(close(-gradient[at], slope, 100 * tolerance.gradient)).toBe(true);
      }
    }
  });

  it("reaches what EM reaches", () => {
    const table = randomTable(4, 300, [2, 3, 2, 2]);
    const start = learnCircuit(table, { latents: 2, epochs: 1, batch: 300 }).circuit;
    const em = trainEm(start, table, { epochs: 200 }).trace.at(-1) as number;
    const optimizer = adam({ learningRate: 0.05 });
    const { circuit, trace } = trainGradient(start, table, { epochs: 300, batch: 300, optimizer });
    expect(meanLogLikelihood(circuit, table)).toBeGreaterThan(em - 0.02);
    expect(trace).toHaveLength(300);
    expect(trace[299]).toBeGreaterThan(trace[0]);
  });

  it("predicts its targets better than generative training does", () => {
    // Two independent components cannot have it all: y is the parity of a and b with noise, c says nothing.
    const random = rng(3);
    const lines = Array.from({ length: 500 }, () => {
      const [a, b, c] = [0, 0, 0].map(() => Number(random() < 0.5));
      return [a, b, c, random() < 0.1 ? 1 - (a ^ b) : a ^ b].join();
    });
    const table = parseStates(lines.join("\n"));
    const start = learnCircuit(table, { structure: "rat", sums: 3, replicas: 2, epochs: 1, seed: 2 }).circuit;
    const optimizer = adam({ learningRate: 0.05 });
    const options = { epochs: 40, batch: 100, optimizer, seed: 1 };
    const together = trainGradient(start, table, options);
    const apart = trainGradient(start, table, { ...options, targets: ["x3"] });
    const hidden = { ...table, columns: table.columns.map((s, i) => (i >= 3 * 500 ? 255 : s)) };
    const conditional = (circuit: typeof start) =>
      meanLogLikelihood(circuit, table) - meanLogLikelihood(circuit, hidden);
    expect(conditional(apart.circuit)).toBeGreaterThan(conditional(together.circuit) - tolerance.single);
    expect(conditional(apart.circuit)).toBeGreaterThan(-0.5);
    expect(close(conditional(apart.circuit), apart.trace[39], 0.2)).toBe(true);
  });

  it("leaves weights and probabilities of 0 alone, and stays normalized", () => {
    const builder = circuitBuilder<string>(vocabulary("variable", ["x"]), {
      domains: [{ kind: "categorical", arity: 3 }],
      share: false,
    });
    const parts = [
      [0, 0.5, 0.5],
      [0.2, 0.8, 0],
      [1, 0, 0],
    ].map((probabilities) => builder.input("x", { family: "categorical", probabilities }));
    const start = builder.build(builder.sum(parts, [Math.log(0.5), Math.log(0.5), Number.NEGATIVE_INFINITY]));
    const rows = matrix(4, 1, Float64Array.of(0, 1, 2, 2));
    const { circuit } = trainGradient(start, rows, { epochs: 30, optimizer: adam({ learningRate: 0.1 }) });
    expect(circuit.logWeights[2]).toBe(Number.NEGATIVE_INFINITY);
    expect(
      circuit.inputs.map(({ distribution: d }) => d.family === "categorical" && d.probabilities.indexOf(0)),
    ).toEqual([0, 2, 1]);
    const worlds = matrix(3, 1, Float64Array.of(0, 1, 2));
    expect(logLikelihoods(circuit, worlds).reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 12);
  });

  it("goes on from a checkpoint, repeats itself, and counts weights as repetitions", () => {
    const table = randomTable(4, 200, [2, 3, 2, 2]);
    const start = learnCircuit(table, { latents: 2, epochs: 1, batch: 200 }).circuit;
    const options = { batch: 50, seed: 4 };
    const whole = trainGradient(start, table, { ...options, epochs: 4 });
    const half = trainGradient(start, table, { ...options, epochs: 2 });
    const rest = trainGradient(start, table, { ...options, epochs: 4, resume: half.checkpoint });
    expect(rest.circuit.logWeights).toEqual(whole.circuit.logWeights);
    expect(trainGradient(start, table, { ...options, epochs: 4 }).trace).toEqual(whole.trace);
    const twice = trainGradient(start, table, {
      epochs: 1,
      batch: 200,
      weights: new Float64Array(200).fill(2),
    });
    const once = trainGradient(start, table, { epochs: 1, batch: 200 });
    twice.circuit.logWeights.forEach((weight, e) => {
      expect(close(weight, once.circuit.logWeights[e], tolerance.optimizer)).toBe(true);
    });
  });

  it("refuses what it cannot do, and hands over what it has when stopped", async () => {
    const table = randomTable(4, 20, [2, 3, 2, 4, 2]);
    const circuit = randomCircuit(3, finiteDomains);
    for (const options of [{ batch: 0 }, { epochs: -1 }, { targets: [] as string[] }]) {
      expect(() => trainGradient(circuit, table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => trainGradient(circuit, table, { targets: ["none"] })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
    const builder = circuitBuilder<string>(vocabulary("variable", ["x"]));
    const loose = builder.build(
      builder.sum([builder.literal("x", true), builder.literal("x", false)], [0, 0]),
    );
    expect(() => trainGradient(loose, matrix(1, 1))).toThrow(
      expect.objectContaining({ code: "NOT_NORMALIZED" }),
    );
    const small = learnCircuit(table, { latents: 2, epochs: 1 }).circuit;
    const signal = AbortSignal.abort();
    const error = await trainGradientAsync(small, table, { signal }).catch((reason: unknown) => reason);
    expect((error as AbortedError<{ epochs: number }>).partial).toMatchObject({ epochs: 1 });
  });
});
