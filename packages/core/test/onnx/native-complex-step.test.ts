import { rng } from "@credence/core";
import {
  type ComplexBatch,
  complexStepGraph,
  encodeOnnx,
  type NativeComplexStepOptions,
  nativeComplexStep,
  onnxRuntime,
} from "@credence/core/onnx";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { rejected, thrown } from "../thrown.ts";
import { oracle } from "./complex-oracle.ts";
import { interpreter } from "./interpreter.ts";

const [entities, relations, rank] = [7, 3, 2];
const r = rng("complex");
const draw = (count: number) => Float64Array.from({ length: count }, () => r.normal());
const tables = { entities: draw(entities * 2 * rank), relations: draw(relations * 2 * rank) };
const column = (count: number, below: number) => Int32Array.from({ length: count }, () => r.int(below));
const batchOf = (count: number): ComplexBatch => ({
  heads: column(count, entities),
  relations: column(count, relations),
  tails: column(count, entities),
});
const { runtime } = interpreter();
const start = (options: Partial<NativeComplexStepOptions> = {}) =>
  nativeComplexStep(tables, { rank, runtime, ...options });

describe("nativeComplexStep", () => {
  it("makes the same steps as the tape and Adagrad, with and without N3, whatever the batch's size", async () => {
    for (const n3 of [0, 0.05]) {
      const native = await start({ n3 });
      const own = oracle(tables, rank, n3);
      // Batches larger than the tables, so that rows repeat; a short last one.
      for (const count of [10, 10, 4, 1]) {
        const batch = batchOf(count);
        const [loss, expected] = [await native.step(batch, 0.1), own.step(batch, 0.1)];
        expect(close(loss, expected, tolerance.rounding)).toBe(true);
      }
      for (const name of ["entities", "relations"] as const) {
        const now = native.tables()[name];
        for (const [i, entry] of own.tables[name].entries()) {
          expect(close(now[i], entry, tolerance.optimizer)).toBe(true);
        }
      }
    }
  });

  it("works on copies, in the precision of the tables", async () => {
    const single = {
      entities: Float32Array.from(tables.entities),
      relations: Float32Array.from(tables.relations),
    };
    const before = single.entities.slice();
    const native = await nativeComplexStep(single, { rank, runtime });
    const double = await start();
    const batch = batchOf(6);
    const [a, b] = [await native.step(batch, 0.1), await double.step(batch, 0.1)];
    expect(close(a, b, tolerance.single)).toBe(true);
    expect(native.tables().entities).toBeInstanceOf(Float32Array);
    expect(single.entities).toEqual(before);
    const now = double.tables().entities;
    now.fill(0);
    expect(double.tables().entities).not.toEqual(now);
  });

  it("passes threads on, and ends the session", async () => {
    const { runtime: other, seen } = interpreter();
    const native = await start({ runtime: other, threads: 2 });
    expect(seen.threads).toBe(2);
    await native.release();
    expect(seen.released).toBe(1);
  });

  it("stops at a loss that is not finite, the tables as they were", async () => {
    const native = await nativeComplexStep(
      { entities: tables.entities.map((x) => 1e200 * x), relations: tables.relations },
      { rank, runtime },
    );
    const before = native.tables();
    const error = await rejected(native.step(batchOf(3), 0.1));
    expect(error.code).toBe("NON_FINITE");
    expect(native.tables()).toEqual(before);
  });

  it("refuses tables, batches and rates that do not fit", async () => {
    const native = await start();
    const batch = batchOf(2);
    for (const [bad, message] of [
      [{ ...batch, heads: new Int32Array(0) }, /batch.heads.length is 0/],
      [{ ...batch, tails: column(3, entities) }, /batch.tails.length is 3/],
      [{ ...batch, heads: Int32Array.of(0, entities) }, /batch.heads\[1\] is 7/],
      [{ ...batch, relations: Int32Array.of(0, -1) }, /batch.relations\[1\] is -1/],
    ] as const) {
      expect((await rejected(native.step(bad, 0.1))).message).toMatch(message);
    }
    for (const rate of [0, -1, Number.NaN, Infinity]) {
      expect((await rejected(native.step(batch, rate))).message).toMatch(/learningRate/);
    }
    const length = await rejected(nativeComplexStep({ ...tables, entities: draw(7) }, { rank, runtime }));
    expect(length.message).toMatch(/entities.length is 7.* multiple of 2 · rank = 4/);
    const mixed = { ...tables, relations: Float32Array.from(tables.relations) };
    expect((await rejected(nativeComplexStep(mixed, { rank, runtime }))).message).toMatch(/float64 array/);
  });
});

describe("complexStepGraph", () => {
  it("is a file of a few kilobytes, whatever the tables' sizes", () => {
    const graph = complexStepGraph({ entities: 1e6, relations: 1e3, rank: 500, n3: 0.1 });
    expect(encodeOnnx(graph).length).toBeLessThan(10_000);
    expect(graph.inputs.find(({ name }) => name === "entities")?.shape).toEqual([1e6, 1000]);
  });

  it("refuses sizes, weights and epsilons out of range", () => {
    const good = { entities: 2, relations: 2, rank: 2 };
    for (const [bad, name] of [
      [{ ...good, entities: 0 }, "entities"],
      [{ ...good, relations: 1.5 }, "relations"],
      [{ ...good, rank: -1 }, "rank"],
      [{ ...good, n3: -1 }, "n3"],
      [{ ...good, n3: Number.NaN }, "n3"],
      [{ ...good, epsilon: 0 }, "epsilon"],
    ] as const) {
      expect(thrown(() => complexStepGraph(bad)).message).toMatch(name);
    }
  });
});

describe("onnxRuntime", () => {
  it("gives what is found, if it is a runtime", async () => {
    expect(await onnxRuntime(async () => runtime)).toBe(runtime);
  });

  it("says what to do if it is missing, or something else", async () => {
    const missing = await rejected(onnxRuntime(() => Promise.reject(new Error("Cannot find package"))));
    expect(missing.code).toBe("BACKEND_UNAVAILABLE");
    expect(missing.message).toMatch(/Cannot find package/);
    expect(missing.hint).toMatch(/npm install onnxruntime-node/);
    for (const other of [{}, undefined, { InferenceSession: { create() {} } }]) {
      expect((await rejected(onnxRuntime(async () => other))).message).toMatch(/no InferenceSession/);
    }
  });

  it("is not a dependency: whether it is there is this machine's business", async () => {
    const found = await onnxRuntime().catch((error: unknown) => error);
    const fits =
      (found as { code?: string }).code === "BACKEND_UNAVAILABLE" || "InferenceSession" in (found as object);
    expect(fits).toBe(true);
  });
});
