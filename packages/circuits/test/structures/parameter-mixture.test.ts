import {
  checkCompatible,
  checkNormalized,
  chowLiuCircuit,
  circuitBuilder,
  learnCircuit,
  meanLogLikelihood,
  parameterMixture,
  parameterMixtureAsync,
  strudelCircuit,
} from "@credence/circuits";
import { AbortedError, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomTable, twoTrees } from "../learn/tables.ts";

const [train, valid, test] = [1, 2, 3].map((seed) => twoTrees(seed, 400));

describe("parameterMixture", () => {
  it("says more than its structure with one set of parameters, on rows of two kinds", () => {
    const { circuit } = chowLiuCircuit(train);
    const mixed = parameterMixture(circuit, train, { components: 2, epochs: 15, valid, seed: 1 });
    expect(meanLogLikelihood(mixed.circuit, test)).toBeGreaterThan(meanLogLikelihood(circuit, test) + 0.05);
    expect(checkNormalized(mixed.circuit)).toEqual({ holds: true });
    expect(mixed.validation[mixed.bestEpoch - 1]).toBe(Math.max(...mixed.validation));
  });

  it("keeps the structure: compatible with the circuit that it was made from", () => {
    const { circuit } = strudelCircuit(train, { valid });
    const mixed = parameterMixture(circuit, train, { components: 3, epochs: 2 });
    expect(checkCompatible([mixed.circuit, circuit])).toMatchObject({ holds: true });
    // One set of parameters is the structure with its best ones.
    const one = parameterMixture(circuit, train, { components: 1, epochs: 3, pseudoCount: 0 });
    const three = parameterMixture(circuit, train, { components: 3, epochs: 12, pseudoCount: 0 });
    expect(close(one.trace[0], one.trace.at(-1) as number, tolerance.rounding)).toBe(true);
    expect(three.trace.at(-1)).toBeGreaterThan(one.trace[0]);
  });

  it("never loses likelihood without pseudo-counts, and repeats itself", async () => {
    const { circuit } = chowLiuCircuit(train);
    const options = { components: 4, epochs: 8, pseudoCount: 0, seed: 6 };
    const { trace, circuit: mixed } = parameterMixture(circuit, train, options);
    for (let i = 1; i < trace.length; i++) {
      expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - tolerance.reference);
    }
    const later = await parameterMixtureAsync(circuit, train, options);
    expect(later.circuit.logWeights).toEqual(mixed.logWeights);
  });

  it("is what learnCircuit makes of a strudel with components", () => {
    const options = { structure: "strudel", splits: 20, valid, seed: 1 } as const;
    const single = learnCircuit(train, options);
    const mixed = learnCircuit(train, { ...options, components: 3, epochs: 8 });
    expect(mixed.settings).toMatchObject({ structure: "strudel", components: 3, epochs: 8 });
    expect(mixed.meanLogLikelihood(valid)).toBeGreaterThan(single.meanLogLikelihood(valid));
    expect(mixed.trace[mixed.bestEpoch - 1]).toBe(Math.max(...mixed.trace));
  });

  it("refuses bad sizes and rows of other columns, and stops when told to", () => {
    const { circuit } = chowLiuCircuit(train);
    for (const options of [
      { components: 0 },
      { components: 2.5 },
      { valid: randomTable(1, 5, [2]) },
      { epochs: -1 },
    ]) {
      expect(() => parameterMixture(circuit, train, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    const builder = circuitBuilder<string>(vocabulary("variable", ["x"]));
    const other = builder.build(builder.input("x", { family: "bernoulli", p: 0.5 }));
    expect(() => parameterMixture(other, train)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => parameterMixture(circuit, train, { signal: AbortSignal.abort() })).toThrow(AbortedError);
  });
});
