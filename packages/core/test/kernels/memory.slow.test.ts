import { tsBackend, wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { tape } from "@credence/core/tape";
import { afterAll, describe, expect, it } from "vitest";
import { memoryOf, smallCalls } from "./laws/memory.ts";

const threaded = wasmThreadsBackend({ threads: 2 });
afterAll(() => threaded.close());

describe.each([
  ["wasm", wasmBackend()],
  ["wasm without shared memory", wasmBackend({ sharedMemory: false })],
  ["wasm-threads", threaded],
] as const)("a million calls of %s", (_, backend) => {
  it("leave the memory as it was: spread over all kernels, on plain and on allocated arrays", () => {
    const rounds = [
      smallCalls(backend, "float32", false),
      smallCalls(backend, "float64", true),
      smallCalls(backend, "float64", false),
      smallCalls(backend, "float32", true),
    ];
    const perRound = rounds.reduce((sum, round) => sum + round(), 0);
    const before = memoryOf(backend);
    for (let calls = 0; calls < 1_000_000; calls += perRound) for (const round of rounds) round();
    expect(memoryOf(backend)).toEqual(before);
  });
});

describe("a million operations on a tape", () => {
  it.each([
    ["ts", tsBackend],
    ["wasm", wasmBackend()],
  ] as const)("leave the memory of %s as it was", async (_, backend) => {
    const { gelu, layerNorm, linear, mean, mul } = await import("@credence/core/tape");
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
