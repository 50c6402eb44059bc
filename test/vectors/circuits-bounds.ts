/** Reference vectors of bounds over boxes of leaf probabilities. */
import {
  type CircuitDocument,
  circuitWithNodesFromJson,
  compileRules,
  conditionalBounds,
  marginalBounds,
} from "@credence/circuits";
import { tolerance } from "../tolerance.ts";
import { evidenceOf, type Row } from "./circuits-general.ts";
import { type Prefix, type PrefixRule, rulesFromPrefix } from "./prefix-formula.ts";
import type { VectorCase } from "./runner.ts";

interface RulesBoundsCase {
  readonly name: string;
  readonly vars: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly weightedRules: readonly PrefixRule[];
  readonly hardRules: readonly Prefix[];
  readonly bounds: readonly {
    readonly target: number;
    readonly exactLower: number;
    readonly exactUpper: number;
    readonly decoupledLower: number;
    readonly decoupledUpper: number;
  }[];
}

export const rulesBoundsCases = (document: { cases: RulesBoundsCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const variables = Array.from({ length: one.vars }, (_, i) => String(i));
      const hard = one.hardRules.map((formula) => ({ formula, weight: "hard" as const }));
      const rules = rulesFromPrefix([...one.weightedRules, ...hard]);
      const circuit = compileRules(rules, { variables });
      const box = Object.fromEntries(
        variables.map((name, v) => [name, [one.lower[v], one.upper[v]] as const]),
      );
      const ways = { attractive: { rules }, vertices: {}, "branch and bound": { vertexLimit: 0 } };
      for (const [way, options] of Object.entries(ways)) {
        const found = marginalBounds(circuit, box, options);
        if (found.kind !== "bounds") check.holds(way, "bounds", found.kind, false);
        else {
          for (const { target, exactLower, exactUpper } of one.bounds) {
            const { low, high, tight } = found.byVariable[String(target)];
            const near = { relative: tolerance.reference };
            check.numbers(`${way} bounds[${target}].exactLower`, exactLower, low, near.relative);
            check.numbers(`${way} bounds[${target}].exactUpper`, exactUpper, high, near.relative);
            check.equal(`${way} bounds[${target}].tight`, true, tight);
          }
        }
      }
      const plain = marginalBounds(circuit, box, { effort: 0 });
      if (plain.kind !== "bounds") check.holds("interval arithmetic", "bounds", plain.kind, false);
      else {
        for (const { target, exactLower, exactUpper } of one.bounds) {
          const { low, high } = plain.byVariable[String(target)];
          check.holds(
            `bounds[${target}] interval arithmetic is sound`,
            "outside",
            [low, high],
            low <= exactLower && exactUpper <= high,
          );
        }
      }
    },
  }));

interface CircuitBoundsCase {
  readonly name: string;
  readonly circuit: CircuitDocument;
  readonly leafLower: Readonly<Record<string, number>>;
  readonly leafUpper: Readonly<Record<string, number>>;
  readonly queries: readonly {
    readonly target: number;
    readonly evidence: Row;
    readonly conditionalLower: number;
    readonly conditionalUpper: number;
    readonly evidenceProbabilityLower: number;
    readonly evidenceProbabilityUpper: number;
  }[];
}

export const circuitBoundsCases = (document: { cases: CircuitBoundsCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const { circuit, nodes } = circuitWithNodesFromJson(one.circuit);
      const intervals = new Map(
        Object.entries(one.leafLower).map(([id, low]) => [
          nodes.get(Number(id)) as number,
          [low, one.leafUpper[id]] as const,
        ]),
      );
      for (const [q, query] of one.queries.entries()) {
        const found = conditionalBounds(circuit, {
          intervals,
          evidence: evidenceOf(circuit.variables.names, query.evidence),
          target: { variable: circuit.variables.name(query.target), value: true },
        });
        const actual = {
          conditionalLower: found.conditional.low,
          conditionalUpper: found.conditional.high,
          evidenceProbabilityLower: Math.exp(found.logEvidence.low),
          evidenceProbabilityUpper: Math.exp(found.logEvidence.high),
        };
        for (const [field, value] of Object.entries(actual)) {
          check.numbers(
            `queries[${q}].${field}`,
            query[field as keyof typeof actual],
            value,
            tolerance.reference,
          );
        }
      }
    },
  }));
