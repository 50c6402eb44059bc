import { dropout, embedding, layerNorm, model, onTape, zeros } from "@credence/core/layers";
import { tape } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

describe("embedding", () => {
  it("reads rows, which begin about as long as 1", () => {
    const own = model(embedding(200, 50), { seed: 1 });
    const t = tape();
    const y = onTape(t, own)([7, 3, 7]);
    const data = Array.from(own.parameters);
    expect(Array.from(y.data)).toEqual([7, 3, 7].flatMap((i) => data.slice(50 * i, 50 * i + 50)));
    const squares = data.reduce((total, x) => total + x * x, 0);
    // The mean of 200 squared lengths, each with a standard deviation of √(2 / 50).
    expect(Math.abs(squares / 200 - 1)).toBeLessThan((5 * Math.sqrt(2 / 50)) / Math.sqrt(200));
  });

  it("begins as told, and refuses ids and sizes that are none", () => {
    const own = model(embedding(2, 3, zeros));
    expect(new Set(own.parameters)).toEqual(new Set([0]));
    expect(thrown(() => onTape(tape(), own)([2])).message).toMatch(/ids\[0\] is 2/);
    expect(thrown(() => embedding(0, 1)).message).toMatch(/count is 0/);
    expect(thrown(() => embedding(1, 1.5)).message).toMatch(/width is 1.5/);
  });
});

describe("layerNorm and dropout as blocks", () => {
  it("begin as the identity on standardized rows, and without parameters", () => {
    const own = model(layerNorm(2, 1e-12), { precision: "float64" });
    expect(Array.from(own.parameters)).toEqual([1, 1, 0, 0]);
    const t = tape({ precision: "float64" });
    const y = onTape(t, own)(t.constant({ rows: 1, cols: 2, data: Float64Array.of(1, 5) }));
    expect(y.data[0]).toBeCloseTo(-1, 9);
    expect(y.data[1]).toBeCloseTo(1, 9);
    expect(model(dropout(0.5)).parameters).toHaveLength(0);
  });

  it("refuse widths and rates that are none", () => {
    expect(thrown(() => layerNorm(0)).message).toMatch(/width is 0/);
    for (const rate of [1, -1, Number.NaN]) expect(thrown(() => dropout(rate)).message).toMatch(/rate/);
  });
});
