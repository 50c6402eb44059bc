import {
  checkNormalized,
  chowLiuCircuit,
  cutsetCircuit,
  cutsetCircuitAsync,
  learnCircuit,
  logPartition,
  meanLogLikelihood,
  parseStates,
} from "@credence/circuits";
import { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { randomTable, switching } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

const arities = [2, 3, 2, 2];
const worlds = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];

describe("cutsetCircuit", () => {
  it("finds the decisions that no tree can make, and stays deterministic", () => {
    const table = switching(160);
    const { circuit, leaves } = cutsetCircuit(table, { pseudoCount: 0.01 });
    expect(leaves).toBeGreaterThan(1);
    expect(circuit.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
    expect(meanLogLikelihood(circuit, table)).toBeGreaterThan(-3.01 * Math.LN2);
    expect(meanLogLikelihood(chowLiuCircuit(table).circuit, table)).toBeLessThan(-3.2 * Math.LN2);
  });

  it("adds up to 1, with states that never occur too, and never validates worse than its tree", () => {
    const [table, valid] = [randomTable(3, 120, arities), randomTable(4, 60, arities)];
    const { circuit } = cutsetCircuit(table, { valid, minRows: 10, candidates: 2 });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    expect(worlds.reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
    const tree = chowLiuCircuit(table).circuit;
    expect(meanLogLikelihood(circuit, valid)).toBeGreaterThanOrEqual(
      meanLogLikelihood(tree, valid) - tolerance.rounding,
    );
    const never = parseStates("0,0,1\n0,1,1\n0,1,0\n0,0,0", { arities: [3, 2, 2] });
    expect(logPartition(cutsetCircuit(never, { minRows: 1 }).circuit)).toBeCloseTo(0, 10);
  });

  it("gives the same network asynchronously", async () => {
    const table = randomTable(3, 120, arities);
    const later = await cutsetCircuitAsync(table);
    expect(later.circuit.logWeights).toEqual(cutsetCircuit(table).circuit.logWeights);
  });

  it("refuses missing values and bad options, and hands over what it has when stopped", () => {
    const table = randomTable(3, 120, arities);
    for (const options of [
      { minRows: 0 },
      { candidates: 0 },
      { pseudoCount: -1 },
      { valid: randomTable(1, 9, [2]) },
    ]) {
      expect(() => cutsetCircuit(table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    expect(() => cutsetCircuit(randomTable(3, 50, arities, 0.2))).toThrow(/missing/);
    const signal = AbortSignal.abort();
    try {
      learnCircuit(table, { structure: "cutset", signal });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AbortedError);
      expect((error as AbortedError<{ structure: string }>).partial).toMatchObject({ structure: "cutset" });
    }
  });
});
