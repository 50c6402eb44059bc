import { wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { everyKernel, fingerprint, kernelsOfNetworks } from "./every-kernel.ts";

// What the kernels gave when they were written, in Node 20 and Node 24. Another engine must give the same; who changes
// a kernel's order of operations changes these, and saved models that were trained with it are not reproduced.
const golden = {
  float32: { products: "5e84c52a", networks: "f72f1f59" },
  float64: { products: "f6183360", networks: "f2a3a55a" },
};
const suites = { products: everyKernel, networks: kernelsOfNetworks };

describe.each([
  ["float32", Float32Array],
  ["float64", Float64Array],
] as const)("the compiled kernels in %s", (name, Floats) => {
  const backend = wasmBackend();
  const apart = wasmBackend({ sharedMemory: false });
  const threaded = [2, 3, 5].map((threads) => wasmThreadsBackend({ threads }));
  afterAll(() => {
    for (const each of threaded) each.close();
  });

  describe.each(["products", "networks"] as const)("of %s", (which) => {
    const suite = suites[which];
    const alone = suite(backend, Floats);
    const same = (parts: readonly Uint8Array[]) =>
      parts.length === alone.length && parts.every((part, i) => Buffer.compare(part, alone[i]) === 0);

    it("give the same bits in every engine", () => {
      expect(fingerprint(alone)).toBe(golden[name][which]);
    });

    it("give the same bits without shared memory", () => {
      expect(same(suite(apart, Floats))).toBe(true);
    });

    it("give the same bits on 2, 3 and 5 threads, again and again", () => {
      for (const each of threaded) {
        for (let round = 0; round < 3; round++) expect(same(suite(each, Floats))).toBe(true);
      }
    });
  });
});
