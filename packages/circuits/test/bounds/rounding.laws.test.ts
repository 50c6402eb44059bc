import { compileRules, conditionalBounds, marginalBounds, nodeKinds } from "@credence/circuits";
import { rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";
import { randomPsdd } from "../io/random-files.ts";
import { encloses, exactPosterior, exactValue, exponential } from "./exact.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });

/** Probabilities of all magnitudes, of both ends. */
function probability(random: () => number): number {
  const small = 10 ** (-12 * random());
  return random() < 0.5 ? small : 1 - small;
}

describe("rounding is outward: bounds contain what exact arithmetic gives", () => {
  it("has an oracle that knows e", () => {
    expect(Number(exponential(1) >> 2340n) / 2 ** 60).toBeCloseTo(Math.E, 14);
    expect(Number(exponential(-40) >> 2280n) / 2 ** 120 / Math.exp(-40)).toBeCloseTo(1, 12);
  });

  it("of the rules' distribution, at single points and at the corners of boxes", () => {
    let [checked, widest] = [0, 0];
    fc.assert(
      fc.property(ruleSets, seeds, (rules, seed) => {
        const random = rng(`audit ${seed}`);
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const box = Object.fromEntries(
          names.map((name) => {
            const [a, b] = [probability(random), probability(random)].sort((x, y) => x - y);
            return [name, random() < 0.6 ? ([a, a] as const) : ([a, b] as const)];
          }),
        );
        const found = marginalBounds(circuit, box, { rules });
        if (found.kind !== "bounds") return;
        const corner = Object.fromEntries(names.map((name) => [name, box[name][random.int(2)]]));
        const target = names[random.int(names.length)];
        const { yes, total } = exactPosterior(rules, names, corner, target);
        if (total === 0n) return;
        const { low, high } = found.byVariable[target];
        expect(encloses(low, high, yes, total), `${low} ${high}`).toBe(true);
        checked++;
        if (names.every((name) => box[name][0] === box[name][1])) widest = Math.max(widest, high - low);
      }),
      { numRuns: 100 },
    );
    expect(checked).toBeGreaterThan(50);
    // Outward, but hardly so.
    expect(widest).toBeLessThan(tolerance.reference);
  });

  it("of a circuit's own Bernoulli inputs", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomPsdd(seed, 4);
        const random = rng(`own ${seed}`);
        const intervals = new Map<number, readonly [number, number]>();
        for (let node = 0; node < circuit.size; node++) {
          const bernoulli = circuit.inputs[circuit.inputOf[node]]?.distribution.family === "bernoulli";
          if (circuit.kinds[node] !== nodeKinds.input || !bernoulli) continue;
          const p = probability(random);
          intervals.set(node, [p, p]);
        }
        const inputP = (node: number) => intervals.get(node)?.[0];
        const target = { variable: "1", value: true } as const;
        const { conditional } = conditionalBounds(circuit, { intervals, evidence: { 2: true }, target });
        const total = exactValue(circuit, [undefined, 1, undefined, undefined], inputP);
        const yes = exactValue(circuit, [1, 1, undefined, undefined], inputP);
        if (total === 0n) return;
        expect(encloses(conditional.low, conditional.high, yes, total)).toBe(true);
        expect(conditional.high - conditional.low).toBeLessThan(tolerance.reference);
      }),
      { numRuns: 30 },
    );
  });
});
