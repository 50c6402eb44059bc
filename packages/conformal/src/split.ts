/**
 * Split conformal classification: calibrate a nonconformity score on held-out labeled rows, then give for
 * each new row the set of labels whose score is at most qhat. The set holds the true label with probability
 * at least 1 − alpha over calibration and test rows that are exchangeable. Calibration and prediction run the
 * same score function, so that equal rows have equal scores to the last bit. Scores: scores/; threshold and
 * p-values: threshold.ts.
 */
import { CredenceError, type Matrix, type MatrixInput, type Rng } from "@credence/core";
import { checkLabel, checkLevel, checkNotEmpty, checkSameLength } from "./errors.ts";
import { invalidDocument, numberFromJson, numberToJson } from "./json.ts";
import { type PredictionSet, type PredictionSets, packSets, predictionSet } from "./prediction-sets.ts";
import { type ProbabilityOptions, probabilityTable } from "./probabilities.ts";
import { type DrawOptions, drawsOf, type NonconformityScore } from "./scores/score.ts";
import { type ScoreDescription, scoreNamed } from "./scores/score-named.ts";
import { calibrateScores, type ScoreThreshold } from "./threshold.ts";

/** Held-out labeled rows. */
export interface CalibrationData {
  /** n × classes class probabilities: a Matrix, nested arrays or a mathjs matrix. */
  readonly probabilities: MatrixInput;
  /** n class numbers from 0. */
  readonly labels: ArrayLike<number>;
}

/** Options of {@link calibrate}. */
export interface SplitOptions extends DrawOptions, ProbabilityOptions {
  readonly score: NonconformityScore;
  /** Miscoverage in (0, 1), read as its shortest decimal. */
  readonly alpha: number;
}

/** Options of predictions: draws for a randomized score (default: the generator of the calibration). */
export type PredictOptions = DrawOptions & ProbabilityOptions;

/** Options of p-values. */
export interface PValueOptions extends PredictOptions {
  /** Makes the p-values smoothed: the tie-breaking draw in [0, 1], one for all labels or one per label. */
  readonly tieBreak?: number | ArrayLike<number>;
}

/** A calibrated predictor of label sets. */
export interface SplitPredictor {
  readonly score: NonconformityScore;
  readonly qhat: number;
  readonly alpha: number;
  /** Calibration rows. */
  readonly n: number;
  readonly rank: number;
  readonly classes: number;
  /** Set when there are too few calibration rows, with the number that would do. */
  readonly warning: string | undefined;
  /** The calibrated threshold, for scores computed elsewhere. */
  readonly threshold: ScoreThreshold;
  /** The set of one row of probabilities. O(classes log classes). @throws InvalidProbabilitiesError */
  predictSet(probabilities: ArrayLike<number>, options?: PredictOptions): PredictionSet;
  /** The sets of many rows, packed; randomized scores draw row by row. @throws InvalidProbabilitiesError */
  predictSets(probabilities: MatrixInput, options?: PredictOptions): PredictionSets;
  /** The p-value of every label of one row. O(classes log n). @throws InvalidProbabilitiesError */
  pValues(probabilities: ArrayLike<number>, options?: PValueOptions): Float64Array;
  /** The p-values of many rows, plain. @throws InvalidProbabilitiesError */
  pValueMatrix(probabilities: MatrixInput, options?: PredictOptions): Matrix;
  /** What {@link splitPredictorFromJSON} reads; without the generator. */
  toJSON(): SplitPredictorDocument;
}

/** A saved predictor. */
export interface SplitPredictorDocument {
  readonly kind: "credence/split-predictor";
  readonly version: 1;
  readonly score: ScoreDescription;
  readonly alpha: number;
  readonly classes: number;
  /** The calibration scores, ascending; infinities as texts. */
  readonly scores: readonly (number | string)[];
}

/**
 * Calibrates split conformal prediction. O(n classes log classes).
 * @throws CredenceError `EMPTY_CALIBRATION`, `LENGTH_MISMATCH`, `LABEL_OUT_OF_RANGE`, `MISSING_RANDOMNESS`;
 *   InvalidProbabilitiesError; InvalidArgumentError for alpha outside (0, 1)
 */
export function calibrate(data: CalibrationData, options: SplitOptions): SplitPredictor {
  const { score, alpha, rng } = options;
  checkLevel("alpha", alpha);
  const table = probabilityTable(data.probabilities, options);
  const { rows, classes } = table;
  checkSameLength("labels", data.labels.length, "rows of probabilities", rows);
  checkNotEmpty(rows);
  const draw = drawsOf(score, rows, options);
  const row = new Float64Array(classes);
  const rowScores = new Float64Array(classes);
  const scoreOf = (label: number, u: number): number => {
    if (score.scoreOf !== undefined) return score.scoreOf(row, label, u);
    score.scoresInto(row, rowScores, u);
    return rowScores[label];
  };
  const labelScores = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const label = data.labels[i];
    checkLabel(label, i, classes);
    table.readInto(row, i);
    labelScores[i] = scoreOf(label, draw(i));
  }
  return splitPredictor(score, classes, calibrateScores(labelScores, alpha), options, rng?.fork("predict"));
}

function splitPredictor(
  score: NonconformityScore,
  classes: number,
  threshold: ScoreThreshold,
  defaults: ProbabilityOptions,
  stream: Rng | undefined,
): SplitPredictor {
  const { qhat, alpha, n, rank, warning } = threshold;
  /** Rows of an input, checked, with their draws in order. */
  const reader = (input: MatrixInput, options: PredictOptions) => {
    const table = probabilityTable(input, { ...defaults, ...options }, classes);
    const draw = drawsOf(score, table.rows, { u: options.u, rng: options.rng ?? stream });
    const row = new Float64Array(classes);
    const scores = new Float64Array(classes);
    return {
      rows: table.rows,
      scores(i: number): Float64Array {
        table.readInto(row, i);
        score.scoresInto(row, scores, draw(i));
        return scores;
      },
      labelsInto(i: number, out: Int32Array): number {
        if (score.labelsInto === undefined) return labelsUpTo(this.scores(i), qhat, out);
        table.readInto(row, i);
        return score.labelsInto(row, qhat, out, draw(i));
      },
    };
  };
  return {
    score,
    qhat,
    alpha,
    n,
    rank,
    classes,
    warning,
    threshold,
    predictSet(probabilities, options = {}) {
      const scores = reader([probabilities], options).scores(0);
      const labels = new Int32Array(classes);
      const size = labelsUpTo(scores, qhat, labels);
      return predictionSet(labels.slice(0, size), () => scores.map((s) => threshold.pValue(s)));
    },
    predictSets(input, options = {}) {
      const rows = reader(input, options);
      return packSets(rows.rows, classes, (i, out) => rows.labelsInto(i, out));
    },
    pValues(probabilities, options = {}) {
      const scores = reader([probabilities], options).scores(0);
      const { tieBreak } = options;
      if (tieBreak === undefined) return scores.map((s) => threshold.pValue(s));
      if (typeof tieBreak === "number") return scores.map((s) => threshold.smoothedPValue(s, tieBreak));
      checkSameLength("tie-breaking draws", tieBreak.length, "classes", classes);
      return scores.map((s, j) => threshold.smoothedPValue(s, tieBreak[j]));
    },
    pValueMatrix(input, options = {}) {
      const rows = reader(input, options);
      const data = new Float64Array(rows.rows * classes);
      for (let i = 0; i < rows.rows; i++) {
        const scores = rows.scores(i);
        for (let j = 0; j < classes; j++) data[i * classes + j] = threshold.pValue(scores[j]);
      }
      return { rows: rows.rows, cols: classes, data };
    },
    toJSON: () => ({
      kind: "credence/split-predictor",
      version: 1,
      score: {
        name: score.name,
        randomized: score.randomized,
        ...(score.parameters === undefined ? {} : { parameters: score.parameters }),
      },
      alpha,
      classes,
      scores: Array.from(threshold.scores, numberToJson),
    }),
  };
}

function labelsUpTo(scores: Float64Array, qhat: number, out: Int32Array): number {
  let size = 0;
  for (let j = 0; j < scores.length; j++) {
    if (scores[j] <= qhat) out[size++] = j;
  }
  return size;
}

/** Options of {@link splitPredictorFromJSON}. */
export interface LoadOptions extends ProbabilityOptions {
  /** The score, if it is not one of the library's own; its name must be the saved one. */
  readonly score?: NonconformityScore;
  /** The generator of a randomized score's draws. */
  readonly rng?: Rng;
}

/**
 * The predictor that `toJSON` saved, from its value or its text.
 * @throws CredenceError `INVALID_DOCUMENT`; UnknownNameError for a score that is neither known nor given
 */
export function splitPredictorFromJSON(source: unknown, options: LoadOptions = {}): SplitPredictor {
  const document = checkedDocument(typeof source === "string" ? parsed(source) : source);
  const score = options.score ?? scoreNamed(document.score);
  if (score.name !== document.score.name) {
    throw invalidDocument("predictor", "score.name", document.score.name, `${score.name}, the given score`);
  }
  const scores = document.scores.map((value) => numberFromJson(value) as number);
  const threshold = calibrateScores(scores, document.alpha);
  return splitPredictor(score, document.classes, threshold, options, options.rng?.fork("predict"));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CredenceError({
      code: "INVALID_DOCUMENT",
      message: "This is not a saved predictor: it is not JSON.",
      expected: "the text JSON.stringify(predictor)",
      hint: "Check that the file was written completely.",
      cause,
    });
  }
}

function checkedDocument(value: unknown): SplitPredictorDocument {
  const fail = (what: string, given: unknown, expected: string) =>
    invalidDocument("predictor", what, given, expected);
  if (typeof value !== "object" || value === null) throw fail("the document", value, "an object");
  const { kind, version, score, alpha, classes, scores } = value as Partial<
    Record<keyof SplitPredictorDocument, unknown>
  >;
  if (kind !== "credence/split-predictor") throw fail("kind", kind, "credence/split-predictor");
  if (version !== 1) throw fail("version", version, "1, the version that this library reads");
  if (typeof score !== "object" || score === null || typeof (score as ScoreDescription).name !== "string") {
    throw fail("score", score, "an object with a name");
  }
  if (!(typeof alpha === "number" && alpha > 0 && alpha < 1)) throw fail("alpha", alpha, "in (0, 1)");
  if (!(Number.isInteger(classes) && (classes as number) >= 1)) {
    throw fail("classes", classes, "a positive integer");
  }
  if (!Array.isArray(scores) || scores.length === 0) throw fail("scores", scores, "a list of numbers");
  for (const [i, entry] of scores.entries()) {
    if (numberFromJson(entry) === undefined) throw fail(`scores[${i}]`, entry, "a number");
  }
  return value as SplitPredictorDocument;
}
