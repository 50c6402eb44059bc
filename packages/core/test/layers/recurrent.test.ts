import { adam, rng } from "@credence/core";
import { block, dense, gatedUpdate, gruCell, model, onTape, trainer } from "@credence/core/layers";
import { crossEntropy, type Tape, tape, type Value } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";
import { normals } from "./model-gradients.ts";

const [rows, inputs, width] = [3, 2, 4];
const sigma = (x: number) => 1 / (1 + Math.exp(-x));

describe("gruCell", () => {
  it("does what its equations say", () => {
    const own = model(gruCell(inputs, width), { seed: 1, precision: "float64" });
    const r = rng("moved");
    for (let i = 0; i < own.parameters.length; i++) own.parameters[i] = r.normal();
    const t = tape({ precision: "float64" });
    const [x, h] = [normals(t, rows, inputs, "x"), normals(t, rows, width, "h")];
    const next = onTape(t, own)(x, h);
    // Column `gate` · width + j of an affine map of row i.
    const affine = (part: string, v: Value, i: number, column: number) => {
      const weight = own.arrays[`${part}.weight`];
      let total = own.arrays[`${part}.bias`].data[column];
      for (let k = 0; k < v.cols; k++)
        total += v.data[i * v.cols + k] * weight.data[k * weight.cols + column];
      return total;
    };
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < width; j++) {
        const at = (part: string, gate: number) =>
          affine(part, part === "input" ? x : h, i, gate * width + j);
        const reset = sigma(at("input", 0) + at("state", 0));
        const update = sigma(at("input", 1) + at("state", 1));
        const candidate = Math.tanh(at("input", 2) + reset * at("state", 2));
        const expected = (1 - update) * candidate + update * h.data[i * width + j];
        expect(close(next.data[i * width + j], expected, tolerance.rounding)).toBe(true);
      }
    }
  });

  it("learns what only memory can tell: the parity of a sequence", () => {
    const parts = { cell: gruCell(1, 12), out: dense(12, 2) };
    const classify = block(parts, ({ cell, out }) => (bits: Value[], zero: Value) => {
      let state = zero;
      for (const bit of bits) state = cell(bit, state);
      return out(state);
    });
    const sequences = Array.from({ length: 16 }, (_, i) => [8, 4, 2, 1].map((bit) => (i & bit) / bit));
    const parity = Int32Array.from(sequences, (bits) => bits.reduce((a, b) => a ^ b, 0));
    const batch = (t: Tape) => {
      const column = (k: number) =>
        t.constant({ rows: 16, cols: 1, data: Float32Array.from(sequences, (bits) => 2 * bits[k] - 1) });
      const zero = t.constant({ rows: 16, cols: 12, data: new Float32Array(16 * 12) });
      return { bits: [0, 1, 2, 3].map(column), zero };
    };
    const t = trainer(model(classify, { seed: 1 }), { clip: 1, optimizer: adam({ learningRate: 0.02 }) });
    let loss = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 400 && loss > 0.01; i++) {
      ({ loss } = t.trainStep((run, on) => {
        const { bits, zero } = batch(on);
        return crossEntropy(run(bits, zero), parity);
      }));
    }
    const logits = t.evaluate((run, on) => {
      const { bits, zero } = batch(on);
      return run(bits, zero).data.slice();
    });
    const right = Array.from(parity, (label, i) => (logits[2 * i + 1] > logits[2 * i] ? 1 : 0) === label);
    expect(right.every(Boolean)).toBe(true);
  });
});

describe("gatedUpdate", () => {
  it("begins by keeping most of what a slot holds, as rows of mean 0 and variance 1", () => {
    const open = (gateBias: number) => {
      const own = model(gatedUpdate(inputs, 32, { gateBias }), { seed: 1, precision: "float64" });
      const t = tape({ precision: "float64" });
      const h = normals(t, 5, 32, "h");
      const next = onTape(t, own)(normals(t, 5, inputs, "x"), h);
      let [product, squares] = [0, 0];
      for (let i = 0; i < h.data.length; i++) {
        product += h.data[i] * next.data[i];
        squares += next.data[i] ** 2;
      }
      // The variance of a row is 1 but for the epsilon of its norm.
      expect(Math.abs(squares / h.data.length - 1)).toBeLessThan(1e-3);
      return product / h.data.length;
    };
    // The share of h in its successor falls as the gate opens.
    const [closed, usual, wide] = [open(-20), open(-1), open(3)];
    expect(closed).toBeGreaterThan(0.8);
    expect(usual).toBeLessThan(closed);
    expect(wide).toBeLessThan(usual);
  });

  it("refuses widths that are none", () => {
    expect(thrown(() => gatedUpdate(2, 3, { hidden: 0 })).code).toBe("INVALID_ARGUMENT");
    expect(thrown(() => gruCell(2, 0)).code).toBe("INVALID_ARGUMENT");
  });
});
