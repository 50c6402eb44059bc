import {
  arityOf,
  type Circuit,
  chowLiuCircuit,
  circuitBuilder,
  compileRules,
  type Distribution,
  type Evidence,
  type Gradients,
  gradients,
  logPartition,
  posteriors,
  withParameters,
} from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";
import { randomTable } from "../learn/tables.ts";
import { finiteDomains, randomCircuit } from "../random-circuit.ts";
import { randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const smoothNear = (a: number, b: number) => close(a, b, tolerance.gradient);
const seeds = fc.integer({ min: 0, max: 1e6 });
const Z = (circuit: Circuit, evidence: Evidence) => Math.exp(logPartition(circuit, evidence));

function found(circuit: Circuit, evidence: Evidence, of: Gradients["of"]): Gradients {
  const answer = gradients(circuit, evidence, { of });
  if (answer.kind !== "gradients") expect.unreachable();
  return answer;
}

/** Z is linear in every weight and leaf weight, so that the difference between 1 and 0 is its derivative. */
function byWeight(circuit: Circuit, evidence: Evidence, edge: number): number {
  const at = (log: number) => {
    const logWeights = circuit.logWeights.slice();
    logWeights[edge] = log;
    return Z(withParameters(circuit, { logWeights }), evidence);
  };
  return at(0) - at(Number.NEGATIVE_INFINITY);
}

function checkWeights(circuit: Circuit, evidence: Evidence, answer: Gradients): void {
  for (let node = 0; node < circuit.size; node++) {
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      const slope = circuit.kinds[node] === 2 ? byWeight(circuit, evidence, edge) : 0;
      expect(near(answer.weights[edge], slope)).toBe(true);
      const weight = Math.exp(circuit.logWeights[edge]);
      if (slope !== 0) expect(near(answer.logWeights[edge], slope * weight)).toBe(true);
    }
  }
}

/** The derivative by each probability of an input over states, on its own: linear, too. */
function checkStates(circuit: Circuit, evidence: Evidence, answer: Gradients): void {
  circuit.inputs.forEach(({ variable, distribution: d }, i) => {
    const arity = arityOf(circuit.domains[variable]);
    const withState = (state: number): number => {
      const inputs = circuit.inputs.slice();
      inputs[i] = { variable, distribution: { family: "indicator", state } };
      return Z(withParameters(circuit, { inputs }), evidence);
    };
    const slopes = Array.from({ length: arity }, (_, s) => withState(s));
    const { p, probabilities } = answer.parameters[i] as { p?: number; probabilities?: number[] };
    if (d.family === "bernoulli") expect(near(p as number, slopes[1] - slopes[0])).toBe(true);
    else if (d.family === "indicator") expect(answer.parameters[i]).toEqual({});
    else {
      const own = probabilities as number[];
      own.forEach((slope, s) => {
        expect(near(slope - own[0], slopes[s] - slopes[0])).toBe(true);
      });
      const total = own.reduce((sum, slope, s) => sum + slope * stateProbability(d, s), 0);
      expect(near(total, answer.inputs[i])).toBe(true);
    }
  });
}

function stateProbability(d: Distribution, state: number): number {
  return d.family === "categorical" ? d.probabilities[state] : Number.NaN;
}

/** The weight of every state as evidence, and the derivative by each. */
function checkLeaves(circuit: Circuit, evidence: Evidence, answer: Gradients): void {
  circuit.domains.forEach((domain, v) => {
    const name = `v${v}`;
    for (let s = 0; s < arityOf(domain); s++) {
      const weights = Array.from({ length: arityOf(domain) }, (_, state) => Number(state === s));
      expect(near(answer.leafWeights[name][s], Z(circuit, { ...evidence, [name]: { weights } }))).toBe(true);
    }
  });
}

describe("gradients of the partition", () => {
  it("are the differences that linearity makes exact, weights and evidence of 0 included", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, structured) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const { evidence } = randomEvidence(seed);
        const answer = found(circuit, evidence, "partition");
        expect(answer.logPartition).toBe(logPartition(circuit, evidence));
        checkWeights(circuit, evidence, answer);
        checkStates(circuit, evidence, answer);
        checkLeaves(circuit, evidence, answer);
        for (const list of [answer.weights, answer.logWeights, answer.inputs])
          expect(list.some(Number.isNaN)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it("see past zeros: of a product with one factor 0 only that factor has a slope", () => {
    const builder = circuitBuilder(vocabulary("variable", ["a", "b", "c"]));
    const circuit = builder.build(
      builder.product(
        ["a", "b", "c"].map((name) => builder.input(name as "a", { family: "bernoulli", p: 0.5 })),
      ),
    );
    const one = gradients(circuit, { a: { weights: [0, 0] } }, { of: "partition" });
    if (one.kind !== "gradients") expect.unreachable();
    expect(one.logPartition).toBe(Number.NEGATIVE_INFINITY);
    expect(one.leafWeights).toEqual({ a: [0.5, 0.5], b: [0, 0], c: [0, 0] });
    const two = gradients(circuit, { a: { in: [] }, b: { in: [] } }, { of: "partition" });
    expect(two.kind === "gradients" && [...two.inputs, ...Object.values(two.leafWeights).flat()]).toEqual(
      new Array(9).fill(0),
    );
    expect(gradients(circuit, { a: { in: [] } })).toEqual({
      kind: "contradiction",
      source: "evidence",
      logPartition: Number.NEGATIVE_INFINITY,
    });
  });
});

describe("gradients of the log partition", () => {
  it("are those of the partition divided by it; by log leaf weights they are the posteriors", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence } = randomEvidence(seed);
        const total = Z(circuit, evidence);
        fc.pre(total > 0);
        const [log, linear] = [
          found(circuit, evidence, "log-partition"),
          found(circuit, evidence, "partition"),
        ];
        log.weights.forEach((slope, e) => {
          expect(near(slope * total, linear.weights[e])).toBe(true);
        });
        for (const flow of log.inputs) expect(flow).toBeLessThanOrEqual(1 + tolerance.rounding);
        const answer = posteriors(circuit, evidence);
        if (answer.kind !== "posteriors") expect.unreachable();
        for (const [name, one] of Object.entries(answer.byVariable)) {
          if (one.kind !== "states") expect.unreachable();
          one.probabilities.forEach((p, s) => {
            expect(near(log.logLeafWeights[name][s], p)).toBe(true);
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("by leaf probabilities hold at 0 and 1, in compiled rules", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const answer = gradients(circuit, evidence);
        fc.pre(answer.kind === "gradients");
        if (answer.kind !== "gradients") return;
        for (const name of names) {
          const [no, yes] = [false, true].map((value) =>
            Math.exp(logPartition(circuit, { ...evidence, [name]: value }) - answer.logPartition),
          );
          const slope = answer.leafProbabilities[name];
          // The difference of two large numbers is only as good as they are.
          expect(close(slope, yes - no, tolerance.reference, tolerance.reference * (yes + no))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("survive weights beyond exp's range", () => {
    const circuit = compileRules(parseRules("900 a\n-900 b\n"));
    const answer = gradients(circuit, { a: 0.5, b: 0.5 });
    if (answer.kind !== "gradients") expect.unreachable();
    const { a, b } = answer.leafProbabilities as { a: number; b: number };
    expect(near(a, 2)).toBe(true);
    expect(near(b, -2)).toBe(true);
  });

  it("of a chain of 100,000 nodes take no stack", () => {
    const builder = circuitBuilder(vocabulary("variable", ["a"]), { share: false });
    let node = builder.input("a", { family: "bernoulli", p: 0.5 });
    for (let i = 0; i < 100_000; i++) node = builder.sum([node], [Math.log(0.5) * (i % 2 === 0 ? 1 : -1)]);
    const answer = gradients(builder.build(node), { a: true });
    expect(answer.kind === "gradients" && near(answer.leafWeights.a[1], 1)).toBe(true);
  });

  it("are flows in deterministic circuits, too: the weights of a tree's sums", () => {
    const { circuit } = chowLiuCircuit(randomTable(4, 40, [2, 3, 2]));
    const answer = found(circuit, {}, "log-partition");
    expect(near(logPartition(circuit), 0)).toBe(true);
    expect(answer.weights.every((slope) => slope >= 0 && slope <= 1 + tolerance.rounding)).toBe(true);
  });
});

describe("gradients by the parameters of inputs over numbers", () => {
  const families: readonly (readonly [Distribution, readonly Evidence["x"][]])[] = [
    [{ family: "gaussian", mean: 0.4, std: 1.3 }, [0.9, { from: -1, to: 2 }, { from: 1 }, { to: -0.5 }]],
    [{ family: "exponential", rate: 0.7 }, [0.4, { from: 0.3, to: 2 }, { from: 1 }, { to: 0.5 }, { to: 3 }]],
    [{ family: "uniform", low: -1, high: 2 }, [0.5, { from: 0, to: 1 }, { from: -3, to: 1 }, { from: 0 }]],
    [{ family: "poisson", rate: 2.5 }, [0, 3, { in: [1, 4] }, { from: 2, to: 6 }, { from: 3 }, { to: 2 }]],
    [{ family: "binomial", trials: 5, p: 0.3 }, [0, 5, { in: [1, 4] }, { from: 2, to: 4 }, { from: 3 }]],
    [{ family: "gamma", shape: 2.5, rate: 1.5 }, [0.8, 3]],
    [{ family: "negativeBinomial", successes: 2.5, p: 0.4 }, [0, 3, { in: [1, 4] }]],
    [{ family: "geometric", p: 0.4 }, [0, 3, { in: [1, 4] }, { from: 2, to: 6 }, { from: 3 }, { to: 2 }]],
  ];
  const circuitOf = (d: Distribution) => {
    const kind = ["poisson", "binomial", "geometric", "negativeBinomial"].includes(d.family)
      ? "count"
      : "real";
    const builder = circuitBuilder(vocabulary("variable", ["x"]), {
      domains: [{ kind } as { kind: "real" }],
    });
    return builder.build(builder.input("x", d));
  };

  it.each(families)("are central differences of %j", (d, findings) => {
    const h = 1e-5;
    for (const x of findings) {
      const answer = gradients(circuitOf(d), { x }, { of: "partition" });
      if (answer.kind !== "gradients") expect.unreachable();
      for (const [name, slope] of Object.entries(answer.parameters[0])) {
        const at = (change: number) =>
          Z(circuitOf({ ...d, [name]: (d as never)[name] + change } as Distribution), { x });
        expect(smoothNear(slope as number, (at(h) - at(-h)) / (2 * h))).toBe(true);
      }
      const names = Object.keys(d).filter((key) => key !== "family" && key !== "trials");
      expect(Object.keys(answer.parameters[0])).toEqual(names);
    }
  });

  it("leave out what has no closed form over intervals, and derive the rest", () => {
    const h = 1e-5;
    const cases = [
      [{ family: "gamma", shape: 2.5, rate: 1.5 }, "rate"],
      [{ family: "gamma", shape: 0.6, rate: 0.7 }, "rate"],
      [{ family: "negativeBinomial", successes: 2.5, p: 0.4 }, "p"],
    ] as const;
    for (const [d, name] of cases) {
      for (const x of [{ from: 1, to: 3 }, { to: 2 }, { from: 2 }]) {
        const answer = gradients(circuitOf(d), { x }, { of: "partition" });
        if (answer.kind !== "gradients") expect.unreachable();
        expect(Object.keys(answer.parameters[0])).toEqual([name]);
        const value = (d as never)[name] as number;
        const [up, down] = [h, -h].map((step) => Z(circuitOf({ ...d, [name]: value + step }), { x }));
        expect(smoothNear(answer.parameters[0][name] as number, (up - down) / (2 * h))).toBe(true);
      }
    }
  });

  it("of ordered states are central differences, whatever the weights of the states", () => {
    const circuitWith = (mean: number, scale: number) => {
      const builder = circuitBuilder(vocabulary("variable", ["x"]), {
        domains: [{ kind: "categorical", arity: 5 }],
      });
      return builder.build(builder.input("x", { family: "discretizedLogistic", mean, scale, states: 5 }));
    };
    const h = 1e-5;
    for (const x of [0, 2, 4, { in: [1, 3] }, { weights: [0.2, 0, 1, 0.5, 3] }, undefined]) {
      const answer = gradients(circuitWith(1.7, 0.6), { x }, { of: "partition" });
      if (answer.kind !== "gradients") expect.unreachable();
      const { mean, scale } = answer.parameters[0] as { mean: number; scale: number };
      const at = (m: number, s: number) => Z(circuitWith(1.7 + m, 0.6 + s), { x });
      expect(smoothNear(mean, (at(h, 0) - at(-h, 0)) / (2 * h))).toBe(true);
      expect(smoothNear(scale, (at(0, h) - at(0, -h)) / (2 * h))).toBe(true);
    }
  });

  it("add up over tied places", () => {
    const builder = circuitBuilder(vocabulary("variable", ["a", "b", "x", "y"]), {
      domains: [{ kind: "binary" }, { kind: "binary" }, { kind: "real" }, { kind: "real" }],
      share: false,
    });
    const step = (bit: "a" | "b", number: "x" | "y") => {
      const leaves = [0.2, 0.7].map((p, k) =>
        builder.product([
          builder.input(bit, { family: "bernoulli", p }, `bit ${k}`),
          builder.input(number, { family: "gaussian", mean: 0, std: 1 }, "number"),
        ]),
      );
      return builder.sum(leaves, [Math.log(0.4), Math.log(0.6)], "step");
    };
    const circuit = builder.build(builder.product([step("a", "x"), step("b", "y")]));
    const answer = found(circuit, { a: true, b: false, x: 0.5 }, "log-partition");
    const [first, second] = [...circuit.kinds.keys()].filter((node) => circuit.kinds[node] === 2);
    const weights = (node: number) => [
      ...answer.logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1]),
    ];
    expect(weights(first)).toEqual(weights(second));
    expect(
      near(
        weights(first).reduce((p, q) => p + q, 0),
        2,
      ),
    ).toBe(true);
    const slopes = answer.parameters.map((own) => own as { p?: number; mean?: number });
    const byTie = (variable: number) => slopes.filter((_, i) => circuit.inputs[i].variable === variable);
    expect(byTie(0).map(({ p }) => p)).toEqual(byTie(1).map(({ p }) => p));
    // Of y nothing is known: all of the slope is x's, once for each of its two inputs.
    expect(byTie(2).every(({ mean }) => near(mean as number, 0.5))).toBe(true);
    expect(byTie(3).every(({ mean }) => near(mean as number, 0.5))).toBe(true);
  });

  it("hold at the ends of p, at masses of 0 and far out in the tails", () => {
    const slopeOf = (d: Distribution, x: Evidence["x"], of: Gradients["of"] = "partition") => {
      const answer = gradients(circuitOf(d), { x }, { of });
      return answer.kind === "gradients" ? answer.parameters[0] : expect.unreachable();
    };
    const byP = (d: Distribution, x: number) => (slopeOf(d, x) as { p: number }).p;
    expect(near(byP({ family: "binomial", trials: 3, p: 0 }, 1), 3)).toBe(true);
    expect(near(byP({ family: "binomial", trials: 3, p: 1 }, 3), 3)).toBe(true);
    expect(near(byP({ family: "geometric", p: 1 }, 1), -1)).toBe(true);
    const histogram = { family: "histogram", edges: [0, 1, 3], masses: [1, 0] } as const;
    expect(slopeOf(histogram, 2)).toEqual({ masses: [0, 0.5] });
    expect(slopeOf(histogram, 3)).toEqual({ masses: [0, 0.5] });
    expect(slopeOf(histogram, { from: 0.5, to: 2 })).toEqual({ masses: [0.5, 0.5] });
    expect(slopeOf(histogram, undefined)).toEqual({});
    const gaussian = slopeOf({ family: "gaussian", mean: 0, std: 1 }, 60, "log-partition");
    const { mean, std } = gaussian as { mean: number; std: number };
    expect(near(mean, 60)).toBe(true);
    expect(near(std, 3599)).toBe(true);
    const { rate } = slopeOf({ family: "poisson", rate: 1 }, 400, "log-partition") as { rate: number };
    expect(near(rate, 399)).toBe(true);
    expect(slopeOf({ family: "uniform", low: 0, high: 1 }, 2)).toEqual({ low: 0, high: 0 });
  });
});
