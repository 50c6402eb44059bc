/**
 * Complex questions over a real knowledge graph that lacks a fifth of its facts: countries as triples, a link
 * predictor trained on four fifths, and questions answered with truth values and reasons.
 */
import type { RunOptions } from "@credence/core";
import {
  type AnswerSet,
  answer,
  complex,
  type Evaluation,
  evaluate,
  frequencyBaseline,
  fromTriples,
  type KnowledgeGraph,
  observedTruth,
  type Splits,
  splitTriples,
  type TrainedModel,
  train,
  truthModel,
} from "@credence/kg";
import { countryTriples } from "./support/countries-triples.ts";

/** A question in words and as query text. */
export interface Question {
  readonly words: string;
  readonly kind: string;
  readonly query: string;
}

export const questions: readonly Question[] = [
  {
    words: "Which currencies do Switzerland's neighbors use?",
    kind: "two hops",
    query: "?c : borders(Switzerland, ?x), usesCurrency(?x, ?c)",
  },
  {
    words: "Which neighbors of Germany do not use the euro?",
    kind: "negation",
    query: "?x : borders(Germany, ?x), !usesCurrency(?x, Euro)",
  },
  {
    words: "Which countries of Africa speak French or Portuguese?",
    kind: "union",
    query: "?x : inRegion(?x, Africa), (speaks(?x, French) | speaks(?x, Portuguese))",
  },
  {
    words: "Which Caribbean countries have a land border at all?",
    kind: "existential leaf",
    query: "?x : inSubregion(?x, Caribbean), borders(?x, ?y)",
  },
  {
    words: "Which countries border one of Austria's neighbors and lie further north than it?",
    kind: "multi-edge",
    query: "?y : borders(Austria, ?x), borders(?x, ?y), northOf(?y, ?x)",
  },
  {
    words: "Which languages do Brazil's neighbors speak that Brazil does not?",
    kind: "two hops and a negation",
    query: "?l : borders(Brazil, ?x), speaks(?x, ?l), !speaks(Brazil, ?l)",
  },
  {
    words: "Which neighbors of Switzerland share a language with it?",
    kind: "two paths that meet",
    query: "?x : borders(Switzerland, ?x), speaks(Switzerland, ?l), speaks(?x, ?l)",
  },
];

/** What {@link countries} gives. */
export interface Countries {
  readonly splits: Splits;
  readonly model: TrainedModel;
  readonly evaluation: Evaluation;
  readonly baseline: Evaluation;
  /** All facts, also those that were held out. */
  readonly graph: KnowledgeGraph;
  /** Answers by what training saw and what the model predicts. */
  ask(query: string): AnswerSet;
  /** Answers by all facts: what would be known if nothing had been held out. */
  check(query: string): AnswerSet;
}

/** Options of {@link countries}. */
export interface CountriesOptions extends RunOptions {
  /** Epochs of training at most; default 40. */
  readonly epochs?: number;
}

/** Reads, splits, trains and evaluates; half a minute of one core. */
export async function countries(options: CountriesOptions = {}): Promise<Countries> {
  const { seed = 1, epochs = 40, ...run } = options;
  // A border is held out in both directions or in none: one would give the other away.
  const together = (head: string, relation: string, tail: string): string =>
    [relation, ...(relation === "borders" ? [head, tail].sort() : [head, tail])].join("\t");
  const graph = fromTriples(countryTriples());
  const splits = splitTriples(graph, { valid: 0.1, test: 0.1, seed, together });
  const model = await train(splits.train, complex({ rank: 50 }), {
    ...run,
    seed,
    epochs,
    batchSize: 500,
    regularizer: { kind: "n3", weight: 0.05 },
    validate: { on: splits.valid, known: [splits.test], every: 4, patience: 2 },
  });
  const evaluation = await evaluate(model, splits, run);
  const baseline = await evaluate(frequencyBaseline(splits.train), splits, run);
  const truth = truthModel(splits.train, model);
  await truth.prepare(run);
  const facts = observedTruth(graph);
  const [ask, check] = [truth, facts].map((known) => (query: string) => answer(known, query));
  return { graph, splits, model, evaluation, baseline, ask, check };
}
