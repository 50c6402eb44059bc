import { compileRules, learnRuleWeights, learnRuleWeightsAsync, logPartition } from "@credence/circuits";
import {
  AbortedError,
  CredenceError,
  evaluate,
  InvalidArgumentError,
  type Matrix,
  matrix,
  parseRules,
  type Rule,
  rng,
  variablesOf,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const near = (actual: number, expected: number) => close(actual, expected, tolerance.gradient);

/** All worlds of some variables, with their probabilities under rules. */
function worldsOf(rules: readonly Rule[], variables: readonly string[]) {
  const worlds = Array.from({ length: 2 ** variables.length }, (_, bits) => {
    const values = Object.fromEntries(variables.map((name, v) => [name, ((bits >> v) & 1) === 1]));
    const weight = rules.reduce((sum, { formula, weight: w }) => {
      const holds = evaluate(formula, values);
      return w === Number.POSITIVE_INFINITY
        ? holds
          ? sum
          : Number.NEGATIVE_INFINITY
        : sum + (holds ? w : 0);
    }, 0);
    return { bits, values, mass: Math.exp(weight) };
  });
  const total = worlds.reduce((sum, { mass }) => sum + mass, 0);
  return worlds.map((world) => ({ ...world, probability: world.mass / total }));
}

/** Rows drawn from rules. */
function sampled(rules: readonly Rule[], variables: readonly string[], count: number, seed: number): Matrix {
  const worlds = worldsOf(rules, variables);
  const random = rng(seed);
  const rows = matrix(count, variables.length);
  for (let row = 0; row < count; row++) {
    let left = random();
    const world = worlds.find(({ probability }) => {
      left -= probability;
      return left < 0;
    })!;
    for (let v = 0; v < variables.length; v++) rows.data[row * variables.length + v] = (world.bits >> v) & 1;
  }
  return rows;
}

const truth = parseRules("1.2 a -> b\n-0.7 b & c\n0.4 a xor c\n!(b & d).\n0.9 d -> c\n");
const variables = variablesOf(truth);

describe("learnRuleWeights", () => {
  it("makes the expectations of the model those of the data", () => {
    const rows = sampled(truth, variables, 400, 1);
    const { weights, observed, expected, ended, rules, logLikelihood } = learnRuleWeights(truth, rows, {
      l2: 0,
    });
    expect(ended).toBe("converged");
    expect(weights[3]).toBe(Number.POSITIVE_INFINITY);
    observed.forEach((share, r) => {
      let count = 0;
      for (let row = 0; row < rows.rows; row++) {
        const values = Object.fromEntries(variables.map((name, v) => [name, rows.data[row * 4 + v] === 1]));
        if (evaluate(truth[r].formula, values)) count++;
      }
      expect(near(share, count / rows.rows)).toBe(true);
      expect(near(expected[r], share)).toBe(true);
    });
    // The log-likelihood is that of the rows under the learned rules, and no smaller than under the true ones.
    const likelihood = (of: readonly Rule[]): number => {
      const worlds = worldsOf(of, variables);
      let sum = 0;
      for (let row = 0; row < rows.rows; row++) {
        const bits = variables.reduce((all, _, v) => all + rows.data[row * 4 + v] * 2 ** v, 0);
        sum += Math.log(worlds[bits].probability);
      }
      return sum / rows.rows;
    };
    expect(near(logLikelihood, likelihood(rules))).toBe(true);
    expect(likelihood(rules)).toBeGreaterThanOrEqual(likelihood(truth));
    expect(Number.isFinite(logPartition(compileRules(rules)))).toBe(true);
  });

  it("finds the weights again from exact soft data, and shrinks them with l2", () => {
    // All worlds, as often as they are probable: the exact distribution.
    const worlds = worldsOf(truth, variables);
    const rows: number[] = [];
    for (const { bits, probability } of worlds) {
      for (let copy = 0; copy < Math.round(probability * 20_000); copy++) {
        rows.push(...variables.map((_, v) => (bits >> v) & 1));
      }
    }
    const data = matrix(rows.length / 4, 4, Float64Array.from(rows));
    const start = truth.map((each) => (Number.isFinite(each.weight) ? { ...each, weight: 0 } : each));
    const { weights } = learnRuleWeights(start, data, { l2: 0, variables });
    truth.forEach(({ weight }, r) => {
      if (Number.isFinite(weight)) expect(Math.abs(weights[r] - weight)).toBeLessThan(0.01);
    });
    const shrunk = learnRuleWeights(start, data, { l2: 1, variables });
    truth.forEach(({ weight }, r) => {
      if (Number.isFinite(weight)) expect(Math.abs(shrunk.weights[r])).toBeLessThan(Math.abs(weights[r]));
    });
    // The gradient vanishes with the penalty: observed − expected = λ w.
    shrunk.weights.forEach((weight, r) => {
      if (Number.isFinite(weight)) expect(near(shrunk.observed[r] - shrunk.expected[r], weight)).toBe(true);
    });
  });

  it("reads soft rows as independent probabilities given the hard rules", () => {
    const rules = parseRules("0 a -> b\n!(b & d).\n");
    const row = [0.3, 0.6, 0.8];
    const { observed } = learnRuleWeights(rules, matrix(1, 3, Float64Array.from(row)), { iterations: 1 });
    const weight = (bits: number): number =>
      row.reduce((product, p, v) => product * (((bits >> v) & 1) === 1 ? p : 1 - p), 1);
    const possible = [...Array(8).keys()].filter((bits) => (bits & 6) !== 6);
    const mass = (of: readonly number[]): number => of.reduce((sum, bits) => sum + weight(bits), 0);
    const holding = possible.filter((bits) => (bits & 3) !== 1);
    expect(near(observed[0], mass(holding) / mass(possible))).toBe(true);
  });

  it("stops early by validation rows, and keeps the best weights for them", () => {
    const [train, validation] = [sampled(truth, variables, 12, 5), sampled(truth, variables, 200, 6)];
    const free = learnRuleWeights(truth, train, { l2: 0, iterations: 60 });
    const early = learnRuleWeights(truth, train, { l2: 0, iterations: 60, validation, patience: 2 });
    expect(free.validationLogLikelihood).toBeUndefined();
    const full = learnRuleWeights(free.rules, train, { l2: 0, validation, iterations: 1 });
    expect(early.validationLogLikelihood!).toBeGreaterThanOrEqual(full.validationLogLikelihood! - 1e-9);
  });

  it("holds on to finite weights when a rule has no exception, and can be cancelled", async () => {
    const rules = parseRules("0 a -> b\n");
    const rows = matrix(2, 2, Float64Array.of(1, 1, 0, 1));
    const { weights, ended } = learnRuleWeights(rules, rows);
    expect(ended).toBe("converged");
    expect(weights[0]).toBeGreaterThan(2);
    expect(weights[0]).toBeLessThan(10);
    const controller = new AbortController();
    const running = learnRuleWeightsAsync(truth, sampled(truth, variables, 50, 2), {
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 2) controller.abort();
      },
    });
    const error = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError<{ weights: Float64Array }>).partial!.weights).toHaveLength(truth.length);
  });

  it("counts rows as often as their weights say, and rows of weight 0 not at all", () => {
    const rows = sampled(truth, variables, 40, 6);
    const counts = Array.from({ length: 40 }, (_, row) => row % 4);
    const rowsAt = (places: readonly number[]) =>
      matrix(
        places.length,
        4,
        Float64Array.from(places.flatMap((row) => [...rows.data.subarray(4 * row, 4 * row + 4)])),
      );
    const repeated = rowsAt(counts.flatMap((count, row) => new Array<number>(count).fill(row)));
    const [a, b] = [learnRuleWeights(truth, rows, { rowWeights: counts }), learnRuleWeights(truth, repeated)];
    a.weights.forEach((weight, r) => {
      expect(near(weight, b.weights[r])).toBe(true);
      expect(close(a.observed[r], b.observed[r], tolerance.rounding)).toBe(true);
    });
    // Row 0 weighs nothing, and may violate the hard rules.
    rows.data.set([0, 1, 0, 1]);
    expect(learnRuleWeights(truth, rows, { rowWeights: counts }).observed).toEqual(a.observed);
    expect(() => learnRuleWeights(truth, rows, { rowWeights: [1] })).toThrow(/weights/);
  });

  it("refuses rows and options that cannot be", () => {
    const rows = sampled(truth, variables, 5, 1);
    const code = (use: () => unknown): string => {
      try {
        use();
      } catch (error) {
        if (error instanceof CredenceError) return error.code;
        throw error;
      }
      return "none";
    };
    expect(code(() => learnRuleWeights(truth, matrix(1, 4, Float64Array.of(0, 1, 0, 1))))).toBe(
      "CONTRADICTORY_ROW",
    );
    const never = parseRules("1 a\nb.\n!b.\n");
    for (const row of [
      [0, 1],
      [0.5, 0.5],
    ]) {
      expect(code(() => learnRuleWeights(never, matrix(1, 2, Float64Array.from(row))))).toBe(
        "CONTRADICTORY_RULES",
      );
    }
    for (const use of [
      () => learnRuleWeights(truth, matrix(0, 4)),
      () => learnRuleWeights(truth, matrix(1, 3)),
      () => learnRuleWeights(truth, matrix(1, 4, Float64Array.of(0, 2, 0, 0))),
      () => learnRuleWeights(truth, matrix(1, 4, Float64Array.of(0, Number.NaN, 0, 0))),
      () => learnRuleWeights(truth, rows, { l2: -1 }),
      () => learnRuleWeights(truth, rows, { iterations: 0 }),
      () => learnRuleWeights(truth, rows, { patience: 0.5 }),
      () => learnRuleWeights(truth, rows, { tolerance: 0 }),
    ]) {
      expect(use).toThrow(InvalidArgumentError);
    }
  });
});
