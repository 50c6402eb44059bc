/** Reference vectors of circuits; the fields are described in that folder's README. */
import {
  compileRules,
  type Evidence,
  entropy,
  logPartition,
  marginals,
  mpe,
  ruleExpectations,
} from "@credence/circuits";
import { tolerance } from "../tolerance.ts";
import type { CaseCheck } from "./case-check.ts";
import { circuitBoundsCases, rulesBoundsCases } from "./circuits-bounds.ts";
import { circuitCases } from "./circuits-general.ts";
import { chowLiuCases, emCases } from "./circuits-learn.ts";
import { pairCases } from "./circuits-pairs.ts";
import { type Prefix, type PrefixRule, rulesFromPrefix } from "./prefix-formula.ts";
import type { VectorCase, VectorReader } from "./runner.ts";

interface WeightedRulesCase {
  readonly name: string;
  readonly vars: number;
  readonly leafProbabilities: readonly number[];
  readonly weightedRules: readonly PrefixRule[];
  readonly hardRules: readonly Prefix[];
  readonly logPartition: number;
  readonly entropyNats: number;
  readonly ruleExpectations: readonly number[];
  readonly queries: readonly RulesQuery[];
}

interface RulesQuery {
  readonly evidence: Readonly<Record<string, 0 | 1>>;
  readonly logPartition: number;
  readonly marginals: readonly number[];
  readonly mpe: {
    readonly assignment: readonly number[];
    readonly logWeight: number;
    readonly unique: boolean;
  };
}

function weightedRulesCases(document: { cases: WeightedRulesCase[] }): VectorCase[] {
  return document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const near = comparer(check);
      const variables = Array.from({ length: one.vars }, (_, i) => String(i));
      const hard = one.hardRules.map((formula) => ({ formula, weight: "hard" as const }));
      const rules = rulesFromPrefix([...one.weightedRules, ...hard]);
      const circuit = compileRules(rules, { variables });
      const leaves: Evidence = Object.fromEntries(one.leafProbabilities.map((p, i) => [String(i), p]));
      near("logPartition", one.logPartition, logPartition(circuit, leaves));
      const uncertainty = entropy(circuit, leaves);
      near(
        "entropyNats",
        one.entropyNats,
        uncertainty.kind === "entropy" ? uncertainty.nats : uncertainty.kind,
      );
      const held = ruleExpectations(rules, leaves, { variables });
      // Hard rules come last and hold for certain; the file lists the weighted ones.
      const values =
        held.kind === "expectations" ? [...held.values].slice(0, one.ruleExpectations.length) : held.kind;
      near("ruleExpectations", one.ruleExpectations, values);
      for (const [q, query] of one.queries.entries()) {
        // Observing a variable replaces its leaf, whose weight the file counts in.
        const fixed = Object.entries(query.evidence).reduce((sum, [name, value]) => {
          const p = one.leafProbabilities[Number(name)];
          return sum + Math.log(value === 1 ? p : 1 - p);
        }, 0);
        const observed = Object.fromEntries(
          Object.entries(query.evidence).map(([name, value]) => [name, value === 1]),
        );
        const evidence = { ...leaves, ...observed };
        const answer = marginals(circuit, evidence);
        near(`queries[${q}].logPartition`, query.logPartition, answer.logPartition + fixed);
        const found =
          answer.kind === "posteriors" ? variables.map((name) => answer.probabilities[name]) : answer.kind;
        near(`queries[${q}].marginals`, query.marginals, found);
        const world = mpe(circuit, evidence);
        if (world.kind !== "world") check.holds(`queries[${q}].mpe`, "a world", world.kind, false);
        else {
          near(`queries[${q}].mpe.logWeight`, query.mpe.logWeight, world.logWeight + fixed);
          const bits = variables.map((name) => Number(world.assignment[name]));
          if (query.mpe.unique) check.equal(`queries[${q}].mpe.assignment`, query.mpe.assignment, bits);
        }
      }
    },
  }));
}

function comparer(check: CaseCheck): (field: string, expected: unknown, actual: unknown) => void {
  return (field, expected, actual) => check.numbers(field, expected, actual, tolerance.reference);
}

export const circuitsReaders: Readonly<Record<string, VectorReader>> = {
  "chow-liu": chowLiuCases,
  circuits: circuitCases,
  em: emCases,
  "interval-bounds": rulesBoundsCases,
  "interval-bounds-circuits": circuitBoundsCases,
  pairs: pairCases,
  "weighted-rules": weightedRulesCases,
};
