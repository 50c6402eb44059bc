import {
  rightLinearVtree,
  type SquaredCircuit,
  squaredCircuit,
  squaredSample,
  squaredVtreeShape,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomSquared, squaresOf } from "./random-squared.ts";

/** Pearson's statistic of samples against the squares, over worlds of expected count 5 or more, and how many. */
function chiSquare(circuit: SquaredCircuit, samples: Float64Array, allowed: (world: number[]) => boolean) {
  const worlds = squaresOf(circuit).filter(({ world }) => allowed(world));
  const total = worlds.reduce((sum, { square }) => sum + square, 0);
  const cols = circuit.shape.arities.length;
  const count = samples.length / cols;
  const seen = new Map<string, number>();
  for (let r = 0; r < count; r++) {
    const key = samples.subarray(r * cols, (r + 1) * cols).join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  let [statistic, cells, rest] = [0, 0, { expected: 0, found: count }];
  for (const { world, square } of worlds) {
    const expected = (count * square) / total;
    const found = seen.get(world.join()) ?? 0;
    if (expected < 5) {
      rest = { ...rest, expected: rest.expected + expected };
      continue;
    }
    rest = { ...rest, found: rest.found - found };
    statistic += (found - expected) ** 2 / expected;
    cells++;
  }
  if (rest.expected > 5) statistic += (rest.found - rest.expected) ** 2 / rest.expected;
  return { statistic, freedom: cells - 1 + Number(rest.expected > 5), rest };
}

describe("squaredSample", () => {
  it("draws worlds as often as their squares say", () => {
    for (let seed = 10; seed < 18; seed++) {
      const circuit = randomSquared(seed);
      const drawn = squaredSample(circuit, 1500, { seed });
      if (drawn.kind !== "samples") continue;
      const { statistic, freedom } = chiSquare(circuit, drawn.rows.data as Float64Array, () => true);
      // Six standard deviations of the distribution of the statistic.
      expect(statistic).toBeLessThan(freedom + 6 * Math.sqrt(2 * Math.max(1, freedom)));
    }
  });

  it("draws from what evidence leaves, with its chances", () => {
    let met = 0;
    for (let seed = 30; seed < 40; seed++) {
      const circuit = randomSquared(seed);
      const last = circuit.variables.name(circuit.shape.arities.length - 1);
      const first = circuit.variables.name(0);
      const evidence = { [last]: { in: [0] }, [first]: { in: [0, 1] } };
      const drawn = squaredSample(circuit, 1000, { seed, evidence });
      if (drawn.kind !== "samples") continue;
      met++;
      const allowed = (world: number[]) => world.at(-1) === 0 && world[0] < 2;
      const { statistic, freedom, rest } = chiSquare(circuit, drawn.rows.data as Float64Array, allowed);
      expect(statistic).toBeLessThan(freedom + 6 * Math.sqrt(2 * Math.max(1, freedom)));
      if (rest.expected === 0) expect(rest.found).toBe(0);
    }
    expect(met).toBeGreaterThan(7);
  });

  it("never draws a world that cancels", () => {
    const shape = squaredVtreeShape([2, 2], rightLinearVtree([1, 2]), { units: 2 });
    const tables = [0.3, 0.7, 0.3, -0.7];
    // (0, 0) and (1, 1) have the value 0 by subtraction alone.
    const circuit = squaredCircuit(shape, [...tables, ...tables, 1, -1]);
    const drawn = squaredSample(circuit, 500, { seed: 1 });
    if (drawn.kind !== "samples") throw new Error("There are worlds.");
    let first = 0;
    for (let r = 0; r < 500; r++) {
      expect(drawn.rows.data[2 * r] + drawn.rows.data[2 * r + 1]).toBe(1);
      first += drawn.rows.data[2 * r];
    }
    expect(Math.abs(first / 500 - 0.5)).toBeLessThan(0.15);
  });

  it("is the same for the same seed, and refuses what is no count", () => {
    const circuit = randomSquared(3);
    expect(squaredSample(circuit, 20, { seed: 5 })).toEqual(squaredSample(circuit, 20, { seed: 5 }));
    expect(squaredSample(circuit, 20, { seed: 5 })).not.toEqual(squaredSample(circuit, 20, { seed: 6 }));
    expect(squaredSample(circuit, 0)).toMatchObject({ kind: "samples", rows: { rows: 0 } });
    expect(() => squaredSample(circuit, -1)).toThrow(/an integer from 0/);
    expect(squaredSample(circuit, 5, { evidence: { x0: { in: [] } } })).toEqual({
      kind: "contradiction",
      source: "evidence",
      logPartition: Number.NEGATIVE_INFINITY,
    });
  });
});
