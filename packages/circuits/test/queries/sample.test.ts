import { posteriors, sample } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";

describe("sample", () => {
  it("draws worlds as often as they are probable (chi-square, given evidence or not)", () => {
    const circuit = randomCircuit(12, finiteDomains);
    for (const evidence of [{}, { v1: { in: [0, 2] }, v4: 0.8 }]) {
      const drawn = sample(circuit, 20_000, { seed: 3, evidence });
      if (drawn.kind !== "samples") expect.unreachable();
      const counts = new Map<string, number>();
      for (let r = 0; r < drawn.rows.rows; r++) {
        const key = drawn.rows.data.subarray(5 * r, 5 * r + 5).join();
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const soft = "v4" in evidence;
      const worlds = [...worldsOf(finiteDomains)];
      const weights = worlds.map((world) => {
        const weight = soft ? Number(world[1] !== 1) * (world[4] === 1 ? 0.8 : 0.2) : 1;
        return valueAt(circuit, world) * weight;
      });
      const total = weights.reduce((a, b) => a + b, 0);
      let [statistic, cells] = [0, 0];
      worlds.forEach((world, i) => {
        const expected = (20_000 * weights[i]) / total;
        const found = counts.get(world.join()) ?? 0;
        if (expected === 0) expect(found).toBe(0);
        if (expected < 5) return;
        statistic += (found - expected) ** 2 / expected;
        cells++;
      });
      // Five standard deviations of the chi-square distribution above its mean.
      expect(statistic).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
    }
  });

  it("gives the same bytes for the same seed, and means that agree with the posteriors of numbers", () => {
    const circuit = randomCircuit(5, mixedDomains);
    const evidence = { v2: 1 };
    const drawn = sample(circuit, 5000, { seed: "s", evidence });
    expect(drawn).toEqual(sample(circuit, 5000, { seed: "s", evidence }));
    const answer = posteriors(circuit, evidence);
    if (drawn.kind !== "samples" || answer.kind !== "posteriors") expect.unreachable();
    for (const v of [1, 3] as const) {
      const expected = answer.byVariable[`v${v}`];
      if (expected.kind !== "number") expect.unreachable();
      let mean = 0;
      for (let r = 0; r < 5000; r++) mean += drawn.rows.data[4 * r + v] / 5000;
      expect(Math.abs(mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / 5000));
    }
    expect(() => sample(circuit, -1)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
