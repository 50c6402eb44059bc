/** The check-digit rows for people: a text table, and an SVG figure. */
import { clopperPearsonLower, majorityRadius } from "@credence/conformal";
import { decimal, table } from "credence/terminal";
import type { CheckDigitRow } from "../check-digit.ts";
import { certificationFigure } from "./certification-figure.ts";

const series = (rule: boolean): string => (rule ? "with the check-digit rule" : "image c alone");

/** The rows at some radii, without and with the rule under each other. */
export function checkDigitTable(rows: readonly CheckDigitRow[], radii: readonly number[]): string {
  const shown = radii.flatMap((delta) => rows.filter((row) => row.delta === delta));
  return table(
    ["sigma", "radius", "certified top-1", "certified 90 % set size", "coverage", "rule"],
    shown.map(({ sigma, delta, top1, setSize, coverage, rule }) => [
      sigma,
      delta,
      decimal(top1, 3),
      decimal(setSize, 2),
      decimal(coverage, 3),
      rule ? "with" : "without",
    ]),
  );
}

/** The means of several runs' rows, radius by radius, without and with the rule. */
export function meanRows(runs: readonly (readonly CheckDigitRow[])[]): CheckDigitRow[] {
  const mean = (i: number, of: "top1" | "setSize" | "coverage"): number =>
    runs.reduce((sum, rows) => sum + rows[i][of], 0) / runs.length;
  return runs[0].map((row, i) => ({
    ...row,
    top1: mean(i, "top1"),
    setSize: mean(i, "setSize"),
    coverage: mean(i, "coverage"),
  }));
}

/** What the figure's words need to know. */
export interface CheckDigitFigureOptions {
  /** Such as "8 × 8 handwritten digits". */
  readonly data: string;
  readonly samples: number;
}

/** Both curves against the radius, as an SVG document. */
export function checkDigitFigure(rows: readonly CheckDigitRow[], options: CheckDigitFigureOptions): string {
  const { data, samples } = options;
  const { sigma } = rows[0];
  return certificationFigure(
    rows.map(({ rule, ...row }) => ({ ...row, series: series(rule) })),
    {
      title: "A check digit lets certified answers withstand stronger attacks",
      subtitle: `Third digit of c = (a + b) mod 10; ${data}, noise σ = ${sigma}, ${samples} noisy copies a record`,
      radius: "Radius δ: Euclidean norm of the attack on the whole record, pixels in [0, 1]",
      // Even a class with all of the votes has a share that is only known to be so large.
      limit: majorityRadius(clopperPearsonLower(samples, samples, 0.001), sigma),
      limitLabel: `limit of ${samples} copies`,
    },
  );
}
