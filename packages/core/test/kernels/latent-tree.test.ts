import { rng } from "@credence/core";
import { backend, latentArrays, latentPlan, releaseLatentArrays } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { prepared, randomRows, randomTree, tableOf } from "./latent-trees.ts";

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
  const arrays = prepared(kernels, tree, precision, rows);
  const order = Int32Array.from(rows, (_, r) => (r * 37) % rows.length);
  const logs = new Float64Array(rows.length);
  kernels.latentTree({
    pass: "counts",
    arrays,
    rows: { rows: order, from: 0, to: rows.length, logs },
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
      const arrays = prepared(kernels, impossible, "float32", [[1, 0]]);
      const logs = new Float64Array(1);
      const rows = { rows: Int32Array.of(0), from: 0, to: 1, logs };
      kernels.latentTree({ pass: "counts", arrays, rows });
      expect(logs[0]).toBe(Number.NEGATIVE_INFINITY);
      expect(arrays.counts.every((count) => count === 0)).toBe(true);
      kernels.latentTree({ pass: "counts", arrays, rows: { ...rows, to: 0 } });
      releaseLatentArrays(kernels, arrays);
    }
  });

  it.each(["ts", "wasm"] as const)("refuse rows that are not there (%s)", (kind) => {
    const kernels = backend({ kind });
    const arrays = prepared(kernels, randomTree(1, 2, [2, 2, 3]), "float32", [[1, 0, 2]]);
    const good = { rows: Int32Array.of(0), from: 0, to: 1, logs: new Float64Array(1) };
    for (const bad of [
      { rows: Int32Array.of(-1) },
      { rows: Int32Array.of(1) },
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
  const rows = randomRows(rng(3), tree.arities, 500, 0);
  const planned = (codes?: number) => latentPlan(tree, tableOf(tree, rows), codes ? { codes } : {});

  it("makes tables of subtrees with few different parts, larger ones where it may", () => {
    const nodes = [1, 32, 100, 500].map((codes) => planned(codes).nodes);
    expect(nodes).toEqual(nodes.toSorted((a, b) => b - a));
    expect(nodes[3]).toBeLessThan(nodes[1]);
    expect(nodes[1]).toBeLessThan(nodes[0]);
    for (const codes of [32, 100]) expect(planned(codes).largest).toBeLessThanOrEqual(codes + 4);
  });

  it("has one table alone where rows agree in all but the root", () => {
    const few = rows.map((_, r) => tree.arities.map((_, v) => (v === 0 ? r % 2 : Number(r % 5 < 2))));
    const plan = latentPlan(tree, tableOf(tree, few));
    expect(plan.nodes).toBe(1);
    expect(new Set(plan.codes[0]).size).toBe(4);
    expect(plan.stride).toBe(1);
  });

  it("gives rows the same codes exactly if they agree", () => {
    const twice = [...rows.slice(0, 60), ...rows.slice(0, 60).reverse()];
    for (const codes of [1, 9, 40, 500]) {
      const plan = latentPlan(tree, tableOf(tree, twice), { codes });
      const keys = twice.map((_, r) => plan.codes.map((column) => column[r]).join());
      expect(keys.slice(60).reverse()).toEqual(keys.slice(0, 60));
      expect(new Set(keys).size).toBe(new Set(twice.map((row) => row.join())).size);
    }
  });

  it("takes all that is no state for a missing value", () => {
    const some = randomRows(rng(5), tree.arities, 80, 0.2);
    const [a, b] = [255, 2].map((none) => latentPlan(tree, tableOf(tree, some, none)));
    expect(a).toEqual(b);
  });

  it("fits tiles to the memory of large trees", () => {
    const kernels = backend({ kind: "ts" });
    const tile = (n: number): number => {
      const large = randomTree(1, 9, binary(n));
      const plan = latentPlan(large, tableOf(large, randomRows(rng(1), large.arities, 40, 0)), { codes: 1 });
      return latentArrays(kernels, plan, "float64").tileRows;
    };
    expect(tile(4)).toBe(60);
    expect(tile(800)).toBeLessThan(15);
  });

  it("has fewer shares where counts are many", () => {
    const kernels = backend({ kind: "ts" });
    const shares = (latents: number, n: number): number => {
      const large = randomTree(1, latents, binary(n));
      return latentArrays(kernels, latentPlan(large, tableOf(large, [])), "float32").shares;
    };
    expect(shares(8, 10)).toBe(16);
    expect(shares(200, 60)).toBeLessThan(9);
  });

  it.each([
    [{ latents: 0 }, {}],
    [{ arities: [2, 256] }, {}],
    [{ order: Int32Array.of(1, 0) }, {}],
    [{ order: Int32Array.of(0, 0) }, {}],
    [{ order: Int32Array.of(0) }, {}],
    [{}, { codes: 32769 }],
    [{}, { codes: 0 }],
    [{}, { codes: 2.5 }],
  ])("refuses %j %j", (change, options) => {
    const good = randomTree(1, 2, [2, 2]);
    const table = { rows: 1, columns: Uint8Array.of(0, 1) };
    expect(() => latentPlan(good, { rows: 2, columns: Uint8Array.of(0, 1) })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => latentPlan({ ...good, ...change }, table, options)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
