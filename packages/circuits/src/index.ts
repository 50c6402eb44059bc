export { type CircuitBuilder, circuitBuilder } from "./circuit/builder.ts";
export { type Circuit, literalCode, nodeKinds } from "./circuit/circuit.ts";
export { type CircuitCheck, type CircuitProperties, checkCircuit } from "./circuit/properties.ts";
export { type CompileOptions, compileRules, compileRulesAsync } from "./compile/rules.ts";
export { toDot } from "./dot.ts";
export { type Enumeration, enumerateWorlds, enumerationLimit } from "./enumerate.ts";
export {
  type BatchMarginals,
  type BatchOptions,
  batchMarginals,
  batchMarginalsAsync,
} from "./queries/batch.ts";
export { type Entropy, entropy } from "./queries/entropy.ts";
export type { Contradiction, Evidence } from "./queries/evidence.ts";
export { logPartition, logProbability } from "./queries/likelihood.ts";
export { type Marginals, marginals, type Posteriors } from "./queries/marginals.ts";
export { type MostProbableWorld, mpe } from "./queries/mpe.ts";
export { type RuleExpectations, ruleExpectations } from "./queries/rule-expectations.ts";
