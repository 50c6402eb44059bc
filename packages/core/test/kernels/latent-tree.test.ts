import { rng } from "@credence/core";
import { backend, latentArrays, latentPlan, releaseLatentArrays } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { prepared, randomRows, randomTree } from "./latent-trees.ts";

const binary = (n: number): number[] => Array.from({ length: n }, () => 2);

/** Every pass over all rows, from the start. */
function run(
  kernels: ReturnType<typeof backend>,
  precision: "float32" | "float64",
  variables: number,
  count = 700,
) {
  const tree = randomTree(4, 12, binary(variables), 0);
  const rows = randomRows(rng(1), tree.arities, count, 0.05);
  const { arrays, codes } = prepared(kernels, tree, precision, rows);
  const order = Int32Array.from(rows, (_, r) => (r * 37) % rows.length);
  const logs = new Float64Array(rows.length);
  kernels.latentTree({
    pass: "counts",
    arrays,
    rows: { codes, rows: order, from: 0, to: rows.length, logs },
  });
  return { logs, counts: arrays.counts.slice(0, arrays.plan.lengths.counts), flags: arrays.flags.slice() };
}

describe("passes over latent trees", () => {
  it.each(["float32", "float64"] as const)(
    "give the same bits for any number of threads (%s)",
    (precision) => {
      const one = run(backend({ kind: "wasm" }), precision, 40);
      for (const threads of [1, 2, 5]) {
        const kernels = backend({ kind: "wasm-threads", threads });
        const several = run(kernels, precision, 40);
        expect(several.logs).toEqual(one.logs);
        expect(several.counts.every((count, i) => Object.is(count, one.counts[i]))).toBe(true);
        kernels.close();
      }
    },
  );

  it("rescale in single precision where numbers would become too small, and nowhere else", () => {
    const kernels = backend({ kind: "wasm" });
    const exact = run(kernels, "float64", 300, 60);
    const single = run(kernels, "float32", 300, 60);
    const plain = run(backend({ kind: "ts" }), "float32", 300, 60);
    expect(Math.min(...exact.logs)).toBeLessThan(-150);
    expect(single.flags.reduce((a, b) => a + b)).toBeGreaterThan(2);
    expect(exact.flags.reduce((a, b) => a + b)).toBeLessThan(single.flags.reduce((a, b) => a + b));
    expect(plain.flags).toEqual(single.flags);
    const differs = (got: ArrayLike<number>, want: Float64Array | Float32Array, relative: number) =>
      want.findIndex((x, i) => !close(got[i], x, relative));
    for (const { logs, counts } of [single, plain]) {
      expect(differs(logs, exact.logs, tolerance.single)).toBe(-1);
      expect(differs(counts, exact.counts, 10 * tolerance.single)).toBe(-1);
    }
  });

  it("work where memory cannot be shared", async () => {
    const { wasmBackend } = await import("@credence/core/kernels");
    const apart = run(wasmBackend({ sharedMemory: false }), "float64", 20);
    const shared = run(backend({ kind: "wasm" }), "float64", 20);
    expect(apart.logs).toEqual(shared.logs);
    expect(apart.counts.every((count, i) => Object.is(count, shared.counts[i]))).toBe(true);
  });

  it("leave a row without counts whose total is no normal number", () => {
    const tree = randomTree(1, 2, [2, 2], 0);
    const impossible = {
      ...tree,
      e: [
        [
          [1, 0],
          [1, 0],
        ],
        tree.e[1],
      ],
    };
    for (const kind of ["ts", "wasm"] as const) {
      const kernels = backend({ kind });
      const { arrays, codes } = prepared(kernels, impossible, "float32", [[1, 0]]);
      const logs = new Float64Array(1);
      const rows = { codes, rows: Int32Array.of(0), from: 0, to: 1, logs };
      kernels.latentTree({ pass: "counts", arrays, rows });
      expect(logs[0]).toBe(Number.NEGATIVE_INFINITY);
      expect(arrays.counts.every((count) => count === 0)).toBe(true);
      kernels.latentTree({ pass: "counts", arrays, rows: { ...rows, to: 0 } });
      releaseLatentArrays(kernels, arrays);
    }
  });

  it.each(["ts", "wasm"] as const)("refuse rows that are not there (%s)", (kind) => {
    const kernels = backend({ kind });
    const { arrays, codes } = prepared(kernels, randomTree(1, 2, [2, 2, 3]), "float32", [[1, 0, 2]]);
    const good = { codes, rows: Int32Array.of(0), from: 0, to: 1, logs: new Float64Array(1) };
    for (const bad of [
      { rows: Int32Array.of(-1) },
      { rows: Int32Array.of(400) },
      { to: 2 },
      { from: 1, to: 0 },
      { logs: new Float64Array(0) },
      { weights: new Float64Array(0) },
    ]) {
      expect(() => kernels.latentTree({ pass: "values", arrays, rows: { ...good, ...bad } })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});

describe("latentPlan", () => {
  const tree = randomTree(2, 3, binary(12));

  it("makes tables of small subtrees, larger ones where it may", () => {
    const nodes = (options: object): number => latentPlan(tree, options).nodes;
    expect(nodes({ codes: 256, missing: false })).toBeLessThanOrEqual(nodes({ codes: 32, missing: false }));
    expect(nodes({ codes: 32, missing: false })).toBeLessThanOrEqual(nodes({ codes: 32 }));
    expect(nodes({ codes: 32 })).toBeLessThan(nodes({ codes: 1 }));
    for (const terms of latentPlan(tree).codes) {
      const most = terms.reduce((code, { factor }) => code + 2 * factor, 0);
      expect(most).toBeLessThan(32);
    }
  });

  it("counts every variable once in the codes", () => {
    for (const codes of [1, 9, 32, 256]) {
      const variables = latentPlan(tree, { codes }).codes.flatMap((terms) =>
        terms.map((term) => term.variable),
      );
      expect(variables.sort((a, b) => a - b)).toEqual(tree.arities.map((_, v) => v));
    }
  });

  it("fits tiles to the memory of large trees", () => {
    const kernels = backend({ kind: "ts" });
    const rows = (n: number): number =>
      latentArrays(kernels, latentPlan(randomTree(1, 9, binary(n))), "float64").tileRows;
    expect(rows(4)).toBe(60);
    expect(rows(800)).toBeLessThan(15);
  });

  it("has fewer shares where counts are many", () => {
    const kernels = backend({ kind: "ts" });
    const shares = (latents: number, n: number): number =>
      latentArrays(kernels, latentPlan(randomTree(1, latents, binary(n))), "float32").shares;
    expect(shares(8, 10)).toBe(16);
    expect(shares(200, 60)).toBeLessThan(9);
  });

  it.each([
    [{ latents: 0 }, {}],
    [{ arities: [2, 256] }, {}],
    [{ order: Int32Array.of(1, 0) }, {}],
    [{ order: Int32Array.of(0, 0) }, {}],
    [{ order: Int32Array.of(0) }, {}],
    [{}, { codes: 257 }],
    [{}, { codes: 0 }],
  ])("refuses %j %j", (change, options) => {
    const good = randomTree(1, 2, [2, 2]);
    expect(() => latentPlan({ ...good, ...change }, options)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
