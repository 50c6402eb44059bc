import { type Rng, rng } from "@credence/core";
import {
  type Backend,
  backend,
  type CircuitOperation,
  type CircuitOperations,
  circuitArrays,
  releaseCircuitArrays,
} from "@credence/core/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const backends: Readonly<Record<string, Backend>> = {
  ts: backend({ kind: "ts" }),
  wasm: backend({ kind: "wasm" }),
  threads: backend({ kind: "wasm-threads", threads: 3 }),
};

/** Operations at random: inputs of both kinds, then products, sums of groups and sums of pairs over earlier slots. */
function randomOperations(random: Rng): CircuitOperations {
  const below = (n: number): number => Math.floor(random() * n);
  const operations: CircuitOperation[] = [];
  let [slots, numbers] = [0, 0];
  for (let column = 0; column < 2; column++) {
    operations.push({ kind: "lookUp", out: slots++, table: numbers, column });
    numbers += 3;
  }
  for (let column = 0; column < 3; column++) operations.push({ kind: "take", out: slots++, column });
  for (let i = 0; i < 6; i++) {
    const some = (n: number): number[] => Array.from({ length: n }, () => below(slots));
    const kind = below(3);
    if (kind === 0) operations.push({ kind: "product", children: some(below(5)), out: slots++ });
    else if (kind === 1) {
      const [left, right] = [some(1 + below(4)), [] as number[]];
      for (const _ of left) right.push(below(slots));
      operations.push({ kind: "sums", outs: [slots++], weights: [numbers], left, right });
      numbers += left.length;
    } else {
      const left = some(1 + below(9));
      const count = 1 + below(6);
      const weights = Array.from({ length: count }, (_, m) => numbers + m * left.length);
      operations.push({ kind: "sums", outs: weights.map((_, m) => slots + m), weights, left });
      slots += count;
      numbers += count * left.length;
    }
  }
  return { slots, root: slots - 1, columns: 2, givens: 3, operations, numbers };
}

/** The root of one row by the definition. */
function rootOf(
  shape: CircuitOperations,
  numbers: ArrayLike<number>,
  states: number[],
  given: number[],
): number {
  const values = new Float64Array(shape.slots);
  for (const op of shape.operations) {
    if (op.kind === "lookUp") values[op.out] = numbers[op.table + states[op.column]];
    else if (op.kind === "take") values[op.out] = given[op.column];
    else if (op.kind === "product") values[op.out] = op.children.reduce((p, c) => p * values[c], 1);
    else {
      op.outs.forEach((out, i) => {
        values[out] = op.left.reduce((sum, left, c) => {
          const right = op.right === undefined ? 1 : values[op.right[c]];
          return sum + numbers[op.weights[i] + c] * values[left] * right;
        }, 0);
      });
    }
  }
  return values[shape.root];
}

/** What a backend says of 37 rows at random, some of whose numbers are 0. */
function run(kernels: Backend, shape: CircuitOperations, seed: number) {
  const random = rng(seed);
  const rows = 37;
  const arrays = circuitArrays(kernels, shape, { counting: true, rows });
  const { width } = arrays;
  const numbers = Array.from({ length: shape.numbers }, () => (random() < 0.2 ? 0 : random()));
  arrays.numbers.set(numbers);
  const states: number[][] = [];
  const given: number[][] = [];
  for (let r = 0; r < rows; r++) {
    const [tile, lane] = [Math.floor(r / width), r % width];
    states.push([0, 1].map(() => Math.floor(random() * 3)));
    given.push([0, 1, 2].map(() => (random() < 0.3 ? 0 : random())));
    states[r].forEach((state, c) => {
      arrays.states[(tile * 2 + c) * width + lane] = state;
    });
    given[r].forEach((x, c) => {
      arrays.given[(tile * 3 + c) * width + lane] = x;
    });
    arrays.seeds[r] = r % 4;
  }
  const tiles = Math.ceil(rows / width);
  kernels.circuitPass({ arrays, tiles, down: "counts", floor: 1e-200 });
  const found = {
    roots: arrays.roots.slice(0, rows),
    slopes: given.map((row, r) =>
      row.map((_, c) => arrays.slopes[(Math.floor(r / width) * 3 + c) * width + (r % width)]),
    ),
    counts: Float64Array.from(numbers, (_, j) => {
      let sum = 0;
      for (let tile = 0; tile < tiles; tile++) sum += arrays.counts[tile * shape.numbers + j];
      return sum;
    }),
  };
  releaseCircuitArrays(kernels, arrays);
  return { ...found, numbers, states, given };
}

describe.each(Object.entries(backends))("passes over circuits on %s", (_, kernels) => {
  it("are the definition, and its derivatives, also by factors of 0", () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const shape = randomOperations(rng(seed));
        const { roots, slopes, counts, numbers, states, given } = run(kernels, shape, seed);
        const expected = new Float64Array(shape.numbers);
        // The root is a polynomial of no higher degree than 2^6 in each number: differences are taken small.
        const slope = (at: (x: number) => number, x: number): number => {
          const step = 1e-5;
          return x < step
            ? (4 * at(step) - at(2 * step) - 3 * at(0)) / (2 * step)
            : (at(x + step) - at(x - step)) / (2 * step);
        };
        roots.forEach((root, r) => {
          const [state, own] = [states[r], given[r]];
          expect(close(root, rootOf(shape, numbers, state, own), tolerance.rounding)).toBe(true);
          const factor = root > 1e-3 ? (r % 4) / root : 0;
          if (factor === 0) return;
          own.forEach((x, c) => {
            const by = (y: number): number => rootOf(shape, numbers, state, own.with(c, y));
            expect(close(slopes[r][c], factor * slope(by, x), 100 * tolerance.gradient)).toBe(true);
          });
        });
        const steady = roots.every((root, r) => root > 1e-3 || r % 4 === 0 || root === 0);
        if (!steady) return;
        roots.forEach((root, r) => {
          if (root === 0) return;
          numbers.forEach((x, j) => {
            const by = (y: number): number => rootOf(shape, numbers.with(j, y), states[r], given[r]);
            expected[j] += ((r % 4) / root) * slope(by, x);
          });
        });
        expected.forEach((count, j) => {
          expect(close(counts[j], count, 100 * tolerance.gradient)).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("give the same bits as on one thread", () => {
    for (let seed = 0; seed < 5; seed++) {
      const shape = randomOperations(rng(seed));
      const [one, here] = [run(backends["wasm"], shape, seed), run(kernels, shape, seed)];
      if (kernels.name === "ts") {
        here.counts.forEach((count, j) => {
          expect(close(count, one.counts[j], tolerance.reference)).toBe(true);
        });
      } else expect(here).toEqual(one);
    }
  });

  it("refuse more tiles than there are, and counts without room for them", () => {
    const shape = randomOperations(rng(1));
    const arrays = circuitArrays(kernels, shape, { counting: false, rows: 10 });
    const call = { arrays, tiles: 1, down: "none", floor: 0 } as const;
    kernels.circuitPass({ ...call, tiles: 0 });
    for (const bad of [{ tiles: 2 }, { tiles: -1 }, { tiles: 0.5 }, { down: "counts" as const }]) {
      expect(() => kernels.circuitPass({ ...call, ...bad })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});
