/**
 * Answer sets with a guarantee: for two-hop questions about countries, sets of answers that hold a hidden true
 * answer in at least 90 % of the cases, whatever the link predictor's truth values are worth.
 *
 * The nonconformity score of an answer is 1 − its truth. One hidden answer of each question is drawn, so that
 * calibration and test pairs (question, answer) are exchangeable; answers already known are no part of the sets.
 */
import { calibrateScores, clopperPearson, coverageBand, type ScoreThreshold } from "@credence/conformal";
import { InvalidArgumentError, type RunOptions, rng } from "@credence/core";
import { answer, observedTruth, truthModel } from "@credence/kg";
import type { Countries } from "./countries.ts";

/** The type of the questions: over a border to a neighbor, and on by one of these relations. */
const secondHops = ["speaks", "usesCurrency", "inSubregion", "memberOf", "borders"];

/** A question with its answers by entity id. */
interface HiddenAnswers {
  readonly query: string;
  /** Answers that follow from what training saw. */
  readonly known: ReadonlySet<number>;
  /** Answers that follow only from all facts. */
  readonly hidden: readonly number[];
}

/** One answer set. */
export interface AnswerSetExample {
  readonly query: string;
  /** The entities of the set, by descending truth. */
  readonly entities: readonly string[];
  /** The hidden true answers, and whether the set has each. */
  readonly hidden: readonly { readonly entity: string; readonly covered: boolean }[];
}

/** What was measured on the questions that did not calibrate. */
export interface ConformalAnswers {
  readonly threshold: ScoreThreshold;
  /** Share of test questions whose drawn hidden answer is in the set, and its 95 % Clopper–Pearson interval. */
  readonly coverage: number;
  readonly interval: readonly [low: number, high: number];
  /** Where the coverage of that many test questions lies with 95 % probability if the method is right. */
  readonly band: readonly [low: number, high: number];
  /** Mean number of entities in a set, of how many candidates on average. */
  readonly meanSize: number;
  readonly meanCandidates: number;
  readonly questions: number;
  readonly examples: readonly AnswerSetExample[];
}

/** Calibrates on half of the questions with hidden answers, measures on the other half. */
export function conformalAnswers(
  { graph, splits, model }: Pick<Countries, "graph" | "splits" | "model">,
  { alpha = 0.1, seed = 1 }: { readonly alpha?: number } & Pick<RunOptions, "seed"> = {},
): ConformalAnswers {
  const random = rng(seed).fork("conformal answers");
  // No threshold: an answer whose truth were cut to 0 could never be told from any other.
  const truth = truthModel(splits.train, model, { threshold: 0 });
  const asked = random.shuffle(hiddenAnswers({ graph, splits }));
  if (asked.length < 20)
    throw new InvalidArgumentError("questions", asked.length, "at least 20 with hidden answers");
  const scored = asked.map((one) => {
    const scores = answer(truth, one.query).truth.map((value) => 1 - value);
    return { ...one, scores, drawn: one.hidden[random.int(one.hidden.length)] };
  });
  const half = Math.floor(scored.length / 2);
  const threshold = calibrateScores(
    scored.slice(0, half).map(({ scores, drawn }) => scores[drawn]),
    alpha,
  );
  const tested = scored.slice(half).map((one) => {
    const set = [...threshold.select(one.scores)].filter((entity) => !one.known.has(entity));
    return { ...one, set: set.sort((a, b) => one.scores[a] - one.scores[b] || a - b) };
  });
  const covered = tested.filter(({ set, drawn }) => set.includes(drawn)).length;
  const mean = (of: (one: (typeof tested)[number]) => number): number =>
    tested.reduce((sum, one) => sum + of(one), 0) / tested.length;
  const name = (entity: number): string => graph.entities.name(entity);
  const band = coverageBand(threshold.n, tested.length, alpha, { level: 0.95 });
  return {
    threshold,
    coverage: covered / tested.length,
    interval: clopperPearson(covered, tested.length, 0.05),
    band: [band.low, band.high],
    meanSize: mean(({ set }) => set.length),
    meanCandidates: mean(({ known }) => graph.entities.size - known.size),
    questions: tested.length,
    examples: tested.slice(0, 3).map(({ query, set, hidden }) => ({
      query,
      entities: set.map(name),
      hidden: hidden.map((entity) => ({ entity: name(entity), covered: set.includes(entity) })),
    })),
  };
}

/** Every question of the type that has an answer among the hidden facts only. */
function hiddenAnswers({ graph, splits }: Pick<Countries, "graph" | "splits">): HiddenAnswers[] {
  const [all, seen] = [observedTruth(graph), observedTruth(splits.train)];
  const questions = graph.entities.names.flatMap((name) =>
    secondHops.map((relation) => `?y : borders(${JSON.stringify(name)}, ?x), ${relation}(?x, ?y)`),
  );
  return questions.flatMap((query) => {
    const facts = answer(all, query).truth;
    const known = answer(seen, query).truth;
    const ids = [...facts.keys()];
    const hidden = ids.filter((entity) => facts[entity] > known[entity]);
    return hidden.length === 0 ? [] : [{ query, known: new Set(ids.filter((id) => known[id] > 0)), hidden }];
  });
}
