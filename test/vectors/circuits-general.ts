/** Reference vectors of general circuits: densities, posteriors, most probable worlds, entropies, moments. */
import {
  type CircuitDocument,
  checkCircuit,
  checkStructured,
  circuitFromJson,
  determinism,
  type Evidence,
  entropy,
  logPartition,
  moments,
  mpe,
  mutualInformation,
  type Posterior,
  posteriors,
} from "@credence/circuits";
import type { Matrix } from "@credence/core";
import { tolerance } from "../tolerance.ts";
import type { CaseCheck } from "./case-check.ts";
import type { VectorCase } from "./runner.ts";

export type Row = readonly (number | null)[];

interface CircuitCase {
  readonly circuit: CircuitDocument & {
    readonly name: string;
    readonly properties: {
      readonly smooth: boolean;
      readonly decomposable: boolean;
      readonly deterministic?: boolean | null;
      readonly structuredDecomposable: boolean;
    };
  };
  readonly queries: readonly CircuitQuery[];
  readonly entropyNats?: number | null;
  readonly moments?: {
    readonly mean: readonly number[];
    readonly covariance: readonly (readonly number[])[];
  };
  readonly pairwiseMutualInformationNats?: readonly (readonly number[])[];
}

interface CircuitQuery {
  readonly evidence: Row;
  readonly logLikelihood: number | null;
  readonly posteriorMarginals?: readonly (
    | { readonly probs: readonly number[] }
    | { readonly mean: number; readonly variance: number }
    | null
  )[];
  readonly mpe?: {
    readonly assignment: readonly number[];
    readonly logValue: number;
    readonly unique: boolean;
  };
  readonly conditionalEntropyNats?: number;
}

type Near = (field: string, expected: unknown, actual: unknown) => void;

export const circuitCases = (document: { cases: CircuitCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.circuit.name,
    run(check) {
      const near: Near = (field, expected, actual) =>
        check.numbers(field, expected, actual, tolerance.reference, tolerance.reference);
      const circuit = circuitFromJson(one.circuit);
      const { smooth, decomposable, deterministic, structuredDecomposable } = one.circuit.properties;
      const found = checkCircuit(circuit).properties;
      check.equal("properties.smooth", smooth, found.smooth);
      check.equal("properties.decomposable", decomposable, found.decomposable);
      check.equal(
        "properties.structuredDecomposable",
        structuredDecomposable,
        checkStructured(circuit).holds,
      );
      if (typeof deterministic === "boolean") {
        const { status } = determinism(circuit);
        check.equal("properties.deterministic", deterministic ? "certified" : "refuted", status);
      }
      for (const [q, query] of one.queries.entries())
        checkQuery(check, near, circuit, query, `queries[${q}]`);
      if (typeof one.entropyNats === "number") {
        const h = entropy(circuit);
        near("entropyNats", one.entropyNats, h.kind === "entropy" ? h.nats : h.kind);
      }
      if (one.moments) {
        const found = moments(circuit);
        if (found.kind !== "moments") check.holds("moments", "moments", found.kind, false);
        else {
          near("moments.mean", one.moments.mean, [...found.mean]);
          near("moments.covariance", one.moments.covariance, nested(found.covariance));
        }
      }
      if (one.pairwiseMutualInformationNats) {
        const found = mutualInformation(circuit);
        if (found.kind !== "mutual-information")
          check.holds("mutual information", "a matrix", found.kind, false);
        else near("pairwiseMutualInformationNats", one.pairwiseMutualInformationNats, nested(found.nats));
      }
    },
  }));

/** Rows of values as evidence by name; of binary variables the values are 0 and 1. */
export function evidenceOf(names: readonly string[], row: Row): Evidence {
  return Object.fromEntries(names.map((name, v) => [name, row[v] ?? undefined]));
}

function checkQuery(
  check: CaseCheck,
  near: Near,
  circuit: ReturnType<typeof circuitFromJson>,
  query: CircuitQuery,
  at: string,
): void {
  const names = circuit.variables.names;
  const evidence = evidenceOf(names, query.evidence);
  near(`${at}.logLikelihood`, query.logLikelihood ?? -Infinity, logPartition(circuit, evidence));
  if (query.posteriorMarginals) {
    const answer = posteriors(circuit, evidence);
    if (answer.kind !== "posteriors") check.holds(`${at}.posteriors`, "posteriors", answer.kind, false);
    else {
      query.posteriorMarginals.forEach((expected, v) => {
        if (expected !== null)
          near(`${at}.posteriorMarginals[${v}]`, expected, plain(answer.byVariable[names[v]]));
      });
    }
  }
  if (query.mpe) {
    const world = mpe(circuit, evidence);
    if (world.kind !== "world") check.holds(`${at}.mpe`, "a world", world.kind, false);
    else {
      near(`${at}.mpe.logValue`, query.mpe.logValue, world.logWeight);
      check.equal(`${at}.mpe.exact`, true, world.exact);
      const values = names.map((name) => Number(world.assignment[name]));
      if (query.mpe.unique) check.equal(`${at}.mpe.assignment`, query.mpe.assignment, values);
    }
  }
  if (query.conditionalEntropyNats !== undefined) {
    const h = entropy(circuit, evidence);
    near(
      `${at}.conditionalEntropyNats`,
      query.conditionalEntropyNats,
      h.kind === "entropy" ? h.nats : h.kind,
    );
  }
}

function plain(posterior: Posterior): unknown {
  if (posterior.kind === "states") return { probs: posterior.probabilities };
  return { mean: posterior.mean, variance: posterior.variance };
}

export function nested({ rows, cols, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
}
