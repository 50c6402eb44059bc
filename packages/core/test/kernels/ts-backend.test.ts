import { InvalidArgumentError } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";

const infinity = Number.POSITIVE_INFINITY;

describe("gemmInto", () => {
  const a = Float64Array.of(1, 2, 3, 4, 5, 6);
  const b = Float64Array.of(1, 0, -1, 2, 2, 1);

  it("multiplies by hand", () => {
    const out = new Float64Array(4);
    tsBackend.gemmInto(out, a, b, { m: 2, n: 2, k: 3 });
    expect([...out]).toEqual([1 - 2 + 6, 4 + 3, 4 - 5 + 12, 10 + 6]);
    tsBackend.gemmInto(out, a, b, { m: 2, n: 2, k: 3, accumulate: true });
    expect([...out]).toEqual([10, 14, 22, 32]);
  });

  it("takes one array as both operands", () => {
    const out = new Float64Array(9);
    tsBackend.gemmInto(out, a, a, { m: 3, n: 3, k: 2, transposeA: true });
    expect([...out]).toEqual([17, 22, 27, 22, 29, 36, 27, 36, 45]);
  });

  it("clears the result of an empty sum, keeps it when accumulating, and does nothing without rows", () => {
    const out = Float64Array.of(1, 2, 3, 4);
    const empty = new Float64Array(0);
    tsBackend.gemmInto(out, empty, empty, { m: 2, n: 2, k: 0, accumulate: true });
    expect([...out]).toEqual([1, 2, 3, 4]);
    tsBackend.gemmInto(out, empty, b, { m: 0, n: 2, k: 3 });
    expect([...out]).toEqual([1, 2, 3, 4]);
    tsBackend.gemmInto(out, empty, empty, { m: 2, n: 2, k: 0 });
    expect([...out]).toEqual([0, 0, 0, 0]);
  });

  it("gives the same bits for a row alone and within a larger product", () => {
    const k = 37;
    const many = Float64Array.from({ length: 64 * k }, (_, i) => Math.sin(i));
    const [whole, part] = [new Float64Array(64 * 64), new Float64Array(8 * 64)];
    tsBackend.gemmInto(whole, many, many, { m: 64, n: 64, k, transposeB: true });
    tsBackend.gemmInto(part, many.subarray(16 * k), many, { m: 8, n: 64, k, transposeB: true });
    expect(part).toEqual(whole.subarray(16 * 64, 24 * 64));
  });

  it.each<[string, number, number, number, Partial<{ m: number; n: number; k: number }>]>([
    ["m", 4, 6, 6, { m: -1 }],
    ["n", 4, 6, 6, { n: 1.5 }],
    ["k", 4, 6, 6, { k: Number.NaN }],
    ["out.length", 3, 6, 6, {}],
    ["a.length", 4, 5, 6, {}],
    ["b.length", 4, 6, 5, {}],
  ])("refuses a wrong %s", (argument, out, left, right, sides) => {
    const arrays = [out, left, right].map((length) => new Float64Array(length));
    const error = thrown(() =>
      tsBackend.gemmInto(arrays[0], arrays[1], arrays[2], { m: 2, n: 2, k: 3, ...sides }),
    );
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(`${argument} is`);
  });

  it("refuses to overwrite an operand", () => {
    const square = new Float64Array(4);
    for (const operands of [
      [square, b],
      [b, square],
    ] as const) {
      expect(() => tsBackend.gemmInto(square, ...operands, { m: 2, n: 2, k: 2 })).toThrow("another array");
    }
  });
});

describe("softmaxCrossEntropyInto", () => {
  it("computes by hand", () => {
    const logits = Float64Array.of(0, Math.log(3), Math.log(4), 0, 0, -infinity);
    const loss = tsBackend.softmaxCrossEntropyInto(logits, Int32Array.of(1, 0), { rows: 2, cols: 3 });
    expect(close(loss, Math.log(8 / 3) + Math.LN2, tolerance.rounding)).toBe(true);
    const expected = [1 / 8, 3 / 8 - 1, 4 / 8, -0.5, 0.5, 0];
    for (let i = 0; i < 6; i++) expect(close(logits[i], expected[i], tolerance.rounding)).toBe(true);
  });

  it("survives logits far apart", () => {
    const logits = Float32Array.of(1e4, -1e4);
    expect(tsBackend.softmaxCrossEntropyInto(logits, Int32Array.of(1), { rows: 1, cols: 2 })).toBe(2e4);
    expect([...logits]).toEqual([1, -1]);
  });

  it("gives rows without targets no gradient, and takes empty batches", () => {
    const logits = Float64Array.of(1, 2);
    const none = { rows: 1, cols: 2, offsets: Int32Array.of(0, 0) };
    expect(tsBackend.softmaxCrossEntropyInto(logits, new Int32Array(0), none)).toBe(0);
    expect([...logits]).toEqual([0, 0]);
    const empty = { rows: 0, cols: 5 };
    expect(tsBackend.softmaxCrossEntropyInto(new Float32Array(0), new Int32Array(0), empty)).toBe(0);
  });

  it.each<[string, number[], number]>([
    ["NaN", [0, Number.NaN], 0],
    ["+Infinity", [0, infinity], 0],
    ["a target of probability 0", [0, -infinity], 1],
    ["only −Infinity", [-infinity, -infinity], 0],
  ])("says which row has diverged: %s", (_, row, target) => {
    const logits = Float64Array.of(0, 0, ...row);
    const targets = Int32Array.of(0, target);
    const error = thrown(() => tsBackend.softmaxCrossEntropyInto(logits, targets, { rows: 2, cols: 2 }));
    expect(error.code).toBe("NON_FINITE");
    expect(error.message).toContain("row 1");
    expect(error.hint).toContain("learning rate");
  });

  it.each<[string, number, Int32Array, Parameters<typeof tsBackend.softmaxCrossEntropyInto>[2]]>([
    ["rows", 4, Int32Array.of(0, 0), { rows: -2, cols: 2 }],
    ["cols", 4, Int32Array.of(0, 0), { rows: 2, cols: 0.5 }],
    ["logits.length", 3, Int32Array.of(0, 0), { rows: 2, cols: 2 }],
    ["targets.length", 4, Int32Array.of(0), { rows: 2, cols: 2 }],
    ["targets[1]", 4, Int32Array.of(0, 2), { rows: 2, cols: 2 }],
    ["targets[0]", 4, Int32Array.of(-1, 0), { rows: 2, cols: 2 }],
    ["targets[0]", 0, Int32Array.of(0), { rows: 1, cols: 0 }],
    ["scale", 4, Int32Array.of(0, 0), { rows: 2, cols: 2, scale: infinity }],
    ["offsets.length", 4, Int32Array.of(0, 0), { rows: 2, cols: 2, offsets: Int32Array.of(0, 1) }],
    ["offsets[0]", 4, Int32Array.of(0, 0), { rows: 2, cols: 2, offsets: Int32Array.of(-1, 1, 2) }],
    ["offsets[2]", 4, Int32Array.of(0, 0), { rows: 2, cols: 2, offsets: Int32Array.of(0, 2, 1) }],
    ["targets.length", 4, Int32Array.of(0, 0), { rows: 2, cols: 2, offsets: Int32Array.of(0, 1, 3) }],
  ])("refuses a wrong %s", (argument, length, targets, shape) => {
    const error = thrown(() => tsBackend.softmaxCrossEntropyInto(new Float64Array(length), targets, shape));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(`${argument} is`);
  });
});
