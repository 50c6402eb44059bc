/** Reference vectors of query answering; the fields are described in that folder's README. */
import { CredenceError, type Csr, godel, type Logic, lukasiewicz, product, vocabulary } from "@credence/core";
import {
  answer,
  complex,
  graphFromIds,
  type KnowledgeGraph,
  type LinkPredictor,
  meanQueryMetrics,
  parseLstr,
  queryMetrics,
  type TruthModel,
  trainedModel,
  truthModel,
  truthModelFromMatrices,
} from "@credence/kg";
import { tolerance } from "../tolerance.ts";
import { type CaseCheck, Unsupported } from "./case-check.ts";
import { unsupportedCase, type VectorCase, type VectorReader } from "./runner.ts";

interface QueryCase {
  readonly id: string;
  readonly formula: string;
  readonly grounding: Readonly<Record<string, number>>;
}

interface TruthCase extends QueryCase {
  readonly tnorm: "product" | "Godel";
  readonly bruteForce: readonly number[];
}

type Edges = readonly (readonly [head: number, tail: number])[];
type Dense = readonly (readonly number[])[];

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

function modelFrom(matrices: readonly Dense[]): TruthModel {
  const entities = names("e", matrices[0].length);
  return truthModelFromMatrices(
    entities,
    matrices.map((matrix, r) => [`r${r}`, matrix as number[][]] as const),
  );
}

/** The truth of every entity under the definition. Cycles come with a later issue: unsupported, not wrong. */
function truthOf(model: TruthModel, { formula, grounding }: QueryCase, logic: Logic): Float64Array {
  try {
    return answer(model, parseLstr(formula, grounding, model), { logic }).truth;
  } catch (error) {
    if (error instanceof CredenceError && error.code === "CYCLIC_QUERY") throw new Unsupported(error.message);
    throw error;
  }
}

function truthCases(document: { kg: { matrices: Dense[] }; cases: TruthCase[] }): VectorCase[] {
  const model = modelFrom(document.kg.matrices);
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      const logic = { product, Godel: godel }[one.tnorm];
      check.numbers("bruteForce", one.bruteForce, truthOf(model, one, logic), tolerance.reference);
    },
  }));
}

function otherLogicsCases(document: {
  kg: { matrices: Dense[] };
  cases: (QueryCase & { lukasiewicz_max: number[]; product_noisyOr?: number[] })[];
}): VectorCase[] {
  const model = modelFrom(document.kg.matrices);
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      check.numbers(
        "lukasiewicz_max",
        one.lukasiewicz_max,
        truthOf(model, one, lukasiewicz),
        tolerance.reference,
      );
      if (one.product_noisyOr !== undefined) throw new Unsupported("the noisy-or existential quantifier");
    },
  }));
}

function crispCases(document: {
  kg: { nEntity: number; edges: Edges[] };
  cases: (QueryCase & { answers: number[] })[];
}): VectorCase[] {
  const { nEntity, edges } = document.kg;
  const model = modelFrom(edges.map((list) => denseOf(list, nEntity)));
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      for (const logic of [product, godel, lukasiewicz]) {
        const truth = truthOf(model, one, logic);
        const set = Array.from(truth.keys()).filter((entity) => truth[entity] === 1);
        check.equal(`answers (${logic.name})`, one.answers, set);
        check.holds(
          `crisp (${logic.name})`,
          "0 or 1",
          [...truth],
          truth.every((value) => value === 0 || value === 1),
        );
      }
    },
  }));
}

function denseOf(edges: Edges, size: number): number[][] {
  const dense = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const [head, tail] of edges) dense[head][tail] = 1;
  return dense;
}

interface MetricsCase {
  readonly id: string;
  readonly scores: readonly number[];
  readonly easy: readonly number[];
  readonly hard: readonly number[];
}

interface FitMetrics {
  readonly MRR: number;
  readonly HITS1: number;
  readonly HITS3: number;
  readonly HITS10: number;
}

function metricsCases(document: {
  cases: (MetricsCase & { filteredRanks: number[]; fit: FitMetrics })[];
  ties: (MetricsCase & Record<"optimistic" | "pessimistic" | "realistic", number[]>)[];
  averages: { meanOfThisFile: FitMetrics };
}): VectorCase[] {
  const compare = (
    check: CaseCheck,
    expected: FitMetrics,
    found: { mrr: number; hitsAt: Record<number, number> },
  ) => {
    const { mrr, hitsAt } = found;
    const actual = { MRR: mrr, HITS1: hitsAt[1], HITS3: hitsAt[3], HITS10: hitsAt[10] };
    // FIT accumulates in single precision; the README asks for 1e-6.
    check.numbers("fit", expected, actual, tolerance.singleAccumulated);
  };
  const plain = document.cases.map((one) => ({
    id: one.id,
    run(check: CaseCheck) {
      const found = queryMetrics(one.scores, one);
      check.equal("filteredRanks", one.filteredRanks, found.ranks);
      compare(check, one.fit, found);
    },
  }));
  const ties = document.ties.map((one) => ({
    id: one.id,
    run(check: CaseCheck) {
      for (const rule of ["optimistic", "pessimistic", "realistic"] as const) {
        check.equal(rule, one[rule], queryMetrics(one.scores, one, { ties: rule }).ranks);
      }
    },
  }));
  const averages = {
    id: "averages",
    run(check: CaseCheck) {
      const mean = meanQueryMetrics(document.cases.map((one) => queryMetrics(one.scores, one)));
      compare(check, document.averages.meanOfThisFile, mean);
    },
  };
  return [...plain, ...ties, averages];
}

interface RuleCase {
  readonly id: string;
  readonly threshold_delta: number;
  readonly epsilon: number;
  readonly fit: readonly Dense[];
  readonly nnz?: readonly number[];
}

function ruleCase(one: RuleCase, graph: KnowledgeGraph, predictor: LinkPredictor): VectorCase {
  return {
    id: one.id,
    run(check) {
      const options = { threshold: one.threshold_delta, ceiling: 1 - one.epsilon };
      const model = truthModel(graph, predictor, options);
      const matrices = one.fit.map((_, relation) => model.relation(relation).rows);
      check.numbers("fit", one.fit, matrices.map(denseRows), tolerance.reference);
      const counts = matrices.map((matrix) => matrix.values.filter((value) => value !== 0).length);
      if (one.nnz !== undefined) check.equal("nnz", one.nnz, counts);
    },
  };
}

function fromScoresCases(document: {
  nEntity: number;
  scores: Dense[];
  observed: Edges[];
  cases: RuleCase[];
  qtoCases: { id: string }[];
}): VectorCase[] {
  const graph = observedGraph(document.nEntity, document.observed);
  const predictor = predictorOf(document.nEntity, document.scores);
  const fit = document.cases.map((one) => ruleCase(one, graph, predictor));
  return [...fit, ...document.qtoCases.map(({ id }) => unsupportedCase(id))];
}

function fromComplexCases(document: {
  nEntity: number;
  rank: number;
  entity: Dense;
  relation: Dense;
  scores: Dense[];
  observed: Edges[];
  cases: RuleCase[];
}): VectorCase[] {
  const graph = observedGraph(document.nEntity, document.observed);
  const parameters = {
    entities: Float64Array.from(document.entity.flat()),
    relations: Float64Array.from(document.relation.flat()),
  };
  const { entities, relations } = graph;
  const model = trainedModel({ spec: complex({ rank: document.rank }), entities, relations, parameters });
  return document.cases.map((one) => ({
    id: one.id,
    run(check) {
      const row = new Float64Array(document.nEntity);
      const scores = document.scores.map((matrix, relation) =>
        matrix.map((_, head) => {
          model.scoreTails(head, relation, row);
          return [...row];
        }),
      );
      check.numbers("scores", document.scores, scores, tolerance.reference);
      ruleCase(one, graph, model).run(check);
    },
  }));
}

function observedGraph(size: number, observed: readonly Edges[]): KnowledgeGraph {
  const edges = observed.flatMap((list, relation) =>
    list.map(([head, tail]) => [head, relation, tail] as const),
  );
  const columns = {
    headIds: edges.map(([head]) => head),
    relationIds: edges.map(([, relation]) => relation),
    tailIds: edges.map(([, , tail]) => tail),
  };
  return graphFromIds(
    columns,
    vocabulary("entity", names("e", size)),
    vocabulary("relation", names("r", observed.length)),
  );
}

function predictorOf(size: number, scores: readonly Dense[]): LinkPredictor {
  return {
    name: "given scores",
    entityCount: size,
    relationCount: scores.length,
    scoreTails: (head, relation, out) => out.set(scores[relation][head]),
    scoreHeads: (relation, tail, out) => out.set(scores[relation].map((row) => row[tail])),
  };
}

function denseRows({ rows, cols, offsets, indices, values }: Csr): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const dense = new Array<number>(cols).fill(0);
    for (let i = offsets[row]; i < offsets[row + 1]; i++) dense[indices[i]] = values[i];
    return dense;
  });
}

export const fitReaders: Readonly<Record<string, VectorReader>> = {
  truth: truthCases,
  "truth-extra": truthCases,
  "truth-other-logics": otherLogicsCases,
  crisp: crispCases,
  metrics: metricsCases,
  "matrix-from-scores": fromScoresCases,
  "matrix-from-complex": fromComplexCases,
};
