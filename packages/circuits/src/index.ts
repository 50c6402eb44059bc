export { type AttractiveCheck, checkAttractive } from "./bounds/attractive.ts";
export {
  type BoundsQuestion,
  type ConditionalBounds,
  conditionalBounds,
} from "./bounds/conditional-bounds.ts";
export {
  type BoundsOptions,
  type IntervalEvidence,
  type MarginalBounds,
  marginalBounds,
  type ProbabilityBounds,
} from "./bounds/marginal-bounds.ts";
export {
  type BuilderOptions,
  type BuiltCircuit,
  type CircuitBuilder,
  circuitBuilder,
} from "./circuit/builder.ts";
export { type Circuit, literalCode, nodeKinds } from "./circuit/circuit.ts";
export { arityOf, type Domain } from "./circuit/domain.ts";
export {
  type CircuitDocument,
  circuitFromJson,
  circuitToJson,
  circuitWithNodesFromJson,
  type JsonNode,
  type JsonVariable,
  type ReadCircuit,
} from "./circuit/json.ts";
export { type CircuitParameters, withParameters } from "./circuit/parameters.ts";
export { type CircuitCheck, type CircuitProperties, checkCircuit } from "./circuit/properties.ts";
export { type Cnf, clausesOf, cnf } from "./cnf/cnf.ts";
export { withEvidence } from "./cnf/conditioned.ts";
export { enumerateModels } from "./cnf/enumerate-models.ts";
export { type Dimacs, parseDimacs } from "./cnf/parse-dimacs.ts";
export { printDimacs } from "./cnf/print-dimacs.ts";
export { type LiteralWeights, literalWeights } from "./cnf/weights.ts";
export { type DiscreteVariable, type Factor, type FactorGraph, factorGraph } from "./compile/factor-graph.ts";
export { type CompileFactorsOptions, compileFactors } from "./compile/factors.ts";
export { type CompileOptions, compileRules, compileRulesAsync } from "./compile/rules.ts";
export type { Branching } from "./ddnnf/branching.ts";
export { type Budget, BudgetError } from "./ddnnf/budget.ts";
export {
  type CompileCnfOptions,
  type CompiledCnf,
  compileCnf,
  compileCnfAsync,
} from "./ddnnf/compile-cnf.ts";
export { derivatives, evaluateNnf, evaluateNodes, modelCount } from "./ddnnf/evaluate.ts";
export { models } from "./ddnnf/models.ts";
export { type Nnf, type NnfBuilder, nnfBuilder, nnfKinds } from "./ddnnf/nnf.ts";
export { smoothNnf } from "./ddnnf/smooth.ts";
export { nnfToCircuit } from "./ddnnf/to-circuit.ts";
export {
  type HeaviestModel,
  heaviestModel,
  type LiteralShares,
  literalShares,
  type NoModel,
  type WeightedCount,
  weightedModelCount,
} from "./ddnnf/weighted.ts";
export { toDot } from "./dot.ts";
export { type Enumeration, enumerateWorlds, enumerationLimit } from "./enumerate.ts";
export type { Distribution, FamilyName, FiniteDistribution, OfFamily } from "./inputs/distribution.ts";
export type { Input } from "./inputs/input.ts";
export { parseBif } from "./io/bif-file.ts";
export { parseJpc, parsePsdd, parseSpn } from "./io/circuit-files.ts";
export { type ParseNnfOptions, parseNnf, printNnf } from "./io/nnf-file.ts";
export { parseUai, parseUaiEvidence, type UaiOptions } from "./io/uai-file.ts";
export { type ChowLiuOptions, type ChowLiuTree, chowLiuTree } from "./learn/chow-liu.ts";
export { type EmOptions, type EmResult, trainEm, trainEmAsync } from "./learn/em.ts";
export {
  type LearnedCircuit,
  type LearnOptions,
  learnCircuit,
  learnCircuitAsync,
  type StructureName,
} from "./learn/learn-circuit.ts";
export { logLikelihoods, meanLogLikelihood } from "./learn/log-likelihoods.ts";
export {
  missing,
  parseStates,
  type ReadStatesOptions,
  readStates,
  type StateTable,
} from "./learn/states.ts";
export { type TrainingOptions, trainingDefaults } from "./learn/train-latent-tree.ts";
export { type Determinism, determinism } from "./properties/determinism.ts";
export { checkNormalized, type NormalizedCheck } from "./properties/normalized.ts";
export {
  checkCompatible,
  checkStructured,
  type StructuredCheck,
  type VtreeShape,
} from "./properties/structured.ts";
export { type QueryName, type Support, supports } from "./properties/supports.ts";
export {
  type BatchMarginals,
  type BatchOptions,
  batchMarginals,
  batchMarginalsAsync,
} from "./queries/batch.ts";
export {
  cauchySchwarzDivergence,
  crossEntropy,
  hellingerSquared,
  klDivergence,
  l2Distance,
  logInnerProduct,
  renyiDivergence,
  totalVariation,
} from "./queries/divergence.ts";
export { type Entropy, entropy } from "./queries/entropy.ts";
export type { Contradiction, Evidence, Finding } from "./queries/evidence.ts";
export { logPartition, logProbability } from "./queries/likelihood.ts";
export { type Marginals, marginals, type Posteriors } from "./queries/marginals.ts";
export { type MostProbableWorld, type MpeOptions, mpe } from "./queries/mpe.ts";
export {
  type Moments,
  type MutualInformation,
  moments,
  mutualInformation,
} from "./queries/pairwise.ts";
export { type AllPosteriors, type Posterior, posteriors } from "./queries/posteriors.ts";
export { type RuleExpectations, ruleExpectations } from "./queries/rule-expectations.ts";
export { type SampleOptions, type Samples, sample } from "./queries/sample.ts";
export { type CompileSddOptions, compileSdd, compileSddAsync } from "./sdd/compile-sdd.ts";
export {
  type SddManager,
  type SddRef,
  sddFalse,
  sddLiteral,
  sddManager,
  sddTrue,
} from "./sdd/manager.ts";
export {
  sddAnd,
  sddCondition,
  sddExists,
  sddForAll,
  sddIff,
  sddNot,
  sddOr,
} from "./sdd/operations.ts";
export { parseSdd, printSdd } from "./sdd/sdd-file.ts";
export { type SddSize, sddSize } from "./sdd/size.ts";
export { sddToNnf } from "./sdd/to-nnf.ts";
export {
  boolean,
  counting,
  type Dual,
  gradient,
  logReal,
  maxPlus,
  minPlus,
  real,
  type Semiring,
} from "./semiring/semiring.ts";
export { chowLiuCircuit, factorizedCircuit, type TableCircuitOptions } from "./structures/clt.ts";
export {
  type CutsetNetwork,
  type CutsetOptions,
  cutsetCircuit,
  cutsetCircuitAsync,
} from "./structures/cutset.ts";
export { type LearnSpnOptions, learnSpnCircuit, learnSpnCircuitAsync } from "./structures/learn-spn.ts";
export { type Conditioned, condition, normalize } from "./transforms/condition.ts";
export { multiply } from "./transforms/multiply.ts";
export { smooth } from "./transforms/smooth.ts";
export {
  balancedVtree,
  leftLinearVtree,
  minFillVtree,
  naturalOrder,
  rightLinearVtree,
} from "./vtree/shapes.ts";
export { type NestedPairs, type Vtree, vtreeOf } from "./vtree/vtree.ts";
export { parseVtree, printVtree, type VtreeFile } from "./vtree/vtree-file.ts";
