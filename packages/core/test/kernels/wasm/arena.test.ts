import { wasmBackend } from "@credence/core/kernels";
import { describe, expect, it, vi } from "vitest";
import { thrown } from "../../thrown.ts";

describe("memory of the WebAssembly backend", () => {
  it("hands out zeroed arrays that stay valid while it grows", () => {
    const backend = wasmBackend();
    const first = backend.allocate("float64", 1000).fill(7);
    const integers = backend.allocate("int32", 3).fill(-1);
    const bytes = () => first.buffer.byteLength;
    const before = bytes();
    const later = Array.from({ length: 20 }, () => backend.allocate("float32", 300_000));
    expect(later.every((array) => array.every((value) => value === 0))).toBe(true);
    expect(later.at(-1)?.buffer.byteLength).toBeGreaterThan(before);
    expect(first.length).toBe(1000);
    expect(first.every((value) => value === 7)).toBe(true);
    expect([...integers]).toEqual([-1, -1, -1]);
    backend.mapInto(first, first, "log");
    expect(first.every((value) => value === first[0])).toBe(true);
  });

  it("uses its own arrays and parts of them in place, and does not mix them up", () => {
    const backend = wasmBackend();
    const data = backend.allocate("float32", 12).fill(1);
    const sums = backend.allocate("float32", 3);
    backend.reduceRowsInto(sums.subarray(1), data.subarray(4), { rows: 2, cols: 4 }, "sum");
    expect([...sums]).toEqual([0, 4, 4]);
    const other = wasmBackend();
    const foreign = other.allocate("float32", 2);
    other.reduceRowsInto(foreign, data.subarray(4), { rows: 2, cols: 4 }, "sum");
    expect([...foreign]).toEqual([4, 4]);
  });

  it("uses released memory again, joined with its neighbors", () => {
    const backend = wasmBackend();
    const blocks = Array.from({ length: 5 }, () => backend.allocate("float64", 50_000));
    const offset = blocks[1].byteOffset;
    for (const i of [1, 3, 2]) backend.release(blocks[i]);
    const joined = backend.allocate("float64", 150_000);
    expect(joined.byteOffset).toBe(offset);
    expect(joined.buffer.byteLength).toBe(blocks[4].buffer.byteLength);
    backend.release(new Float64Array(3));
    backend.release(joined);
    backend.release(joined);
    expect(backend.allocate("float64", 150_000).byteOffset).toBe(offset);
  });

  it("does not grow over many calls", () => {
    const backend = wasmBackend();
    const [out, x] = [new Float32Array(3000), new Float32Array(3000).fill(1)];
    const probe = () => {
      const array = backend.allocate("int32", 1);
      backend.release(array);
      return [array.byteOffset, array.buffer.byteLength];
    };
    backend.softmaxInto(out, x, { rows: 30, cols: 100 });
    const before = probe();
    for (let i = 0; i < 20_000; i++) backend.softmaxInto(out, x, { rows: 30, cols: 100 });
    expect(() => backend.gemmInto(out, x, x, { m: 10, n: -1, k: 10 })).toThrow();
    expect(probe()).toEqual(before);
  });

  it("gives plain arrays where memory cannot be shared", () => {
    const backend = wasmBackend({ sharedMemory: false });
    const array = backend.allocate("float32", 5);
    expect(array.buffer).toBeInstanceOf(ArrayBuffer);
    const large = new Float32Array(2_000_000);
    backend.mapInto(large, large, "exp");
    expect(large.every((value) => value === 1)).toBe(true);
    backend.mapInto(array, array, "exp");
    expect([...array]).toEqual([1, 1, 1, 1, 1]);
    backend.release(array);
  });

  it("takes a smaller memory where the engine refuses a large one", () => {
    const { Memory: real, Module, Instance, validate } = Reflect.get(globalThis, "WebAssembly");
    const asked: number[] = [];
    vi.stubGlobal("WebAssembly", {
      ...{ Module, Instance, validate },
      Memory: class extends real {
        constructor(descriptor: { maximum: number }) {
          asked.push(descriptor.maximum);
          if (descriptor.maximum > 4096) throw new RangeError("too much");
          super(descriptor);
        }
      },
    });
    try {
      const backend = wasmBackend();
      expect(asked).toEqual([65536, 16384, 4096]);
      const error = thrown(() => backend.allocate("float64", 2 ** 26));
      expect(error.code).toBe("KERNEL_MEMORY");
      expect(error.hint).toContain('backend({ kind: "ts" })');
      expect([...backend.allocate("float64", 2)]).toEqual([0, 0]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.each([-1, 1.5, Number.NaN])("refuses %s as a length, and an unknown kind", (length) => {
    const backend = wasmBackend();
    expect(thrown(() => backend.allocate("float64", length)).message).toContain("length is");
    expect(thrown(() => backend.allocate("float16" as "float32", 1)).message).toContain("kind is");
  });
});
