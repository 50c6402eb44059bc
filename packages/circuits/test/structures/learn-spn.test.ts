import {
  checkNormalized,
  factorizedCircuit,
  learnCircuit,
  learnSpnCircuit,
  learnSpnCircuitAsync,
  meanLogLikelihood,
  parseStates,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomTable, switching } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

const arities = [2, 3, 2, 2];
const worlds = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];

describe("learnSpnCircuit", () => {
  it("separates independent groups and mixes clusters", () => {
    const table = switching(640);
    // Columns 4 to 7 are rows in another order: independent of the first four.
    const both = parseStates(
      Array.from({ length: 640 }, (_, r) => {
        const row = (at: number) => Array.from({ length: 4 }, (_, v) => table.columns[v * 640 + at]);
        return [...row(r), ...row(Math.floor(r / 8))].join();
      }).join("\n"),
    );
    const circuit = learnSpnCircuit(both, { seed: 1, minRows: 20 });
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    const root = circuit.size - 1;
    expect(circuit.kinds[root]).toBe(1);
    expect(circuit.offsets[root + 1] - circuit.offsets[root]).toBeGreaterThanOrEqual(2);
    expect(meanLogLikelihood(circuit, both)).toBeGreaterThan(
      meanLogLikelihood(factorizedCircuit(both), both),
    );
  });

  it("takes missing values, repeats itself, and adds up to 1", () => {
    const table = randomTable(8, 300, arities, 0.1);
    const valid = randomTable(9, 100, arities, 0.1);
    const options = { structure: "learn-spn", valid, seed: 4 } as const;
    const { circuit } = learnCircuit(table, options);
    expect(learnCircuit(table, options).circuit.logWeights).toEqual(circuit.logWeights);
    expect(worlds.reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
  });

  it("gives the same circuit asynchronously", async () => {
    const table = randomTable(8, 300, arities);
    const later = await learnSpnCircuitAsync(table, { seed: 2 });
    expect(later.logWeights).toEqual(learnSpnCircuit(table, { seed: 2 }).logWeights);
  });

  it("refuses bad options", () => {
    const table = randomTable(8, 30, arities);
    for (const options of [
      { threshold: -1 },
      { minRows: 1 },
      { pseudoCount: -1 },
      { valid: randomTable(1, 9, [2]) },
    ]) {
      expect(() => learnSpnCircuit(table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
