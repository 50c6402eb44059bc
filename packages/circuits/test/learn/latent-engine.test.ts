import { rng } from "@credence/core";
import { backend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { latentEngine } from "../../src/learn/latent-engine.ts";
import { latentLogs } from "../../src/learn/latent-logs.ts";
import { type LatentTree, latentTree, normalizeRows } from "../../src/learn/latent-tree.ts";
import { randomTable } from "./tables.ts";

const arities = [2, 3, 2, 2, 4, 2, 2, 2, 5, 2, 2, 2];

/** A random tree over these variables with random parameters, a share of them 0. */
function example(seed: number, latents: number, zeros = 0): { tree: LatentTree; parameters: Float64Array } {
  const random = rng(seed);
  const parents = Int32Array.from(arities, (_, v) => (v === 0 ? -1 : Math.floor(random() * v)));
  const tree = latentTree(arities, { parents, order: Int32Array.from(arities, (_, v) => v) }, latents);
  const parameters = new Float64Array(tree.parameterCount);
  for (let i = 0; i < parameters.length; i++) parameters[i] = random() < zeros ? 0 : random();
  normalizeRows(tree, parameters);
  return { tree, parameters };
}

const all = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, r) => (r * 7) % rows);

describe("the engine of latent trees", () => {
  const cases = (["ts", "wasm"] as const).flatMap((kind) =>
    (["float32", "float64"] as const).flatMap((precision) =>
      [0, 0.1].flatMap((missing) => [0, 0.4].map((zeros) => ({ kind, precision, missing, zeros }))),
    ),
  );
  it.each(cases)("is the definition in logs: $kind, $precision, missing $missing, zeros $zeros", (drawn) => {
    const { kind, precision, missing, zeros } = drawn;
    const { tree, parameters } = example(3, 5, zeros);
    const table = randomTable(8, 150, arities, missing);
    const weights = Float64Array.from({ length: 150 }, (_, r) => r % 3);
    const rows = all(150);
    const engine = latentEngine(tree, backend({ kind, threads: 1 }), precision);
    engine.load(parameters);
    const logs = new Float64Array(100);
    engine.logLikelihoodsInto(logs, table, rows, 20, 120);
    const counts = new Float64Array(tree.parameterCount).fill(9);
    const total = engine.countInto(counts, table, rows, 20, 120, weights);
    const want = new Float64Array(tree.parameterCount);
    let wanted = 0;
    const relative = precision === "float32" ? 10 * tolerance.single : tolerance.reference;
    for (let i = 20; i < 120; i++) {
      const weight = weights[rows[i]];
      const log = latentLogs(tree, parameters, table, rows[i], { counts: want, weight });
      expect(close(logs[i - 20], log, relative)).toBe(true);
      if (log > Number.NEGATIVE_INFINITY && weight > 0) wanted += weight * log;
    }
    expect(close(total, wanted, relative)).toBe(true);
    expect(want.findIndex((count, i) => !close(counts[i], count, relative))).toBe(-1);
    engine.close();
  });

  it("has a plan for large calls and takes new parameters over in all of them", () => {
    const table = randomTable(8, 6000, arities);
    const kernels = backend({ threads: 1 });
    const [first, second] = [example(1, 4), example(1, 4)];
    second.parameters.set(example(2, 4).parameters);
    normalizeRows(second.tree, second.parameters);
    const used = latentEngine(first.tree, kernels, "float64");
    const fresh = latentEngine(first.tree, kernels, "float64");
    const logs = (engine: typeof used, count: number): Float64Array => {
      const out = new Float64Array(count);
      engine.logLikelihoodsInto(out, table, all(6000), 0, count);
      return out;
    };
    used.load(first.parameters);
    logs(used, 6000);
    logs(used, 10);
    used.load(second.parameters);
    fresh.load(second.parameters);
    expect(logs(used, 6000)).toEqual(logs(fresh, 6000));
    expect(logs(used, 10)).toEqual(logs(fresh, 10));
    logs(used, 6000)
      .subarray(0, 10)
      .forEach((log, i) => {
        expect(close(log, logs(used, 10)[i], tolerance.rounding)).toBe(true);
      });
  });

  it("forgets plans that were not used for long, and makes them again", () => {
    const { tree, parameters } = example(4, 3);
    const engine = latentEngine(tree, backend({ threads: 1 }), "float64");
    engine.load(parameters);
    const tables = Array.from({ length: 9 }, (_, t) => randomTable(20 + t, 30, arities, 0.1));
    const logs = tables.map((table) => {
      const out = new Float64Array(30);
      engine.logLikelihoodsInto(out, table, all(30), 0, 30);
      return out;
    });
    for (const [t, table] of tables.entries()) {
      const out = new Float64Array(30);
      engine.logLikelihoodsInto(out, table, all(30), 0, 30);
      expect(out).toEqual(logs[t]);
    }
    engine.close();
  });

  it("tells impossible rows from improbable ones in single precision", () => {
    const { tree, parameters } = example(5, 2);
    // Each variable leaves 1e-30 for its first state, whatever the latent one; the last excludes its first.
    arities.forEach((arity, v) => {
      for (let z = 0; z < 2; z++) {
        const at = tree.emissions[v] + z * arity;
        const least = v === arities.length - 1 ? 0 : 1e-30;
        parameters.fill((1 - least) / (arity - 1), at, at + arity);
        parameters[at] = least;
      }
    });
    const text = [arities.map(() => 0), arities.map((_, v) => (v === arities.length - 1 ? 1 : 0))];
    const table = {
      ...randomTable(1, 2, arities),
      columns: Uint8Array.from(arities.flatMap((_, v) => text.map((row) => row[v]))),
    };
    const engine = latentEngine(tree, backend({ threads: 1 }), "float32");
    engine.load(parameters);
    const logs = new Float64Array(2);
    engine.logLikelihoodsInto(logs, table, Int32Array.of(0, 1), 0, 2);
    expect(logs[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(close(logs[1], 11 * Math.log(1e-30), tolerance.single)).toBe(true);
    const counts = new Float64Array(tree.parameterCount);
    expect(close(engine.countInto(counts, table, Int32Array.of(0, 1), 0, 2), logs[1], tolerance.single)).toBe(
      true,
    );
    const flow = counts.subarray(tree.transitions[0], tree.transitions[0] + 2);
    expect(close(flow[0] + flow[1], 1, tolerance.single)).toBe(true);
  });
});
