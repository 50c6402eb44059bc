/** Reference vectors of logic circuits: CNFs and files; the fields are described in the circuits folder's README. */
import {
  type Circuit,
  compileCnf,
  compileFactors,
  compileSdd,
  type DiscreteVariable,
  entropy,
  type FactorGraph,
  factorGraph,
  heaviestModel,
  literalShares,
  literalWeights,
  logPartition,
  modelCount,
  mpe,
  parseBif,
  parseDimacs,
  parseJpc,
  parseNnf,
  parsePsdd,
  parseSdd,
  parseSpn,
  parseUai,
  parseVtree,
  posteriors,
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

interface NetworkExpectation {
  readonly evidence: Readonly<Record<string, string>>;
  readonly probabilityOfEvidence: number;
}

interface DensityExpectation {
  readonly evidence: readonly (number | null)[];
  readonly logLikelihood: number | null;
}

interface NnfExpectation {
  readonly modelCount: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly wmc: number;
}

type FormatCase = { readonly name: string; readonly text: string } & (
  | {
      readonly fileFormat: "uai";
      readonly variableNames: readonly string[];
      readonly stateNames: readonly (readonly string[])[];
      readonly expect: readonly NetworkExpectation[];
    }
  | { readonly fileFormat: "bif"; readonly expect: readonly NetworkExpectation[] }
  | { readonly fileFormat: "spn" | "jpc" | "psdd"; readonly expect: readonly DensityExpectation[] }
  | { readonly fileFormat: "nnf-c2d" | "nnf-d4"; readonly vars: number; readonly expect: NnfExpectation }
);

const densityReaders = { spn: parseSpn, jpc: parseJpc, psdd: parsePsdd };

function formatCases(document: { cases: FormatCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.name,
    run(check) {
      if (one.fileFormat === "nnf-c2d" || one.fileFormat === "nnf-d4") {
        const nnf = parseNnf(one.text, { variables: one.vars });
        check.equal("modelCount", one.expect.modelCount, modelCount(nnf).toString());
        const weights = literalWeights(one.vars, one.expect.weights);
        check.numbers("wmc", one.expect.wmc, weightedModelCount(nnf, weights).wmc, tolerance.reference);
      } else if (one.fileFormat === "uai" || one.fileFormat === "bif") {
        const circuit = compileFactors(networkOf(one));
        one.expect.forEach(({ evidence, probabilityOfEvidence }, i) => {
          const actual = Math.exp(logPartition(circuit, evidence));
          check.numbers(`expect[${i}]`, probabilityOfEvidence, actual, tolerance.reference);
        });
      } else {
        const circuit = densityReaders[one.fileFormat](one.text);
        const expected = one.expect as readonly DensityExpectation[];
        expected.forEach(({ evidence, logLikelihood }, i) => {
          const known = evidence.flatMap((value, v) =>
            value === null ? [] : [[circuit.variables.name(v), value]],
          );
          const actual = logPartition(circuit, Object.fromEntries(known));
          check.numbers(`expect[${i}]`, logLikelihood ?? "-Infinity", actual, tolerance.reference);
        });
      }
    },
  }));
}

function networkOf(one: FormatCase & { readonly fileFormat: "uai" | "bif" }): FactorGraph {
  if (one.fileFormat === "bif") return parseBif(one.text);
  const variables = one.variableNames.map((name, v) => ({ name, states: one.stateNames[v] }));
  return parseUai(one.text, { variables });
}

interface BayesNetCase {
  readonly name: string;
  readonly variables: readonly DiscreteVariable[];
  readonly cpts: readonly {
    readonly variable: string;
    readonly parents: readonly string[];
    readonly rows: readonly { readonly given: readonly string[]; readonly probs: readonly number[] }[];
  }[];
  readonly entropyNats?: number;
  readonly queries: readonly {
    readonly evidence: Readonly<Record<string, string>>;
    readonly probabilityOfEvidence: number;
    readonly logProbabilityOfEvidence?: number | null;
    readonly posteriors?: Readonly<Record<string, readonly number[]>>;
    readonly mpeProbability?: number;
    readonly mpe?: { readonly assignment: Readonly<Record<string, string>>; readonly unique: boolean };
  }[];
}

function graphOf({ variables, cpts }: BayesNetCase): FactorGraph {
  const id = (name: string): number => variables.findIndex((variable) => variable.name === name);
  const factors = cpts.map(({ variable, parents, rows }) => {
    const scope = [...parents.map(id), id(variable)];
    const width = variables[id(variable)].states.length;
    const values = new Float64Array(scope.reduce((size, v) => size * variables[v].states.length, 1));
    for (const { given, probs } of rows) {
      const row = given.reduce((place, state, i) => {
        const { states } = variables[scope[i]];
        return place * states.length + states.indexOf(state);
      }, 0);
      values.set(probs, row * width);
    }
    return { scope, values };
  });
  return factorGraph(variables, factors);
}

function bayesNetCases(document: { cases: BayesNetCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const circuit = compileFactors(graphOf(one));
      const near = (field: string, expected: unknown, actual: unknown) =>
        check.numbers(field, expected, actual, tolerance.reference);
      if (one.entropyNats !== undefined) {
        const uncertainty = entropy(circuit);
        near(
          "entropyNats",
          one.entropyNats,
          uncertainty.kind === "entropy" ? uncertainty.nats : uncertainty.kind,
        );
      }
      one.queries.forEach((query, q) => {
        const log = logPartition(circuit, query.evidence);
        near(`queries[${q}].probabilityOfEvidence`, query.probabilityOfEvidence, Math.exp(log));
        // Evidence that is impossible has neither a log probability nor posteriors in the file.
        near(`queries[${q}].logProbabilityOfEvidence`, query.logProbabilityOfEvidence ?? "-Infinity", log);
        const answer = posteriors(circuit, query.evidence);
        const possible = query.probabilityOfEvidence > 0 ? "posteriors" : "contradiction";
        check.equal(`queries[${q}].kind`, possible, answer.kind);
        for (const [name, expected] of Object.entries(query.posteriors ?? {})) {
          const found = answer.kind === "posteriors" ? answer.byVariable[name] : undefined;
          const actual = found?.kind === "states" ? found.probabilities : found?.kind;
          near(`queries[${q}].posteriors.${name}`, expected, actual);
        }
        if (possible === "posteriors" && query.mpeProbability !== undefined)
          checkMpe(check, one, query, `queries[${q}]`, circuit);
      });
    },
  }));
}

function checkMpe(
  check: CaseCheck,
  { variables }: BayesNetCase,
  query: BayesNetCase["queries"][number],
  field: string,
  circuit: Circuit,
): void {
  const best = mpe(circuit, query.evidence);
  if (best.kind !== "world") {
    check.holds(`${field}.mpe`, "a world", best.kind, false);
    return;
  }
  check.holds(`${field}.mpe.exact`, "exact", best.exact, best.exact);
  const actual = Math.exp(best.logWeight);
  check.numbers(`${field}.mpeProbability`, query.mpeProbability, actual, tolerance.reference);
  if (query.mpe?.unique !== true) return;
  for (const [name, state] of Object.entries(query.mpe.assignment)) {
    const { states } = variables.find((variable) => variable.name === name)!;
    check.equal(`${field}.mpe.assignment.${name}`, state, states[Number(best.assignment[name])]);
  }
}

export const circuitsLogicReaders: Readonly<Record<string, VectorReader>> = {
  cnf: cnfCases,
  formats: formatCases,
  bayesnets: bayesNetCases,
};
