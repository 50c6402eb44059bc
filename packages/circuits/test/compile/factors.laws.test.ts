import { compileFactors, factorGraph, logPartition } from "@credence/circuits";
import { CredenceError, InvalidArgumentError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const value = fc.oneof(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.constantFrom(0, 1));
const graphs = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }).chain((arities) => {
  const variables = arities.map((arity, v) => ({
    name: `x${v}`,
    states: Array.from({ length: arity }, (_, state) => `s${state}`),
  }));
  const scope = fc.shuffledSubarray([...arities.keys()], { maxLength: Math.min(3, arities.length) });
  const factor = scope.chain((own) => {
    const length = own.reduce((size, v) => size * arities[v], 1);
    const values = fc.array(value, { minLength: length, maxLength: length });
    return values.map((all) => ({ scope: own, values: Float64Array.from(all) }));
  });
  return fc.array(factor, { maxLength: 4 }).map((factors) => factorGraph(variables, factors));
});

describe("compileFactors", () => {
  it("gives every world the product of its factors, and sums to all of them", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const arities = graph.variables.map(({ states }) => states.length);
        const worlds = arities.reduce((count, arity) => count * arity, 1);
        const each = Array.from({ length: worlds }, (_, world) => {
          const states: number[] = [];
          arities.reduce((rest, arity, v) => {
            states[v] = rest % arity;
            return Math.floor(rest / arity);
          }, world);
          const weight = graph.factors.reduce((product, { scope, values }) => {
            return product * values[scope.reduce((at, v) => at * arities[v] + states[v], 0)];
          }, 1);
          return { states, weight };
        });
        const total = each.reduce((sum, { weight }) => sum + weight, 0);
        fc.pre(total > 0);
        const circuit = compileFactors(graph);
        expect(close(Math.exp(logPartition(circuit)), total, tolerance.reference)).toBe(true);
        for (const { states, weight } of each) {
          const evidence = Object.fromEntries(states.map((state, v) => [`x${v}`, `s${state}`]));
          expect(close(Math.exp(logPartition(circuit, evidence)), weight, tolerance.reference)).toBe(true);
        }
        expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
      }),
      { numRuns: 200 },
    );
  });
});

describe("factorGraph", () => {
  const a = { name: "a", states: ["x", "y"] };

  it.each([
    [[a, a], []],
    [[{ name: "a", states: [] }], []],
    [[{ name: "a", states: ["x", "x"] }], []],
    [[a], [{ scope: [1], values: Float64Array.of(1, 1) }]],
    [[a], [{ scope: [0, 0], values: Float64Array.of(1, 1, 1, 1) }]],
    [[a], [{ scope: [0], values: Float64Array.of(1, -1) }]],
    [[a], [{ scope: [0], values: Float64Array.of(1, Number.NaN) }]],
  ])("refuses %j", (variables, factors) => {
    expect(() => factorGraph(variables, factors)).toThrow(InvalidArgumentError);
  });

  it("refuses tables of a wrong size", () => {
    const wrong = { scope: [0], values: Float64Array.of(1) };
    expect(() => factorGraph([a], [wrong])).toThrow(CredenceError);
    expect(() => factorGraph([a], [wrong])).toThrow(/has 1 values/);
  });
});
