import {
  checkNormalized,
  chowLiuCircuit,
  circuitBuilder,
  type Domain,
  factorizedCircuit,
  learnCircuit,
  meanLogLikelihood,
  sample,
  trainEm,
  trainEmAsync,
  trainGradient,
} from "@credence/circuits";
import { AbortedError, matrix, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { drawnRows, randomTable, rowsOf } from "./tables.ts";

describe("trainEm in full batches", () => {
  it("never loses likelihood without pseudo-counts, with missing values, weights and numbers", () => {
    for (let seed = 0; seed < 6; seed++) {
      const domains = seed % 2 ? mixedDomains : finiteDomains;
      const drawn = sample(randomCircuit(seed + 50, domains), 80, { seed });
      if (drawn.kind !== "samples") expect.unreachable();
      const { rows, cols, data } = drawn.rows;
      const holes = Float64Array.from(data, (x, i) => ((i * 7) % 11 === 0 ? Number.NaN : x));
      // One more component for every variable, so that no row is excluded.
      const start = withBackground(seed, domains);
      const weights = seed > 3 ? Float64Array.from({ length: rows }, (_, r) => (r % 4) * 0.3) : undefined;
      const options = { epochs: 8, ...(weights === undefined ? {} : { weights }) };
      const { trace, circuit } = trainEm(start, matrix(rows, cols, holes), options);
      for (let i = 1; i < trace.length; i++) {
        expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - tolerance.reference);
      }
      if (weights === undefined) {
        expect(meanLogLikelihood(circuit, matrix(rows, cols, holes))).toBeCloseTo(trace[8], 9);
      }
    }
  });

  it("finds closed forms, and counts weighted rows as often as their weights say", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "n"]), {
      domains: [{ kind: "real" }, { kind: "count" }],
    });
    const root = builder.product([
      builder.input("x", { family: "gaussian", mean: 0, std: 1 }),
      builder.input("n", { family: "poisson", rate: 1 }),
    ]);
    const start = builder.build(root);
    const rows = matrix(3, 2, Float64Array.of(1, 2, 3, 4, 5, 9));
    const { circuit, exact, epochs } = trainEm(start, rows, { weights: [2, 1, 0] });
    const found = Object.fromEntries(circuit.inputs.map(({ distribution: d }) => [d.family, d]));
    expect(found["gaussian"]).toMatchObject({ mean: 5 / 3 });
    expect(found["poisson"]).toMatchObject({ rate: 8 / 3 });
    // Without sums there is nothing to iterate.
    expect([exact, epochs]).toEqual([true, 1]);
  });

  it("takes weights that do not add up to 1 for the shares that they give", () => {
    const rows = randomTable(4, 60, [2, 2], 0.1);
    const mixture = (scale: number) => {
      const b = circuitBuilder(vocabulary("variable", ["x", "y"]));
      const bit = (v: number, p: number) => b.input(v, { family: "bernoulli", p });
      // Children that weigh differently: a share is a weight times what its child weighs.
      const inner = b.sum([bit(0, 0.9), bit(0, 0.4)], [Math.log(0.5 * scale), Math.log(0.5 * scale)]);
      const terms = [b.product([inner, bit(1, 0.2)]), b.product([bit(0, 0.3), bit(1, 0.8)])];
      return b.build(b.sum(terms, [Math.log(0.6), Math.log(0.4 * scale)]));
    };
    for (const options of [{ epochs: 3 }, { epochs: 2, batch: 20, rates: [0.1, 0.1] as const }]) {
      const [plain, heavy] = [1, 50].map((scale) => trainEm(mixture(scale), rows, options));
      heavy.trace.forEach((log, e) => {
        expect(close(log, plain.trace[e], tolerance.reference)).toBe(true);
      });
      expect(checkNormalized(heavy.circuit).holds).toBe(true);
    }
  });

  it("names the variable of rows that have no statistics", () => {
    const b = circuitBuilder(vocabulary("variable", ["wait"]), { domains: [{ kind: "real" }] });
    const circuit = b.build(b.input("wait", { family: "gamma", shape: 1, rate: 1 }));
    const rows = { rows: 3, cols: 1, data: Float64Array.of(1, 0, 2) };
    const refusal = expect.objectContaining({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining('"wait"'),
      hint: expect.stringContaining("0 for a gamma"),
    });
    expect(() => trainEm(circuit, rows)).toThrow(refusal);
    expect(() => trainGradient(circuit, rows)).toThrow(refusal);
  });

  it("takes weights for repetitions of rows", () => {
    const start = withBackground(1, finiteDomains);
    const rows = drawnRows(start, 12, 3, 0.2);
    const weights = [3, 0, 1, 2, 1, 1, 0, 2, 1, 1, 1, 4];
    const repeated = weights.flatMap((count, r) =>
      Array.from({ length: count }, () => [...rows.data.subarray(r * rows.cols, (r + 1) * rows.cols)]),
    );
    const flat = matrix(repeated.length, rows.cols, Float64Array.from(repeated.flat()));
    const [a, b] = [trainEm(start, rows, { epochs: 3, weights }), trainEm(start, flat, { epochs: 3 })];
    a.trace.forEach((value, i) => {
      expect(close(value, b.trace[i], tolerance.rounding)).toBe(true);
    });
  });

  it("ends after one step where the circuit is deterministic and the rows complete: Chow-Liu again", () => {
    const table = randomTable(3, 120, [2, 3, 2, 2]);
    const { circuit } = chowLiuCircuit(table, { pseudoCount: 0.2 });
    const other = randomTable(9, 150, [2, 3, 2, 2]);
    const trained = trainEm(circuit, other);
    expect([trained.exact, trained.epochs, trained.trace.length]).toEqual([true, 1, 2]);
    expect(close(trainEm(trained.circuit, other).trace[1], trained.trace[1], tolerance.rounding)).toBe(true);
    // More steps, if asked for, change nothing.
    const more = trainEm(circuit, other, { epochs: 3 });
    expect([more.exact, more.epochs]).toEqual([true, 3]);
    for (const value of more.trace.slice(1))
      expect(close(value, trained.trace[1], tolerance.rounding)).toBe(true);
    const incomplete = trainEm(circuit, randomTable(9, 150, [2, 3, 2, 2], 0.2), { epochs: 7 });
    expect([incomplete.exact, incomplete.epochs]).toEqual([false, 7]);
    // The parameters are frequencies: those of independent variables are known.
    const apart = factorizedCircuit(table);
    const frequencies = factorizedCircuit(other, { pseudoCount: 0 });
    const learned = trainEm(apart, other);
    expect(learned.exact).toBe(true);
    expect(close(learned.trace[1], meanLogLikelihood(frequencies, other), tolerance.rounding)).toBe(true);
  });

  it("recovers the parameters that rows were drawn from", () => {
    const builder = circuitBuilder<string>(vocabulary("variable", ["a", "b", "c", "d"]), { share: false });
    const part = (p: number) =>
      builder.product(["a", "b", "c", "d"].map((v) => builder.input(v, { family: "bernoulli", p })));
    const truth = builder.build(builder.sum([part(0.15), part(0.8)], [Math.log(0.3), Math.log(0.7)]));
    const rows = drawnRows(truth, 4000, 5, 0.1);
    const start = builder.build(builder.sum([part(0.4), part(0.6)], [Math.log(0.5), Math.log(0.5)]));
    const { circuit } = trainEm(start, rows, { epochs: 60 });
    const weights = [...circuit.logWeights.subarray(circuit.offsets[circuit.size - 1])].map(Math.exp);
    expect(Math.abs(weights[0] - 0.3)).toBeLessThan(0.03);
    for (const { distribution: d } of circuit.inputs) {
      if (d.family !== "bernoulli") expect.unreachable();
      expect(Math.min(Math.abs(d.p - 0.15), Math.abs(d.p - 0.8))).toBeLessThan(0.05);
    }
  });
});

describe("trainEm in mini-batches", () => {
  const table = randomTable(1, 400, [2, 3, 2, 2], 0.1);
  const start = learnCircuit(table, { latents: 3, epochs: 1, batch: 400, seed: 1 }).circuit;

  it("counts the pseudo-count once for all rows, whatever the batches", () => {
    // With rates of 1 the last batch decides; its counts are scaled to all rows, and α is added once.
    const [plain, smooth] = [0, 40].map((pseudoCount) =>
      trainEm(start, table, { epochs: 1, batch: 100, rates: [1, 1], pseudoCount, seed: 2 }),
    );
    const lowest = (circuit: typeof start) => Math.min(...circuit.logWeights.filter((w) => w !== 0));
    expect(Math.exp(lowest(smooth.circuit))).toBeGreaterThan(40 / 3 / (440 + 1) / 4);
    expect(lowest(plain.circuit)).toBeLessThan(lowest(smooth.circuit));
    const full = trainEm(start, table, { epochs: 1, pseudoCount: 40 });
    const same = trainEm(start, table, { epochs: 1, batch: 400, rates: [1, 1], pseudoCount: 40 });
    expect(same.circuit.logWeights).toEqual(full.circuit.logWeights);
  });

  it("learns faster per epoch than full batches, and its schedule ends near their fixed point", () => {
    const full = trainEm(start, table, { epochs: 4 });
    const batches = trainEm(start, table, { epochs: 4, batch: 40, pseudoCount: 0.1 });
    expect(batches.trace.at(-1)).toBeGreaterThan(full.trace[1]);
    expect(batches.trace).toHaveLength(5);
  });

  it("repeats itself with the same seed, and not with another", () => {
    const run = (seed: number) => trainEm(start, table, { epochs: 2, batch: 64, seed }).circuit.logWeights;
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });

  it("goes on from a checkpoint with the numbers that it would have had", () => {
    const options = { batch: 64, rates: [0.5, 0.5] as const, seed: 3, pseudoCount: 0.2 };
    const whole = trainEm(start, table, { ...options, epochs: 5 });
    const half = trainEm(start, table, { ...options, epochs: 2 });
    const rest = trainEm(start, table, { ...options, epochs: 5, resume: half.checkpoint });
    expect(rest.circuit.logWeights).toEqual(whole.circuit.logWeights);
    expect(rest.trace).toEqual(whole.trace);
    // Nothing left to do changes nothing.
    const done = trainEm(start, table, { ...options, epochs: 5, resume: whole.checkpoint });
    expect(done.circuit.logWeights).toEqual(whole.circuit.logWeights);
    const other = randomCircuit(3, finiteDomains);
    expect(() =>
      trainEm(other, randomTable(1, 9, [2, 3, 2, 4, 2]), { resume: half.checkpoint as never }),
    ).toThrow(/another circuit/);
  });

  it("keeps the epoch that validates best, and stops when none has for long", () => {
    const valid = randomTable(2, 60, [2, 3, 2, 2]);
    const options = { epochs: 60, batch: 20, rates: [1, 1] as const, valid, patience: 3, seed: 1 };
    const { circuit, validation, bestEpoch, epochs } = trainEm(start, table, options);
    expect(validation[bestEpoch - 1]).toBe(Math.max(...validation));
    expect(epochs).toBe(Math.min(60, bestEpoch + 3));
    expect(close(meanLogLikelihood(circuit, valid), validation[bestEpoch - 1], tolerance.rounding)).toBe(
      true,
    );
  });

  it("reports batches, and hands over what it has when stopped", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = trainEmAsync(start, table, {
      epochs: 5,
      batch: 100,
      signal: controller.signal,
      onProgress: ({ step, steps }) => {
        seen.push(step);
        expect(steps).toBe(20);
        if (step === 9) controller.abort();
      },
    });
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError<{ epochs: number }>).partial).toMatchObject({ epochs: 2, exact: false });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("trainEm with tied parameters", () => {
  it("gives all places of a group the estimates of their pooled counts", () => {
    // A Markov chain x0 → x1 → x2 → x3 with one transition table.
    const builder = circuitBuilder<string>(vocabulary("variable", ["x0", "x1", "x2", "x3"]), {
      share: false,
    });
    const literal = (v: number, s: number) => builder.literal(v, s === 1);
    let after: number[] | undefined;
    for (let v = 3; v >= 1; v--) {
      const terms = [0, 1].map((s) =>
        builder.product([literal(v, s), ...(after === undefined ? [] : [after[s]])]),
      );
      after = [0, 1].map((given) => {
        const p = given === 0 ? 0.4 : 0.7;
        return builder.sum(terms, [Math.log(1 - p), Math.log(p)], `from ${given}`);
      });
    }
    const first = [0, 1].map((s) => builder.product([literal(0, s), (after as number[])[s]]));
    const chain = builder.build(builder.sum(first, [Math.log(0.5), Math.log(0.5)]));
    const table = randomTable(7, 200, [2, 2, 2, 2]);
    const { circuit, exact } = trainEm(chain, table);
    expect(exact).toBe(true);
    const steps = rowsOf(table).flatMap((row) => [0, 1, 2].map((t) => [row[t], row[t + 1]]));
    const rate = (given: number) => {
      const own = steps.filter(([from]) => from === given);
      return own.filter(([, to]) => to === 1).length / own.length;
    };
    const expected = [rate(0), rate(1)];
    let found = 0;
    for (let node = 0; node < circuit.size - 1; node++) {
      const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
      if (circuit.kinds[node] !== 2) continue;
      const p = Math.exp(circuit.logWeights[to - 1]);
      expect(Math.min(...expected.map((e) => Math.abs(p - e)))).toBeLessThan(tolerance.rounding);
      found += to - from;
    }
    expect(found).toBe(12);
  });
});

describe("trainEm", () => {
  it("refuses bad options and rows that the circuit excludes", () => {
    const circuit = randomCircuit(3, finiteDomains);
    const table = randomTable(1, 20, [2, 3, 2, 4, 2]);
    for (const options of [
      { epochs: -1 },
      { epochs: 1.5 },
      { batch: 0 },
      { rates: [0, 0.1] as const },
      { rates: [2, 0.1] as const },
      { patience: 0 },
      { pseudoCount: -1 },
      { weights: [1] },
      { weights: new Array<unknown>(20).fill("1") as number[] },
      { rates: [0.5] as unknown as readonly [number, number] },
      { weights: new Array(20).fill(-1) },
      { weights: new Array(20).fill(0) },
      { valid: randomTable(1, 5, [2, 2]) },
    ]) {
      expect(() => trainEm(circuit, table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    const builder = circuitBuilder(vocabulary("variable", ["x"]));
    const certain = builder.build(builder.literal("x", true));
    expect(() => trainEm(certain, matrix(1, 1), { epochs: 1 })).toThrow(/Row 0/);
    expect(() => trainEm(certain, matrix(1, 1, Float64Array.of(3)))).toThrow(/Row 0/);
    const signal = AbortSignal.abort();
    expect(() => trainEm(certain, matrix(1, 1, Float64Array.of(1)), { signal })).toThrow(AbortedError);
  });
});

/** A random circuit mixed with independent variables of full support. */
function withBackground(seed: number, domains: readonly Domain[]) {
  const shape = randomCircuit(seed, domains);
  const builder = circuitBuilder<string>(shape.variables, { domains, share: false });
  const component = (k: number) =>
    builder.product(
      domains.map((domain, v) => {
        if (domain.kind === "real") return builder.input(v, { family: "gaussian", mean: k, std: 2 });
        if (domain.kind === "count") return builder.input(v, { family: "poisson", rate: 1 + k });
        const arity = domain.kind === "binary" ? 2 : domain.arity;
        const raw = Array.from({ length: arity }, (_, s) => 1 + ((s + k + seed) % 3));
        const total = raw.reduce((a, b) => a + b, 0);
        return builder.input(v, { family: "categorical", probabilities: raw.map((x) => x / total) });
      }),
    );
  return builder.build(builder.sum([component(0), component(1)], [Math.log(0.4), Math.log(0.6)]));
}
