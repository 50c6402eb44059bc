/** Every query on a circuit 100,000 sums deep: no stack overflows, and the answers are those of a single input. */
import {
  type Circuit,
  cdf,
  circuitBuilder,
  circuitDerivatives,
  conditionalLogProbability,
  entropy,
  evaluateCircuitNodes,
  expectation,
  explainEvidence,
  explainPosterior,
  formulaProbability,
  gradients,
  kBest,
  logInnerProduct,
  logPartition,
  marginalMap,
  marginals,
  moments,
  mpe,
  multiply,
  pairwiseMarginals,
  posteriors,
  posteriorsGiven,
  quantile,
  real,
  sample,
} from "@credence/circuits";
import { parseFormula, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const depth = 100_000;
const near = (a: unknown, b: number) => expect(close(a as number, b, tolerance.optimizer)).toBe(true);

/** Σ of halves of halves of … of one and the same distribution: P(a) = 0.3. */
function chain(length: number): Circuit {
  const builder = circuitBuilder<string>(vocabulary("variable", ["a"]));
  const leaf = builder.input("a", { family: "bernoulli", p: 0.3 });
  const halves = [Math.log(0.5), Math.log(0.5)];
  let node = builder.sum([leaf, leaf], halves);
  for (let i = 1; i < length; i++) node = builder.sum([node, leaf], halves);
  return builder.build(node);
}

describe("a circuit 100,000 nodes deep", () => {
  const circuit = chain(depth);
  const a = parseFormula("a");

  it("answers probabilities", () => {
    near(logPartition(circuit), 0);
    near(Math.exp(logPartition(circuit, { a: true })), 0.3);
    expect(conditionalLogProbability(circuit, { a: true })).toMatchObject({ kind: "log-probability" });
    const one = posteriors(circuit);
    near(
      one.kind === "posteriors" &&
        one.byVariable["a"].kind === "states" &&
        one.byVariable["a"].probabilities[1],
      0.3,
    );
    const same = marginals(circuit, { a: 0.5 });
    near(same.kind === "posteriors" && same.probabilities["a"], 0.3);
    const below = cdf(circuit, "a", 0);
    near(below.kind === "cumulative-probability" && below.probability, 0.7);
    expect(quantile(circuit, "a", 0.6)).toEqual({ kind: "quantile", value: 0 });
  });

  it("is compared with another one, or a formula, pair by pair", () => {
    const long = chain(depth / 10);
    const formula = formulaProbability(long, a);
    near(formula.kind === "probability" && formula.probability, 0.3);
    const given = posteriorsGiven(long, a);
    near(given.kind === "posteriors" && given.logPartition, Math.log(0.3));
    near(logInnerProduct(long, long), Math.log(0.3 ** 2 + 0.7 ** 2));
  });

  it("answers moments, derivatives and explanations", () => {
    const mean = moments(circuit);
    near(mean.kind === "moments" && mean.mean[0], 0.3);
    const power = expectation(circuit, [{ coefficient: 2, factors: { a: [1, -1] } }]);
    near(power.kind === "expectation" && power.value, 2 * (0.7 - 0.3));
    const slopes = gradients(circuit, { a: true });
    near(slopes.kind === "gradients" && slopes.logLeafWeights["a"][1], 1);
    const values = evaluateCircuitNodes(circuit, real, { input: () => 0.3, weight: (weight) => weight });
    near(values[circuit.size - 1], 0.3);
    const derivatives = circuitDerivatives(circuit, real, { input: () => 0.3, weight: (w) => w }, values);
    near(derivatives[0], 1);
    expect(explainEvidence(circuit, { a: true }, { top: 3 })).toMatchObject({ kind: "explanation" });
    const why = explainPosterior(circuit, { a: true }, {});
    near(why.kind === "explanation" && why.probability, 0.3);
    const pairs = pairwiseMarginals(circuit, {}, { pairs: [["a", "a"]] });
    near(pairs.kind === "pairwise-marginals" && pairs.pairs[0].probabilities.data[3], 0.3);
    const h = entropy(circuit);
    near(h.kind === "entropy" && h.nats, -0.3 * Math.log(0.3) - 0.7 * Math.log(0.7));
  });

  it("finds the best worlds and samples", () => {
    const best = mpe(circuit);
    expect(best).toMatchObject({ kind: "world", assignment: { a: false }, exact: true });
    const both = kBest(circuit, 2);
    expect(both.kind === "worlds" && both.worlds.map(({ assignment }) => assignment["a"])).toEqual([
      false,
      true,
    ]);
    expect(marginalMap(circuit, ["a"])).toMatchObject({ assignment: { a: false }, exact: true });
    const drawn = sample(circuit, 500, { seed: 1 });
    if (drawn.kind !== "samples") expect.unreachable();
    const share = Array.from(drawn.rows.data).reduce((sum, x) => sum + x / 500, 0);
    expect(Math.abs(share - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 500));
  });
});

describe("two chains of decisions over 5,000 variables", () => {
  const n = 5000;
  const chance = (seed: number, i: number, state: number) =>
    0.1 + (0.8 * ((7 * i + 3 * state + 5 * seed) % 11)) / 11;
  /** A Markov chain from the state 0: P(x_i = 1 | x_(i-1)) = chance(seed, i, x_(i-1)). */
  function markov(seed: number, prefix: string): Circuit {
    const names = Array.from({ length: n }, (_, i) => prefix + i);
    const builder = circuitBuilder<string>(vocabulary("variable", names));
    let next: readonly number[] = [0, 1].map(() => builder.product([]));
    for (let i = n - 1; i >= 0; i--) {
      const parts = [0, 1].map((value) => builder.product([builder.literal(i, value === 1), next[value]]));
      next = [0, 1].map((state) => {
        const p = chance(seed, i, state);
        return builder.sum(parts, [Math.log(1 - p), Math.log(p)]);
      });
    }
    return builder.build(next[0]);
  }
  const [p, q] = [markov(1, "x"), markov(2, "x")];
  /** log Σ_x P(x) Q(x) by the transfer matrix. */
  let [states, inner] = [[1, 0], 0];
  for (let i = 0; i < n; i++) {
    const after = [0, 0];
    for (const state of [0, 1]) {
      const [a, b] = [chance(1, i, state), chance(2, i, state)];
      after[0] += states[state] * (1 - a) * (1 - b);
      after[1] += states[state] * a * b;
    }
    const total = after[0] + after[1];
    inner += Math.log(total);
    states = after.map((x) => x / total);
  }

  it("have the inner product of the transfer matrix, as the total of their product, which is no larger", () => {
    near(logInnerProduct(p, q), inner);
    const both = multiply(p, q);
    near(logPartition(both), inner);
    expect(both.edges).toBeLessThan(p.edges + 4);
  });

  it("stand beside each other over variables of their own", () => {
    const both = multiply(p, markov(2, "y"));
    expect(both.variables.size).toBe(2 * n);
    expect(both.edges).toBe(p.edges + q.edges + 2);
    near(logPartition(both), 0);
  });
});
