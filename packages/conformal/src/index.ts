export { clopperPearson, clopperPearsonLower, clopperPearsonUpper } from "./bounds/clopper-pearson.ts";
export {
  dkwHalfWidth,
  empiricalBernsteinHalfWidth,
  hoeffdingHalfWidth,
  hoeffdingLower,
  hoeffdingUpper,
} from "./bounds/hoeffding.ts";
export { klLower, klUpper } from "./bounds/kl.ts";
export { wilsonLower, wilsonUpper } from "./bounds/wilson.ts";
export { type CertificationRow, certificationTable } from "./certificate/certification-table.ts";
export {
  type BudgetEntry,
  type CertifiedCalibration,
  type CertifiedOptions,
  type CertifiedSets,
  calibrateCertified,
  certifySets,
  type ErrorBudget,
  unattackedSets,
} from "./certificate/certify.ts";
export { type CertifyTopOptions, certifyTop, type TopCertificates } from "./certificate/certify-top.ts";
export { gaussianShiftDown, gaussianShiftUp, majorityRadius } from "./certificate/gaussian-shift.ts";
export {
  type BatchFunction,
  type Smoothed,
  type SmoothOptions,
  smooth,
  smoothSteps,
  smoothSync,
  type VoteCounts,
} from "./certificate/smooth.ts";
export { type CoverageBand, coverageBand } from "./coverage-band.ts";
export { type CoverageLaw, calibrationWarning, coverageLaw } from "./coverage-law.ts";
export { InvalidProbabilitiesError } from "./errors.ts";
export type { PredictionSet, PredictionSets } from "./prediction-sets.ts";
export type { ProbabilityOptions } from "./probabilities.ts";
export { splitQuantile, splitRank } from "./quantile.ts";
export {
  type ClassCoverage,
  type CoverageReport,
  coverageReport,
  type ReportOptions,
  type Share,
  type SizeStratum,
} from "./report.ts";
export { aps, type RandomizedOptions, type RapsOptions, raps } from "./scores/aps.ts";
export { lac } from "./scores/lac.ts";
export { margin } from "./scores/margin.ts";
export { type SapsOptions, saps } from "./scores/saps.ts";
export { type DrawOptions, type NonconformityScore, scoreRows } from "./scores/score.ts";
export { type ScoreDescription, scoreNamed, scoreNames } from "./scores/score-named.ts";
export { topKScore } from "./scores/top-k.ts";
export {
  type CalibrationData,
  calibrate,
  type LoadOptions,
  type PredictOptions,
  type PValueOptions,
  type SplitOptions,
  type SplitPredictor,
  type SplitPredictorDocument,
  splitPredictorFromJSON,
} from "./split.ts";
export { calibrateScores, type ScoreThreshold } from "./threshold.ts";
