import { hasRelaxedSimd, kernelSupport } from "@credence/core/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";

/** An engine that validates modules by this rule, keeping what it was shown. */
function engine(validate: (bytes: Uint8Array) => boolean): Uint8Array[] {
  const seen: Uint8Array[] = [];
  vi.stubGlobal("WebAssembly", {
    validate(bytes: Uint8Array) {
      seen.push(bytes);
      return validate(bytes);
    },
  });
  return seen;
}

describe("what the engine can run", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is everything on the Nodes that we support", () => {
    expect(kernelSupport()).toEqual({});
  });

  it("is asked of the engine with whole modules", () => {
    const seen = engine(() => true);
    expect(kernelSupport()).toEqual({});
    expect(hasRelaxedSimd()).toBe(true);
    expect(seen.map((bytes) => [...bytes.subarray(0, 4)])).toEqual([
      [0x00, 0x61, 0x73, 0x6d],
      [0x00, 0x61, 0x73, 0x6d],
    ]);
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it("names what is missing", () => {
    engine(() => false);
    expect(kernelSupport()).toEqual({ missing: "WebAssembly SIMD" });
    expect(hasRelaxedSimd()).toBe(false);
    vi.stubGlobal("WebAssembly", undefined);
    expect(kernelSupport()).toEqual({ missing: "WebAssembly" });
    expect(hasRelaxedSimd()).toBe(false);
  });
});
