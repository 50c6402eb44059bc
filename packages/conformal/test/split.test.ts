import {
  aps,
  calibrate,
  InvalidProbabilitiesError,
  lac,
  margin,
  type NonconformityScore,
  raps,
  scoreRows,
  splitPredictorFromJSON,
} from "@credence/conformal";
import { type CredenceError, matrix, rng, UnknownNameError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { softmaxRows } from "./rows.ts";

const { probabilities, labels } = softmaxRows("calibration", 200, 5);
const test = softmaxRows("test", 50, 5);

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as CredenceError).code;
  }
  return undefined;
}

describe("calibrate and predict", () => {
  const predictor = calibrate({ probabilities, labels }, { score: lac(), alpha: 0.1 });

  it("keeps exactly the labels whose score is at most qhat", () => {
    const sets = predictor.predictSets(test.probabilities);
    expect(sets.count).toBe(50);
    for (const [i, row] of test.probabilities.entries()) {
      const expected = [...row.keys()].filter((j) => 1 - row[j] <= predictor.qhat);
      expect([...sets.at(i)]).toEqual(expected);
      const set = predictor.predictSet(row);
      expect([...set]).toEqual(expected);
      expect(set.size).toBe(expected.length);
      expect([...row.keys()].filter((j) => set.has(j))).toEqual(expected);
      expect([...set.pValues]).toEqual([...predictor.pValues(row)]);
      expect([...row.keys()].filter((j) => set.pValues[j] > 0.1)).toEqual(expected);
    }
  });

  it("takes matrices of both precisions, nested arrays and anything with toArray", () => {
    const flat = matrix(200, 5, Float64Array.from(probabilities.flatMap((row) => [...row])));
    const single = matrix(200, 5, Float32Array.from(flat.data));
    for (const input of [flat, probabilities.map((row) => [...row]), { toArray: () => probabilities }]) {
      expect(calibrate({ probabilities: input, labels }, { score: lac(), alpha: 0.1 }).qhat).toBe(
        predictor.qhat,
      );
    }
    const rounded = calibrate({ probabilities: single, labels }, { score: lac(), alpha: 0.1 });
    expect(rounded.qhat).toBeCloseTo(predictor.qhat, 6);
  });

  it("gives p-values by rows and as a matrix, smoothed on demand", () => {
    const all = predictor.pValueMatrix(test.probabilities);
    expect([all.rows, all.cols]).toEqual([50, 5]);
    for (const [i, row] of test.probabilities.entries()) {
      expect([...all.data.subarray(5 * i, 5 * i + 5)]).toEqual([...predictor.pValues(row)]);
    }
    const [row] = test.probabilities;
    const low = predictor.pValues(row, { tieBreak: 0 });
    const high = predictor.pValues(row, { tieBreak: [1, 1, 1, 1, 1] });
    expect([...high]).toEqual([...predictor.pValues(row)]);
    for (const [j, p] of low.entries()) expect(p).toBeLessThan(high[j]);
    expect(codeOf(() => predictor.pValues(row, { tieBreak: [1] }))).toBe("LENGTH_MISMATCH");
  });

  it("holds every label, and warns, when there are too few rows", () => {
    const few = calibrate(
      { probabilities: probabilities.slice(0, 5), labels: labels.slice(0, 5) },
      { score: aps({ randomized: false }), alpha: 0.1 },
    );
    expect([few.qhat, few.rank, few.n]).toEqual([Infinity, 6, 5]);
    expect(few.warning).toContain("At least 9 points");
    expect([...few.predictSet(test.probabilities[0])]).toEqual([0, 1, 2, 3, 4]);
  });

  it("works with a score of the user's own, without fast paths", () => {
    const own: NonconformityScore = {
      name: "own",
      randomized: false,
      scoresInto: (row, out) => out.set(row.map((p) => 1 - p)),
    };
    const same = calibrate({ probabilities, labels }, { score: own, alpha: 0.1 });
    expect(same.qhat).toBe(predictor.qhat);
    expect(same.predictSets(test.probabilities).labels).toEqual(
      predictor.predictSets(test.probabilities).labels,
    );
    expect(codeOf(() => splitPredictorFromJSON(same.toJSON()))).toBe("UNKNOWN_NAME");
    expect(splitPredictorFromJSON(same.toJSON(), { score: own }).qhat).toBe(same.qhat);
  });
});

describe("randomized scores", () => {
  const options = { score: aps(), alpha: 0.1 };

  it("draw from the calibration's generator, and repeat with its seed", () => {
    const make = () => calibrate({ probabilities, labels }, { ...options, rng: rng("same") });
    const first = make().predictSets(test.probabilities);
    const again = make().predictSets(test.probabilities);
    expect([again.offsets, again.labels]).toEqual([first.offsets, first.labels]);
    const oneByOne = make();
    expect(test.probabilities.map((row) => [...oneByOne.predictSet(row)])).toEqual(
      [...first].map((set) => [...set]),
    );
  });

  it("take draws row by row", () => {
    const u = probabilities.map((_, i) => (i % 10) / 10);
    const predictor = calibrate({ probabilities, labels }, { ...options, u });
    const scores = scoreRows(aps(), probabilities, { u });
    const own = Array.from(labels, (label, i) => scores.data[5 * i + label]);
    expect([...predictor.threshold.scores]).toEqual(own.sort((a, b) => a - b));
    const v = test.probabilities.map((_, i) => i / 50);
    const sets = predictor.predictSets(test.probabilities, { u: v });
    for (const [i, row] of test.probabilities.entries()) {
      expect([...predictor.predictSet(row, { u: v[i] })]).toEqual([...sets.at(i)]);
    }
  });

  it("refuse to calibrate or predict without", () => {
    expect(codeOf(() => calibrate({ probabilities, labels }, options))).toBe("MISSING_RANDOMNESS");
    const predictor = calibrate({ probabilities, labels }, { ...options, u: 0.5 });
    expect(codeOf(() => predictor.predictSet(test.probabilities[0]))).toBe("MISSING_RANDOMNESS");
    expect(codeOf(() => predictor.predictSet(test.probabilities[0], { rng: rng(1) }))).toBeUndefined();
  });
});

describe("saving", () => {
  it("brings back the same predictor from the value and from the text", () => {
    const score = raps({ penalty: 0.05, kreg: 1 });
    const predictor = calibrate({ probabilities, labels }, { score, alpha: 0.15, rng: rng("saved") });
    for (const source of [predictor.toJSON(), JSON.stringify(predictor)]) {
      const again = splitPredictorFromJSON(source, { rng: rng("saved") });
      expect(again.toJSON()).toEqual(predictor.toJSON());
      const { qhat, alpha, n, rank, classes, warning } = predictor;
      expect(again).toMatchObject({ qhat, alpha, n, rank, classes, warning });
      const fresh = calibrate({ probabilities, labels }, { score, alpha: 0.15, rng: rng("saved") });
      expect(again.predictSets(test.probabilities).labels).toEqual(
        fresh.predictSets(test.probabilities).labels,
      );
    }
  });

  it("keeps infinite scores", () => {
    const endless: NonconformityScore = {
      name: "endless",
      randomized: false,
      scoresInto: (_, out) => out.fill(Infinity),
    };
    const predictor = calibrate({ probabilities, labels }, { score: endless, alpha: 0.1 });
    const again = splitPredictorFromJSON(JSON.stringify(predictor), { score: endless });
    expect(again.threshold.scores.every((s) => s === Infinity)).toBe(true);
  });

  it("refuses what is no saved predictor, saying why", () => {
    const good = calibrate({ probabilities, labels }, { score: lac(), alpha: 0.1 }).toJSON();
    for (const bad of [
      "{",
      null,
      7,
      { ...good, kind: "other" },
      { ...good, version: 2 },
      { ...good, score: "lac" },
      { ...good, alpha: 1 },
      { ...good, classes: 0 },
      { ...good, scores: [] },
      { ...good, scores: [null] },
    ]) {
      expect(codeOf(() => splitPredictorFromJSON(bad))).toBe("INVALID_DOCUMENT");
    }
    expect(() => splitPredictorFromJSON({ ...good, score: { name: "lca" } })).toThrow(UnknownNameError);
    expect(codeOf(() => splitPredictorFromJSON(good, { score: margin() }))).toBe("INVALID_DOCUMENT");
  });
});

describe("bad input", () => {
  const score = lac();
  const good = [
    [0.5, 0.3, 0.2],
    [0.1, 0.1, 0.8],
  ];
  const attempt = (rows: readonly ArrayLike<number>[], of: readonly number[] = [0, 2], alpha = 0.4) =>
    calibrate({ probabilities: rows, labels: of }, { score, alpha });

  it("is refused with its place: NaN, negative, above one, missing", () => {
    for (const wrong of [Number.NaN, -0.1, 1.2, null as unknown as number, Infinity]) {
      try {
        attempt([good[0], [0.1, wrong, 0.8]]);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidProbabilitiesError);
        expect(error).toMatchObject({ code: "INVALID_PROBABILITIES", row: 1, column: 1 });
        expect((error as CredenceError).hint).toBeTruthy();
      }
    }
  });

  it("is refused where rows do not sum to one, unless they are to be normalized", () => {
    const weights = [
      [5, 3, 2],
      [1, 1, 8],
    ];
    expect(codeOf(() => attempt([good[0], [0.1, 0.1, 0.7]]))).toBe("INVALID_PROBABILITIES");
    expect(() => attempt([good[0], [0.1, 0.1, 0.7]])).toThrow(/Row 1 .* sum to 0\.8/);
    const predictor = calibrate(
      { probabilities: weights, labels: [0, 2] },
      { score, alpha: 0.4, normalize: true },
    );
    expect(predictor.qhat).toBe(attempt(good).qhat);
    // The option holds for predictions, too.
    expect([...predictor.predictSet([10, 0, 0])]).toEqual([0]);
    expect(
      codeOf(() =>
        calibrate({ probabilities: [[0, 0]], labels: [0] }, { score, alpha: 0.5, normalize: true }),
      ),
    ).toBe("INVALID_PROBABILITIES");
  });

  it("passes sums that are off by rounding", () => {
    expect(codeOf(() => attempt([[0.33333, 0.33333, 0.33333], good[1]]))).toBeUndefined();
  });

  it("is refused: ragged rows, other classes at prediction, data that do not fill the matrix", () => {
    expect(codeOf(() => attempt([good[0], [0.5, 0.5]]))).toBe("INVALID_PROBABILITIES");
    expect(codeOf(() => attempt(good).predictSet([0.5, 0.5]))).toBe("INVALID_PROBABILITIES");
    const broken = { rows: 2, cols: 3, data: new Float64Array(5) };
    expect(codeOf(() => calibrate({ probabilities: broken, labels: [0, 1] }, { score, alpha: 0.4 }))).toBe(
      "INVALID_PROBABILITIES",
    );
  });

  it("is refused: labels out of range, of another number, or none at all", () => {
    for (const label of [3, -1, 0.5, Number.NaN])
      expect(codeOf(() => attempt(good, [0, label]))).toBe("LABEL_OUT_OF_RANGE");
    expect(() => attempt(good, [0, 3])).toThrow(/Label 1 .* 3 classes/);
    expect(codeOf(() => attempt(good, [0]))).toBe("LENGTH_MISMATCH");
    expect(codeOf(() => attempt([], []))).toBe("EMPTY_CALIBRATION");
  });

  it("is refused: alpha outside (0, 1)", () => {
    for (const alpha of [0, 1, -0.5, Number.NaN])
      expect(codeOf(() => attempt(good, [0, 2], alpha))).toBe("INVALID_ARGUMENT");
  });
});
