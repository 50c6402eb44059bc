import { checkAttractive, compileRules, logPartition, marginalBounds, marginals } from "@credence/circuits";
import { type Rule, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";

const variables = [...names];
const seeds = fc.integer({ min: 0, max: 1e6 });

/** A box on most of the variables; some intervals are points, some touch 0 or 1. */
function randomBox(seed: number): Record<string, readonly [number, number]> {
  const random = rng(`box ${seed}`);
  const box: Record<string, readonly [number, number]> = {};
  for (const name of names) {
    if (random() < 0.2) continue;
    const [a, b] = [random(), random()].sort((x, y) => x - y);
    box[name] = random() < 0.1 ? [0, b] : random() < 0.1 ? [a, 1] : random() < 0.2 ? [a, a] : [a, b];
  }
  return box;
}

/** A point of the box. */
function pointIn(box: Record<string, readonly [number, number]>, random: () => number, corners: boolean) {
  return Object.fromEntries(
    Object.entries(box).map(([name, [low, high]]) => {
      const t = corners ? Math.round(random()) : random();
      return [name, Math.min(high, low + t * (high - low))];
    }),
  );
}

describe("marginalBounds", () => {
  it("contain the posteriors of every point of the box, and are reached, whatever the method", () => {
    fc.assert(
      fc.property(ruleSets, seeds, (rules, seed) => {
        const circuit = compileRules<string>(rules, { variables });
        const box = randomBox(seed);
        const exact = marginalBounds(circuit, box);
        const ways = [
          marginalBounds(circuit, box, { vertexLimit: 0 }),
          marginalBounds(circuit, box, { rules }),
        ];
        const plain = marginalBounds(circuit, box, { effort: 0 });
        if (exact.kind === "contradiction") {
          for (const way of ways) expect(way.kind).toBe("contradiction");
          return;
        }
        if (plain.kind !== "bounds") expect.unreachable();
        for (const name of names) {
          const { low, high, tight } = exact.byVariable[name];
          expect(tight && low <= high).toBe(true);
          for (const way of ways) {
            if (way.kind !== "bounds") expect.unreachable();
            const other = way.byVariable[name];
            expect(other.tight).toBe(true);
            expect(close(other.low, low, tolerance.reference)).toBe(true);
            expect(close(other.high, high, tolerance.reference)).toBe(true);
          }
          expect(plain.byVariable[name].low).toBeLessThanOrEqual(low + tolerance.rounding);
          expect(plain.byVariable[name].high).toBeGreaterThanOrEqual(high - tolerance.rounding);
        }
        const random = rng(`points ${seed}`);
        for (let i = 0; i < 12; i++) {
          const answer = marginals(circuit, pointIn(box, random, i % 2 === 0));
          if (answer.kind !== "posteriors") continue;
          for (const name of names) {
            // The point's own posterior is rounded, too.
            expect(answer.probabilities[name]).toBeGreaterThanOrEqual(
              exact.byVariable[name].low - tolerance.specialAbsolute,
            );
            expect(answer.probabilities[name]).toBeLessThanOrEqual(
              exact.byVariable[name].high + tolerance.specialAbsolute,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are sound though not tight when the search is cut short", () => {
    fc.assert(
      fc.property(ruleSets, seeds, fc.integer({ min: 1, max: 2000 }), (rules, seed, effort) => {
        const circuit = compileRules<string>(rules, { variables });
        const box = randomBox(seed);
        const exact = marginalBounds(circuit, box);
        const cut = marginalBounds(circuit, box, { vertexLimit: 0, effort });
        fc.pre(exact.kind === "bounds" && cut.kind === "bounds");
        if (exact.kind !== "bounds" || cut.kind !== "bounds") return;
        for (const name of names) {
          expect(cut.byVariable[name].low).toBeLessThanOrEqual(
            exact.byVariable[name].low + tolerance.rounding,
          );
          expect(cut.byVariable[name].high).toBeGreaterThanOrEqual(
            exact.byVariable[name].high - tolerance.rounding,
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("checkAttractive", () => {
  it("is right about influences: posteriors move with leaves as the colors say", () => {
    const vocabularyOf = vocabulary<string>("variable", variables);
    let attractive = 0;
    fc.assert(
      fc.property(ruleSets, seeds, (rules: Rule[], seed) => {
        const check = checkAttractive(rules, vocabularyOf);
        if (!check.holds) return;
        attractive++;
        const circuit = compileRules<string>(rules, { variables });
        const random = rng(seed);
        const leaves = Object.fromEntries(names.map((name) => [name, 0.05 + 0.9 * random()]));
        const moved = names[random.int(names.length)];
        const [before, after] = [leaves, { ...leaves, [moved]: leaves[moved] + 0.05 }].map((e) =>
          marginals(circuit, e),
        );
        if (before.kind !== "posteriors" || after.kind !== "posteriors") return;
        names.forEach((name, v) => {
          const sign = check.colors[v] * check.colors[names.indexOf(moved)];
          const change = after.probabilities[name] - before.probabilities[name];
          expect(sign * change).toBeGreaterThanOrEqual(-tolerance.rounding);
        });
        expect(logPartition(circuit)).toBeGreaterThan(Number.NEGATIVE_INFINITY);
      }),
      { numRuns: 300 },
    );
    expect(attractive).toBeGreaterThan(20);
  });
});
