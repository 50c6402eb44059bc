export { type AttractiveCheck, checkAttractive } from "./bounds/attractive.ts";
export {
  type BoundsQuestion,
  type ConditionalBounds,
  conditionalBounds,
  conditionalBoundsAsync,
} from "./bounds/conditional-bounds.ts";
export {
  type CredalBounds,
  type CredalInterval,
  type CredalQuestion,
  credalBounds,
  credalBoundsAsync,
} from "./bounds/credal-bounds.ts";
export type { WeightIntervals } from "./bounds/credal-sets.ts";
export { type DecoupledOptions, decoupledBounds } from "./bounds/decoupled-bounds.ts";
export type { IntervalEvidence } from "./bounds/leaf-box.ts";
export {
  type BoundsOptions,
  type MarginalBounds,
  marginalBounds,
  marginalBoundsAsync,
  type ProbabilityBounds,
} from "./bounds/marginal-bounds.ts";
export {
  type MixtureOptions,
  type MixturePart,
  mixtureBounds,
  mixtureBoundsAsync,
} from "./bounds/mixture-bounds.ts";
export type { BuiltCircuit } from "./circuit/assemble.ts";
export { type BuilderOptions, type CircuitBuilder, circuitBuilder } from "./circuit/builder.ts";
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
export { poolEdgesInto, poolInputsInto, type Tie } from "./circuit/tying.ts";
export { type Cnf, clausesOf, cnf } from "./cnf/cnf.ts";
export { type CompileDnfOptions, compileDnf, compileDnfAsync } from "./cnf/compile-dnf.ts";
export { withEvidence } from "./cnf/conditioned.ts";
export { type Dnf, negatedDnf } from "./cnf/dnf.ts";
export { enumerateModels } from "./cnf/enumerate-models.ts";
export { type FormulaCnf, type FormulaToCnfOptions, formulaToCnf } from "./cnf/from-formula.ts";
export {
  type GateBuilder,
  type GateEncoding,
  type GateLiteral,
  gateBuilder,
  gateFalse,
  gateTrue,
} from "./cnf/gates.ts";
export {
  type Dimacs,
  type DimacsDnf,
  type DimacsFacts,
  parseDimacs,
  parseDnf,
} from "./cnf/parse-dimacs.ts";
export { printDimacs, printDnf } from "./cnf/print-dimacs.ts";
export { type LiteralWeights, literalWeights } from "./cnf/weights.ts";
export { type DiscreteVariable, type Factor, type FactorGraph, factorGraph } from "./compile/factor-graph.ts";
export {
  type CompileFactorsOptions,
  compileFactors,
  compileFactorsAsync,
} from "./compile/factors.ts";
export {
  type LearnedRuleWeights,
  learnRuleWeights,
  learnRuleWeightsAsync,
  type RuleWeightOptions,
} from "./compile/rule-weights.ts";
export { type CompileOptions, compileRules, compileRulesAsync } from "./compile/rules.ts";
export { type SemanticLoss, semanticLoss, semanticLossAsync } from "./compile/semantic-loss.ts";
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
export { bindExternals, type ExternalValue } from "./inputs/external.ts";
export type { Input } from "./inputs/input.ts";
export { parseBif } from "./io/bif-file.ts";
export { circuitFromBytes, circuitToBytes } from "./io/circuit-artifact.ts";
export { parseJpc, parsePsdd, parseSpn } from "./io/circuit-files.ts";
export { parseCircuit, printCircuit } from "./io/circuit-json.ts";
export {
  type CircuitFile,
  type CircuitToWrite,
  type ConvertSourceOptions,
  circuitToWrite,
  convertSource,
  sddFile,
} from "./io/convert-source.ts";
export { parseEvidence, parseIntervalEvidence } from "./io/evidence-text.ts";
export {
  type CircuitFormat,
  circuitFormatNamed,
  circuitFormatOfContent,
  circuitFormatOfName,
  circuitFormats,
} from "./io/formats.ts";
export { parseJlc } from "./io/jlc-file.ts";
export { type ParseNnfOptions, parseNnf } from "./io/nnf-file.ts";
export { type PsddFile, printJpc, printPsdd, printSpn, type WithVtree } from "./io/print-circuit-files.ts";
export { printBif, printUai, printUaiEvidence } from "./io/print-networks.ts";
export { circuitToNnf, type PrintNnfOptions, printJlc, printNnf } from "./io/print-nnf.ts";
export {
  nnfOfSource,
  type SddOfSource,
  type SddOfSourceOptions,
  sddOfSource,
  withoutWeights,
} from "./io/source-formula.ts";
export {
  type CircuitSource,
  type CompileSourceOptions,
  compileSource,
  parseCircuitSource,
  type SourceOptions,
  wholeCnf,
  wholeDnf,
} from "./io/sources.ts";
export { parseUai, parseUaiEvidence, type UaiOptions } from "./io/uai-file.ts";
export { type ChowLiuOptions, type ChowLiuTree, chowLiuTree } from "./learn/chow-liu.ts";
export { type EmOptions, type EmResult, trainEm, trainEmAsync } from "./learn/em.ts";
export type { Checkpoint, FitOptions, FitResult, RowFitOptions } from "./learn/fit.ts";
export { type GradientOptions, trainGradient, trainGradientAsync } from "./learn/gradient.ts";
export {
  type LearnOptions,
  learnCircuit,
  learnCircuitAsync,
  type StructureName,
  structureNames,
} from "./learn/learn-circuit.ts";
export type { LearnedCircuit } from "./learn/learned.ts";
export { logLikelihoods, meanLogLikelihood } from "./learn/log-likelihoods.ts";
export { weightRows } from "./learn/select.ts";
export {
  missing,
  parseStates,
  type ReadStatesOptions,
  readStates,
  type StateBlocksOptions,
  type StateTable,
  stateBlocks,
} from "./learn/states.ts";
export {
  type RowSource,
  type StreamOptions,
  trainEmStream,
  trainGradientStream,
} from "./learn/stream.ts";
export { type TrainingOptions, trainingDefaults } from "./learn/train-latent-tree.ts";
export { obddFromSdd, obddToNnf, obddToSdd } from "./obdd/convert.ts";
export {
  type ObddManager,
  type ObddRef,
  obddFalse,
  obddLiteral,
  obddManager,
  obddTrue,
} from "./obdd/manager.ts";
export {
  compileObdd,
  compileObddAsync,
  obddAnd,
  obddCondition,
  obddExists,
  obddIte,
  obddModelCount,
  obddNot,
  obddOr,
  obddSize,
  obddXor,
} from "./obdd/operations.ts";
export { type Sifted, type SiftOptions, siftObdd, siftObddAsync } from "./obdd/sift.ts";
export { type Determinism, type DeterminismOptions, determinism } from "./properties/determinism.ts";
export { checkFactorized, type FactorizedCheck } from "./properties/factorized.ts";
export { checkNormalized, type NormalizedCheck } from "./properties/normalized.ts";
export {
  checkCompatible,
  checkRespects,
  checkStructured,
  type RespectsCheck,
  type StructuredCheck,
  type VtreeShape,
} from "./properties/structured.ts";
export {
  capabilities,
  type QueryName,
  type Support,
  type SupportOptions,
  supports,
} from "./properties/supports.ts";
export {
  type BatchCounts,
  type BatchCountsOptions,
  type BatchMarginals,
  type BatchOptions,
  batchMarginals,
  batchMarginalsAsync,
  batchWeightedCounts,
  batchWeightedCountsAsync,
} from "./queries/batch.ts";
export {
  type CategoricalEvidence,
  categoricalEvidence,
  categoricalLeaves,
} from "./queries/categorical-evidence.ts";
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
export {
  type Expectation,
  expectation,
  type Term,
} from "./queries/expectation.ts";
export {
  type Contribution,
  type EvidenceExplanation,
  type ExplainOptions,
  explainEvidence,
  explainPosterior,
  type FindingShare,
  type FlowingEdge,
  type FlowingInput,
  type PosteriorExplanation,
} from "./queries/explain.ts";
export { explainRules, type RuleContribution, type RuleExplanation } from "./queries/explain-rules.ts";
export { type FormulaProbability, formulaProbability, posteriorsGiven } from "./queries/formula.ts";
export { compileFormulaFor, type FormulaOptions } from "./queries/formula-circuit.ts";
export {
  type Gradients,
  type GradientsOptions,
  gradients,
  type ParameterGradient,
} from "./queries/gradients.ts";
export { type KBest, type KBestOptions, kBest, kBestAsync, type RankedWorld } from "./queries/k-best.ts";
export {
  type ConditionalLogProbability,
  conditionalLogProbability,
  logPartition,
  logProbability,
} from "./queries/likelihood.ts";
export type { SearchBudget } from "./queries/map-search.ts";
export {
  type MarginalMap,
  type MarginalMapOptions,
  marginalMap,
  marginalMapAsync,
} from "./queries/marginal-map.ts";
export { type Marginals, marginals, type Posteriors } from "./queries/marginals.ts";
export { type MostProbableWorld, type MpeOptions, mpe, mpeAsync } from "./queries/mpe.ts";
export {
  type Moments,
  type MutualInformation,
  moments,
  mutualInformation,
  type PairMarginal,
  type PairwiseMarginals,
  type PairwiseOptions,
  pairwiseMarginals,
} from "./queries/pairwise.ts";
export { type AllPosteriors, type Posterior, posteriors } from "./queries/posteriors.ts";
export { type CumulativeProbability, cdf, type Quantile, quantile } from "./queries/quantile.ts";
export {
  type RuleExpectations,
  type RuleWeights,
  ruleExpectations,
  type TrackedRules,
  trackRules,
  trackRulesAsync,
} from "./queries/rule-expectations.ts";
export { type SampleOptions, type Samples, sample } from "./queries/sample.ts";
export {
  collectSdd,
  pinSdd,
  type SddCollection,
  type SddHandle,
} from "./sdd/collect.ts";
export { type CompileSddOptions, compileSdd, compileSddAsync } from "./sdd/compile-sdd.ts";
export { sddEvaluate, sddMinimumCardinality, sddModelCount, sddModels } from "./sdd/count.ts";
export { sddFromNnf, sddFromNnfAsync } from "./sdd/from-nnf.ts";
export {
  type SddManager,
  type SddRef,
  sddFalse,
  sddLiteral,
  sddManager,
  sddTrue,
} from "./sdd/manager.ts";
export {
  type Minimized,
  type MinimizeOptions,
  minimizeSdd,
  minimizeSddAsync,
  moveSddVtree,
} from "./sdd/minimize.ts";
export type { SddOptions } from "./sdd/operation.ts";
export {
  sddAnd,
  sddAndAsync,
  sddCondition,
  sddCopy,
  sddExists,
  sddExistsAsync,
  sddForAll,
  sddIff,
  sddNot,
  sddOr,
  sddRename,
} from "./sdd/operations.ts";
export type { VtreeMove } from "./sdd/restructure.ts";
export { parseSdd, printSdd } from "./sdd/sdd-file.ts";
export { type SddSize, sddSize } from "./sdd/size.ts";
export { type SddToCircuitOptions, sddToCircuit } from "./sdd/to-circuit.ts";
export { sddToNnf } from "./sdd/to-nnf.ts";
export {
  circuitDerivatives,
  evaluateCircuit,
  evaluateCircuitNodes,
  type SemiringLabels,
} from "./semiring/evaluate-circuit.ts";
export { type Interval, interval } from "./semiring/interval.ts";
export {
  constantPolynomial,
  evaluatePolynomial,
  type Monomial,
  type Polynomial,
  polynomial,
  printPolynomial,
  unknownPolynomial,
} from "./semiring/polynomial.ts";
export { type Provenance, provenance, witness } from "./semiring/provenance.ts";
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
export {
  type LearnedSquared,
  type LearnSquaredOptions,
  learnSquared,
  learnSquaredAsync,
} from "./squared/learn.ts";
export {
  squaredConditionalLogProbability,
  squaredLogLikelihoods,
  squaredLogPartition,
  squaredLogProbability,
} from "./squared/likelihood.ts";
export { squaredPosteriors } from "./squared/posteriors.ts";
export { squaredSample } from "./squared/sample.ts";
export {
  type SquaredShape,
  type SquaredStep,
  type SquaredWidth,
  squaredRegionShape,
  squaredTreeShape,
  squaredVtreeShape,
} from "./squared/shape.ts";
export {
  type SquaredCircuit,
  squaredCircuit,
  squaredFromJson,
  squaredToJson,
  withSquaredParameters,
} from "./squared/squared-circuit.ts";
export {
  type SquaredFit,
  type SquaredTrainingOptions,
  squaredTrainingDefaults,
  trainSquared,
  trainSquaredAsync,
} from "./squared/train.ts";
export { chowLiuCircuit, factorizedCircuit, type TableCircuitOptions } from "./structures/clt.ts";
export {
  type CutsetNetwork,
  cutsetCircuit,
  cutsetCircuitAsync,
} from "./structures/cutset.ts";
export type { DecisionOptions, SplitOptions } from "./structures/growth.ts";
export { type LearnSpnOptions, learnSpnCircuit, learnSpnCircuitAsync } from "./structures/learn-spn.ts";
export { fitMixtureWeights, mixtureCircuit } from "./structures/mixture.ts";
export {
  type MixtureOfTrees,
  type MixtureOfTreesOptions,
  mixtureOfTrees,
  mixtureOfTreesAsync,
} from "./structures/mixture-clt.ts";
export {
  type ParameterMixtureOptions,
  parameterMixture,
  parameterMixtureAsync,
} from "./structures/parameter-mixture.ts";
export { type RatOptions, ratCircuit } from "./structures/rat.ts";
export {
  addRegionGraph,
  imageRegionGraph,
  type PoonDomingosOptions,
  poonDomingosRegionGraph,
  type RandomRegionOptions,
  type RegionContents,
  type RegionGraph,
  randomRegionGraph,
} from "./structures/region-graph.ts";
export {
  type StrudelCircuit,
  type StrudelOptions,
  strudelCircuit,
  strudelCircuitAsync,
} from "./structures/strudel.ts";
export { type BinarizeOptions, binarize } from "./transforms/binarize.ts";
export { type Conditioned, condition, normalize } from "./transforms/condition.ts";
export { conditionOnFormula } from "./transforms/condition-on-formula.ts";
export { type MergeOptions, merge } from "./transforms/merge.ts";
export { multiply } from "./transforms/multiply.ts";
export { power } from "./transforms/power.ts";
export { type Pruned, type PruneOptions, prune } from "./transforms/prune.ts";
export { smooth } from "./transforms/smooth.ts";
export { type BisectionOptions, bisectionVtree } from "./vtree/bisection.ts";
export {
  rotateVtreeLeft,
  rotateVtreeRight,
  type SwappedVtree,
  swapVtreeChildren,
} from "./vtree/moves.ts";
export { namedVtree, type VtreeName, vtreeNames } from "./vtree/named.ts";
export {
  balancedVtree,
  constrainedVtree,
  eliminationVtree,
  leftLinearVtree,
  minFillVtree,
  naturalOrder,
  randomVtree,
  rightLinearVtree,
} from "./vtree/shapes.ts";
export { type NestedPairs, type Vtree, vtreeOf } from "./vtree/vtree.ts";
export { parseVtree, printVtree, type VtreeFile } from "./vtree/vtree-file.ts";
