/**
 * How well truth values rank the answers of a query that do not follow from the observed graph. With easy answers
 * A_e (which follow) and hard answers A_h (which do not), the rank of a hard answer h is filtered,
 *
 *   rank(h) = 1 + #{x ∉ A_e ∪ A_h : truth_x > truth_h}  (+ ties, by the tie rule),
 *   MRR = mean over A_h of 1 / rank(h),    hits@k = share of A_h with rank(h) ≤ k.
 *
 * A type's figure is the mean over its queries, a table's the mean over types (BetaE, Ren & Leskovec 2020).
 * Matrices with a threshold give many ties at 0, where the release ranks by accident; `ties` decides here, and
 * the optimistic and pessimistic MRR show how much it matters.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { rankMetrics } from "../ranking/metrics.ts";
import { rankCounts, rankUnder, type TieRule } from "../ranking/ranks.ts";

/** The answers of a query by entity id. */
export interface QueryAnswers {
  /** Answers that already follow from the observed graph; default none. */
  readonly easy?: readonly number[] | undefined;
  /** Answers that only follow from the whole graph; at least one. */
  readonly hard: readonly number[];
}

export interface QueryMetricsOptions {
  /** How entities with the same truth are ranked; default `realistic`. */
  readonly ties?: TieRule | undefined;
  /** The k of hits@k; default 1, 3, 10. */
  readonly hitsAt?: readonly number[] | undefined;
}

/** The figures of one query, or the mean of those of many. */
export interface QueryMetrics {
  /** Mean reciprocal rank, in (0, 1]. */
  readonly mrr: number;
  /** Share of hard answers with a rank of at most k, by k. */
  readonly hitsAt: Readonly<Record<number, number>>;
  /** The MRR if every tie is won. */
  readonly optimisticMrr: number;
  /** The MRR if every tie is lost. */
  readonly pessimisticMrr: number;
}

/** The figures of one query with the ranks behind them. */
export interface RankedQuery extends QueryMetrics {
  /** The filtered ranks of the hard answers, in the order given. */
  readonly ranks: readonly number[];
}

/**
 * The figures of one query. O(hard · (entities + answers)).
 * @param truth one value per entity, for example `answer(...).truth`
 * @throws CredenceError `NO_HARD_ANSWERS`: such a query has no MRR; leave it out
 * @throws InvalidArgumentError ids outside the entities, or twice among the answers
 */
export function queryMetrics(
  truth: ArrayLike<number>,
  answers: QueryAnswers,
  options: QueryMetricsOptions = {},
): RankedQuery {
  const { easy = [], hard } = answers;
  checkAnswers(easy, hard);
  const known = [...easy, ...hard];
  const counts = hard.map((entity) => rankCounts(truth, entity, known));
  const candidates = counts.map((count) => count.candidates);
  const under = (rule: TieRule) => {
    const ranks = counts.map((count) => rankUnder(rule, count));
    const { mrr, hitsAt } = rankMetrics(ranks, candidates, { hitsAt: options.hitsAt });
    return { ranks, mrr, hitsAt };
  };
  return {
    ...under(options.ties ?? "realistic"),
    optimisticMrr: under("optimistic").mrr,
    pessimisticMrr: under("pessimistic").mrr,
  };
}

/**
 * The plain mean of figures: of the queries of a type, or of the types of a table.
 * @throws InvalidArgumentError none given, or figures with different k
 */
export function meanQueryMetrics(metrics: readonly QueryMetrics[]): QueryMetrics {
  const first = metrics[0];
  if (first === undefined) throw new InvalidArgumentError("metrics", metrics, "at least one query's figures");
  const mean = (of: (one: QueryMetrics) => number): number =>
    metrics.reduce((sum, one) => sum + of(one), 0) / metrics.length;
  const ks = Object.keys(first.hitsAt);
  metrics.forEach(({ hitsAt }, i) => {
    if (Object.keys(hitsAt).join() === ks.join()) return;
    throw new InvalidArgumentError(
      `metrics[${i}].hitsAt`,
      Object.keys(hitsAt).join(),
      `for k = ${ks.join()}`,
    );
  });
  return {
    mrr: mean((one) => one.mrr),
    hitsAt: Object.fromEntries(ks.map((k) => [k, mean((one) => one.hitsAt[Number(k)])])),
    optimisticMrr: mean((one) => one.optimisticMrr),
    pessimisticMrr: mean((one) => one.pessimisticMrr),
  };
}

function checkAnswers(easy: readonly number[], hard: readonly number[]): void {
  if (hard.length === 0) {
    throw new CredenceError({
      code: "NO_HARD_ANSWERS",
      message: "The query has no hard answer, so nothing can be ranked.",
      expected: "at least one answer that does not follow from the observed graph",
      hint: "Leave the query out of the evaluation; its mean reciprocal rank is not defined.",
    });
  }
  const seen = new Set<number>();
  for (const id of [...easy, ...hard]) {
    if (seen.has(id)) throw new InvalidArgumentError("answer", id, "listed once, as easy or as hard");
    seen.add(id);
  }
}
