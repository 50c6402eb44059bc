import { compileRules, marginals } from "@credence/circuits";
import { AbortedError, type Progress, parseRules, rng } from "@credence/core";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type CheckDigitRow, checkDigit, checkDigitRules } from "../../examples/check-digit.ts";
import { drawRecords } from "../../examples/support/check-digit-records.ts";
import { checkDigitFigure, checkDigitTable, meanRows } from "../../examples/support/check-digit-report.ts";
import { csvDigits, gatherImages, mnistDigits } from "../../examples/support/digit-images.ts";
import { close, tolerance } from "../tolerance.ts";

/** Ten patterns of sixteen pixels, each seen many times under noise: digits that a tiny network reads. */
function patterns(count: number) {
  const random = rng("patterns");
  const shapes = Array.from({ length: 10 }, () => Array.from({ length: 16 }, () => random.int(2)));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  const data = Float32Array.from({ length: 16 * count }, (_, k) => {
    return shapes[labels[k >> 4]][k & 15] + 0.2 * random.normal();
  });
  return { images: { rows: count, cols: 16, data }, labels };
}

const quick = { ...patterns(420), train: 150, samples: 60, sigma: 0.5, radii: [0, 0.1, 0.2, 0.4], seed: 3 };
const half = (rows: readonly CheckDigitRow[], rule: boolean) => rows.filter((row) => row.rule === rule);

describe("checkDigit", () => {
  it("gives a row a radius without and with the rule, worse with every larger radius", async () => {
    const rows = await checkDigit(quick);
    expect(rows.map(({ rule, delta }) => [rule, delta])).toEqual(
      [false, true].flatMap((rule) => quick.radii.map((delta) => [rule, delta])),
    );
    for (const rule of [false, true]) {
      const own = half(rows, rule);
      for (const { sigma, top1, setSize, coverage } of own) {
        expect(sigma).toBe(0.5);
        expect(top1).toBeGreaterThanOrEqual(0);
        expect(top1).toBeLessThanOrEqual(1);
        expect(setSize).toBeLessThanOrEqual(10);
        expect(coverage).toBeGreaterThan(0.7);
      }
      for (let i = 1; i < own.length; i++) {
        expect(own[i].top1).toBeLessThanOrEqual(own[i - 1].top1);
        expect(own[i].setSize).toBeGreaterThanOrEqual(own[i - 1].setSize);
        expect(own[i].coverage).toBeGreaterThanOrEqual(own[i - 1].coverage);
      }
    }
    const sizes = [false, true].map((rule) => half(rows, rule)[3].setSize);
    expect(sizes[1]).toBeLessThan(sizes[0]);
    expect(await checkDigit(quick)).toEqual(rows);
    expect(await checkDigit({ ...quick, seed: 4 })).not.toEqual(rows);
  });

  it("reports its progress and stops when told to", async () => {
    const phases = new Set<string>();
    const controller = new AbortController();
    const onProgress = ({ phase }: Progress) => {
      phases.add(phase);
      if (phase === "smoothing") controller.abort();
    };
    const run = checkDigit({ ...quick, onProgress, signal: controller.signal });
    await expect(run).rejects.toBeInstanceOf(AbortedError);
    expect([...phases]).toEqual(["fit", "smoothing"]);
  });

  it("has rules that say what the closed form of the correction says", () => {
    const circuit = compileRules(parseRules(checkDigitRules(4)));
    const random = rng("closed form");
    const [a, b, c] = ["a", "b", "c"].map((image) => {
      const weights = Array.from({ length: 10 }, () => random() ** 2);
      const sum = weights.reduce((x, y) => x + y);
      return weights.map((weight, digit) => ({ name: `${image}${digit}`, p: weight / sum }));
    });
    const evidence = Object.fromEntries([...a, ...b, ...c].map(({ name, p }) => [name, p / (1 + p)]));
    const result = marginals(circuit, evidence);
    if (result.kind !== "posteriors") return expect.unreachable();
    // p(c) (exp(w) r(c) + 1 − r(c)), normalized, with r the distribution of (a + b) mod 10.
    const r = new Float64Array(10);
    for (let i = 0; i < 10; i++) for (let j = 0; j < 10; j++) r[(i + j) % 10] += a[i].p * b[j].p;
    const corrected = c.map(({ p }, digit) => p * (Math.exp(4) * r[digit] + 1 - r[digit]));
    const total = corrected.reduce((x, y) => x + y);
    c.forEach(({ name }, digit) => {
      const posterior = (result.probabilities as Readonly<Record<string, number>>)[name];
      expect(close(posterior, corrected[digit] / total, tolerance.reference)).toBe(true);
    });
  });
});

describe("the check-digit example's helpers", () => {
  it("draw disjoint records whose third digit checks the others, nearly as many as there could be", () => {
    const { labels } = patterns(400);
    const pool = Array.from({ length: 300 }, (_, i) => i + 100);
    const records = drawRecords(labels, pool, rng(1));
    for (const [a, b, c] of records) expect(labels[c]).toBe((labels[a] + labels[b]) % 10);
    const used = records.flat();
    expect(new Set(used).size).toBe(used.length);
    expect(Math.min(...used)).toBeGreaterThanOrEqual(100);
    expect(records.length).toBeGreaterThan(80);
    expect(drawRecords(labels, pool, rng(1))).toEqual(records);
  });

  it("read digits from CSV, and refuse lines that are not digits", () => {
    const line = (label: number, ink: number) => [label, ...Array.from({ length: 64 }, () => ink)].join(",");
    const { images, labels } = csvDigits(`head\n${line(3, 8)}\r\n${line(7, 16)}\n`);
    expect(Array.from(labels)).toEqual([3, 7]);
    expect(images).toMatchObject({ rows: 2, cols: 64 });
    expect([images.data[0], images.data[127]]).toEqual([0.5, 1]);
    for (const bad of [line(3, 17), line(10, 8), line(3, -1), "3,1,2", "x"]) {
      expect(() => csvDigits(`head\n${bad}\n`)).toThrow(/line 2/);
    }
  });

  it("average MNIST's pixels and keep its digits", async () => {
    const { images, labels } = await mnistDigits(4);
    expect(images).toMatchObject({ rows: 10_000, cols: 49 });
    expect(labels.length).toBe(10_000);
    expect(new Set(labels).size).toBe(10);
    expect(images.data.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
    const finer = await mnistDigits(2);
    // Each cell of the coarser image is the mean of four of the finer one's.
    const cells = finer.images.data;
    expect(
      close(images.data[24], (cells[90] + cells[91] + cells[104] + cells[105]) / 4, tolerance.single),
    ).toBe(true);
  });

  it("put images side by side", () => {
    const images = { rows: 3, cols: 2, data: Float32Array.from([0, 1, 2, 3, 4, 5]) };
    const side = gatherImages(images, [
      [2, 0],
      [1, 1],
    ]);
    expect(side).toEqual({ rows: 2, cols: 4, data: Float32Array.from([4, 5, 0, 1, 2, 3, 2, 3]) });
  });

  it("print an aligned table and draw a figure with axes and both curves", () => {
    const rows = [false, true].flatMap((rule) =>
      [0, 0.25].map((delta) => ({ sigma: 0.25, delta, top1: 0.9 - delta, setSize: 1.5, coverage: 1, rule })),
    );
    const lines = checkDigitTable(rows, [0.25]).split("\n");
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    const cells = lines.map((line) => line.split("│").map((cell) => cell.trim()));
    expect(cells).toContainEqual(["", "0.25", "0.25", "0.650", "1.50", "1.000", "without", ""]);
    expect(cells).toContainEqual(["", "0.25", "0.25", "0.650", "1.50", "1.000", "with", ""]);
    const better = rows.map((row) => ({ ...row, top1: row.top1 + 0.1 }));
    expect(meanRows([rows, better])[1]).toMatchObject({ delta: 0.25, top1: (0.65 + 0.75) / 2, setSize: 1.5 });
    const { document } = parseHTML(checkDigitFigure(rows, { data: "a < b", samples: 100 }));
    expect(document.querySelector("title")?.textContent).toMatch(/check digit/);
    expect(document.querySelectorAll('[aria-label="line"] path').length).toBe(4);
    for (const words of ["a < b", "image c alone", "Certified top-1", "Radius", "limit of 100 copies"]) {
      expect(document.documentElement.textContent).toContain(words);
    }
  });
});
