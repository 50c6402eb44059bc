import { rng } from "@credence/core";
import {
  attention,
  block,
  causalMask,
  dense,
  embedding,
  gatedUpdate,
  gruCell,
  layerNorm,
  relu,
} from "@credence/core/layers";
import { crossEntropy, mean, mul, tanh, type Value } from "@credence/core/tape";
import fc from "fast-check";
import { describe, it } from "vitest";
import { checkParameterGradients, normals } from "./model-gradients.ts";

const size = fc.integer({ min: 1, max: 4 });

/** Runs a property over four sizes and a seed. */
function forAll(check: (sizes: readonly [number, number, number, number], seed: number) => void): void {
  fc.assert(fc.property(fc.tuple(size, size, size, size), fc.nat(), check), { numRuns: 15, seed: 1 });
}

const bent = (x: Value) => mean(mul(tanh(x), x));

describe("parameter gradients agree with central finite differences", () => {
  it("of dense layers, rectifiers and layer norm, one after another", () => {
    forAll(([rows, inputs, hidden, classes], seed) => {
      const parts = {
        a: dense(inputs, hidden + 1),
        norm: layerNorm(hidden + 1, 0.1),
        b: dense(hidden + 1, classes),
      };
      const net = block(
        parts,
        ({ a, norm, b }) =>
          (x: Value) =>
            b(norm(tanh(a(x)))),
      );
      const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
      checkParameterGradients(
        net,
        (run, t) => crossEntropy(run(normals(t, rows, inputs, seed)), labels),
        seed,
      );
      const rectified = block(
        { a: dense(inputs, 3), r: relu(3) },
        ({ a, r }) =>
          (x: Value) =>
            r(a(x)),
      );
      checkParameterGradients(rectified, (run, t) => mean(run(normals(t, rows, inputs, seed))), seed);
    });
  });

  it("of embeddings, rows read twice included", () => {
    forAll(([count, width, reads], seed) => {
      const r = rng(seed);
      const ids = Int32Array.from({ length: reads }, () => r.int(count));
      checkParameterGradients(embedding(count, width), (run) => bent(run(ids)), seed);
    });
  });

  it("of recurrent cells over several steps", () => {
    forAll(([rows, inputs, width, steps], seed) => {
      for (const [cell, states] of [
        [gruCell(inputs, width), width],
        [gatedUpdate(inputs, width + 1, { hidden: 2 }), width + 1],
      ] as const) {
        checkParameterGradients(
          cell,
          (run, t) => {
            let state = normals(t, rows, states, `${seed} state`);
            for (let i = 0; i < steps; i++) state = run(normals(t, rows, inputs, `${seed} ${i}`), state);
            return bent(state);
          },
          seed,
        );
      }
    });
  });

  it("of attention with heads, batches and masks", () => {
    forAll(([batch, length, heads, part], seed) => {
      const attend = attention({ width: heads * part, heads, queryWidth: 3, memoryWidth: 2 });
      const mask = causalMask(length);
      checkParameterGradients(
        attend,
        (run, t) => {
          const [queries, memory] = [
            normals(t, batch * length, 3, seed),
            normals(t, batch * length, 2, seed + 1),
          ];
          return bent(run(queries, memory, { batch, mask }));
        },
        seed,
      );
    });
  });
});
