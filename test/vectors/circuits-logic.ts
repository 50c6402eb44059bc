/** Reference vectors of logic circuits: CNFs and files; the fields are described in the circuits folder's README. */
import {
  compileCnf,
  compileSdd,
  heaviestModel,
  literalShares,
  literalWeights,
  modelCount,
  parseDimacs,
  parseSdd,
  parseVtree,
  sddManager,
  sddSize,
  sddToNnf,
  weightedModelCount,
  withEvidence,
} from "@credence/circuits";
import { tolerance } from "../tolerance.ts";
import type { CaseCheck } from "./case-check.ts";
import type { VectorCase, VectorReader } from "./runner.ts";

interface CnfCase {
  readonly name: string;
  readonly dimacs: string;
  readonly modelCount: string;
  readonly weighted: {
    readonly weights: Readonly<Record<string, number>>;
    readonly wmc: number;
    readonly logWmc?: number;
    readonly literalMarginals?: readonly number[];
    readonly mpe?: {
      readonly weight: number;
      readonly assignment: readonly number[];
      readonly unique: boolean;
    };
  };
  readonly conditioned?: {
    readonly evidence: readonly number[];
    readonly modelCountWithEvidence: string;
    readonly wmcWithEvidence: number;
  };
  readonly sdd: Readonly<Record<string, SddExpectation>>;
}

interface SddExpectation {
  readonly vtree: string;
  readonly sddSize: number;
  readonly sddNodes: number;
  readonly sddFile?: string;
}

function cnfCases(document: { cases: CnfCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const formula = parseDimacs(one.dimacs).cnf;
      const { nnf } = compileCnf(formula);
      check.equal("modelCount", one.modelCount, modelCount(nnf).toString());
      const weights = literalWeights(formula.variables, one.weighted.weights);
      checkWeighted(check, one.weighted, nnf, weights);
      if (one.conditioned !== undefined) {
        const { evidence, modelCountWithEvidence, wmcWithEvidence } = one.conditioned;
        const given = compileCnf(withEvidence(formula, evidence)).nnf;
        check.equal("conditioned.modelCount", modelCountWithEvidence, modelCount(given).toString());
        const { wmc } = weightedModelCount(given, weights);
        check.numbers("conditioned.wmc", wmcWithEvidence, wmc, tolerance.reference);
      }
      for (const [type, expected] of Object.entries(one.sdd)) {
        const { vtree, places } = parseVtree(expected.vtree);
        const manager = sddManager(vtree);
        const ref = compileSdd(manager, formula);
        const { elements, decisions } = sddSize(manager, ref);
        check.equal(`sdd.${type}.sddSize`, expected.sddSize, elements);
        check.equal(`sdd.${type}.sddNodes`, expected.sddNodes, decisions);
        check.equal(`sdd.${type}.count`, one.modelCount, modelCount(sddToNnf(manager, ref)).toString());
        if (expected.sddFile === undefined) continue;
        check.equal(`sdd.${type}.sddFile`, ref, parseSdd(manager, expected.sddFile, places));
      }
    },
  }));
}

function checkWeighted(
  check: CaseCheck,
  expected: CnfCase["weighted"],
  nnf: Parameters<typeof weightedModelCount>[0],
  weights: Float64Array,
): void {
  const near = (field: string, wanted: unknown, actual: unknown) =>
    check.numbers(`weighted.${field}`, wanted, actual, tolerance.reference);
  const { wmc, logWmc } = weightedModelCount(nnf, weights);
  near("wmc", expected.wmc, wmc);
  if (expected.logWmc !== undefined) near("logWmc", expected.logWmc, logWmc);
  if (expected.literalMarginals !== undefined) {
    const shares = literalShares(nnf, weights);
    near(
      "literalMarginals",
      expected.literalMarginals,
      shares.kind === "shares" ? shares.shares : shares.kind,
    );
  }
  if (expected.mpe === undefined) return;
  const best = heaviestModel(nnf, weights);
  if (best.kind !== "model") check.holds("weighted.mpe", "a model", best.kind, false);
  else {
    near("mpe.weight", expected.mpe.weight, best.weight);
    if (expected.mpe.unique)
      check.equal("weighted.mpe.assignment", expected.mpe.assignment, [...best.assignment]);
  }
}

export const circuitsLogicReaders: Readonly<Record<string, VectorReader>> = {
  cnf: cnfCases,
};
