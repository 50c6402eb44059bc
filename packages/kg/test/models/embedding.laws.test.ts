/** Scores of one triple by every way of asking, against complex arithmetic written out. */
import { floatArray } from "@credence/core";
import type { TrainedModel } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { complexScore, randomModel, rowOf } from "./samples.ts";

const shapes = fc.record({
  entities: fc.integer({ min: 1, max: 9 }),
  relations: fc.integer({ min: 1, max: 4 }),
  rank: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(1000),
});

/** All scores of a model in one direction, by rows and by batches. */
function allScores(model: TrainedModel, side: "tail" | "head") {
  const { entityCount: n, relationCount, precision } = model;
  const anchors: number[] = [];
  const relations: number[] = [];
  for (let r = 0; r < relationCount; r++) for (let e = 0; e < n; e++) relations.push(r) && anchors.push(e);
  const batch = floatArray(precision, anchors.length * n);
  const rows = floatArray(precision, anchors.length * n);
  if (side === "tail") model.scoreTailsBatch(anchors, relations, batch);
  else model.scoreHeadsBatch(relations, anchors, batch);
  anchors.forEach((anchor, i) => {
    const row = rows.subarray(i * n, (i + 1) * n);
    if (side === "tail") model.scoreTails(anchor, relations[i], row);
    else model.scoreHeads(relations[i], anchor, row);
  });
  return { batch, rows, at: (r: number, anchor: number, e: number) => rows[(r * n + anchor) * n + e] };
}

describe("scores", () => {
  it("of rows and batches agree", () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom("float32" as const, "float64" as const), (shape, precision) => {
        const model = randomModel({ ...shape, precision });
        for (const side of ["tail", "head"] as const) {
          const { batch, rows } = allScores(model, side);
          const within = precision === "float32" ? tolerance.single : tolerance.rounding;
          batch.forEach((score, i) => {
            expect(close(score, rows[i], within)).toBe(true);
          });
        }
      }),
    );
  });

  it("of a triple, of a row and of a column agree, for models without reciprocals", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const model = randomModel({ ...shape, reciprocal: false });
        const { entityCount: n, relationCount: m, parameters } = model;
        const [tails, heads] = [allScores(model, "tail"), allScores(model, "head")];
        for (let r = 0; r < m; r++) {
          for (let h = 0; h < n; h++) {
            for (let t = 0; t < n; t++) {
              const score = complexScore(
                rowOf(parameters.entities, h, n),
                rowOf(parameters.relations, r, m),
                rowOf(parameters.entities, t, n),
              );
              for (const other of [model.scoreTriple(h, r, t), tails.at(r, h, t), heads.at(r, t, h)]) {
                expect(close(other, score, tolerance.rounding, tolerance.rounding)).toBe(true);
              }
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("of heads come from the reciprocal row where there is one", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const model = randomModel(shape);
        const { entityCount: n, relationCount: m, parameters } = model;
        const heads = allScores(model, "head");
        for (let r = 0; r < m; r++) {
          for (let t = 0; t < n; t++) {
            const score = complexScore(
              rowOf(parameters.entities, t, n),
              rowOf(parameters.relations, r + m, 2 * m),
              rowOf(parameters.entities, 0, n),
            );
            expect(close(heads.at(r, t, 0), score, tolerance.rounding, tolerance.rounding)).toBe(true);
          }
        }
      }),
    );
  });
});
