import { aps, calibrate, lac, type PredictionSets } from "@credence/conformal";
import { matrix } from "@credence/core";
import { describe, expect, it } from "vitest";
import { softmaxRows } from "./rows.ts";

const { probabilities, labels } = softmaxRows("packed", 120, 40);
const predictor = calibrate({ probabilities, labels }, { score: lac(), alpha: 0.05 });

/** The sets, by the definition of packing. */
function unpacked({ count, offsets, labels: all }: PredictionSets): number[][] {
  return Array.from({ length: count }, (_, i) => [...all.subarray(offsets[i], offsets[i + 1])]);
}

describe("packed sets", () => {
  it("hold every row's labels ascending, in one list without gaps", () => {
    const test = softmaxRows("test", 300, 40).probabilities;
    const sets = predictor.predictSets(test);
    expect([sets.count, sets.classes, sets.offsets.length]).toEqual([300, 40, 301]);
    expect([sets.offsets[0], sets.offsets[300]]).toEqual([0, sets.labels.length]);
    // More labels than twice the rows: the list had to grow on the way.
    expect(sets.labels.length).toBeGreaterThan(600);
    for (const [i, own] of unpacked(sets).entries()) {
      expect(own).toEqual([...predictor.predictSet(test[i])]);
      expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
    }
  });

  it("are read by row or in turn, both as views of the same labels", () => {
    const sets = predictor.predictSets(probabilities.slice(0, 7));
    const turn = [...sets];
    expect(turn.map((set) => [...set])).toEqual(unpacked(sets));
    for (const [i, set] of turn.entries()) {
      expect(set.buffer).toBe(sets.labels.buffer);
      expect([...sets.at(i)]).toEqual([...set]);
    }
  });

  it.each([-1, 7, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuse row %s of seven", (row) => {
    const sets = predictor.predictSets(probabilities.slice(0, 7));
    expect(() => sets.at(row)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", expected: "an integer from 0 to 6" }),
    );
  });

  it("of no rows are empty, whatever holds the rows", () => {
    for (const none of [[], matrix(0, 40, new Float64Array(0)), { toArray: () => [] }]) {
      const sets = predictor.predictSets(none);
      expect([sets.count, sets.labels.length, [...sets.offsets], [...sets]]).toEqual([0, 0, [0], []]);
      expect(() => sets.at(0)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});

describe("one set", () => {
  it("makes its p-values when they are asked for, once, and of the row as it was", () => {
    const row = Float64Array.from(probabilities[3]);
    const set = predictor.predictSet(row);
    row.fill(1 / 40);
    const first = set.pValues;
    expect(set.pValues).toBe(first);
    expect([...first]).toEqual([...predictor.pValues(probabilities[3])]);
    expect(set.labels.length).toBe(set.size);
    expect(set.has(-1) || set.has(40) || set.has(0.5)).toBe(false);
  });

  it("keeps its labels and p-values to one draw of a randomized score", () => {
    const random = calibrate({ probabilities, labels }, { score: aps(), alpha: 0.05, u: 0.5 });
    for (const u of [0, 0.3, 1]) {
      const set = random.predictSet(probabilities[5], { u });
      const inside = Array.from(set.pValues.keys()).filter((label) => set.pValues[label] > 0.05);
      expect([...set]).toEqual(inside);
    }
  });
});
