import { type Finding, squaredLogPartition, squaredPosteriors } from "@credence/circuits";
import { rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomSquared, squaresOf } from "./random-squared.ts";

describe("squaredPosteriors", () => {
  it("are shares of the squares of the worlds that agree with the evidence", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (seed) => {
        const circuit = randomSquared(seed);
        const { arities } = circuit.shape;
        const random = rng(`evidence ${seed}`);
        const weights = arities.map((arity) =>
          Array.from({ length: arity }, () => (random() < 0.3 ? 0 : random() < 0.5 ? 1 : random())),
        );
        const evidence = Object.fromEntries(
          weights.map((own, v) => [circuit.variables.name(v), { weights: own } as Finding]),
        );
        const worlds = squaresOf(circuit).map(({ world, square }) => ({
          world,
          mass: world.reduce((product, x, v) => product * weights[v][x], square),
        }));
        const total = worlds.reduce((sum, { mass }) => sum + mass, 0);
        const found = squaredPosteriors(circuit, evidence);
        if (found.kind === "contradiction") {
          expect(total).toBeLessThan(tolerance.rounding);
          return;
        }
        expect(close(found.logPartition, Math.log(total), tolerance.reference)).toBe(true);
        expect(found.logPartition).toBe(squaredLogPartition(circuit, evidence));
        arities.forEach((arity, v) => {
          const posterior = found.byVariable[circuit.variables.name(v)];
          if (posterior.kind !== "states") throw new Error("Squared circuits have states only.");
          for (let state = 0; state < arity; state++) {
            const mass = worlds.reduce((sum, each) => sum + (each.world[v] === state ? each.mass : 0), 0);
            expect(close(posterior.probabilities[state], mass / total, tolerance.reference)).toBe(true);
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it("say where the contradiction comes from", () => {
    const circuit = randomSquared(1);
    const none = squaredPosteriors(circuit, { x0: { in: [] } });
    expect(none).toMatchObject({ kind: "contradiction", source: "evidence" });
    expect(() => squaredPosteriors(circuit, { nobody: true })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});
