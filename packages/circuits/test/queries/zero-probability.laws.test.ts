/**
 * Evidence of probability 0, for every query: a typed contradiction that says whose fault it is, and never NaN; and
 * beside it evidence that is merely unlikely, whose answers have no NaN either.
 */
import {
  batchMarginals,
  type Circuit,
  cauchySchwarzDivergence,
  cdf,
  circuitBuilder,
  compileRules,
  condition,
  conditionalLogProbability,
  crossEntropy,
  type Evidence,
  entropy,
  expectation,
  explainEvidence,
  explainPosterior,
  explainRules,
  formulaProbability,
  gradients,
  hellingerSquared,
  kBest,
  klDivergence,
  l2Distance,
  logInnerProduct,
  logPartition,
  logProbability,
  marginalMap,
  marginals,
  moments,
  mpe,
  mutualInformation,
  pairwiseMarginals,
  posteriors,
  posteriorsGiven,
  quantile,
  renyiDivergence,
  ruleExpectations,
  sample,
  totalVariation,
  trackRules,
} from "@credence/circuits";
import { matrix, parseFormula, parseRules, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evidences, names, ruleSets } from "../arbitrary.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { randomEvidence } from "./random-evidence.ts";

type Query = (circuit: Circuit, evidence: Evidence) => unknown;

const v0 = parseFormula("v0");

interface Typed {
  readonly name: string;
  readonly query: Query;
  /** Numbers have no answer. */
  readonly finiteOnly?: boolean;
  /** A contradiction may be that of the query's own condition. */
  readonly ownCondition?: boolean;
}

/** Every query with a typed answer, asked of circuits over v0, v1, … of which v0 is binary. */
const typed: readonly Typed[] = [
  { name: "posteriors", query: posteriors },
  { name: "mpe", query: (circuit, evidence) => mpe(circuit, evidence, { effort: 1e5 }) },
  { name: "sample", query: (circuit, evidence) => sample(circuit, 5, { evidence }) },
  { name: "moments", query: moments },
  { name: "gradients", query: (circuit, evidence) => gradients(circuit, evidence) },
  {
    name: "conditionalLogProbability",
    query: (circuit, evidence) => conditionalLogProbability(circuit, { v0: true }, evidence),
  },
  { name: "pairwiseMarginals", query: (circuit, evidence) => pairwiseMarginals(circuit, evidence) },
  {
    name: "marginalMap",
    query: (circuit, evidence) => marginalMap(circuit, ["v0"], evidence, { effort: 1e5 }),
  },
  { name: "formulaProbability", query: (circuit, evidence) => formulaProbability(circuit, v0, evidence) },
  {
    name: "posteriorsGiven",
    query: (circuit, evidence) => posteriorsGiven(circuit, v0, evidence),
    ownCondition: true,
  },
  {
    name: "expectation",
    query: (circuit, evidence) => expectation(circuit, [{ factors: { v0: 1 } }], evidence),
  },
  { name: "explainEvidence", query: (circuit, evidence) => explainEvidence(circuit, evidence) },
  {
    name: "explainPosterior",
    query: (circuit, evidence) => explainPosterior(circuit, { v0: true }, evidence),
  },
  { name: "cdf", query: (circuit, evidence) => cdf(circuit, "v1", 0.5, evidence) },
  { name: "quantile", query: (circuit, evidence) => quantile(circuit, "v1", 0.5, evidence) },
  { name: "entropy", query: entropy, finiteOnly: true },
  { name: "mutualInformation", query: mutualInformation, finiteOnly: true },
  {
    name: "kBest",
    query: (circuit, evidence) => kBest(circuit, 3, evidence, { effort: 1e5 }),
    finiteOnly: true,
  },
  { name: "condition", query: condition, finiteOnly: true },
];

/** The places of NaN in an answer, circuits within it left aside. */
function placesOfNaN(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isNaN(value) ? [path] : [];
  if (typeof value !== "object" || value === null || "logWeights" in value) return [];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array).some(Number.isNaN) ? [path] : [];
  return Object.entries(value).flatMap(([key, part]) => placesOfNaN(part, `${path}.${key}`));
}

const contradiction = (source: "rules" | "evidence") => ({
  kind: "contradiction",
  source,
  logPartition: Number.NEGATIVE_INFINITY,
});

/** v0 = 1 always goes with v1 = 1; v2 is never 0. */
function impossible(): Circuit {
  const builder = circuitBuilder(vocabulary("variable", ["v0", "v1", "v2"]));
  const pair = (value: boolean) =>
    builder.product([
      builder.literal("v0", value),
      builder.literal("v1", value),
      builder.literal("v2", true),
    ]);
  return builder.build(builder.sum([pair(true), pair(false)], [Math.log(0.5), Math.log(0.5)]));
}

describe("evidence of probability 0", () => {
  it.each(typed)("$name: says so", ({ query }) => {
    const circuit = impossible();
    for (const evidence of [
      { v0: true, v1: false },
      { v2: false },
      { v1: { weights: [0, 0] } },
      { v0: { in: [] } },
    ]) {
      expect(query(circuit, evidence as Evidence)).toEqual(contradiction("evidence"));
    }
  });

  it.each(typed)("$name: blames the rules where they exclude everything", ({ query }) => {
    const builder = circuitBuilder(vocabulary("variable", ["v0", "v1", "v2"]));
    const nothing = builder.build(builder.sum([]));
    expect(query(nothing, {})).toEqual(contradiction("rules"));
    expect(query(nothing, { v1: true })).toEqual(contradiction("rules"));
    expect(query(compileRules(parseRules("v0 & v1 & v2.\n!v0.\n")), {})).toEqual(contradiction("rules"));
  });

  it.each(typed)("$name: answers without NaN, whatever circuit and evidence", ({ query, ...only }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (seed, mixed) => {
        if (mixed && only.finiteOnly) return;
        const circuit = randomCircuit(seed, mixed ? mixedDomains : finiteDomains);
        const random = rng(seed);
        const numbers: Evidence[] = [
          { v1: 40, v3: 60 },
          { v1: -3, v3: { in: [2, 90] } },
          { v2: random.int(3), v3: 5 },
          { v1: 1e-300, v0: { weights: [1e-300, 0] } },
          { v0: 0, v2: { in: [] } },
        ];
        const evidence = mixed ? numbers[random.int(numbers.length)] : randomEvidence(seed).evidence;
        const answer = query(circuit, evidence);
        expect(placesOfNaN(answer)).toEqual([]);
        const zero = logPartition(circuit, evidence) === Number.NEGATIVE_INFINITY;
        const kind = (answer as { kind: string }).kind;
        if (zero) expect(answer).toEqual(contradiction("evidence"));
        else if (!only.ownCondition) expect(kind).not.toBe("contradiction");
      }),
      { numRuns: 15 },
    );
  });

  it("rules: marginals, batches, expectations and explanations of rules agree on it", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const variables = [...names];
        const circuit = compileRules<string>(rules, { variables });
        const tracked = trackRules<string>(rules, { variables });
        const answers = [
          marginals(circuit, evidence),
          ruleExpectations(tracked, evidence),
          explainRules(tracked, "a", evidence),
        ];
        for (const answer of answers) expect(placesOfNaN(answer)).toEqual([]);
        const kinds = answers.map(({ kind }) => kind === "contradiction");
        expect(new Set(kinds).size).toBe(1);
        const row = Float64Array.from(variables, (name) => Number(evidence[name] ?? 0.5));
        const batch = batchMarginals(circuit, matrix(1, variables.length, row));
        expect(placesOfNaN(batch.logPartitions)).toEqual([]);
        if (logPartition(circuit) > Number.NEGATIVE_INFINITY) {
          expect(Number.isNaN(logProbability(circuit, evidence))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("log partition and log probability are -Infinity, and deterministic circuits no exception", () => {
    const circuit = impossible();
    expect(logPartition(circuit, { v2: false })).toBe(Number.NEGATIVE_INFINITY);
    expect(logProbability(circuit, { v2: false })).toBe(Number.NEGATIVE_INFINITY);
    const same = compileRules(parseRules("v0 <-> v1.\n1 v2\n"), { variables: ["v0", "v1", "v2"] });
    expect(same.properties.deterministic).toBe(true);
    for (const { query } of typed) {
      const answer = query(same, { v0: true, v1: false });
      expect(answer).toEqual(contradiction("evidence"));
    }
  });

  it("comparisons with a circuit that is 0 everywhere are refused, and with nothing in common infinite", () => {
    const variables = vocabulary("variable", ["v0", "v1", "v2"]);
    const builder = circuitBuilder<"v0" | "v1" | "v2">(variables);
    const world = (value: boolean) =>
      builder.product(variables.names.map((name) => builder.literal(name, value)));
    const [ones, zeros] = [true, false].map((value) => builder.build(world(value)));
    const nothing = builder.build(builder.sum([]));
    for (const compare of [
      crossEntropy,
      klDivergence,
      cauchySchwarzDivergence,
      l2Distance,
      totalVariation,
      hellingerSquared,
      (p: Circuit, q: Circuit) => renyiDivergence(p, q, 2),
    ] as const) {
      for (const pair of [
        [nothing, ones],
        [ones, nothing],
        [nothing, nothing],
      ]) {
        expect(() => compare(pair[0], pair[1])).toThrow(expect.objectContaining({ code: "CONTRADICTION" }));
      }
      expect(Number.isNaN(compare(ones, zeros))).toBe(false);
    }
    expect(logInnerProduct(nothing, ones)).toBe(Number.NEGATIVE_INFINITY);
    expect(klDivergence(ones, zeros)).toBe(Number.POSITIVE_INFINITY);
    expect(cauchySchwarzDivergence(ones, zeros)).toBe(Number.POSITIVE_INFINITY);
    expect(renyiDivergence(ones, zeros, 2)).toBe(Number.POSITIVE_INFINITY);
    expect([l2Distance(ones, zeros) ** 2, totalVariation(ones, zeros)]).toEqual([expect.closeTo(2, 12), 1]);
  });
});
