/** The cases of ranking.json. */
import { sharedJson } from "../../../../test/shared.ts";

type TieRanks = "optimistic" | "pessimistic" | "realistic";

interface Ranked {
  readonly ranks: Readonly<Record<TieRanks | "libkge_rounded_mean_rank", readonly number[]>>;
  readonly number_of_candidates: readonly number[];
  readonly ties: readonly number[];
  readonly metrics: Readonly<Record<TieRanks, Readonly<Record<string, number>>>>;
}

export interface RankingCase {
  readonly id: string;
  readonly scores: readonly (readonly number[])[];
  readonly target: readonly number[];
  readonly known_true: readonly (readonly number[])[];
  readonly raw: Ranked;
  readonly filtered: Ranked;
}

export function rankingCases(): readonly RankingCase[] {
  return sharedJson<{ cases: RankingCase[] }>("reference", "kge", "ranking.json").cases;
}
