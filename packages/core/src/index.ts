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
export {
  AbortedError,
  type Progress,
  type RunOptions,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
} from "./progress/progress.ts";
export { type Rng, rng } from "./random/rng.ts";
export {
  type Vocabulary,
  type VocabularyBuilder,
  vocabulary,
  vocabularyBuilder,
} from "./vocabulary/vocabulary.ts";
