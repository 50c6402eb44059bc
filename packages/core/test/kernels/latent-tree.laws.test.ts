import { rng } from "@credence/core";
import { backend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { enumerated, prepared, randomRows, randomTree } from "./latent-trees.ts";

const backends = {
  ts: backend({ kind: "ts" }),
  wasm: backend({ kind: "wasm" }),
  threads: backend({ kind: "wasm-threads", threads: 3 }),
};

const trees = fc.record({
  seed: fc.nat(1000),
  latents: fc.integer({ min: 1, max: 3 }),
  arities: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
  zeros: fc.constantFrom(0, 0, 0.3),
  codes: fc.constantFrom(1, 2, 6, 32, 1000),
  missing: fc.constantFrom(0, 0.3),
});

type Drawn = typeof trees extends fc.Arbitrary<infer T> ? T : never;

describe.each(Object.entries(backends))("latent trees on %s", (_, kernels) => {
  describe.each(["float32", "float64"] as const)("in %s", (precision) => {
    const relative = precision === "float32" ? tolerance.single : tolerance.reference;
    it("are what enumeration says", () => {
      fc.assert(
        fc.property(trees, (drawn) => agrees(drawn)),
        { numRuns: 40 },
      );
    });

    const agrees = (drawn: Drawn): void => {
      const { seed, latents, arities, zeros, codes, missing } = drawn;
      const tree = randomTree(seed, latents, arities, zeros);
      const rows = randomRows(rng(seed), arities, 7, missing);
      const arrays = prepared(kernels, tree, precision, rows, { codes });
      const { plan } = arrays;
      const logs = new Float64Array(5);
      const order = Int32Array.of(0, 6, 2, 2, 5, 1, 3);
      const weights = Float64Array.of(1, 2, 0.5, 1, 1, 0, 3);
      const batch = { rows: order, from: 1, to: 6, logs, weights };
      kernels.latentTree({ pass: "counts", arrays, rows: batch });
      const again = new Float64Array(5);
      kernels.latentTree({ pass: "values", arrays, rows: { ...batch, logs: again } });
      expect(again).toEqual(logs);
      const pairs = arities.map(() => new Float64Array(latents * latents));
      const states = arities.map((arity) => new Float64Array(latents * (arity + 1)));
      for (let i = 1; i < 6; i++) {
        const row = rows[order[i]];
        const want = enumerated(tree, row);
        expect(close(logs[i - 1], Math.log(want.total), relative)).toBe(true);
        if (want.total === 0) continue;
        arities.forEach((_, v) => {
          want.pairs[v].forEach((p, at) => {
            pairs[v][at] += (weights[order[i]] * p) / want.total;
          });
          want.flows[v].forEach((p, z) => {
            states[v][row[v] * latents + z] += (weights[order[i]] * p) / want.total;
          });
        });
      }
      arities.forEach((arity, v) => {
        for (let z = 0; z < latents; z++) {
          for (let x = 0; x <= arity; x++) {
            const got = arrays.counts[plan.states[v] + x * plan.width + z];
            expect(close(got, states[v][x * latents + z], relative)).toBe(true);
          }
          for (let y = 0; v > 0 && y < latents; y++) {
            const got = arrays.counts[plan.pairs[v] + z * plan.width + y] * tree.w[v][z][y];
            expect(close(got, pairs[v][z * latents + y], relative)).toBe(true);
          }
        }
      });
    };
  });
});
