import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "@credence/core";
import { wasmThreadsBackend } from "@credence/core/kernels";
import { describe, expect, it, vi } from "vitest";
import { thrown } from "../../thrown.ts";

const shape = { m: 300, n: 700, k: 40 };
const ones = (length: number) => new Float64Array(length).fill(1);

describe("wasmThreadsBackend", () => {
  it("says how many threads it has, and works before, while and after its helpers live", async () => {
    const backend = wasmThreadsBackend({ threads: 4 });
    expect([backend.name, backend.threads]).toEqual(["wasm-threads", 4]);
    const out = new Float64Array(shape.m * shape.n);
    const multiply = () => {
      out.fill(0);
      backend.gemmInto(out, ones(300 * 40), ones(40 * 700), shape);
      return out.every((value) => value === shape.k);
    };
    expect(multiply()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 0; i < 50; i++) expect(multiply()).toBe(true);
    backend.close();
    backend.close();
    expect(multiply()).toBe(true);
  });

  it("sees memory that has grown after its helpers started", async () => {
    const backend = wasmThreadsBackend({ threads: 3 });
    const small = backend.allocate("float64", 100_000).fill(1);
    backend.mapInto(small, small, "log");
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 0; i < 8; i++) {
      const large = backend.allocate("float64", 500_000).fill(1);
      backend.mapInto(large, large, "log");
      expect(large.every((value) => value === 0)).toBe(true);
    }
    expect(small.every((value) => value === 0)).toBe(true);
    backend.close();
  });

  it("does not keep a process alive", () => {
    const script = fileURLToPath(new URL("./leave-open.ts", import.meta.url));
    const options = ["--conditions=@credence/source", "--import", "tsx", script];
    expect(execFileSync(process.execPath, options, { encoding: "utf8", timeout: 60_000 })).toBe("3 true\n");
  });

  it.each([0, -1, 1.5, 65, Number.NaN])("refuses %s threads", (threads) => {
    const error = thrown(() => wasmThreadsBackend({ threads }));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain("threads is");
  });

  it("refuses, with a way out, a page that is not cross-origin isolated", () => {
    vi.stubGlobal("process", { versions: {} });
    vi.stubGlobal("Worker", class {});
    try {
      const error = thrown(() => wasmThreadsBackend({ threads: 2 }));
      expect(error.code).toBe("BACKEND_UNAVAILABLE");
      expect(error.message).toContain("cross-origin isolation");
      expect(error.hint).toContain("backend()");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
