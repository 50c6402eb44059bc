import { calibrate, clopperPearson, coverageReport, lac, type ReportOptions } from "@credence/conformal";
import { InvalidArgumentError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../test/tolerance.ts";
import { softmaxRows } from "./rows.ts";

const classes = 5;
/** Rows of a set and a label, at least one. */
const rows = fc.array(
  fc.record({ set: fc.subarray([0, 1, 2, 3, 4]), label: fc.integer({ min: 0, max: classes - 1 }) }),
  { minLength: 1, maxLength: 40 },
);
type Row = { readonly set: readonly number[]; readonly label: number };

const reportOf = (data: readonly Row[], options: ReportOptions = { classes }) =>
  coverageReport(
    data.map(({ set }) => set),
    data.map(({ label }) => label),
    options,
  );
const covered = (data: readonly Row[]): number => data.filter(({ set, label }) => set.includes(label)).length;
const near = (a: number, b: number) => close(a, b, tolerance.rounding);

describe("the report", () => {
  it("splits the rows by size and by class, and the parts add up to the whole", () => {
    fc.assert(
      fc.property(rows, (data) => {
        const report = reportOf(data);
        expect(near(report.coverage, covered(data) / data.length)).toBe(true);
        expect(
          near(
            report.meanSize * data.length,
            data.reduce((sum, { set }) => sum + set.length, 0),
          ),
        ).toBe(true);
        for (const parts of [report.sizeStratified, report.perClass]) {
          expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(data.length);
          const hits = parts.reduce((sum, { count, coverage = 0 }) => sum + count * coverage, 0);
          expect(near(hits, covered(data))).toBe(true);
        }
        // Every size that occurs once, ascending; every class whether or not it occurs.
        const sizes = [...new Set(data.map(({ set }) => set.length))].sort((a, b) => a - b);
        expect(report.sizeStratified.map(({ size }) => size)).toEqual(sizes.map((size) => [size, size]));
        expect(report.perClass.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4]);
        expect(
          near(
            report.empty + report.singleton,
            data.filter(({ set }) => set.length < 2).length / data.length,
          ),
        ).toBe(true);
        expect(report.singletonHit).toBeLessThanOrEqual(report.singleton);
      }),
    );
  });

  it("gives every share the exact band of its counts, around the share itself", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(0.5, 0.9, 0.99), (data, level) => {
        const report = reportOf(data, { classes, level });
        expect(report.band).toEqual(clopperPearson(covered(data), data.length, 1 - level));
        for (const { count, coverage, band } of [...report.sizeStratified, ...report.perClass]) {
          expect(coverage === undefined).toBe(count === 0);
          if (coverage === undefined) expect(band).toEqual([0, 1]);
          else {
            expect(band).toEqual(clopperPearson(Math.round(count * coverage), count, 1 - level));
            expect(band[0] <= coverage && coverage <= band[1]).toBe(true);
          }
        }
      }),
    );
  });

  it("measures gaps from 1 − alpha: signed by class, the mean and the largest without sign", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (data, alpha) => {
        const { perClass, sizeStratified, meanClassGap, sizeStratifiedViolation, macroCoverage } = reportOf(
          data,
          {
            classes,
            alpha,
          },
        );
        const present = perClass.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage]));
        const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
        expect(near(macroCoverage, mean(present))).toBe(true);
        expect(near(meanClassGap ?? Number.NaN, mean(present.map((c) => Math.abs(c - (1 - alpha)))))).toBe(
          true,
        );
        for (const { coverage, gap } of perClass) {
          expect(coverage === undefined ? gap : near((gap ?? Number.NaN) + 1 - alpha, coverage)).toBe(
            coverage === undefined ? undefined : true,
          );
        }
        const largest = Math.max(
          ...sizeStratified.map(({ coverage = 0 }) => Math.abs(coverage - (1 - alpha))),
        );
        expect(near(sizeStratifiedViolation ?? Number.NaN, largest)).toBe(true);
      }),
    );
  });

  it("takes strata as they are given: overlapping, in any order, with rows in none of them", () => {
    const ranges = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })).map(([a, b]) => {
        return [Math.min(a, b), Math.max(a, b)] as const;
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(rows, ranges, (data, strata) => {
        const report = reportOf(data, { classes, strata, alpha: 0.25 });
        expect(report.sizeStratified.map(({ size }) => size)).toEqual(strata);
        for (const { size, count, coverage } of report.sizeStratified) {
          const own = data.filter(({ set }) => set.length >= size[0] && set.length <= size[1]);
          expect(count).toBe(own.length);
          expect(coverage).toBe(own.length === 0 ? undefined : covered(own) / own.length);
        }
        // Strata without rows violate nothing.
        const gaps = report.sizeStratified.flatMap(({ coverage }) => {
          return coverage === undefined ? [] : [Math.abs(coverage - 0.75)];
        });
        expect(report.sizeStratifiedViolation).toBe(Math.max(0, ...gaps));
      }),
    );
    for (const wrong of [
      [3, 1],
      [Number.NaN, 2],
      [0, Number.NaN],
    ] as const) {
      expect(() => reportOf([{ set: [0], label: 0 }], { strata: [[0, 1], wrong] })).toThrow(
        InvalidArgumentError,
      );
    }
  });

  it("does not depend on the order of rows, nor on how the sets are held", () => {
    const { probabilities, labels } = softmaxRows("report", 300, classes);
    const predictor = calibrate(
      { probabilities: probabilities.slice(0, 150), labels: labels.slice(0, 150) },
      { score: lac(), alpha: 0.2 },
    );
    const packed = predictor.predictSets(probabilities.slice(150));
    const own = labels.slice(150);
    const report = coverageReport(packed, own, { alpha: 0.2 });
    expect(
      coverageReport(
        [...packed].map((set) => new Set(set)),
        own,
        { alpha: 0.2 },
      ),
    ).toEqual(report);
    const reversed = Array.from({ length: packed.count }, (_, i) => packed.at(packed.count - 1 - i));
    const { perClass, sizeStratified, coverage, band } = coverageReport(reversed, [...own].reverse(), {
      alpha: 0.2,
    });
    expect({ perClass, sizeStratified, coverage, band }).toEqual({
      perClass: report.perClass,
      sizeStratified: report.sizeStratified,
      coverage: report.coverage,
      band: report.band,
    });
    // A calibrated predictor covers as it says: far outside its band would be a bug, not bad luck.
    expect(report.coverage).toBeGreaterThan(0.65);
  });
});
