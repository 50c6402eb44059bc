import {
  checkRespects,
  compileSdd,
  determinism,
  enumerateModels,
  logPartition,
  namedVtree,
  real,
  sddEvaluate,
  sddFalse,
  sddManager,
  sddNot,
  sddToCircuit,
  sddToNnf,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { InvalidArgumentError, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queens } from "../../../../bench/compile/families.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";
import { valueAt } from "../random-circuit.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const cases = cnfs(7)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables), weightsFor(formula)));

describe("sddToCircuit", () => {
  it("weighs the models and nothing else, and follows the manager's vtree", () => {
    fc.assert(
      fc.property(cases, ([formula, shape, weights]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const circuit = sddToCircuit(manager, ref, { weights });
        const models = new Set(enumerateModels(formula));
        for (let world = 0; world < 1 << formula.variables; world++) {
          const values = Array.from({ length: formula.variables }, (_, v) => (world >> v) & 1);
          const weight = values.reduce((product, value, v) => product * weights[2 * v + value], 1);
          const expected = models.has(world) ? weight : 0;
          expect(close(valueAt(circuit, values), expected, tolerance.rounding, Number.MIN_VALUE)).toBe(true);
        }
        expect(checkRespects(circuit, manager.vtree)).toEqual({ holds: true });
        if (ref === sddFalse) return;
        expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(determinism(circuit).status).toBe("certified");
        const total = sddEvaluate(manager, ref, real, (code) => weights[code]);
        expect(close(Math.exp(logPartition(circuit)), total, tolerance.rounding, Number.MIN_VALUE)).toBe(
          true,
        );
      }),
      { numRuns: 120 },
    );
  });

  it("says the function and its negation together everywhere", () => {
    fc.assert(
      fc.property(cases, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        const ref = compileSdd(manager, formula);
        const count = [ref, sddNot(manager, ref)].reduce((sum, each) => {
          return sum + Math.exp(logPartition(sddToCircuit(manager, each)));
        }, 0);
        expect(close(count, 2 ** formula.variables, tolerance.rounding)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("costs little more than the d-DNNF that heeds no vtree", () => {
    const formula = queens(5);
    for (const name of ["balanced", "right", "min-fill"] as const) {
      const manager = sddManager(namedVtree(formula, name));
      const ref = compileSdd(manager, formula);
      const [circuit, nnf] = [sddToCircuit(manager, ref), sddToNnf(manager, ref)];
      expect(circuit.edges, name).toBeLessThan(1.2 * nnf.edges);
    }
  });

  it("takes names, and refuses what does not fit", () => {
    const manager = sddManager(vtreeOf([1, 2]));
    const variables = vocabulary("variable", ["rain", "wet"]);
    expect(sddToCircuit(manager, sddTrue, { variables }).variables.names).toEqual(["rain", "wet"]);
    expect(() => sddToCircuit(manager, sddTrue, { variables: vocabulary("variable", ["a"]) })).toThrow(
      InvalidArgumentError,
    );
    expect(() => sddToCircuit(manager, sddTrue, { weights: Float64Array.of(1, 1) })).toThrow(
      InvalidArgumentError,
    );
    expect(() => sddToCircuit(manager, sddTrue, { weights: Float64Array.of(1, 1, -1, 2) })).toThrow(
      expect.objectContaining({ code: "NEGATIVE_WEIGHT", hint: expect.any(String) }),
    );
    expect(() => sddToCircuit(manager, 99)).toThrow(InvalidArgumentError);
  });
});
