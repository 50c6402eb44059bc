/** Entropies and gradients where variables are numbers, or parameters are tied: against sums, and differences. */
import {
  type Circuit,
  circuitBuilder,
  type Distribution,
  type Domain,
  type Evidence,
  entropy,
  gradients,
  logPartition,
  withParameters,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const count: Domain = { kind: "count" };
const real: Domain = { kind: "real" };
const binary: Domain = { kind: "binary" };
const bit = (state: number): Distribution => ({ family: "indicator", state });

/** A sum of products, one input per variable in each. */
function mixture(
  domains: readonly Domain[],
  terms: readonly (readonly Distribution[])[],
  weights: readonly number[],
): Circuit {
  const names = domains.map((_, v) => `v${v}`);
  const b = circuitBuilder<string>(vocabulary("variable", names), { domains });
  const products = terms.map((inputs) => b.product(inputs.map((d, v) => b.input(v, d))));
  return b.build(b.sum(products, weights.map(Math.log)));
}

/** v0 decides which Poisson v1 has: deterministic. Without v0 in the second, the same is a plain mixture. */
const rates = [2, 5];
const decided = mixture(
  [binary, count],
  rates.map((rate, state) => [bit(state), { family: "poisson", rate }]),
  [0.3, 0.7],
);
const undecided = mixture(
  [binary, count],
  rates.map((rate) => [
    { family: "bernoulli", p: 0.5 },
    { family: "poisson", rate },
  ]),
  [0.3, 0.7],
);

/** −Σ p log p over the worlds that are left, each the value of the circuit there. */
function bySummation(circuit: Circuit, numbers: readonly number[], evidence: Evidence = {}): number {
  const choices = [false, true].filter((v0) => evidence["v0"] === undefined || evidence["v0"] === v0);
  const logs = choices.flatMap((v0) => numbers.map((v1) => logPartition(circuit, { ...evidence, v0, v1 })));
  const total = logPartition(circuit, evidence);
  return -logs.reduce(
    (sum, log) => (log === -Infinity ? sum : sum + Math.exp(log - total) * (log - total)),
    0,
  );
}
const upTo = (limit: number) => Array.from({ length: limit }, (_, x) => x);
const natsOf = (circuit: Circuit, evidence: Evidence = {}): number => {
  const answer = entropy(circuit, evidence);
  if (answer.kind !== "entropy") expect.unreachable();
  return answer.nats;
};
const near = (a: number, b: number) => close(a, b, tolerance.reference);

describe("entropy of numbers", () => {
  it("is the sum over all counts, where the circuit is deterministic", () => {
    expect(near(natsOf(decided), bySummation(decided, upTo(60)))).toBe(true);
    expect(natsOf(decided, { v1: 3 })).toBeCloseTo(bySummation(decided, [3], { v1: 3 }), 12);
    expect(near(natsOf(decided, { v0: true }), bySummation(decided, upTo(60), { v0: true }))).toBe(true);
  });

  it.each([
    ["deterministic", decided],
    ["plain", undecided],
  ])("goes through the values of a set, in a %s circuit", (_, circuit) => {
    for (const values of [[4], [0, 1, 5], [7, 2]]) {
      const evidence = { v1: { in: values } };
      expect(near(natsOf(circuit, evidence), bySummation(circuit, values, evidence)), `${values}`).toBe(true);
    }
    expect(natsOf(circuit, { v1: { in: [3, 3] } })).toBeCloseTo(natsOf(circuit, { v1: 3 }), 12);
    expect(entropy(circuit, { v1: { in: [] } })).toMatchObject({ kind: "contradiction", source: "evidence" });
  });

  it("is differential for real variables, and may be negative", () => {
    const gaussian = (mean: number, std: number): Distribution => ({ family: "gaussian", mean, std });
    const circuit = mixture(
      [binary, real],
      [
        [bit(0), gaussian(0, 1)],
        [bit(1), gaussian(3, 0.01)],
      ],
      [0.25, 0.75],
    );
    const of = (std: number) => 0.5 * Math.log(2 * Math.PI * Math.E * std * std);
    const choice = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);
    expect(near(natsOf(circuit), choice + 0.25 * of(1) + 0.75 * of(0.01))).toBe(true);
    expect(near(natsOf(circuit, { v0: true }), of(0.01))).toBe(true);
    expect(natsOf(circuit, { v0: true })).toBeLessThan(0);
    // Where the number is known, only the choice is left.
    const [p, q] = [0.25 * Math.exp(-4.5), 0.75 / 0.01];
    const share = p / (p + q);
    const left = -share * Math.log(share) - (1 - share) * Math.log1p(-share);
    expect(natsOf(circuit, { v1: 3 })).toBeCloseTo(left, 12);
  });

  it("is refused for numbers in mixtures, also within intervals", () => {
    const failure = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(failure(() => entropy(undecided))).toMatchObject({
      code: "UNSUPPORTED_QUERY",
      given: "deterministic",
    });
    expect(failure(() => entropy(undecided, { v1: { from: 2, to: 3 } }))).toMatchObject({
      given: "deterministic",
    });
  });
});

describe("gradients of tied inputs", () => {
  const names = ["x", "y", "z"] as const;
  /** Three variables with one distribution between them. */
  function tied(domain: Domain, distribution: Distribution, tie = true): Circuit<(typeof names)[number]> {
    const b = circuitBuilder(vocabulary("variable", names), {
      domains: names.map(() => domain),
      share: false,
    });
    return b.build(b.product(names.map((name) => b.input(name, distribution, tie ? "one" : undefined))));
  }
  const parametersOf = (circuit: Circuit, evidence: Evidence) => {
    const answer = gradients(circuit, evidence);
    if (answer.kind !== "gradients") expect.unreachable();
    return answer.parameters;
  };

  it("add up over the places that something is known of", () => {
    const circuit = tied(real, { family: "gaussian", mean: 0.5, std: 2 });
    const evidence = { x: 1.5, z: -2 };
    const [first, second, third] = parametersOf(circuit, evidence);
    expect(first["mean"]).toBeCloseTo((1 - 2.5) / 4, 12);
    expect(first["std"]).toBeCloseTo((1 + 6.25) / 8 - 2 / 2, 12);
    // Nothing is known of y, but its input is the same one.
    expect([second, third]).toEqual([first, first]);
    expect(parametersOf(tied(real, { family: "gaussian", mean: 0.5, std: 2 }, false), evidence)[1]).toEqual(
      {},
    );
    expect(parametersOf(circuit, {})).toEqual([{}, {}, {}]);
  });

  it("add up entry by entry where parameters are lists", () => {
    const dice: Domain = { kind: "categorical", arity: 3 };
    const p = [0.2, 0.3, 0.5];
    const of = (tie: boolean) => tied(dice, { family: "categorical", probabilities: p }, tie);
    const evidence = { x: 2, y: { weights: [1, 0.5, 0] } };
    const apart = parametersOf(of(false), evidence).map((one) => one["probabilities"] as readonly number[]);
    const sum = p.map((_, s) => apart.reduce((all, own) => all + own[s], 0));
    for (const one of parametersOf(of(true), evidence)) {
      expect((one["probabilities"] as readonly number[]).every((slope, s) => near(slope, sum[s]))).toBe(true);
    }
    // d log(p · w) by each entry of p, and of a sum that is 1 whatever p.
    const weight = 0.2 + 0.3 * 0.5;
    expect(sum[0]).toBeCloseTo(1 / weight + 1, 12);
    expect(sum[1]).toBeCloseTo(0.5 / weight + 1, 12);
    expect(sum[2]).toBeCloseTo(1 / 0.5 + 1, 12);
  });

  it("are the differences of moving all places at once", () => {
    const h = 1e-5;
    const at = (rate: number) => tied(count, { family: "poisson", rate });
    for (const evidence of [
      { x: 3, y: 0 },
      { x: { from: 2, to: 6 }, z: 4 },
      { x: { in: [1, 7] }, y: 2, z: 2 },
    ]) {
      const slope = (logPartition(at(2 + h), evidence) - logPartition(at(2 - h), evidence)) / (2 * h);
      const [{ rate }] = parametersOf(at(2), evidence);
      expect(close(rate as number, slope, tolerance.gradient)).toBe(true);
    }
  });

  it("leave inputs that are not tied alone, in one circuit with tied ones", () => {
    const b = circuitBuilder(vocabulary("variable", names), { share: false });
    const p: Distribution = { family: "bernoulli", p: 0.25 };
    const circuit = b.build(b.product([b.input("x", p, "both"), b.input("y", p, "both"), b.input("z", p)]));
    const [x, y, z] = parametersOf(circuit, { x: true, y: false, z: true });
    expect([x["p"], y["p"], z["p"]].map((slope) => Number(slope).toFixed(9))).toEqual(
      [4 - 4 / 3, 4 - 4 / 3, 4].map((slope) => slope.toFixed(9)),
    );
    const moved = withParameters(circuit, {
      inputs: [0.3, 0.3, 0.25].map((q, variable) => ({
        variable,
        distribution: { family: "bernoulli", p: q },
      })),
    });
    const gain =
      logPartition(moved, { x: true, y: false, z: true }) -
      logPartition(circuit, { x: true, y: false, z: true });
    // Concave in p: the tangent lies above.
    expect(gain).toBeLessThan(0.05 * Number(x["p"]));
    expect(gain).toBeGreaterThan(0);
  });
});
