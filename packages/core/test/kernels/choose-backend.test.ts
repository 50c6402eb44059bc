import {
  backend,
  hasRelaxedSimd,
  kernelSupport,
  sharedBackend,
  tsBackend,
  wasmBackend,
} from "@credence/core/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";
import { thrown } from "../thrown.ts";

/** The engine without something: its WebAssembly refuses modules by this rule. */
function withoutWasm(): void {
  vi.stubGlobal("WebAssembly", undefined);
}
function withoutSimd(): void {
  vi.stubGlobal("WebAssembly", { validate: () => false });
}
/** A page that may start workers but shares no memory with them. */
function inPage(): void {
  vi.stubGlobal("process", { versions: {} });
  vi.stubGlobal("Worker", class {});
}

describe("backend", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("gives what is asked for", () => {
    expect(backend({ kind: "ts" })).toBe(tsBackend);
    expect(backend({ kind: "wasm" }).name).toBe("wasm");
    const threads = backend({ kind: "wasm-threads", threads: 2 });
    expect([threads.name, threads.threads]).toEqual(["wasm-threads", 2]);
    threads.close();
  });

  it("chooses threads where there are several, and one thread where one is asked for, without a notice", () => {
    const onNotice = vi.fn();
    const two = backend({ threads: 2, onNotice });
    expect(two.name).toBe("wasm-threads");
    two.close();
    expect(backend({ threads: 1, onNotice }).name).toBe("wasm");
    expect(onNotice).not.toHaveBeenCalled();
  });

  it("shares one with the whole program", () => {
    expect(sharedBackend()).toBe(sharedBackend());
    expect(sharedBackend().name).toBe(backend({ kind: "auto" }).name);
  });

  it("falls back to ts with one notice that says why", () => {
    for (const [take, missing] of [
      [withoutWasm, "no WebAssembly,"],
      [withoutSimd, "no WebAssembly SIMD,"],
    ] as const) {
      take();
      const onNotice = vi.fn();
      expect(backend({ fma: true, threads: 2, onNotice })).toBe(tsBackend);
      expect(onNotice.mock.calls).toEqual([[expect.stringContaining(missing)]]);
      expect(backend()).toBe(tsBackend);
      vi.unstubAllGlobals();
    }
  });

  it("falls back to one thread, and to two roundings, with one notice for all", () => {
    inPage();
    const onNotice = vi.fn();
    expect(backend({ threads: 4, onNotice, fma: !hasRelaxedSimd() }).name).toBe("wasm");
    expect(onNotice).toHaveBeenCalledTimes(1);
    expect(onNotice.mock.calls[0][0]).toContain("cross-origin isolation");
    expect(onNotice.mock.calls[0][0].includes("relaxed SIMD")).toBe(!hasRelaxedSimd());
  });

  it("refuses by name what the engine lacks, with a way out", () => {
    if (!hasRelaxedSimd()) {
      const error = thrown(() => backend({ kind: "wasm", fma: true }));
      expect([error.code, error.expected]).toEqual(["BACKEND_UNAVAILABLE", "relaxed SIMD"]);
      expect(error.hint).toContain("Leave fma out");
    }
    withoutSimd();
    expect(kernelSupport()).toEqual({ missing: "WebAssembly SIMD" });
    for (const kind of ["wasm", "wasm-threads"] as const) {
      const error = thrown(() => backend({ kind, threads: 2 }));
      expect(error.code).toBe("BACKEND_UNAVAILABLE");
      expect(error.message).toContain("WebAssembly SIMD");
      expect(error.hint).toContain("backend()");
    }
    withoutWasm();
    expect(kernelSupport()).toEqual({ missing: "WebAssembly" });
    expect(hasRelaxedSimd()).toBe(false);
    expect(thrown(() => wasmBackend()).code).toBe("BACKEND_UNAVAILABLE");
  });

  it("refuses unknown kinds", () => {
    const error = thrown(() => backend({ kind: "gpu" as "ts" }));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.expected).toContain('"wasm-threads"');
  });
});
