import { hasRelaxedSimd, wasmBackend } from "@credence/core/kernels";
import { describe } from "vitest";
import { backendLaws } from "../backend-laws.ts";

describe("wasm", () => {
  const backend = wasmBackend();
  backendLaws(() => backend);
});

describe("wasm without shared memory", () => {
  const backend = wasmBackend({ sharedMemory: false });
  backendLaws(() => backend);
});

// An engine without relaxed SIMD (Node 20) has nothing to test here: choose-backend.test.ts checks that it says so.
if (hasRelaxedSimd()) {
  describe("wasm with fused multiply-add", () => {
    const backend = wasmBackend({ fma: true });
    backendLaws(() => backend);
  });
}
