import { circuitBuilder, logPartition, posteriors, withParameters } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { finiteDomains, randomCircuit } from "../random-circuit.ts";

describe("withParameters", () => {
  const circuit = randomCircuit(3, finiteDomains);

  it("changes numbers and nothing else", () => {
    const logWeights = circuit.logWeights.map((w) => w + Math.log(2));
    const doubled = withParameters(circuit, { logWeights });
    expect(doubled.children).toBe(circuit.children);
    expect(doubled.properties.decomposable).toBe(true);
    expect(logPartition(doubled)).toBeGreaterThan(logPartition(circuit));
    expect(logPartition(withParameters(doubled, { logWeights: circuit.logWeights }))).toBe(
      logPartition(circuit),
    );
  });

  it("looks at the support again: what was deterministic may not be any more", () => {
    const inputs = circuit.inputs.map((input) => {
      const { kind } = circuit.domains[input.variable];
      return kind === "binary" ? { ...input, distribution: { family: "bernoulli", p: 0.5 } as const } : input;
    });
    expect(withParameters(circuit, { inputs }).inputs[0].variable).toBe(circuit.inputs[0].variable);
  });

  it("finds the literals among the new inputs", () => {
    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const sure = b.build(b.literal("x", true));
    const unsure = withParameters(sure, {
      inputs: [{ variable: 0, distribution: { family: "bernoulli", p: 0.25 } }],
    });
    expect([...unsure.literals]).toEqual([-1]);
    expect([...withParameters(unsure, { inputs: sure.inputs }).literals]).toEqual([1]);
    const answer = posteriors(unsure);
    expect(answer).toMatchObject({ byVariable: { x: { kind: "states", probabilities: [0.75, 0.25] } } });
  });

  it("refuses parameters that do not fit", () => {
    const moved = circuit.inputs.map((input) => ({ ...input, variable: (input.variable + 1) % 5 }));
    for (const parameters of [
      { logWeights: new Float64Array(1) },
      { logWeights: circuit.logWeights.map(() => Number.NaN) },
      { inputs: [] },
      { inputs: moved },
    ]) {
      expect(() => withParameters(circuit, parameters)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
