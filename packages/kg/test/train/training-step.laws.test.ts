/** The gradient of a step is the derivative of its loss, and the loss is that of its definition. */
import { type FloatArray, rng } from "@credence/core";
import { type Batch, complex, type EmbeddingParameters, type Regularizer, trainingStep } from "@credence/kg";
import fc from "fast-check";
import { expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { complexScore, rowOf } from "../models/samples.ts";

const sample = fc
  .record({
    n: fc.integer({ min: 1, max: 6 }),
    relations: fc.integer({ min: 1, max: 4 }),
    rank: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 1, max: 7 }),
    seed: fc.nat(10_000),
    regularizer: fc.option(
      fc.record({
        kind: fc.constantFrom("n3" as const, "f2" as const),
        weight: fc.constantFrom(0, 0.05, 2),
      }),
      { nil: undefined },
    ),
  })
  .map(({ n, relations, rank, size, seed, regularizer }) => {
    const random = rng(seed);
    const rows = (count: number): FloatArray => new Float64Array(count * 2 * rank).map(() => random.normal());
    const ids = (below: number): number[] => Array.from({ length: size }, () => random.int(below));
    return {
      n,
      relations,
      spec: complex({ rank }),
      parameters: { entities: rows(n), relations: rows(relations) },
      batch: { heads: ids(n), relations: ids(relations), tails: ids(n) },
      regularizer,
    };
  });
type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

/** The loss written out: complex arithmetic, one row of scores a triple, moduli. */
function definition({ n, relations, parameters, batch, regularizer }: Sample): number {
  const entity = (id: number): FloatArray => rowOf(parameters.entities, id, n);
  const relation = (id: number): FloatArray => rowOf(parameters.relations, id, relations);
  let loss = 0;
  for (let i = 0; i < batch.heads.length; i++) {
    const [h, r, t] = [entity(batch.heads[i]), relation(batch.relations[i]), entity(batch.tails[i])];
    const scores = Array.from({ length: n }, (_, e) => complexScore(h, r, entity(e)));
    loss += Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - complexScore(h, r, t);
    if (regularizer !== undefined) {
      for (const row of [h, r, t]) {
        const rank = row.length / 2;
        for (let k = 0; k < rank; k++) {
          loss +=
            regularizer.weight * Math.hypot(row[k], row[k + rank]) ** (regularizer.kind === "n3" ? 3 : 2);
        }
      }
    }
  }
  return loss / batch.heads.length;
}

it("has the loss of its definition", () => {
  fc.assert(
    fc.property(sample, (one) => {
      const { spec, parameters, batch, regularizer } = one;
      const { loss, fit, penalty } = trainingStep(spec, parameters, batch, { regularizer });
      expect(close(loss, definition(one), tolerance.rounding)).toBe(true);
      expect(close(loss, fit + penalty, tolerance.rounding)).toBe(true);
    }),
  );
});

/** (f(x + h) − f(x − h)) / 2h for one parameter. */
function difference(one: Sample, of: keyof EmbeddingParameters, at: number): number {
  const h = 1e-5;
  const lossAt = (shift: number): number => {
    const parameters = { ...one.parameters, [of]: one.parameters[of].slice() };
    parameters[of][at] += shift;
    return lossOf(one.spec.rank, parameters, one.batch, one.regularizer);
  };
  return (lossAt(h) - lossAt(-h)) / (2 * h);
}

function lossOf(
  rank: number,
  parameters: EmbeddingParameters,
  batch: Batch,
  regularizer: Regularizer | undefined,
): number {
  return trainingStep(complex({ rank }), parameters, batch, { regularizer }).loss;
}

it("has the gradient that finite differences have, in every parameter", () => {
  fc.assert(
    fc.property(sample, (one) => {
      const { gradients } = trainingStep(one.spec, one.parameters, one.batch, {
        regularizer: one.regularizer,
      });
      for (const of of ["entities", "relations"] as const) {
        gradients[of].forEach((value, at) => {
          expect(close(value, difference(one, of, at), tolerance.gradient, tolerance.gradient)).toBe(true);
        });
      }
    }),
    { numRuns: 40 },
  );
});

it("does not depend on the order of its triples", () => {
  fc.assert(
    fc.property(sample, (one) => {
      const turned = {
        heads: [...one.batch.heads].reverse(),
        relations: [...one.batch.relations].reverse(),
        tails: [...one.batch.tails].reverse(),
      };
      const { regularizer } = one;
      const [a, b] = [one.batch, turned].map((batch) =>
        trainingStep(one.spec, one.parameters, batch, { regularizer }),
      );
      expect(close(a.loss, b.loss, tolerance.rounding)).toBe(true);
      a.gradients.entities.forEach((value, i) => {
        expect(close(value, b.gradients.entities[i], tolerance.rounding)).toBe(true);
      });
    }),
  );
});

it("in single precision is that of double precision, rounded", () => {
  fc.assert(
    fc.property(sample, ({ spec, parameters, batch, regularizer }) => {
      const single = {
        entities: Float32Array.from(parameters.entities),
        relations: Float32Array.from(parameters.relations),
      };
      const double = {
        entities: Float64Array.from(single.entities),
        relations: Float64Array.from(single.relations),
      };
      const [a, b] = [single, double].map((rows) => trainingStep(spec, rows, batch, { regularizer }));
      expect(a.gradients.entities).toBeInstanceOf(Float32Array);
      expect(close(a.loss, b.loss, tolerance.single)).toBe(true);
      a.gradients.relations.forEach((value, i) => {
        expect(close(value, b.gradients.relations[i], tolerance.single)).toBe(true);
      });
    }),
  );
});
