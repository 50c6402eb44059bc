import { wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { everyKernel, fingerprint } from "./every-kernel.ts";

// What the kernels gave when they were written, in Node 20 and Node 24. Another engine must give the same; who changes
// a kernel's order of operations changes these, and saved models that were trained with it are not reproduced.
const golden = { float32: "5e84c52a", float64: "f6183360" };

describe.each([
  ["float32", Float32Array],
  ["float64", Float64Array],
] as const)("the compiled kernels in %s", (name, Floats) => {
  const alone = everyKernel(wasmBackend(), Floats);
  const backends = [2, 3, 5].map((threads) => wasmThreadsBackend({ threads }));
  afterAll(() => {
    for (const backend of backends) backend.close();
  });

  it("give the same bits in every engine", () => {
    expect(fingerprint(alone)).toBe(golden[name]);
  });

  it("give the same bits without shared memory", () => {
    const apart = everyKernel(wasmBackend({ sharedMemory: false }), Floats);
    expect(apart.findIndex((part, i) => Buffer.compare(part, alone[i]) !== 0)).toBe(-1);
  });

  it("give the same bits on 2, 3 and 5 threads, again and again", () => {
    for (const backend of backends) {
      for (let round = 0; round < 3; round++) {
        const shared = everyKernel(backend, Floats);
        expect(shared.findIndex((part, i) => Buffer.compare(part, alone[i]) !== 0)).toBe(-1);
      }
    }
  });
});
