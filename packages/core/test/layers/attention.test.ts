import { adam, rng } from "@credence/core";
import {
  attention,
  block,
  causalMask,
  dense,
  embedding,
  model,
  onTape,
  trainer,
} from "@credence/core/layers";
import { add, crossEntropy, tape, type Value } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";
import { normals } from "./model-gradients.ts";

const [batch, n, m, heads, width] = [2, 3, 4, 2, 6];

describe("attention", () => {
  const own = model(attention({ width, heads, queryWidth: 5, memoryWidth: 3 }), {
    seed: 1,
    precision: "float64",
  });
  const t = tape({ precision: "float64" });
  const [queries, memory] = [normals(t, batch * n, 5, "queries"), normals(t, batch * m, 3, "memory")];
  const attend = onTape(t, own);

  /** A row of an affine map. */
  const mapped = (part: string, v: { data: ArrayLike<number>; cols: number }, i: number) => {
    const { data } = own.arrays[`${part}.weight`];
    return Array.from(own.arrays[`${part}.bias`].data, (b, j) => {
      let total = b;
      for (let k = 0; k < v.cols; k++) total += v.data[i * v.cols + k] * data[k * width + j];
      return total;
    });
  };
  /** The result from the definition, query by query and head by head. */
  const oracle = (open: (sequence: number, query: number, row: number) => boolean) =>
    Array.from({ length: batch * n }, (_, i) => {
      const sequence = Math.floor(i / n);
      const heard = Array.from({ length: heads }, (_, head) => {
        const part = (row: number[]) => row.slice((head * width) / heads, ((head + 1) * width) / heads);
        const asked = part(mapped("query", queries, i));
        const rows = Array.from({ length: m }, (_, j) => j).filter((j) => open(sequence, i % n, j));
        const scores = rows.map((j) => {
          const key = part(mapped("key", memory, sequence * m + j));
          return Math.exp(asked.reduce((total, q, k) => total + q * key[k], 0) / Math.sqrt(width / heads));
        });
        const sum = scores.reduce((a, b) => a + b, 0);
        return asked.map((_, k) =>
          rows.reduce(
            (total, j, at) => total + (scores[at] / sum) * part(mapped("value", memory, sequence * m + j))[k],
            0,
          ),
        );
      }).flat();
      return mapped("output", { data: heard, cols: width }, 0);
    });
  const expectOracle = (actual: Value, open: Parameters<typeof oracle>[0]) => {
    expect([actual.rows, actual.cols]).toEqual([batch * n, width]);
    for (const [i, expected] of oracle(open).flat().entries()) {
      expect(close(actual.data[i], expected, tolerance.rounding)).toBe(true);
    }
  };

  it("does what its definition says, for several sequences at once", () => {
    expectOracle(attend(queries, memory, { batch }), () => true);
  });

  it("sees what the mask leaves open: for all queries, for each of a sequence, for each of the batch", () => {
    const r = rng("mask");
    for (const rows of [1, n, batch * n]) {
      const mask = Uint8Array.from({ length: rows * m }, () => r.int(2));
      const open = (sequence: number, query: number, row: number) =>
        mask[((sequence * n + query) % rows) * m + row] === 1;
      expectOracle(attend(queries, memory, { batch, mask }), open);
    }
  });

  it("gives the output's bias to who may look at nothing", () => {
    own.arrays["output.bias"].data.fill(7);
    const blind = attend(queries, memory, { batch, mask: new Uint8Array(n * m) });
    expect(new Set(blind.data)).toEqual(new Set([7]));
    own.arrays["output.bias"].data.fill(0);
  });

  it("reads a text from its beginning under the causal mask: what follows changes nothing before", () => {
    expect(Array.from(causalMask(3))).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1]);
    const reader = model(attention({ width: 4, heads: 2 }), { seed: 2, precision: "float64" });
    const read = (length: number) => {
      const text = { rows: length, cols: 4, data: normals(t, 9, 4, "text").data.slice(0, 4 * length) };
      const x = t.constant(text);
      return onTape(t, reader)(x, x, { mask: causalMask(length) }).data;
    };
    const whole = read(9);
    for (const length of [1, 4, 8]) expect(read(length)).toEqual(whole.slice(0, 4 * length));
  });

  it("learns to look something up", () => {
    // Five pairs of key and symbol; the query is one of the keys, the answer its symbol.
    const parts = {
      keys: embedding(5, 8),
      symbols: embedding(4, 8),
      look: attention({ width: 8, heads: 2 }),
      out: dense(8, 4),
    };
    const answer = block(parts, ({ keys, symbols, look, out }) => (pairs: number[][], asked: number[]) => {
      const memory = add(keys(pairs.flatMap((row) => row.map((_, i) => i))), symbols(pairs.flat()));
      return out(look(keys(asked), memory, { batch: pairs.length }));
    });
    const r = rng("pairs");
    const draw = (count: number) => {
      const pairs = Array.from({ length: count }, () => Array.from({ length: 5 }, () => r.int(4)));
      const asked = pairs.map(() => r.int(5));
      return { pairs, asked, labels: Int32Array.from(pairs, (row, i) => row[asked[i]]) };
    };
    const learner = trainer(model(answer, { seed: 1 }), { optimizer: adam({ learningRate: 0.02 }) });
    for (let i = 0; i < 300; i++) {
      const { pairs, asked, labels } = draw(32);
      learner.trainStep((run) => crossEntropy(run(pairs, asked), labels));
    }
    const { pairs, asked, labels } = draw(200);
    const logits = learner.evaluate((run) => run(pairs, asked).data.slice());
    const right = Array.from(labels).filter((label, i) => {
      const row = logits.subarray(4 * i, 4 * i + 4);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.length / 200).toBeGreaterThan(0.95);
  });

  it("refuses widths, batches and masks that do not fit", () => {
    expect(thrown(() => attention({ width: 6, heads: 4 })).message).toMatch(
      /width is 6.* multiple of 4 heads/,
    );
    expect(thrown(() => attention({ width: 6, heads: 0 })).message).toMatch(/heads is 0/);
    expect(thrown(() => attend(queries, memory, { batch: 5 })).code).toBe("INVALID_ARGUMENT");
    expect(thrown(() => attend(queries, memory, { batch, mask: new Uint8Array(7) })).message).toMatch(/mask/);
    expect(thrown(() => attend(memory, memory)).message).toMatch(/x.cols is 3/);
    expect(thrown(() => causalMask(0)).message).toMatch(/length is 0/);
  });
});
