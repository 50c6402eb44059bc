import { factorizedCircuit, trainEm, trainGradient } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { batchesOf, batchStart, checkBatch } from "../../src/learn/fit.ts";
import { randomTable } from "./tables.ts";

describe("batches", () => {
  it("cover all rows once, and have equally many up to one", () => {
    for (const [rows, batch] of [
      [100, 30],
      [101, 10],
      [7, 256],
      [1, 1],
      [999, 64],
    ]) {
      const batches = batchesOf(rows, batch);
      const sizes = Array.from({ length: batches }, (_, b) => {
        return batchStart(b + 1, rows, batches) - batchStart(b, rows, batches);
      });
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(rows);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(batchStart(0, rows, batches)).toBe(0);
    }
    expect(batchesOf(10, Number.POSITIVE_INFINITY)).toBe(1);
    for (const bad of [0, -1, 1.5, Number.NaN]) expect(() => checkBatch(bad)).toThrow(/batch/);
  });
});

describe("both ways of training", () => {
  const table = randomTable(1, 60, [2, 3]);
  const start = factorizedCircuit(table);

  it("return the start after no epochs, with a checkpoint to go on from", () => {
    for (const train of [trainEm, trainGradient]) {
      const none = train(start, table, { epochs: 0 });
      expect(none.circuit).toBe(start);
      expect([none.epochs, none.bestEpoch, none.validation.length]).toEqual([0, 0, 0]);
      const on = train(start, table, { epochs: 2, resume: none.checkpoint });
      expect(on.trace.slice(0, 2)).toEqual(train(start, table, { epochs: 2 }).trace.slice(0, 2));
    }
  });

  it("validate every epoch, and leave the checkpoints that they go on from untouched", () => {
    const valid = randomTable(1, 60, [2, 3]);
    for (const train of [trainEm, trainGradient]) {
      const first = train(start, table, { epochs: 3, valid, batch: 20 });
      const kept = JSON.stringify(Object.entries(first.checkpoint.memory).map(([name, x]) => [name, [...x]]));
      train(start, table, { epochs: 6, valid, batch: 20, resume: first.checkpoint });
      const after = JSON.stringify(
        Object.entries(first.checkpoint.memory).map(([name, x]) => [name, [...x]]),
      );
      expect(after).toBe(kept);
      expect(first.validation).toHaveLength(3);
    }
  });
});
