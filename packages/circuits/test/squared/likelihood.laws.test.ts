import {
  type Evidence,
  type Finding,
  naturalOrder,
  parseStates,
  rightLinearVtree,
  type SquaredCircuit,
  type SquaredShape,
  squaredCircuit,
  squaredConditionalLogProbability,
  squaredLogLikelihoods,
  squaredLogPartition,
  squaredLogProbability,
  squaredSample,
  squaredVtreeShape,
  withSquaredParameters,
} from "@credence/circuits";
import { rng } from "@credence/core";
import { tsBackend } from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomSquared, squaresOf } from "./random-squared.ts";

const seeds = fc.integer({ min: 0, max: 100_000 });

/** Rows of a circuit's variables as a table. */
function tableOf(circuit: SquaredCircuit, rows: readonly (readonly number[])[]) {
  const { arities } = circuit.shape;
  const columns = Uint8Array.from({ length: rows.length * arities.length }, (_, i) => {
    return rows[i % rows.length][Math.floor(i / rows.length)];
  });
  return { rows: rows.length, cols: arities.length, arities, columns };
}

/** Evidence of every kind, with the weight that it gives to each world. */
function randomEvidence(circuit: SquaredCircuit, seed: number) {
  const random = rng(`evidence ${seed}`);
  const weights = circuit.shape.arities.map((arity) => new Array<number>(arity).fill(1));
  const evidence: { [name: string]: Finding } = {};
  circuit.variables.names.forEach((name, v) => {
    const arity = circuit.shape.arities[v];
    const kind = random.int(4);
    if (kind === 0) return;
    if (kind === 1) {
      const state = random.int(arity);
      evidence[name] = { in: [arity === 2 ? state === 1 : state] };
      weights[v] = weights[v].map((_, x) => Number(x === state));
    } else {
      const own = weights[v].map(() => (kind === 2 ? Number(random() < 0.6) : 3 * random()));
      evidence[name] = { weights: own };
      weights[v] = own;
    }
  });
  return {
    evidence: evidence as Evidence,
    weightOf: (world: readonly number[]) => world.reduce((product, x, v) => product * weights[v][x], 1),
  };
}

/** Parameters in the order of the steps. */
function parametersOf(shape: SquaredShape, tables: readonly number[][], matrices: readonly number[][]) {
  const [t, m] = [tables.values(), matrices.values()];
  return shape.steps.flatMap(({ kind }) =>
    kind === "product" ? [] : ((kind === "table" ? t : m).next().value as number[]),
  );
}

describe("squared likelihoods", () => {
  it("are the squares of all worlds, which add up to the partition", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomSquared(seed);
        const worlds = squaresOf(circuit);
        const total = worlds.reduce((sum, { square }) => sum + square, 0);
        if (total === 0) return;
        expect(close(squaredLogPartition(circuit), Math.log(total), tolerance.reference)).toBe(true);
        const table = tableOf(
          circuit,
          worlds.map(({ world }) => world),
        );
        const logs = squaredLogLikelihoods(circuit, table);
        const scalar = squaredLogLikelihoods(circuit, table, tsBackend);
        worlds.forEach(({ square }, r) => {
          expect(close(Math.exp(logs[r]), square / total, tolerance.reference)).toBe(true);
          expect(close(Math.exp(logs[r]), Math.exp(scalar[r]), tolerance.rounding)).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });

  it("sum missing values out, and agree with the query", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomSquared(seed);
        const worlds = squaresOf(circuit);
        const total = worlds.reduce((sum, { square }) => sum + square, 0);
        if (total === 0) return;
        const random = rng(`holes ${seed}`);
        const rows = Array.from({ length: 6 }, () =>
          worlds[random.int(worlds.length)].world.map((x) => (random() < 0.5 ? 255 : x)),
        );
        const logs = squaredLogLikelihoods(circuit, tableOf(circuit, rows));
        rows.forEach((row, r) => {
          const agreeing = worlds.filter(({ world }) =>
            world.every((x, v) => row[v] === 255 || row[v] === x),
          );
          const mass = agreeing.reduce((sum, { square }) => sum + square, 0);
          expect(close(Math.exp(logs[r]), mass / total, tolerance.reference)).toBe(true);
          const known = row.flatMap((x, v) =>
            x === 255 ? [] : [[circuit.variables.name(v), circuit.shape.arities[v] === 2 ? x === 1 : x]],
          );
          const asked = squaredLogProbability(circuit, Object.fromEntries(known));
          expect(close(Math.exp(asked), mass / total, tolerance.reference)).toBe(true);
        });
      }),
      { numRuns: 80 },
    );
  });

  it("weigh worlds by evidence of every kind; conditionals are ratios", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomSquared(seed);
        const worlds = squaresOf(circuit);
        const [given, asked] = [randomEvidence(circuit, seed), randomEvidence(circuit, seed + 1)];
        const sum = (weight: (world: readonly number[]) => number) =>
          worlds.reduce((all, { world, square }) => all + square * weight(world), 0);
        const [total, evidence] = [sum(() => 1), sum(given.weightOf)];
        const joint = sum((world) => given.weightOf(world) * asked.weightOf(world));
        const relative = (log: number, expected: number) =>
          expect(close(Math.exp(log), expected, tolerance.reference)).toBe(true);
        relative(squaredLogPartition(circuit, given.evidence), evidence);
        if (total > 0) relative(squaredLogProbability(circuit, given.evidence), evidence / total);
        const found = squaredConditionalLogProbability(circuit, asked.evidence, given.evidence);
        if (found.kind === "contradiction") {
          expect(evidence).toBeLessThan(tolerance.rounding);
          expect(found.source).toBe(total > 0 ? "evidence" : "rules");
        } else relative(found.logProbability, joint / evidence);
      }),
      { numRuns: 150 },
    );
  });

  it("do not change with the size of the parameters, however large or small", () => {
    const shape = squaredVtreeShape(new Array(40).fill(2), rightLinearVtree(naturalOrder(40)), { units: 3 });
    const random = rng(4);
    const circuit = squaredCircuit(
      shape,
      Array.from({ length: shape.parameterCount }, () => random.normal()),
    );
    const table = tableOf(
      circuit,
      [0, 1].map((x) => new Array(40).fill(x)),
    );
    table.columns[7] = 255;
    const logs = squaredLogLikelihoods(circuit, table);
    for (const factor of [1e-100, 1e100]) {
      const scaled = withSquaredParameters(
        circuit,
        circuit.parameters.map((x) => x * factor),
      );
      // 40 tables and 39 matrices, all squared: far beyond what a double holds.
      expect(Number.isFinite(squaredLogPartition(scaled))).toBe(true);
      squaredLogLikelihoods(scaled, table).forEach((log, r) => {
        expect(close(log, logs[r], tolerance.reference)).toBe(true);
      });
    }
  });

  it("know what is impossible, where values are 0 or cancel", () => {
    // Two units: c(x) = W [f(x0) ∘ f(x1)] with a table that makes both units equal where x0 = x1, and W = (1, -1).
    const shape = squaredVtreeShape([2, 2], rightLinearVtree([1, 2]), { units: 2 });
    const [a, b] = [0.3, 0.7];
    const tables = [a, b, a, -b];
    const circuit = squaredCircuit(shape, [...tables, ...tables, 1, -1]);
    // Both units are a² or b² where x0 = x1, ab and -ab elsewhere.
    expect(squaredLogProbability(circuit, { x0: true, x1: true })).toBe(Number.NEGATIVE_INFINITY);
    expect(close(squaredLogProbability(circuit, { x0: true }), Math.log(0.5), tolerance.rounding)).toBe(true);
    const nowhere = { kind: "contradiction", source: "evidence", logPartition: Number.NEGATIVE_INFINITY };
    expect(squaredConditionalLogProbability(circuit, {}, { x0: true, x1: true })).toEqual(nowhere);
    expect(squaredLogProbability(circuit, { x0: { in: [] } })).toBe(Number.NEGATIVE_INFINITY);
  });

  it("take what cancels up to rounding for 0", () => {
    // Every row of the first matrix is 0.1 + 0.2 - 0.3, which is not 0 in doubles.
    const shape = squaredVtreeShape([2, 2, 2], rightLinearVtree([1, 2, 3]), { units: 3 });
    const ones = [1, 1, 1, 1, 1, 1];
    const inner = [0.1, 0.2, -0.3];
    const tables = [ones, ones, ones];
    const dense = [...inner, ...inner, ...inner];
    const zero = squaredCircuit(shape, parametersOf(shape, tables, [dense, [1, 1, 1]]));
    expect(squaredLogPartition(zero)).toBe(Number.NEGATIVE_INFINITY);
    expect(squaredLogPartition(zero, { x1: true, x2: true })).toBe(Number.NEGATIVE_INFINITY);
    expect(squaredConditionalLogProbability(zero, {}, {})).toEqual({
      kind: "contradiction",
      source: "rules",
      logPartition: Number.NEGATIVE_INFINITY,
    });
    const nothing = expect.objectContaining({
      code: "CONTRADICTION",
      hint: expect.stringContaining("not all 0"),
    });
    expect(() => squaredLogProbability(zero)).toThrow(nothing);
    expect(() => squaredLogLikelihoods(zero, tableOf(zero, [[0, 0, 0]]))).toThrow(nothing);
    // With one row that does not cancel, c is 1 everywhere.
    const one = parametersOf(shape, tables, [
      [1, 0, 0, ...inner, ...inner],
      [1, 1, 1],
    ]);
    expect(close(squaredLogPartition(squaredCircuit(shape, one)), Math.log(8), tolerance.rounding)).toBe(
      true,
    );
  });

  it("are as deep as the shape: a chain of 2000 variables", () => {
    const shape = squaredVtreeShape(new Array(2000).fill(2), rightLinearVtree(naturalOrder(2000)), {
      units: 2,
    });
    const random = rng(9);
    const circuit = squaredCircuit(
      shape,
      Array.from({ length: shape.parameterCount }, () => random.normal()),
    );
    const last = squaredLogProbability(circuit, { x1999: true });
    expect(
      close(
        Math.exp(last) + Math.exp(squaredLogProbability(circuit, { x1999: false })),
        1,
        tolerance.reference,
      ),
    ).toBe(true);
    expect(squaredSample(circuit, 1)).toMatchObject({ kind: "samples", rows: { cols: 2000 } });
  });

  it("refuse rows and evidence of other variables", () => {
    const circuit = randomSquared(2);
    const table = tableOf(circuit, [circuit.shape.arities.map(() => 0)]);
    const wide = { ...table, arities: table.arities.map(() => 9) };
    expect(() => squaredLogLikelihoods(circuit, wide)).toThrow(/states of column 0/i);
    expect(() => squaredLogLikelihoods(circuit, parseStates("0"))).toThrow(/number of columns/);
    expect(() => squaredLogPartition(circuit, { y: true })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
    expect(() => squaredLogProbability(circuit, { x0: 17 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
