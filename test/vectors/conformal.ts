/** Reference vectors of conformal prediction; the fields are described in that folder's README. */
import {
  checkAttractive,
  compileRules,
  marginalBounds,
  marginals,
  mpe,
  ruleExpectations,
} from "@credence/circuits";
import {
  aps,
  calibrate,
  calibrateScores,
  clopperPearsonLower,
  clopperPearsonUpper,
  coverageLaw,
  coverageReport,
  dkwHalfWidth,
  empiricalBernsteinHalfWidth,
  gaussianShiftDown,
  gaussianShiftUp,
  hoeffdingHalfWidth,
  hoeffdingLower,
  hoeffdingUpper,
  klLower,
  klUpper,
  lac,
  margin,
  type NonconformityScore,
  raps,
  saps,
  scoreRows,
  splitQuantile,
  splitRank,
  topKScore,
  wilsonLower,
} from "@credence/conformal";
import { betaCdf, betaQuantile, binomialCdf, normalQuantile, type Rule } from "@credence/core";
import { tolerance } from "../tolerance.ts";
import { type CaseCheck, Unsupported } from "./case-check.ts";
import { implicationCases } from "./conformal-implications.ts";
import { correctedIncompleteBeta } from "./errata.ts";
import { type PrefixRule, rulesFromPrefix } from "./prefix-formula.ts";
import type { VectorCase, VectorReader } from "./runner.ts";

type Row = readonly number[];

interface Kinded {
  readonly kind: string;
  readonly name: string;
}

/** A reader that picks a checker by the case's kind; kinds without one are unsupported. */
function byKind(checkers: Readonly<Record<string, (check: CaseCheck, one: never) => void>>): VectorReader {
  return (document: { cases: Kinded[] }) =>
    document.cases.map((one) => ({
      id: one.name,
      run(check) {
        const prefix = Object.keys(checkers).find(
          (kind) => one.kind === kind || one.kind.startsWith(`${kind}-`),
        );
        if (prefix === undefined) throw new Unsupported(one.kind);
        checkers[prefix](check, one as never);
      },
    }));
}

interface ScoreFields {
  readonly score: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly randomized: boolean;
}

function scoreOf({ score, parameters, randomized }: ScoreFields): NonconformityScore {
  const { penalty, kreg, weight } = parameters;
  const makers: Readonly<Record<string, () => NonconformityScore>> = {
    LAC: lac,
    MARGIN: margin,
    APS: () => aps({ randomized }),
    RAPS: () => raps({ randomized, penalty, kreg }),
    SAPS: () => saps({ randomized, weight }),
    TOPK: () => topKScore({ randomized }),
  };
  const make = makers[score];
  if (make === undefined) throw new Unsupported(score);
  return make();
}

interface ScoreCase extends ScoreFields {
  readonly probabilities: readonly Row[];
  readonly u?: Row | null;
  readonly scores: readonly Row[];
  readonly labels?: Row;
  readonly labelScores?: Row;
}

function checkScores(check: CaseCheck, one: ScoreCase): void {
  const found = scoreRows(scoreOf(one), one.probabilities, one.u ? { u: one.u } : {});
  const rows = one.scores.map((_, i) => found.data.subarray(i * found.cols, (i + 1) * found.cols));
  check.numbers("scores", one.scores, rows, tolerance.reference);
  const { labels, labelScores } = one;
  if (labels !== undefined && labelScores !== undefined) {
    const own = labels.map((label, i) => rows[i][label]);
    check.numbers("labelScores", labelScores, own, tolerance.reference);
  }
}

interface ThresholdCase {
  readonly scores: Row;
  readonly alpha: number;
  readonly rank: number;
  readonly threshold: number | string;
}

function checkThreshold(check: CaseCheck, { scores, alpha, rank, threshold }: ThresholdCase): void {
  check.equal("rank", rank, splitRank(scores.length, alpha));
  check.numbers("threshold", threshold, splitQuantile(scores, alpha), 0);
  check.numbers("threshold (calibrateScores)", threshold, calibrateScores(scores, alpha).qhat, 0);
}

interface Part {
  readonly probabilities: readonly Row[];
  readonly labels: Row;
  readonly u?: Row | null;
}

interface SetsCase extends ScoreFields {
  readonly alpha: number;
  readonly calibration: Part;
  readonly test: Part;
  readonly threshold: number | string;
  readonly sets: readonly Row[];
  readonly coverage: number;
  readonly meanSize: number;
}

function checkSets(check: CaseCheck, one: SetsCase): void {
  const { calibration, test, alpha } = one;
  const predictor = calibrate(calibration, { score: scoreOf(one), alpha, u: calibration.u ?? undefined });
  check.numbers("threshold", one.threshold, predictor.qhat, tolerance.reference);
  const sets = predictor.predictSets(test.probabilities, { u: test.u ?? undefined });
  check.equal(
    "sets",
    one.sets,
    [...sets].map((set) => [...set]),
  );
  const report = coverageReport(sets, test.labels);
  check.numbers("coverage", one.coverage, report.coverage, tolerance.reference);
  check.numbers("meanSize", one.meanSize, report.meanSize, tolerance.reference);
}

interface PValueCase {
  readonly calibrationScores: Row;
  readonly testScores: readonly Row[];
  readonly tieBreak: readonly Row[];
  readonly pValues: readonly Row[];
  readonly smoothedPValues: readonly Row[];
  readonly confidence: number;
  readonly sets: readonly Row[];
}

function checkPValues(check: CaseCheck, one: PValueCase): void {
  // The confidence is a decimal as printed; its complement has to be one too.
  const threshold = calibrateScores(one.calibrationScores, Number((1 - one.confidence).toFixed(10)));
  const plain = one.testScores.map((row) => row.map((score) => threshold.pValue(score)));
  const smoothed = one.testScores.map((row, i) =>
    row.map((score, j) => threshold.smoothedPValue(score, one.tieBreak[i][j])),
  );
  check.numbers("pValues", one.pValues, plain, tolerance.rounding);
  check.numbers("smoothedPValues", one.smoothedPValues, smoothed, tolerance.rounding);
  check.equal(
    "sets",
    one.sets,
    one.testScores.map((row) => [...threshold.select(row)]),
  );
}

interface BinomialCase {
  readonly successes: number;
  readonly trials: number;
  readonly alpha: number;
  readonly [bound: string]: number | string;
}

function checkBinomialBounds(check: CaseCheck, one: BinomialCase): void {
  const { successes, trials, alpha } = one;
  const mean = successes / trials;
  const bounds = {
    clopperPearsonLower: clopperPearsonLower(successes, trials, alpha),
    clopperPearsonUpper: clopperPearsonUpper(successes, trials, alpha),
    hoeffdingHalfWidth: hoeffdingHalfWidth(trials, alpha),
    hoeffdingLower: hoeffdingLower(mean, trials, alpha),
    hoeffdingUpper: hoeffdingUpper(mean, trials, alpha),
    klUpper: klUpper(mean, trials, alpha),
    klLower: klLower(mean, trials, alpha),
    wilsonLower: wilsonLower(successes, trials, alpha),
  };
  for (const [name, value] of Object.entries(bounds)) {
    check.numbers(name, one[name], value, tolerance.reference, tolerance.rounding);
  }
}

interface BoundedMeanCase {
  readonly values: Row;
  readonly delta: number;
  readonly mean: number;
  readonly variance: number;
  readonly empiricalBernsteinHalfWidth: number;
  readonly hoeffdingHalfWidth: number;
  readonly dkwHalfWidth: number;
}

function checkBoundedMean(check: CaseCheck, one: BoundedMeanCase): void {
  const n = one.values.length;
  const near = (field: string, expected: number, actual: number): void =>
    check.numbers(field, expected, actual, tolerance.reference, tolerance.rounding);
  near(
    "empiricalBernsteinHalfWidth",
    one.empiricalBernsteinHalfWidth,
    empiricalBernsteinHalfWidth(one.variance, n, one.delta),
  );
  near("hoeffdingHalfWidth", one.hoeffdingHalfWidth, hoeffdingHalfWidth(n, one.delta));
  near("dkwHalfWidth", one.dkwHalfWidth, dkwHalfWidth(n, one.delta));
}

type Columns = Readonly<Record<string, Row>>;

/** One function over columns of arguments, at the tolerance of special-functions.json. */
function checkColumns(check: CaseCheck, field: string, expected: Row, f: (i: number) => number): void {
  const { special, specialAbsolute } = tolerance;
  check.numbers(
    field,
    expected,
    expected.map((_, i) => f(i)),
    special,
    specialAbsolute,
  );
}

interface CoverageRow {
  readonly n: number;
  readonly alpha: number;
  readonly rank: number;
  readonly betaA: number;
  readonly betaB: number;
  readonly mean: number;
  readonly q05: number;
  readonly q95: number;
}

function checkCoverageLaw(check: CaseCheck, { rows }: { readonly rows: readonly CoverageRow[] }): void {
  for (const [i, row] of rows.entries()) {
    const law = coverageLaw(row.n, row.alpha);
    check.equal(`rows[${i}].rank`, row.rank, splitRank(row.n, row.alpha));
    checkColumns(check, `rows[${i}].mean`, [row.mean], () => law.mean);
    checkColumns(check, `rows[${i}].q05`, [row.q05], () => betaQuantile(0.05, row.betaA, row.betaB));
    checkColumns(check, `rows[${i}].q95`, [row.q95], () => betaQuantile(0.95, row.betaA, row.betaB));
  }
}

interface ReasoningCase {
  readonly rules: readonly PrefixRule[];
  readonly variables: readonly string[];
  readonly probabilities: Readonly<Record<string, number>>;
  readonly corrected: Readonly<Record<string, number>>;
  readonly logPartition: number;
  readonly mostLikelyWorld: { readonly probability: number };
  readonly ruleSatisfied: Row;
}

type ByName = Readonly<Record<string, number>>;

/** The true range of every corrected probability over a box of input probabilities. */
interface BoxFields {
  readonly lower: ByName;
  readonly upper: ByName;
  readonly exactLower: ByName;
  readonly exactUpper: ByName;
  readonly allLowerCorner: ByName;
  readonly allUpperCorner: ByName;
  readonly cornersAreExact: boolean;
}

function checkBox(
  check: CaseCheck,
  rules: readonly Rule[],
  variables: readonly string[],
  box: BoxFields,
): void {
  const circuit = compileRules(rules, { variables });
  const intervals = Object.fromEntries(
    variables.map((name) => [name, [box.lower[name], box.upper[name]] as const]),
  );
  const bounds = marginalBounds(circuit, intervals, { rules });
  const of = (end: "low" | "high"): ByName | string =>
    bounds.kind === "bounds"
      ? Object.fromEntries(variables.map((name) => [name, bounds.byVariable[name][end]]))
      : bounds.kind;
  check.numbers("exactLower", box.exactLower, of("low"), tolerance.rounding);
  check.numbers("exactUpper", box.exactUpper, of("high"), tolerance.rounding);
  for (const [corner, ends] of [
    ["allLowerCorner", "lower"],
    ["allUpperCorner", "upper"],
  ] as const) {
    const answer = marginals(circuit, box[ends]);
    check.numbers(
      corner,
      box[corner],
      answer.kind === "posteriors" ? answer.probabilities : {},
      tolerance.rounding,
    );
  }
  // Where all variables attract each other as they stand, the two corners are exact without looking at others.
  const attract = checkAttractive(rules, circuit.variables);
  const alike = attract.holds && attract.colors.every((color) => color === attract.colors[0]);
  if (alike) check.equal("cornersAreExact", true, box.cornersAreExact);
}

/** Corrected probabilities of any rules, and their range over a box where the case has one. */
function checkReasoning(check: CaseCheck, one: ReasoningCase & Partial<BoxFields>): void {
  const rules = rulesFromPrefix(one.rules);
  if (one.exactLower !== undefined) checkBox(check, rules, one.variables, one as BoxFields);
  const circuit = compileRules(rules, { variables: one.variables });
  const answer = marginals(circuit, one.probabilities);
  check.numbers("logPartition", one.logPartition, answer.logPartition, tolerance.rounding);
  const posteriors = answer.kind === "posteriors" ? answer.probabilities : {};
  check.numbers("corrected", one.corrected, posteriors, tolerance.rounding);
  const world = mpe(circuit, one.probabilities);
  const probability = world.kind === "world" ? Math.exp(world.logProbability) : world.kind;
  check.numbers(
    "mostLikelyWorld.probability",
    one.mostLikelyWorld.probability,
    probability,
    tolerance.rounding,
  );
  const held = ruleExpectations(rules, one.probabilities, { variables: one.variables });
  check.numbers(
    "ruleSatisfied",
    one.ruleSatisfied,
    held.kind === "expectations" ? held.values : held.kind,
    tolerance.rounding,
  );
}

interface SetMetricsCase {
  readonly sets: readonly Row[];
  readonly labels: Row;
  readonly classes: number;
  readonly alpha: number;
  readonly strata: readonly [number, number][];
  readonly classCoverage: Row;
  readonly violatedClasses: number;
  readonly [figure: string]: unknown;
}

function checkSetMetrics(check: CaseCheck, one: SetMetricsCase): void {
  const { alpha, classes, strata } = one;
  const report = coverageReport(one.sets, one.labels, { alpha, classes, strata });
  const figures = {
    coverage: report.coverage,
    meanSize: report.meanSize,
    classGapPercent: 100 * (report.meanClassGap ?? Number.NaN),
    macroCoverage: report.macroCoverage,
    sizeStratifiedViolation: report.sizeStratifiedViolation,
    singletonHitRatio: report.singletonHit,
    emptyFraction: report.empty,
    singletonFraction: report.singleton,
    classCoverage: report.perClass.map((own) => own.coverage),
    violatedClasses: report.perClass.filter((own) => (own.gap ?? 0) < 0).length,
  };
  for (const [name, value] of Object.entries(figures))
    check.numbers(name, one[name], value, tolerance.reference);
}

export const conformalReaders: Readonly<Record<string, VectorReader>> = {
  scores: byKind({ score: checkScores }),
  thresholds: byKind({ "split-threshold": checkThreshold }),
  "classification-sets": byKind({ sets: checkSets }),
  "p-values": byKind({ "p-values": checkPValues }),
  "confidence-bounds": byKind({ binomial: checkBinomialBounds, "bounded-mean": checkBoundedMean }),
  "special-functions": byKind({
    normal: (check, one: Columns) =>
      checkColumns(check, "quantile", one["quantile"], (i) => normalQuantile(one["p"][i])),
    beta: (check, one: Columns) =>
      checkColumns(check, "value", correctedIncompleteBeta(one), (i) =>
        betaCdf(one["x"][i], one["a"][i], one["b"][i]),
      ),
    shift(check, one: Columns) {
      const at = (i: number) => [one["p"][i], one["delta"][i], one["sigma"][i]] as const;
      checkColumns(check, "lower", one["lower"], (i) => gaussianShiftDown(...at(i)));
      checkColumns(check, "upper", one["upper"], (i) => gaussianShiftUp(...at(i)));
    },
    "binomial-cdf": (check, one: Columns) =>
      checkColumns(check, "cdf", one["cdf"], (i) => binomialCdf(one["k"][i], one["n"][i], one["p"][i])),
    "coverage-distribution": checkCoverageLaw,
  }),
  metrics: byKind({ "set-metrics": checkSetMetrics }),
  "reasoning-implications": implicationCases as VectorReader,
  "reasoning-general-rules": (document) =>
    (document as { cases: (ReasoningCase & { name: string })[] }).cases.map(
      (one): VectorCase => ({ id: one.name, run: (check) => checkReasoning(check, one) }),
    ),
};
