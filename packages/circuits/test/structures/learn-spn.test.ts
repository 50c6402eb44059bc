import {
  checkNormalized,
  factorizedCircuit,
  learnCircuit,
  learnSpnCircuit,
  learnSpnCircuitAsync,
  meanLogLikelihood,
  nodeKinds,
  parseStates,
} from "@credence/circuits";
import { rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { randomTable, switching } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

const arities = [2, 3, 2, 2];
const worlds = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];

describe("learnSpnCircuit", () => {
  it("separates independent groups and mixes clusters", () => {
    const table = switching(640);
    // Columns 4 to 7 are rows in another order: independent of the first four.
    const both = parseStates(
      Array.from({ length: 640 }, (_, r) => {
        const row = (at: number) => Array.from({ length: 4 }, (_, v) => table.columns[v * 640 + at]);
        return [...row(r), ...row(Math.floor(r / 8))].join();
      }).join("\n"),
    );
    const circuit = learnSpnCircuit(both, { seed: 1, minRows: 20 });
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    const root = circuit.size - 1;
    expect(circuit.kinds[root]).toBe(1);
    expect(circuit.offsets[root + 1] - circuit.offsets[root]).toBeGreaterThanOrEqual(2);
    expect(meanLogLikelihood(circuit, both)).toBeGreaterThan(
      meanLogLikelihood(factorizedCircuit(both), both),
    );
  });

  it("lets each cluster's own validation rows decide on its clusters", () => {
    // Four kinds of rows, two by two: whichever way they are divided first, both parts fall apart again.
    const kinds = (seed: string, rows: number) => {
      const random = rng(seed);
      const lines = Array.from({ length: rows }, () => {
        const [side, part] = [random.int(2), random.int(2)];
        const bits = Array.from({ length: 16 }, (_, v) => (v < 6 || v % 2 === side ? side : part));
        return bits.map((bit) => (random() < 0.15 ? 1 - bit : bit)).join();
      });
      return parseStates(lines.join("\n"));
    };
    const circuit = learnSpnCircuit(kinds("train", 800), { valid: kinds("valid", 400), seed: 1 });
    const { kinds: kindOf, offsets, children, inputOf, inputs } = circuit;
    const below = (node: number) => Array.from(children.subarray(offsets[node], offsets[node + 1]));
    // A sum whose terms have no indicator divides rows; that of a tree is a decision.
    const divides = (node: number) =>
      kindOf[node] === nodeKinds.sum &&
      below(node).every((term) =>
        below(term).every((factor) => inputs[inputOf[factor]]?.distribution.family !== "indicator"),
      );
    const root = circuit.size - 1;
    expect(divides(root)).toBe(true);
    for (const part of below(root)) {
      const groups = kindOf[part] === nodeKinds.sum ? [part] : below(part);
      expect(groups.some(divides)).toBe(true);
    }
  });

  it("takes missing values, repeats itself, and adds up to 1", () => {
    const table = randomTable(8, 300, arities, 0.1);
    const valid = randomTable(9, 100, arities, 0.1);
    const options = { structure: "learn-spn", valid, seed: 4 } as const;
    const { circuit } = learnCircuit(table, options);
    expect(learnCircuit(table, options).circuit.logWeights).toEqual(circuit.logWeights);
    expect(worlds.reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
  });

  it("gives the same circuit asynchronously", async () => {
    const table = randomTable(8, 300, arities);
    const later = await learnSpnCircuitAsync(table, { seed: 2 });
    expect(later.logWeights).toEqual(learnSpnCircuit(table, { seed: 2 }).logWeights);
  });

  it("refuses bad options", () => {
    const table = randomTable(8, 30, arities);
    for (const options of [
      { threshold: -1 },
      { minRows: 1 },
      { pseudoCount: -1 },
      { valid: randomTable(1, 9, [2]) },
    ]) {
      expect(() => learnSpnCircuit(table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
