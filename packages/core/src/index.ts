export type { Artifact, ArtifactArray, ArtifactData, JsonObject, JsonValue } from "./artifact/artifact.ts";
export { decodeArtifact } from "./artifact/decode.ts";
export { encodeArtifact } from "./artifact/encode.ts";
export {
  type DelimitedParser,
  type DelimitedRow,
  delimitedParser,
  rowError,
} from "./delimited/delimited.ts";
export { closestNames } from "./errors/closest-names.ts";
export {
  CredenceError,
  describe,
  type ErrorDocument,
  type ErrorFacts,
  InvalidArgumentError,
} from "./errors/credence-error.ts";
export { caretFrame, ParseError, positionAt, type TextPosition } from "./errors/parse-error.ts";
export { UnknownNameError } from "./errors/unknown-name-error.ts";
export { checkRuleWeight, type Formula, isHard, type Rule, rule } from "./formula/ast.ts";
export { evaluate, variablesOf } from "./formula/evaluate.ts";
export { foldFormula } from "./formula/fold.ts";
export { parseFormula } from "./formula/parse-formula.ts";
export { parseRules } from "./formula/parse-rules.ts";
export { printFormula, printName, printRule, printRules } from "./formula/print.ts";
export { log1mExp, logAddExp, logSumExp } from "./logspace/log-sum-exp.ts";
export { logit, sigmoid, softplus } from "./logspace/sigmoid.ts";
export { logSoftmaxInto, softmaxInto } from "./logspace/softmax.ts";
export {
  type FloatArray,
  floatArray,
  isFloatArray,
  type Precision,
  precisionOf,
} from "./matrix/float-array.ts";
export { type Matrix, matrix, matrixRow, transpose } from "./matrix/matrix.ts";
export { type MatrixInput, type ToMatrixOptions, toMatrix } from "./matrix/to-matrix.ts";
export { type AdagradOptions, adagrad } from "./optimizer/adagrad.ts";
export { type AdamOptions, type AdamWOptions, adam, adamW } from "./optimizer/adam.ts";
export type { Optimizer, OptimizerState, UpdateRange } from "./optimizer/optimizer.ts";
export { type SgdOptions, sgd } from "./optimizer/sgd.ts";
export { type ArgsortOptions, argsort } from "./order/argsort.ts";
export { orderStatistic } from "./order/order-statistic.ts";
export { type TopKOptions, topK } from "./order/top-k.ts";
export {
  AbortedError,
  type Progress,
  type RunOptions,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
  waitFor,
} from "./progress/progress.ts";
export { normalsInto } from "./random/bulk.ts";
export { type Rng, rng } from "./random/rng.ts";
export { type Csr, type CsrRow, csrGet, csrRow } from "./sparse/csr.ts";
export { type CsrEntries, type CsrOptions, csrFromEntries } from "./sparse/csr-from-entries.ts";
export { transposeCsr } from "./sparse/transpose-csr.ts";
export { betaCdf, betaQuantile, betaUpperQuantile, betaUpperTail } from "./special/beta.ts";
export {
  binomialCdf,
  binomialQuantile,
  binomialUpperQuantile,
  binomialUpperTail,
} from "./special/binomial.ts";
export { bernoulliDivergence, deviance } from "./special/deviance.ts";
export { logGamma, stirlingRemainder } from "./special/gamma.ts";
export { normalCdf, normalQuantile } from "./special/normal.ts";
export { godel } from "./truth/godel.ts";
export { kernelsOf, type Logic, type LogicKernels, type LogicOverrides, logicOf } from "./truth/logic.ts";
export { type LogicName, logicNamed } from "./truth/logic-named.ts";
export { lukasiewicz } from "./truth/lukasiewicz.ts";
export { product } from "./truth/product.ts";
export {
  type Vocabulary,
  type VocabularyBuilder,
  vocabulary,
  vocabularyBuilder,
} from "./vocabulary/vocabulary.ts";
