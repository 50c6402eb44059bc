import {
  circuitBuilder,
  conditionalLogProbability,
  type Evidence,
  explainEvidence,
  explainPosterior,
  gradients,
  logPartition,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });

function without(evidence: Evidence, name: string): Evidence {
  const { [name]: _, ...rest } = evidence;
  return rest;
}

describe("explainEvidence", () => {
  it("says what each finding takes away, as leaving it out does", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence } = randomEvidence(seed);
        const answer = explainEvidence(circuit, evidence);
        if (answer.kind === "contradiction") {
          expect(logPartition(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
          return;
        }
        expect(answer.findings.map(({ variable }) => variable).sort()).toEqual(Object.keys(evidence).sort());
        for (const { variable, logProbability } of answer.findings) {
          const rest = logPartition(circuit, without(evidence, variable));
          expect(near(logProbability, logPartition(circuit, evidence) - rest)).toBe(true);
        }
        const order = answer.findings.map(({ logProbability }) => logProbability);
        expect(order).toEqual(order.slice().sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  it("conserves flow: in and out of every node, and over the inputs of every variable", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence } = randomEvidence(seed);
        const answer = explainEvidence(circuit, evidence, { top: 1000 });
        fc.pre(answer.kind === "explanation");
        if (answer.kind !== "explanation") return;
        const into = new Float64Array(circuit.size);
        into[circuit.size - 1] = 1;
        answer.edgeFlows.forEach((flow, edge) => {
          into[circuit.children[edge]] += flow;
        });
        into.forEach((flow, node) => {
          expect(near(flow, answer.nodeFlows[node])).toBe(true);
          const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
          const out = answer.edgeFlows.subarray(from, to).reduce((a, b) => a + b, 0);
          if (circuit.kinds[node] === 2) expect(near(out, flow)).toBe(true);
        });
        for (const name of circuit.variables.names) {
          const own = answer.inputs.filter(({ variable }) => variable === name);
          expect(
            near(
              own.reduce((sum, { flow }) => sum + flow, 0),
              1,
            ),
          ).toBe(true);
        }
        const slopes = gradients(circuit, evidence);
        if (slopes.kind !== "gradients") expect.unreachable();
        for (const { edge, flow } of answer.edges) expect(near(slopes.logWeights[edge], flow)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("lists first what the evidence has moved: the component of a mixture that explains it", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "real" }, { kind: "real" }],
    });
    const part = (mean: number) =>
      builder.product(["x", "y"].map((v) => builder.input(v as "x", { family: "gaussian", mean, std: 1 })));
    const circuit = builder.build(builder.sum([part(0), part(5)], [Math.log(0.8), Math.log(0.2)]));
    const answer = explainEvidence(circuit, { x: 5 }, { top: 2 });
    if (answer.kind !== "explanation") expect.unreachable();
    expect(answer.edges).toHaveLength(2);
    expect(answer.edges.map(({ prior }) => prior).sort()).toEqual(
      [0.2, 0.8].map((p) => expect.closeTo(p, 9)),
    );
    const [up] = answer.edges.filter(({ flow, prior }) => flow > prior);
    expect(up.flow).toBeGreaterThan(0.99);
    expect(answer.inputs.every(({ distribution: d }) => d.family === "gaussian")).toBe(true);
    expect(explainEvidence(circuit, { x: 5 }, { top: 0 })).toMatchObject({ edges: [], inputs: [] });
    expect(() => explainEvidence(circuit, {}, { top: -1 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

describe("explainPosterior", () => {
  it("compares with the evidence less one finding, for every finding", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence } = randomEvidence(seed);
        const target = { v1: { in: [0, 2] } };
        const p = (given: Evidence) => {
          const answer = conditionalLogProbability(circuit, target, given);
          return answer.kind === "log-probability" ? answer.logProbability : Number.NaN;
        };
        const answer = explainPosterior(circuit, target, evidence);
        if (answer.kind === "contradiction") {
          expect(logPartition(circuit, evidence)).toBe(Number.NEGATIVE_INFINITY);
          return;
        }
        expect(near(answer.probability, Math.exp(p(evidence)))).toBe(true);
        expect(near(answer.prior, Math.exp(p({})))).toBe(true);
        expect(answer.contributions.map(({ variable }) => variable).sort()).toEqual(
          Object.keys(without(evidence, "v1")).sort(),
        );
        for (const one of answer.contributions) {
          const rest = p(without(evidence, one.variable));
          expect(near(one.without, Math.exp(rest))).toBe(true);
          expect(near(one.change, answer.probability - one.without)).toBe(true);
          expect(Number.isNaN(one.logOddsChange)).toBe(false);
          if (Number.isFinite(one.logOddsChange) && one.without > 0.01 && one.without < 0.99) {
            const odds = (q: number) => Math.log(q / (1 - q));
            expect(
              close(one.logOddsChange, odds(answer.probability) - odds(one.without), tolerance.gradient),
            ).toBe(true);
          }
        }
        const sizes = answer.contributions.map(({ change }) => Math.abs(change));
        expect(sizes).toEqual(sizes.slice().sort((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  it("takes intervals of numbers as targets and their values as findings, and refuses densities", () => {
    const circuit = randomCircuit(7, mixedDomains);
    const answer = explainPosterior(circuit, { v1: { from: 0 } }, { v2: 1, v3: 2 });
    if (answer.kind !== "explanation") expect.unreachable();
    expect(answer.contributions.map(({ variable }) => variable).sort()).toEqual(["v2", "v3"]);
    for (const target of [{ v1: 0.5 }, { v0: 0.5 }, { v2: { weights: [1, 0.5, 0] } }]) {
      expect(() => explainPosterior(circuit, target, {})).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
