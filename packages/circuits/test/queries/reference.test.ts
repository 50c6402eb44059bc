import {
  batchMarginals,
  type Circuit,
  compileRules,
  type Evidence,
  logPartition,
  marginals,
  mpe,
} from "@credence/circuits";
import { matrix, type Rule, rule } from "@credence/core";
import { expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import {
  fromPrefix,
  type Prefix,
  type PrefixRule,
  rulesFromPrefix,
} from "../../../../test/vectors/prefix-formula.ts";

const near = (actual: number, expected: number) =>
  close(actual, expected, tolerance.reference, tolerance.referenceAbsolute);

interface Reasoning {
  readonly variables: string[];
  readonly probabilities: Record<string, number>;
  readonly rules?: PrefixRule[];
  readonly corrected: Record<string, number>;
  readonly logPartition: number;
}

/** Partition and corrected probabilities of one circuit, one row at a time and as a batch. */
function checkReasoning(rules: Rule[], one: Reasoning): Circuit {
  const circuit = compileRules(rules, { variables: one.variables });
  const answer = marginals(circuit, one.probabilities);
  if (answer.kind !== "posteriors") expect.unreachable();
  expect(close(answer.logPartition, one.logPartition, tolerance.rounding)).toBe(true);
  const row = Float64Array.from(one.variables, (name) => one.probabilities[name]);
  const batch = batchMarginals(circuit, matrix(1, row.length, row));
  expect(close(batch.logPartitions[0], one.logPartition, tolerance.rounding)).toBe(true);
  for (const [name, p] of Object.entries(one.corrected)) {
    expect(close(answer.probabilities[name], p, tolerance.rounding)).toBe(true);
    const column = one.variables.indexOf(name);
    expect(close(batch.probabilities.data[column], p, tolerance.rounding)).toBe(true);
  }
  return circuit;
}

interface Implications {
  readonly cases: readonly (Omit<Reasoning, "corrected" | "logPartition"> & {
    readonly name: string;
    readonly circuits: (Pick<Reasoning, "corrected" | "logPartition"> & {
      rules: PrefixRule[];
    })[];
  })[];
}

describeShared("conformal/reasoning-implications.json", () => {
  const { cases } = sharedJson<Implications>("reference", "conformal", "reasoning-implications.json");
  it.each(cases.map((one) => [one.name, one] as const))("%s: every circuit", (_, one) => {
    for (const part of one.circuits) checkReasoning(rulesFromPrefix(part.rules), { ...one, ...part });
  });
});

interface Cnf {
  readonly cases: readonly {
    readonly name: string;
    readonly dimacs: string;
    readonly modelCount: string;
    readonly weighted: {
      readonly weights: Record<string, number>;
      readonly wmc: number;
      readonly logWmc?: number;
      readonly literalMarginals?: number[];
      readonly mpe?: { weight: number; assignment: number[]; unique: boolean };
    };
    readonly conditioned?: { evidence: number[]; modelCountWithEvidence: string; wmcWithEvidence: number };
  }[];
}

/** The clauses of a DIMACS text as hard rules over variables called by their numbers. */
function clauses(dimacs: string): { rules: Rule[]; variables: string[] } {
  const body = dimacs.split("\n").filter((line) => !/^[cp]/.test(line));
  const numbers = body.join(" ").split(/\s+/).filter(Boolean).map(Number);
  const rules: Rule[] = [];
  for (let from = 0; from < numbers.length; ) {
    const to = numbers.indexOf(0, from);
    const args = numbers.slice(from, to).map((literal) => {
      return fromPrefix(literal > 0 ? ["var", literal] : ["not", ["var", -literal]]);
    });
    rules.push(rule({ kind: "or", args }));
    from = to + 1;
  }
  const count = Number(/p cnf (\d+)/.exec(dimacs)![1]);
  return { rules, variables: Array.from({ length: count }, (_, v) => String(v + 1)) };
}

describeShared("circuits/cnf.json: counts and weighted counts of clauses as hard rules", () => {
  const { cases } = sharedJson<Cnf>("reference", "circuits", "cnf.json");
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const { rules, variables } = clauses(one.dimacs);
    const circuit = compileRules(rules, { variables });
    const count = (evidence: Evidence = {}) => Math.round(Math.exp(logPartition(circuit, evidence)));
    expect(String(count())).toBe(one.modelCount);
    // Weights (t, f) of a literal pair are the leaf t / (t + f) and a factor t + f.
    const { weights } = one.weighted;
    const leaves = Object.fromEntries(
      variables.map((v) => [v, weights[v] / (weights[v] + weights[`-${v}`])]),
    );
    const scale = variables.reduce((sum, v) => sum + Math.log(weights[v] + weights[`-${v}`]), 0);
    const answer = marginals(circuit, leaves);
    expect(near(Math.exp(answer.logPartition + scale), one.weighted.wmc)).toBe(true);
    if (answer.kind === "contradiction") {
      expect(answer.source).toBe("rules");
      return;
    }
    expect(near(answer.logPartition + scale, one.weighted.logWmc!)).toBe(true);
    one.weighted.literalMarginals!.forEach((p, v) => {
      expect(near(answer.probabilities[v + 1], p)).toBe(true);
    });
    const best = one.weighted.mpe;
    const world = mpe(circuit, leaves);
    if (world.kind !== "world") expect.unreachable();
    if (best !== undefined) expect(near(Math.exp(world.logWeight + scale), best.weight)).toBe(true);
    if (best?.unique) expect(variables.map((v) => Number(world.assignment[v]))).toEqual(best.assignment);
    const { evidence, modelCountWithEvidence, wmcWithEvidence } = one.conditioned!;
    const hard = Object.fromEntries(evidence.map((literal) => [Math.abs(literal), literal > 0]));
    expect(String(count(hard))).toBe(modelCountWithEvidence);
    const fixed = evidence.reduce((sum, literal) => {
      const v = Math.abs(literal);
      return sum + Math.log(weights[literal] / (weights[v] + weights[`-${v}`]));
    }, scale);
    const weighed = Math.exp(logPartition(circuit, { ...leaves, ...hard }) + fixed);
    expect(near(weighed, wmcWithEvidence)).toBe(true);
  });
});

interface IntervalBounds {
  readonly cases: readonly {
    readonly name: string;
    readonly vars: number;
    readonly lower: number[];
    readonly upper: number[];
    readonly weightedRules: PrefixRule[];
    readonly hardRules: Prefix[];
    readonly bounds: {
      readonly target: number;
      readonly exactLower: number;
      readonly exactUpper: number;
      readonly lowerAttainedAt: number[];
      readonly upperAttainedAt: number[];
      readonly pointAtMidpoint: number;
    }[];
  }[];
}

describeShared("circuits/interval-bounds.json: the points at which bounds are attained", () => {
  const { cases } = sharedJson<IntervalBounds>("reference", "circuits", "interval-bounds.json");
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const variables = Array.from({ length: one.vars }, (_, i) => String(i));
    const rules = [
      ...rulesFromPrefix(one.weightedRules),
      ...one.hardRules.map((formula) => rule(fromPrefix(formula))),
    ];
    const circuit = compileRules(rules, { variables });
    const middle = one.lower.map((low, i) => (low + one.upper[i]) / 2);
    for (const bound of one.bounds) {
      const points = [bound.lowerAttainedAt, bound.upperAttainedAt, middle];
      const rows = matrix(3, one.vars, Float64Array.from(points.flat()));
      const { probabilities } = batchMarginals(circuit, rows, { variables: [String(bound.target)] });
      const expected = [bound.exactLower, bound.exactUpper, bound.pointAtMidpoint];
      expected.forEach((p, row) => {
        expect(near(probabilities.data[row], p)).toBe(true);
      });
    }
  });
});
