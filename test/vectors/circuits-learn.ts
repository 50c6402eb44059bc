/** Reference vectors of learning: expectation maximization and Chow-Liu trees. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  type CircuitDocument,
  chowLiuCircuit,
  circuitWithNodesFromJson,
  factorizedCircuit,
  meanLogLikelihood,
  parseStates,
  type StateTable,
  trainEm,
} from "@credence/circuits";
import { matrix } from "@credence/core";
import { sharedPath } from "../shared-paths.ts";
import { tolerance } from "../tolerance.ts";
import type { Row } from "./circuits-general.ts";
import type { VectorCase } from "./runner.ts";

interface EmCase {
  readonly name: string;
  readonly start: CircuitDocument;
  readonly data: readonly Row[];
  readonly pseudoCount: number;
  readonly meanLogLikelihoodTrace: readonly number[];
  readonly meanLogLikelihoodAfter10: number;
  readonly parametersAfter1: readonly {
    readonly id: number;
    readonly p?: number;
    readonly weights?: number[];
  }[];
}

export const emCases = (document: { cases: EmCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const { circuit, nodes } = circuitWithNodesFromJson(one.start);
      const data = Float64Array.from(one.data.flat(), (value) => value ?? Number.NaN);
      const rows = matrix(one.data.length, circuit.variables.size, data);
      const { pseudoCount } = one;
      const near = (field: string, expected: unknown, actual: unknown) =>
        check.numbers(field, expected, actual, tolerance.reference, tolerance.reference);
      const trained = trainEm(circuit, rows, { epochs: one.meanLogLikelihoodTrace.length, pseudoCount });
      near("meanLogLikelihoodTrace", one.meanLogLikelihoodTrace, trained.trace.slice(0, -1));
      near("meanLogLikelihoodAfter10", one.meanLogLikelihoodAfter10, trained.trace.at(-1));
      const once = trainEm(circuit, rows, { epochs: 1, pseudoCount }).circuit;
      for (const expected of one.parametersAfter1) {
        const node = nodes.get(expected.id) as number;
        if (expected.weights !== undefined) {
          const weights = once.logWeights.subarray(once.offsets[node], once.offsets[node + 1]).map(Math.exp);
          near(`parametersAfter1[${expected.id}].weights`, expected.weights, [...weights]);
        } else {
          const { distribution } = once.inputs[once.inputOf[node]];
          near(`parametersAfter1[${expected.id}]`, expected, { id: expected.id, ...distribution });
        }
      }
    },
  }));

interface ChowLiuCase {
  readonly dataset: string;
  readonly fitOn: string;
  readonly fits: readonly {
    readonly pseudoCount: number;
    readonly edges: readonly (readonly [number, number])[];
    readonly totalMutualInformationNats: number;
    readonly meanLogLikelihood: Readonly<Record<string, number>>;
    readonly factorisedMeanLogLikelihood: Readonly<Record<string, number>>;
    readonly uniquenessMargin: number;
  }[];
}

export function debd(name: string, part: string): StateTable {
  return parseStates(
    gunzipSync(readFileSync(sharedPath("data", "debd", `${name}.${part}.data.gz`))).toString(),
  );
}

export const chowLiuCases = (document: { cases: ChowLiuCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.dataset,
    run(check) {
      const table = debd(one.dataset, one.fitOn);
      for (const fit of one.fits) {
        const near = (field: string, expected: unknown, actual: unknown) =>
          check.numbers(
            `a=${fit.pseudoCount} ${field}`,
            expected,
            actual,
            tolerance.reference,
            tolerance.reference,
          );
        const { circuit, tree } = chowLiuCircuit(table, { pseudoCount: fit.pseudoCount });
        near("totalMutualInformationNats", fit.totalMutualInformationNats, tree.totalMutualInformation);
        if (fit.uniquenessMargin > tolerance.reference) check.equal("edges", fit.edges, tree.edges);
        const apart = factorizedCircuit(table, { pseudoCount: fit.pseudoCount });
        for (const [part, expected] of Object.entries(fit.meanLogLikelihood)) {
          const rows = debd(one.dataset, part);
          near(`meanLogLikelihood.${part}`, expected, meanLogLikelihood(circuit, rows));
          const alone = fit.factorisedMeanLogLikelihood[part];
          near(`factorisedMeanLogLikelihood.${part}`, alone, meanLogLikelihood(apart, rows));
        }
      }
    },
  }));
