import {
  learnCircuit,
  meanLogLikelihood,
  parseStates,
  type StateTable,
  stateBlocks,
  trainEm,
  trainEmStream,
  trainGradientStream,
} from "@credence/circuits";
import { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomTable, rowsOf } from "./tables.ts";

const arities = [2, 3, 2, 2];
const table = randomTable(1, 350, arities, 0.1);
const text = rowsOf(table)
  .map((row) => row.map((x) => (Number.isNaN(x) ? "?" : x)).join())
  .join("\n");
const start = learnCircuit(table, { latents: 3, epochs: 1, batch: 350, seed: 1 }).circuit;

/** The text in pieces of this length. */
async function* pieces(length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}
const source =
  (rows: number, length = 97) =>
  () =>
    stateBlocks(pieces(length), { arities, rows });

describe("stateBlocks", () => {
  it("gives all rows in blocks of the same size, however the text is cut", async () => {
    for (const [rows, length] of [
      [100, 7],
      [100, 1e6],
      [350, 50],
      [1000, 13],
      [1, 400],
    ]) {
      const blocks: StateTable[] = [];
      for await (const block of stateBlocks(pieces(length), { arities, rows })) blocks.push(block);
      expect(blocks.slice(0, -1).every((block) => block.rows === rows)).toBe(true);
      expect(blocks.flatMap(rowsOf)).toEqual(rowsOf(table));
      expect(blocks.every((block) => block.arities === arities)).toBe(true);
    }
    const whole: StateTable[] = [];
    for await (const block of stateBlocks(text, { arities })) whole.push(block);
    expect(whole).toEqual([parseStates(text, { arities })]);
  });

  it("says where an error is, and refuses nothing at all and impossible blocks", async () => {
    const read = async (from: string, rows = 2) => {
      for await (const _ of stateBlocks(from, { arities: [2, 2], rows }));
    };
    await expect(read("0,1\n1,1\n1,0\n1,2")).rejects.toMatchObject({
      code: "INVALID_STATE",
      line: 4,
      column: 3,
    });
    await expect(read("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(read("0,1,1")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(read("0,1", 0)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("trainEmStream", () => {
  it("is full-batch EM in one step per pass", async () => {
    const options = { epochs: 4, pseudoCount: 0.5 };
    const full = trainEm(start, table, options);
    for (const rows of [64, 350]) {
      const { circuit, trace } = await trainEmStream(start, source(rows), {
        ...options,
        batch: Number.POSITIVE_INFINITY,
      });
      trace.forEach((value, i) => {
        expect(close(value, full.trace[i], tolerance.rounding)).toBe(true);
      });
      circuit.logWeights.forEach((weight, e) => {
        expect(close(weight, full.circuit.logWeights[e], tolerance.reference)).toBe(true);
      });
    }
  });

  it("is mini-batch EM in other orders: as good, and the same however the text comes", async () => {
    const options = { epochs: 6, batch: 50, pseudoCount: 0.5, seed: 3 };
    const memory = trainEm(start, table, options);
    const streamed = await trainEmStream(start, source(128), options);
    const again = await trainEmStream(start, source(128, 11), { ...options, rows: 350 });
    expect(again.circuit.logWeights).toEqual(streamed.circuit.logWeights);
    const [a, b] = [memory.circuit, streamed.circuit].map((circuit) => meanLogLikelihood(circuit, table));
    expect(Math.abs(a - b)).toBeLessThan(0.02);
    expect(b).toBeGreaterThan(meanLogLikelihood(start, table) + 0.02);
  });

  it("stops early on validation rows in memory, and goes on from a checkpoint", async () => {
    const valid = randomTable(2, 60, arities);
    const options = { batch: 20, rates: [1, 1] as const, valid, seed: 2 };
    const stopped = await trainEmStream(start, source(100), { ...options, epochs: 30, patience: 2 });
    expect(stopped.epochs).toBe(Math.min(30, stopped.bestEpoch + 2));
    expect(stopped.validation[stopped.bestEpoch - 1]).toBe(Math.max(...stopped.validation));
    const half = await trainEmStream(start, source(100), { ...options, epochs: 2 });
    const rest = await trainEmStream(start, source(100), { ...options, epochs: 4, resume: half.checkpoint });
    const whole = await trainEmStream(start, source(100), { ...options, epochs: 4 });
    expect(rest.circuit.logWeights).toEqual(whole.circuit.logWeights);
  });

  it("takes blocks of numbers too, and hands over what it has when stopped", async () => {
    const controller = new AbortController();
    const rows = rowsOf(table);
    async function* matrices() {
      for (let at = 0; at < 350; at += 70) {
        yield { rows: 70, cols: 4, data: Float64Array.from(rows.slice(at, at + 70).flat()) };
      }
    }
    const states = await trainEmStream(start, source(70), { epochs: 2, batch: 35, seed: 1 });
    const numbers = await trainEmStream(start, matrices, { epochs: 2, batch: 35, seed: 1 });
    expect(numbers.circuit.logWeights).toEqual(states.circuit.logWeights);
    const run = trainEmStream(start, matrices, {
      epochs: 3,
      batch: 70,
      signal: controller.signal,
      onProgress: ({ step }) => step === 7 && controller.abort(),
    });
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError<{ epochs: number }>).partial).toMatchObject({ epochs: 1 });
  });

  it("refuses sources that change, wrong counts and bad options", async () => {
    let opened = 0;
    const lines = text.split("\n");
    const shrinking = () => stateBlocks(lines.slice(opened++).join("\n"), { arities, rows: 50 });
    await expect(trainEmStream(start, shrinking, { epochs: 2 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(trainEmStream(start, source(50), { rows: 349 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(trainEmStream(start, source(50), { rows: 0 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(trainEmStream(start, source(50), { batch: 1.5 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("trainGradientStream", () => {
  it("climbs, and repeats itself", async () => {
    const options = { epochs: 8, batch: 70, seed: 1 };
    const { trace, circuit } = await trainGradientStream(start, source(120), options);
    expect(trace[7]).toBeGreaterThan(trace[0]);
    const again = await trainGradientStream(start, source(120), options);
    expect(again.circuit.logWeights).toEqual(circuit.logWeights);
    const targeted = await trainGradientStream(start, source(120), { ...options, targets: ["x0"] });
    expect(targeted.trace[7]).toBeGreaterThan(targeted.trace[0]);
  });
});
