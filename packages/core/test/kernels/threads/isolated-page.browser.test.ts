/** Threads in a page that shares memory with its workers; the laws of all backends run here too, see vitest.config.ts. */
import { backend, wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";
import { everyKernel, fingerprint } from "../every-kernel.ts";

type Kernel = (args: number, chunk: number, scratch: number) => void;

/** Counts the chunks of kernels that this thread does itself. */
function countOwnChunks(): { chunks: number } {
  const count = { chunks: 0 };
  const counted = (kernel: Kernel): Kernel => {
    return (...args) => {
      count.chunks++;
      kernel(...args);
    };
  };
  const { Memory, Module, Instance, validate } = (globalThis as unknown as { WebAssembly: PageWebAssembly })
    .WebAssembly;
  class CountedInstance {
    readonly exports: Record<string, Kernel>;
    constructor(module: object, imports: object) {
      const entries = Object.entries(new Instance(module, imports).exports);
      this.exports = Object.fromEntries(entries.map(([name, kernel]) => [name, counted(kernel)]));
    }
  }
  vi.stubGlobal("WebAssembly", { Memory, Module, Instance: CountedInstance, validate });
  return count;
}

interface PageWebAssembly {
  readonly Memory: unknown;
  readonly Module: unknown;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, Kernel> };
  readonly validate: unknown;
}

const page = globalThis as { readonly crossOriginIsolated?: boolean };
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("an isolated page", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is chosen threads without a notice", () => {
    expect(page.crossOriginIsolated).toBe(true);
    const onNotice = vi.fn();
    const chosen = backend({ threads: 2, onNotice });
    expect([chosen.name, chosen.threads, onNotice.mock.calls.length]).toEqual(["wasm-threads", 2, 0]);
    expect(chosen.allocate("float32", 1).buffer).toBeInstanceOf(SharedArrayBuffer);
    chosen.close();
  });

  it("gets work done by its helpers, to the same bits as alone", async () => {
    const [m, n, k] = [2000, 2000, 8];
    const multiply = (chosen: ReturnType<typeof backend>) => {
      const [a, b] = [chosen.allocate("float32", m * k), chosen.allocate("float32", k * n)];
      const out = chosen.allocate("float32", m * n);
      a.forEach((_, i) => {
        a[i] = Math.fround(1 / (i + 1));
        b[i] = Math.fround(1 / (i + 2));
      });
      return () => {
        chosen.gemmInto(out, a, b, { m, n, k });
        return fingerprint([new Uint8Array(out.slice().buffer)]);
      };
    };
    const count = countOwnChunks();
    const expected = multiply(wasmBackend())();
    const all = count.chunks;
    const threads = wasmThreadsBackend({ threads: 3 });
    const run = multiply(threads);
    let own: number;
    // How long helpers take to start is the page's business, and who is faster then the machine's.
    do {
      await turn();
      count.chunks = 0;
      expect(run()).toBe(expected);
      own = count.chunks;
    } while (own === all);
    expect(own).toBeLessThan(all);
    threads.close();
  });

  it("computes every kernel on threads as on one", async () => {
    const threads = wasmThreadsBackend({ threads: 3 });
    for (const Floats of [Float32Array, Float64Array]) {
      const alone = fingerprint(everyKernel(wasmBackend(), Floats));
      for (let round = 0; round < 3; round++) {
        expect(fingerprint(everyKernel(threads, Floats))).toBe(alone);
        await turn();
      }
    }
    threads.close();
  });
});
