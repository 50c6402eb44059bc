/**
 * What prediction sets did on labeled rows: coverage with an exact binomial band, sizes, coverage by set size
 * and by class. Marginal coverage can hide that large sets always cover and small ones too rarely, so both
 * are told (A. Angelopoulos, S. Bates, "A Gentle Introduction to Conformal Prediction", 2021, section 3).
 */
import { InvalidArgumentError } from "@credence/core";
import { clopperPearson } from "./bounds/clopper-pearson.ts";
import { checkCount, checkLabel, checkLevel, checkSameLength } from "./errors.ts";

/** The covered share of some rows, with its exact two-sided band. */
export interface Share {
  readonly count: number;
  /** Undefined where there are no rows. */
  readonly coverage: number | undefined;
  /** Clopper–Pearson at the report's level; [0, 1] without rows. */
  readonly band: readonly [low: number, high: number];
}

/** Coverage among the sets of a range of sizes, both ends included. */
export interface SizeStratum extends Share {
  readonly size: readonly [least: number, most: number];
}

/** Coverage among the rows of a class. */
export interface ClassCoverage extends Share {
  readonly label: number;
  /** coverage − (1 − alpha), where alpha was given and the class occurs. */
  readonly gap: number | undefined;
}

/** Options of {@link coverageReport}. */
export interface ReportOptions {
  /** The miscoverage asked for, to compare with. */
  readonly alpha?: number;
  /** How many classes there are; default one more than the largest label. */
  readonly classes?: number;
  /** Confidence of the bands; default 0.95. */
  readonly level?: number;
  /** Ranges of set sizes, both ends included; default each size that occurs. */
  readonly strata?: readonly (readonly [least: number, most: number])[];
}

/** The report. */
export interface CoverageReport {
  readonly count: number;
  /** Share of rows whose set holds the label. */
  readonly coverage: number;
  readonly band: readonly [low: number, high: number];
  readonly meanSize: number;
  /** Share of empty sets. */
  readonly empty: number;
  /** Share of sets with one label. */
  readonly singleton: number;
  /** Share of rows whose set is the true label alone. */
  readonly singletonHit: number;
  readonly sizeStratified: readonly SizeStratum[];
  readonly perClass: readonly ClassCoverage[];
  /** Mean coverage of the classes that occur. */
  readonly macroCoverage: number;
  /** Mean |gap| of the classes that occur; undefined without alpha. */
  readonly meanClassGap: number | undefined;
  /** Largest |coverage − (1 − alpha)| of the strata that occur; undefined without alpha. */
  readonly sizeStratifiedViolation: number | undefined;
}

/**
 * Compares sets with labels. O(total size).
 * @param sets one set of labels per row: packed sets, or anything iterable
 * @throws CredenceError `LENGTH_MISMATCH`, `LABEL_OUT_OF_RANGE`; InvalidArgumentError for options or no rows
 * at all
 */
export function coverageReport(
  sets: Iterable<Iterable<number>>,
  labels: ArrayLike<number>,
  options: ReportOptions = {},
): CoverageReport {
  const { alpha, level = 0.95 } = options;
  checkLevel("level", level);
  if (alpha !== undefined) checkLevel("alpha", alpha);
  if (labels.length === 0) throw new InvalidArgumentError("labels", labels, "at least one label");
  const outcomes = outcomesOf(sets, labels, options.classes);

  const share = (rows: readonly Outcome[]): Share => {
    const covered = rows.filter((row) => row.hit).length;
    const coverage = rows.length === 0 ? undefined : covered / rows.length;
    return { count: rows.length, coverage, band: clopperPearson(covered, rows.length, 1 - level) };
  };
  const target = alpha === undefined ? undefined : 1 - alpha;
  const gapOf = (one: Share): number | undefined =>
    target === undefined || one.coverage === undefined ? undefined : one.coverage - target;

  const sizeStratified = strataOf(outcomes, options.strata).map(({ size, rows }) => ({
    size,
    ...share(rows),
  }));
  const perClass = byLabel(outcomes, options.classes).map((rows, label) => {
    const own = share(rows);
    return { label, ...own, gap: gapOf(own) };
  });
  const present = perClass.filter((one) => one.count > 0);
  const whole = share(outcomes);
  const rate = (condition: (row: Outcome) => boolean) => outcomes.filter(condition).length / outcomes.length;
  const violations = sizeStratified.filter((one) => one.count > 0).map((one) => Math.abs(gapOf(one) ?? 0));
  return {
    count: outcomes.length,
    coverage: rate((row) => row.hit),
    band: whole.band,
    meanSize: mean(outcomes.map((row) => row.size)),
    empty: rate((row) => row.size === 0),
    singleton: rate((row) => row.size === 1),
    singletonHit: rate((row) => row.size === 1 && row.hit),
    sizeStratified,
    perClass,
    macroCoverage: mean(present.map((one) => one.coverage ?? 0)),
    meanClassGap: target === undefined ? undefined : mean(present.map((one) => Math.abs(one.gap ?? 0))),
    sizeStratifiedViolation: target === undefined ? undefined : Math.max(0, ...violations),
  };
}

interface Outcome {
  readonly label: number;
  readonly size: number;
  readonly hit: boolean;
}

function outcomesOf(
  sets: Iterable<Iterable<number>>,
  labels: ArrayLike<number>,
  classes: number | undefined,
): Outcome[] {
  if (classes !== undefined) checkCount("classes", classes, 1);
  const outcomes: Outcome[] = [];
  for (const set of sets) {
    const label = labels[outcomes.length];
    let size = 0;
    let hit = false;
    for (const member of set) {
      size++;
      if (member === label) hit = true;
    }
    outcomes.push({ label, size, hit });
  }
  checkSameLength("sets", outcomes.length, "labels", labels.length);
  for (let i = 0; i < labels.length; i++) checkLabel(labels[i], i, classes ?? 2 ** 31);
  return outcomes;
}

function strataOf(
  outcomes: readonly Outcome[],
  ranges: ReportOptions["strata"],
): { size: readonly [number, number]; rows: readonly Outcome[] }[] {
  if (ranges !== undefined) {
    for (const [least, most] of ranges) {
      if (!(least <= most))
        throw new InvalidArgumentError("strata", ranges, "ranges [least, most] with least <= most");
    }
    return ranges.map((size) => ({
      size,
      rows: outcomes.filter((row) => row.size >= size[0] && row.size <= size[1]),
    }));
  }
  const bySize = new Map<number, Outcome[]>();
  for (const row of outcomes) {
    const others = bySize.get(row.size);
    if (others === undefined) bySize.set(row.size, [row]);
    else others.push(row);
  }
  return [...bySize].sort(([a], [b]) => a - b).map(([size, rows]) => ({ size: [size, size] as const, rows }));
}

function byLabel(outcomes: readonly Outcome[], classes: number | undefined): Outcome[][] {
  const count = classes ?? 1 + outcomes.reduce((most, row) => Math.max(most, row.label), 0);
  const groups = Array.from({ length: count }, (): Outcome[] => []);
  for (const row of outcomes) groups[row.label].push(row);
  return groups;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
