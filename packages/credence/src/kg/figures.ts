/** The figures of an evaluation as the command prints them. */
import type { RankMetrics } from "@credence/kg";
import { decimal } from "../terminal/output.ts";

/** Section 11's `{mrr, hitsAt, meanRank}`. */
export interface Figures {
  readonly mrr: number;
  readonly hitsAt: Readonly<Record<1 | 3 | 10, number>>;
  readonly meanRank: number;
}

/** Takes the printed figures out of all metrics. */
export function figures({ mrr, hitsAt, meanRank }: RankMetrics): Figures {
  return { mrr, hitsAt: { 1: hitsAt[1], 3: hitsAt[3], 10: hitsAt[10] }, meanRank };
}

/** The heads of a table of figures. */
export const figureHeads: readonly string[] = ["MRR", "hits@1", "hits@3", "hits@10", "mean rank"];

/** One table row's cells, under {@link figureHeads}. */
export function figureCells({ mrr, hitsAt, meanRank }: Figures): string[] {
  return [decimal(mrr), decimal(hitsAt[1]), decimal(hitsAt[3]), decimal(hitsAt[10]), decimal(meanRank, 1)];
}
