export {
  type Adjacency,
  containsTriple,
  fromTriples,
  type GraphVocabularies,
  graphFromIds,
  type KnowledgeGraph,
  mergeGraphs,
  type Triple,
  type TripleColumns,
  tripleAt,
  triplesOf,
} from "./graph/knowledge-graph.ts";
export {
  type NamedSource,
  parseTriples,
  type ReadOptions,
  readTripleSources,
  readTriples,
  type TextSource,
} from "./graph/read.ts";
export {
  checkSplits,
  readSplits,
  type SplitName,
  type SplitOptions,
  type SplitReport,
  type Splits,
  splitTriples,
} from "./graph/splits.ts";
export { type GraphStatistics, graphStatistics, type RelationStatistics } from "./graph/statistics.ts";
export { complex, interactionOf, type ModelSpec } from "./models/complex.ts";
export type { EmbeddingParameters, EmbeddingPredictor } from "./models/embedding.ts";
export type { Interaction } from "./models/interaction.ts";
export { type BatchLinkPredictor, type LinkPredictor, scoresBatches } from "./models/link-predictor.ts";
export { loadModel, type ModelParts, saveModel, type TrainedModel, trainedModel } from "./models/model.ts";
export { type AnswerOptions, answer } from "./query/answer.ts";
export type { Answer, AnswerSet, TopOptions } from "./query/answer-set.ts";
export type {
  Atom,
  AtomSource,
  Constant,
  Junction,
  Negation,
  Query,
  QueryFormula,
  Term,
  Variable,
} from "./query/ast.ts";
export { type BruteForceOptions, bruteForce } from "./query/brute-force.ts";
export {
  and,
  atom,
  not,
  or,
  type Relations,
  relationsOf,
  type Selection,
  select,
  variables,
} from "./query/build.ts";
export { UnknownNameInQueryError } from "./query/errors.ts";
export type { ExplainedLiteral, Explanation } from "./query/explain.ts";
export { type LstrGrounding, type LstrVocabularies, parseLstr } from "./query/lstr.ts";
export {
  meanQueryMetrics,
  type QueryAnswers,
  type QueryMetrics,
  type QueryMetricsOptions,
  queryMetrics,
  type RankedQuery,
} from "./query/metrics.ts";
export {
  type Conjunction,
  type Literal,
  type NormalizeOptions,
  printLiteral,
  toDnf,
  toNnf,
} from "./query/normalize.ts";
export { parseQuery } from "./query/parse.ts";
export { type ConjunctionPlan, type Elimination, type QueryPlan, queryPlan } from "./query/plan.ts";
export { makeQuery } from "./query/query.ts";
export { type QueryShape, shapeFormulas } from "./query/shape.ts";
export { type QueryValue, query } from "./query/template.ts";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  evaluateSync,
  type RelationEvaluation,
  type Side,
  type SideRanks,
} from "./ranking/evaluate.ts";
export { frequencyBaseline } from "./ranking/frequency.ts";
export { type RankMetrics, type RankMetricsOptions, rankMetrics } from "./ranking/metrics.ts";
export { type RankCounts, rankCounts, rankUnder, type TieRule } from "./ranking/ranks.ts";
export { TrainingDivergedError } from "./train/diverged.ts";
export type { TrainOptions, ValidateOptions } from "./train/options.ts";
export { train, trainSync } from "./train/train.ts";
export {
  type Batch,
  type BatchLoss,
  type Regularizer,
  type TrainingStep,
  type TrainingStepOptions,
  trainingStep,
} from "./train/training-step.ts";
export { type RelationDensity, relationDensity } from "./truth/density.ts";
export { type FitRule, fitRuleInto } from "./truth/fit-rule.ts";
export { type FromMatricesOptions, type TruthMatrix, truthModelFromMatrices } from "./truth/from-matrices.ts";
export { observedTruth } from "./truth/observed.ts";
export type { RelationTruth, TruthModel } from "./truth/truth.ts";
export {
  type PredictedTruth,
  type PrepareOptions,
  type TruthOptions,
  truthModel,
} from "./truth/truth-model.ts";
