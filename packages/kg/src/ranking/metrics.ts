/**
 * Summaries of ranks r_1..r_N, where query i had n_i candidates (Hoyt et al. 2022, "A unified framework for
 * rank-based evaluation metrics"). The chance model draws the rank of query i uniformly from 1..n_i,
 * independently of the others. For a metric X
 *
 *   adjusted X = (X − E X) / (1 − E X),     z X = (X − E X) / sd X,
 *
 * with the sign of z turned for the mean rank, so that larger is better everywhere, and
 *
 *   adjusted mean rank = MR / E MR,   adjusted mean rank index = 1 − (MR − 1) / (E MR − 1).
 *
 * Per query, E r = (n+1)/2 and Var r = (n²−1)/12; E 1/r = H_n/n and E 1/r² = H_n⁽²⁾/n; a hit at k has
 * probability min(k, n)/n. A form whose chance model leaves no room (E X = 1, sd = 0) is 0.
 */
import { InvalidArgumentError } from "@credence/core";

/** The figures of a set of ranks. */
export interface RankMetrics {
  /** How many ranks. */
  readonly count: number;
  readonly meanRank: number;
  readonly geometricMeanRank: number;
  readonly harmonicMeanRank: number;
  readonly medianRank: number;
  /** Mean reciprocal rank, in (0, 1]. */
  readonly mrr: number;
  /** Share of ranks of at most k, by k. */
  readonly hitsAt: Readonly<Record<number, number>>;
  readonly adjustedMeanRank: number;
  readonly adjustedMeanRankIndex: number;
  readonly adjustedMrr: number;
  readonly adjustedHitsAt: Readonly<Record<number, number>>;
  readonly zMeanRank: number;
  readonly zMrr: number;
  readonly zHitsAt: Readonly<Record<number, number>>;
}

/** Options of {@link rankMetrics}. */
export interface RankMetricsOptions {
  /** The k of hits@k; default 1, 3, 10. */
  readonly hitsAt?: readonly number[] | undefined;
}

/**
 * The metrics of ranks and of the numbers of candidates they were among. O(N log N + largest n).
 * @throws InvalidArgumentError no ranks, unequal lengths, or a rank outside 1..n
 */
export function rankMetrics(
  ranks: ArrayLike<number>,
  candidates: ArrayLike<number>,
  options: RankMetricsOptions = {},
): RankMetrics {
  checkRanks(ranks, candidates);
  const ks = options.hitsAt ?? [1, 3, 10];
  for (const k of ks) {
    if (!Number.isInteger(k) || k < 1) throw new InvalidArgumentError("hitsAt", k, "positive integers");
  }
  const count = ranks.length;
  const mean = (f: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += f(i);
    return sum / count;
  };
  const sorted = Float64Array.from(ranks).sort();
  const meanRank = mean((i) => ranks[i]);
  const mrr = mean((i) => 1 / ranks[i]);
  const harmonic = harmonicNumbers(candidates);
  const chanceRank = mean((i) => (candidates[i] + 1) / 2);
  const chanceMrr = mean((i) => harmonic.first[candidates[i]] / candidates[i]);
  const z = (difference: number, variance: (i: number) => number): number => {
    const sd = Math.sqrt(mean(variance) / count);
    return sd === 0 ? 0 : difference / sd;
  };
  const byK = (f: (k: number) => number): Record<number, number> =>
    Object.fromEntries(ks.map((k) => [k, f(k)]));
  const chanceOf = (k: number, i: number): number => Math.min(k, candidates[i]) / candidates[i];
  const hitsAt = byK((k) => mean((i) => (ranks[i] <= k ? 1 : 0)));
  const chanceHits = byK((k) => mean((i) => chanceOf(k, i)));
  return {
    count,
    meanRank,
    geometricMeanRank: Math.exp(mean((i) => Math.log(ranks[i]))),
    harmonicMeanRank: 1 / mrr,
    medianRank: (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2,
    mrr,
    hitsAt,
    adjustedMeanRank: meanRank / chanceRank,
    adjustedMeanRankIndex: chanceRank === 1 ? 0 : 1 - (meanRank - 1) / (chanceRank - 1),
    adjustedMrr: adjusted(mrr, chanceMrr),
    adjustedHitsAt: byK((k) => adjusted(hitsAt[k], chanceHits[k])),
    zMeanRank: z(chanceRank - meanRank, (i) => (candidates[i] ** 2 - 1) / 12),
    zMrr: z(mrr - chanceMrr, (i) => {
      const n = candidates[i];
      return harmonic.second[n] / n - (harmonic.first[n] / n) ** 2;
    }),
    zHitsAt: byK((k) => z(hitsAt[k] - chanceHits[k], (i) => chanceOf(k, i) * (1 - chanceOf(k, i)))),
  };
}

function adjusted(value: number, chance: number): number {
  return chance === 1 ? 0 : (value - chance) / (1 - chance);
}

/** H_n = Σ 1/j and H_n⁽²⁾ = Σ 1/j² for all n up to the largest. */
function harmonicNumbers(candidates: ArrayLike<number>): { first: Float64Array; second: Float64Array } {
  let most = 0;
  for (let i = 0; i < candidates.length; i++) most = Math.max(most, candidates[i]);
  const first = new Float64Array(most + 1);
  const second = new Float64Array(most + 1);
  for (let j = 1; j <= most; j++) {
    first[j] = first[j - 1] + 1 / j;
    second[j] = second[j - 1] + 1 / j ** 2;
  }
  return { first, second };
}

function checkRanks(ranks: ArrayLike<number>, candidates: ArrayLike<number>): void {
  if (ranks.length === 0) {
    throw new InvalidArgumentError("ranks.length", 0, "positive", "There is nothing to evaluate.");
  }
  if (candidates.length !== ranks.length) {
    throw new InvalidArgumentError("candidates.length", candidates.length, `${ranks.length}, as of ranks`);
  }
  for (let i = 0; i < ranks.length; i++) {
    if (!Number.isInteger(candidates[i]) || candidates[i] < 1) {
      throw new InvalidArgumentError(`candidates[${i}]`, candidates[i], "a positive integer");
    }
    if (!(ranks[i] >= 1 && ranks[i] <= candidates[i])) {
      throw new InvalidArgumentError(`ranks[${i}]`, ranks[i], `a rank from 1 to ${candidates[i]}`);
    }
  }
}
