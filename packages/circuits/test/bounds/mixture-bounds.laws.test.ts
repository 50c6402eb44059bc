import {
  compileRules,
  decoupledBounds,
  type MixturePart,
  marginalBounds,
  marginals,
  mixtureBounds,
} from "@credence/circuits";
import { type Rng, type Rule, rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";

const variables = [...names];
const seeds = fc.integer({ min: 0, max: 1e6 });

type Box = Record<string, readonly [number, number]>;

/** Intervals of all leaves, a third of them single points. */
function randomBox(random: Rng): Box {
  return Object.fromEntries(
    names.map((name) => {
      const [a, b] = [0.02 + 0.96 * random(), 0.02 + 0.96 * random()].sort((x, y) => x - y);
      return [name, random() < 0.33 ? ([a, a] as const) : ([a, b] as const)];
    }),
  );
}

function pointIn(box: Box, random: Rng, corner: boolean): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => {
      const [low, high] = box[name];
      const share = corner ? random.int(2) : random();
      return [name, share === 1 ? high : low + share * (high - low)];
    }),
  );
}

function posteriorsAt(parts: readonly MixturePart[], point: Record<string, number>) {
  return parts.map(({ circuit }) => {
    const answer = marginals(circuit, point);
    return answer.kind === "posteriors" ? (answer.probabilities as Record<string, number>) : undefined;
  });
}

const partOf = (rules: readonly Rule[], coefficient: number): MixturePart => {
  return { circuit: compileRules<string>(rules, { variables }), rules, coefficient };
};

describe("mixtureBounds", () => {
  it("contain the mixture at every point of the box, and are often tight", () => {
    let tight = 0;
    fc.assert(
      fc.property(ruleSets, ruleSets, seeds, (some, others, seed) => {
        const random = rng(`mixture ${seed}`);
        const parts = [partOf(some, 0.5 + random()), partOf(others, 0.5 + random())];
        const raw = random() < 0.5 ? 0 : random();
        const box = randomBox(random);
        const found = mixtureBounds(parts, box, { raw });
        if (found.kind !== "bounds") return;
        const total = parts.reduce((sum, { coefficient = 1 }) => sum + coefficient, 0);
        for (let i = 0; i < 48; i++) {
          const point = pointIn(box, random, i % 2 === 0);
          const answers = posteriorsAt(parts, point);
          if (answers.includes(undefined)) continue;
          for (const name of names) {
            const sum = parts.reduce(
              (s, { coefficient = 1 }, r) => s + coefficient * (answers[r]?.[name] ?? 0),
              0,
            );
            const value = ((1 - raw) * sum) / total + raw * point[name];
            const { low, high } = found.byVariable[name];
            expect(value).toBeGreaterThanOrEqual(low - tolerance.rounding);
            expect(value).toBeLessThanOrEqual(high + tolerance.rounding);
          }
        }
        const open = names.filter((name) => box[name][0] < box[name][1]).length;
        for (const name of names) if (found.byVariable[name].tight && open > 0) tight++;
      }),
      { numRuns: 60 },
    );
    expect(tight).toBeGreaterThan(20);
  });

  it("of one circuit alone are that circuit's own", () => {
    fc.assert(
      fc.property(ruleSets, seeds, (rules, seed) => {
        const box = randomBox(rng(`alone ${seed}`));
        const part = partOf(rules, 3);
        const [mixed, own] = [mixtureBounds([part], box), marginalBounds(part.circuit, box, { rules })];
        expect(mixed.kind).toBe(own.kind);
        if (mixed.kind !== "bounds" || own.kind !== "bounds") return;
        for (const name of names) {
          expect(mixed.byVariable[name].tight).toBe(own.byVariable[name].tight);
          for (const end of ["low", "high"] as const) {
            expect(close(mixed.byVariable[name][end], own.byVariable[name][end], tolerance.rounding)).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("decoupledBounds", () => {
  it("contain the exact ones for all rules, not for implications alone", () => {
    fc.assert(
      fc.property(ruleSets, seeds, (rules, seed) => {
        const box = randomBox(rng(`apart ${seed}`));
        const circuit = compileRules<string>(rules, { variables });
        const [apart, exact] = [
          decoupledBounds(circuit, box, { rules }),
          marginalBounds(circuit, box, { rules }),
        ];
        if (apart.kind !== "bounds" || exact.kind !== "bounds") return;
        for (const name of names) {
          expect(apart.byVariable[name].low).toBeLessThanOrEqual(
            exact.byVariable[name].low + tolerance.rounding,
          );
          expect(apart.byVariable[name].high).toBeGreaterThanOrEqual(
            exact.byVariable[name].high - tolerance.rounding,
          );
        }
      }),
      { numRuns: 25 },
    );
  });
});
