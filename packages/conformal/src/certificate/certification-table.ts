/**
 * The usual table of a certified classifier: certified top-1, set size and coverage of the sets at each
 * radius.
 */
import { coverageReport } from "../report.ts";
import { type CertifiedCalibration, certifySets } from "./certify.ts";
import { certifyTop } from "./certify-top.ts";
import type { VoteCounts } from "./smooth.ts";

/** One row of the table. */
export interface CertificationRow {
  readonly sigma: number;
  /** ℓ2 radius. */
  readonly delta: number;
  /** Share of rows whose true class provably keeps more than half of the votes. */
  readonly top1: number;
  /** Mean size of the certified sets. */
  readonly setSize: number;
  /** Share of certified sets that hold the true class, on the rows as given. */
  readonly coverage: number;
}

/**
 * Evaluates certificates on labeled rows that were not attacked.
 * @param level of the top-1 certificates, for each row; default 0.001
 * @throws as {@link certifySets} and {@link certifyTop}
 */
export function certificationTable(
  counts: VoteCounts,
  labels: ArrayLike<number>,
  calibration: CertifiedCalibration,
  radii: readonly number[],
  level = 0.001,
): CertificationRow[] {
  const top = certifyTop(counts, { labels, level });
  return certifySets(counts, calibration, radii).map(({ radius, sets }) => {
    const { meanSize, coverage } = coverageReport(sets, labels);
    return { sigma: counts.sigma, delta: radius, top1: top.certifiedAt(radius), setSize: meanSize, coverage };
  });
}
