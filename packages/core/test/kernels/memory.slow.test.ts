import { type Backend, tsBackend, wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { gelu, layerNorm, linear, mean, mul, tape } from "@credence/core/tape";
import { afterAll, describe, expect, it } from "vitest";
import { memoryOf, smallCalls } from "./laws/memory.ts";

/** Calls of all kernels in turn, on plain and on allocated arrays; memory before and after them. */
function callMany(backend: Backend, count: number): unknown[] {
  const rounds = [
    smallCalls(backend, "float32", false),
    smallCalls(backend, "float64", true),
    smallCalls(backend, "float64", false),
    smallCalls(backend, "float32", true),
  ];
  const perRound = rounds.reduce((sum, round) => sum + round(), 0);
  const before = memoryOf(backend);
  for (let calls = 0; calls < count; calls += perRound) for (const round of rounds) round();
  return [before, memoryOf(backend)];
}

describe("a million calls", () => {
  const threaded = wasmThreadsBackend({ threads: 2 });
  afterAll(() => threaded.close());

  it("leave the memory as it was", () => {
    const [before, after] = callMany(wasmBackend(), 1_000_000);
    expect(after).toEqual(before);
  });

  it.each([
    ["on threads", threaded],
    ["without shared memory", wasmBackend({ sharedMemory: false })],
  ] as const)("or some of them %s do so too", (_, backend) => {
    const [before, after] = callMany(backend, 100_000);
    expect(after).toEqual(before);
  });

  it("take memory back after it has grown, whichever buffer object the engine gives for it", () => {
    const backend = wasmBackend();
    for (let growth = 0; growth < 5; growth++) {
      backend.allocate("float64", 100_000);
      const [before, after] = callMany(backend, 20_000);
      expect(after).toEqual(before);
    }
  });
});

describe("a million operations on a tape", () => {
  it.each([
    ["ts", tsBackend],
    ["wasm", wasmBackend()],
  ] as const)("leave the memory of %s as it was", (_, backend) => {
    const t = tape({ backend });
    const matrix = (rows: number, cols: number) => ({
      rows,
      cols,
      data: new Float32Array(rows * cols).fill(0.5),
    });
    const [x, w, b, gain] = [matrix(2, 3), matrix(3, 4), matrix(1, 4), matrix(1, 4)];
    const step = () => {
      t.begin();
      const [weight, bias] = [t.parameter(w), t.parameter(b)];
      const y = layerNorm(gelu(linear(t.constant(x), weight, bias)), t.parameter(gain), bias);
      t.backward(mean(mul(y, y)));
    };
    step();
    step();
    const before = [t.memory(), memoryOf(backend)];
    // Six operations there and six back.
    for (let operations = 0; operations < 1_000_000; operations += 12) step();
    const after = [t.memory(), memoryOf(backend)];
    expect(after).toEqual(before);
    t.release();
  });
});
