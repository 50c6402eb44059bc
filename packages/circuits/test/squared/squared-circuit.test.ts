import {
  rightLinearVtree,
  squaredCircuit,
  squaredFromJson,
  squaredToJson,
  squaredVtreeShape,
  withSquaredParameters,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomSquared } from "./random-squared.ts";

const shape = squaredVtreeShape([2, 3], rightLinearVtree([1, 2]), { units: 2 });

describe("squared circuits", () => {
  it("name their variables and keep copies of their parameters", () => {
    const numbers = Float64Array.from({ length: shape.parameterCount }, (_, i) => i - 3);
    const circuit = squaredCircuit(shape, numbers, ["a", "b"]);
    numbers.fill(7);
    expect([...circuit.parameters]).toEqual(Array.from(numbers, (_, i) => i - 3));
    expect(circuit.variables.names).toEqual(["a", "b"]);
    expect(circuit.domains).toEqual([{ kind: "binary" }, { kind: "categorical", arity: 3 }]);
    expect(squaredCircuit(shape, numbers).variables.names).toEqual(["x0", "x1"]);
    const other = withSquaredParameters(circuit, numbers);
    expect(other.variables.names).toEqual(["a", "b"]);
    expect(other.parameters[0]).toBe(7);
  });

  it("refuse parameters that are none", () => {
    const zeros = new Array(shape.parameterCount).fill(0);
    expect(() => squaredCircuit(shape, [1])).toThrow(/parameters.length/);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e121, -1e-121]) {
      expect(() => squaredCircuit(shape, zeros.with(2, bad))).toThrow(
        expect.objectContaining({
          code: "INVALID_ARGUMENT",
          message: expect.stringContaining("parameters[2]"),
        }),
      );
    }
    expect(() => squaredCircuit(shape, zeros, ["a"])).toThrow(/2 names/);
    expect(() => squaredCircuit(shape, zeros, ["a", "a"])).toThrow(/twice/);
  });

  it("come back from their documents, to the bit", () => {
    for (let seed = 0; seed < 40; seed++) {
      const circuit = randomSquared(seed);
      const again = squaredFromJson(JSON.parse(JSON.stringify(squaredToJson(circuit))));
      expect(again.shape).toEqual(circuit.shape);
      expect(again.domains).toEqual(circuit.domains);
      expect(again.variables.names).toEqual(circuit.variables.names);
      expect(again.parameters).toEqual(circuit.parameters);
    }
  });

  it("refuse documents that are none, with the place", () => {
    const zeros = new Array(shape.parameterCount).fill(0);
    const good = squaredToJson(squaredCircuit(shape, zeros)) as Record<string, unknown>;
    const steps = good["steps"] as Record<string, unknown>[];
    const cases: [unknown, RegExp][] = [
      [null, /document.*record/],
      [[], /document/],
      [{ ...good, kind: "circuit" }, /squared-circuit of version 1/],
      [{ ...good, version: 2 }, /version/],
      [{ ...good, steps: 5 }, /steps.*a list/],
      [{ ...good, units: 0 }, /units/],
      [{ ...good, squares: "2" }, /squares/],
      [{ ...good, variables: [1, 2] }, /variables\[0\]/],
      [{ ...good, variables: [{ name: 1, arity: 2 }] }, /variables\[0\].name/],
      [{ ...good, variables: [{ name: "a", arity: 300 }] }, /variables\[0\].arity/],
      [{ ...good, parameters: zeros.with(0, "1") }, /numbers/],
      [{ ...good, parameters: zeros.slice(1) }, /parameters.length/],
      [{ ...good, steps: steps.with(0, { table: 9 }) }, /steps\[0\].table/],
      [{ ...good, steps: steps.with(2, { product: [0] }) }, /steps\[2\]/],
      [{ ...good, steps: steps.with(2, { product: [0, 2] }) }, /steps\[2\] reads/],
      [{ ...good, steps: steps.with(2, { product: [0, 0] }) }, /read twice/],
      [{ ...good, steps: steps.with(1, { table: 0 }) }, /two tables/],
      [{ ...good, steps: steps.with(2, { dense: 0 }) }, /step 1 is not read/],
      [{ ...good, steps: steps.slice(0, 3) }, /not a dense one/],
      [{ ...good, steps: [{ table: 0 }, { dense: 0 }] }, /variable 1 has no table/],
      [{ ...good, steps: [...steps, null] }, /steps\[4\]/],
    ];
    for (const [document, message] of cases) {
      expect(() => squaredFromJson(document)).toThrow(message);
      expect(() => squaredFromJson(document)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});
