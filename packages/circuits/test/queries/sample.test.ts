import { cdf, circuitBuilder, posteriors, sample } from "@credence/circuits";
import { vocabulary } from "@credence/core";
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

  it("draws numbers within their intervals and sets as the distribution function has them", () => {
    for (const seed of [3, 9, 21]) {
      const circuit = randomCircuit(seed, mixedDomains);
      const evidence = { v0: 0.3, v1: { from: -0.5, to: 2 }, v3: { from: 1 } };
      const drawn = sample(circuit, 4000, { seed, evidence });
      if (drawn.kind !== "samples") expect.unreachable();
      for (const [column, name, points] of [
        [1, "v1", [-0.4, 0, 0.3, 0.8, 1.5]],
        [3, "v3", [1, 2, 3, 5]],
      ] as const) {
        const values = Array.from({ length: 4000 }, (_, row) => drawn.rows.data[4 * row + column]);
        expect(values.every((x) => (name === "v1" ? x >= -0.5 && x <= 2 : x >= 1))).toBe(true);
        for (const x of points) {
          const answer = cdf(circuit, name, x, evidence);
          if (answer.kind !== "cumulative-probability") expect.unreachable();
          const found = values.filter((value) => value <= x).length / 4000;
          const error = Math.sqrt((answer.probability * (1 - answer.probability)) / 4000);
          expect(Math.abs(found - answer.probability)).toBeLessThanOrEqual(5 * error + 1e-9);
        }
      }
    }
  });

  it("takes the children of a sum by their weight under the evidence, however far apart they are", () => {
    // Under x = 0 the second part is e^800 times as probable as the first: only logs know.
    const builder = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "real" }, { kind: "binary" }],
    });
    const part = (mean: number, y: boolean) =>
      builder.product([builder.input("x", { family: "gaussian", mean, std: 1 }), builder.literal("y", y)]);
    const circuit = builder.build(
      builder.sum([part(40, true), part(0, false)], [Math.log(0.999), Math.log(0.001)]),
    );
    const drawn = sample(circuit, 200, { evidence: { x: 0 } });
    if (drawn.kind !== "samples") expect.unreachable();
    expect(Array.from({ length: 200 }, (_, row) => drawn.rows.data[2 * row + 1]).every((y) => y === 0)).toBe(
      true,
    );
    // At the point between, the weights of the sum alone decide.
    const middle = sample(circuit, 4000, { evidence: { x: 20 } });
    if (middle.kind !== "samples") expect.unreachable();
    const share =
      Array.from({ length: 4000 }, (_, row) => middle.rows.data[2 * row + 1]).filter(Boolean).length / 4000;
    expect(Math.abs(share - 0.999)).toBeLessThan(5 * Math.sqrt((0.999 * 0.001) / 4000));
  });
});
