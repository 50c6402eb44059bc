/** Small models for tests. */
import { type FloatArray, floatArray, type Precision, rng, vocabulary } from "@credence/core";
import { complex, type TrainedModel, trainedModel } from "@credence/kg";

/** A model of random rows; with reciprocal relations unless told otherwise. */
export function randomModel(
  options: {
    entities?: number;
    relations?: number;
    rank?: number;
    reciprocal?: boolean;
    precision?: Precision;
    seed?: number;
  } = {},
): TrainedModel {
  const {
    entities = 7,
    relations = 3,
    rank = 4,
    reciprocal = true,
    precision = "float64",
    seed = 0,
  } = options;
  const random = rng(seed);
  const rows = (count: number): FloatArray =>
    floatArray(precision, count * 2 * rank).map(() => random.normal());
  const names = (kind: string, count: number) =>
    vocabulary<string>(
      kind,
      Array.from({ length: count }, (_, i) => `${kind}${i}`),
    );
  return trainedModel({
    spec: complex({ rank }),
    entities: names("entity", entities),
    relations: names("relation", relations),
    parameters: { entities: rows(entities), relations: rows(reciprocal ? 2 * relations : relations) },
  });
}

/** Re Σ h r conj(t) in complex arithmetic, written out: what the library computes by other means. */
export function complexScore(h: ArrayLike<number>, r: ArrayLike<number>, t: ArrayLike<number>): number {
  const rank = h.length / 2;
  let score = 0;
  for (let k = 0; k < rank; k++) {
    const product = [h[k] * r[k] - h[k + rank] * r[k + rank], h[k] * r[k + rank] + h[k + rank] * r[k]];
    score += product[0] * t[k] + product[1] * t[k + rank];
  }
  return score;
}

/** Row i of a matrix of rows. */
export function rowOf(data: FloatArray, row: number, rows: number): FloatArray {
  const width = data.length / rows;
  return data.slice(row * width, (row + 1) * width);
}
