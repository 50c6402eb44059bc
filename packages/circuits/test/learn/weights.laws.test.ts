/** A row of weight w counts as w rows, for everything that learns from rows or judges by them. */
import {
  fitMixtureWeights,
  type LearnOptions,
  learnCircuit,
  learnSquared,
  logLikelihoods,
  meanLogLikelihood,
  missing,
  mixtureOfTrees,
  parameterMixture,
  prune,
  ratCircuit,
  type StateTable,
  squaredLogLikelihoods,
  structureNames,
  trainEm,
  trainEmStream,
  trainGradient,
  weightRows,
} from "@credence/circuits";
import { type Rng, rng, sgd } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { clusterRows } from "../../src/learn/cluster.ts";
import { bootstrapRows, selectRows } from "../../src/learn/select.ts";
import { massOf, meanOverRows } from "../../src/learn/weights.ts";
import { randomTable, twoTrees } from "./tables.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });

/** Every row as often as its weight says, one after another. */
function repeated(table: StateTable, weights: readonly number[]): StateTable {
  return selectRows(
    table,
    weights.flatMap((count, r) => new Array<number>(count).fill(r)),
  );
}

/** Whole weights, at least one of them positive. */
function wholeWeights(rows: number, seed: number): number[] {
  const random = rng(`weights ${seed}`);
  return Array.from({ length: rows }, (_, r) => (r === 0 ? 2 : random.int(4)));
}

/** A table twice: its rows weighted, and repeated. */
function both(table: StateTable, seed: number): readonly [weighted: StateTable, repeated: StateTable] {
  const weights = wholeWeights(table.rows, seed);
  return [weightRows(table, weights), repeated(table, weights)];
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, within: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(close(a[i], b[i], within), `${a[i]} and ${b[i]}`).toBe(true);
}

/** What is learned from either, judged by the rows of `table`. */
function expectSame(
  table: StateTable,
  [weighted, plain]: readonly [StateTable, StateTable],
  options: LearnOptions,
  [valid, plainValid]: readonly [StateTable?, StateTable?] = [],
  within: number = tolerance.rounding,
): void {
  const learn = (rows: StateTable, held: StateTable | undefined) =>
    learnCircuit(rows, held === undefined ? options : { ...options, valid: held });
  const [a, b] = [learn(weighted, valid), learn(plain, plainValid)];
  expect(a.parameters).toBe(b.parameters);
  expect(a.epochs).toBe(b.epochs);
  expectClose(a.logLikelihoods(table), b.logLikelihoods(table), within);
  expect(close(a.meanLogLikelihood(weighted), b.meanLogLikelihood(plain), within)).toBe(true);
  expectClose(a.trace, b.trace, within);
}

describe("rows of whole weights", () => {
  it.each(["factorized", "clt"] as const)("are repeated rows to a %s, with values missing", (structure) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const table = randomTable(seed, 60, [2, 3, 2, 4], 0.15);
        expectSame(table, both(table, seed), { structure });
      }),
      { numRuns: 20 },
    );
  });

  it.each(["cutset", "strudel"] as const)("are repeated rows to a %s, by either criterion", (structure) => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, validated) => {
        const [table, valid] = [seed, seed + 1].map((one) => twoTrees(one, 150));
        const held: readonly [StateTable?, StateTable?] = validated ? both(valid, seed + 1) : [];
        expectSame(table, both(table, seed), { structure, minRows: 10 }, held);
      }),
      { numRuns: 12 },
    );
  });

  it("are repeated rows to the groups of a learn-spn", () => {
    // Columns that say nothing of each other: there is nothing to cluster once they are apart.
    const random = rng(4);
    const columns = Uint8Array.from({ length: 3 * 400 }, () => random.int(2));
    const table = { rows: 400, cols: 3, arities: [2, 2, 2], columns };
    const [weighted, plain] = both(table, 4);
    expectSame(table, [weighted, plain], { structure: "learn-spn" });
    const groups = learnCircuit(weighted, { structure: "learn-spn" }).circuit;
    expect(groups.offsets[groups.size] - groups.offsets[groups.size - 1]).toBe(3);
  });

  it.each(["hclt", "rat"] as const)("are repeated rows to an %s in full batches", (structure) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const table = randomTable(seed, 40, [2, 3, 2, 2], 0.1);
        const own = { epochs: 4, batch: 1000, rates: [1, 1], pseudoCount: 0.2, seed } as const;
        const options = { ...own, structure, latents: 3, sums: 2, precision: "float64" } as const;
        const held = both(randomTable(seed + 1, 30, [2, 3, 2, 2]), seed + 1);
        expectSame(table, both(table, seed), options, held, tolerance.reference);
      }),
      { numRuns: 10 },
    );
  });

  it("are repeated rows to a squared circuit in full batches", () => {
    const table = randomTable(3, 30, [2, 3, 2], 0.1);
    const options = { units: 2, epochs: 5, batch: 1000, startEpochs: 1, rates: [0.01, 0.01] } as const;
    // The start is trained in batches of 256 rows: one, on either side.
    const [a, b] = both(table, 3).map((rows) => learnSquared(rows, options).circuit);
    expectClose(squaredLogLikelihoods(a, table), squaredLogLikelihoods(b, table), tolerance.single);
  });

  it("are repeated rows to EM, to gradients, to streams and to pruning", async () => {
    for (let seed = 0; seed < 6; seed++) {
      const table = randomTable(seed, 40, [2, 3, 2, 2], 0.1);
      const [weighted, plain] = both(table, seed);
      const circuit = ratCircuit(table, { sums: 2, seed });
      const logs = (learned: { circuit: typeof circuit }) => logLikelihoods(learned.circuit, table);
      const em = { epochs: 3, pseudoCount: 0.1 };
      const expected = logs(trainEm(circuit, plain, em));
      expectClose(logs(trainEm(circuit, weighted, em)), expected, tolerance.reference);
      const half = table.rows / 2;
      const parts = [0, half].map((from) =>
        selectRows(
          weighted,
          Array.from({ length: half }, (_, r) => from + r),
        ),
      );
      async function* blocks() {
        yield* parts;
      }
      const stream = { ...em, batch: Number.POSITIVE_INFINITY };
      expectClose(logs(await trainEmStream(circuit, blocks, stream)), expected, tolerance.reference);
      await expect(trainEmStream(circuit, blocks, { ...stream, rows: table.rows })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        hint: expect.stringContaining("leave `rows` out"),
      });
      const gradient = { epochs: 3, batch: 1000, optimizer: sgd({ learningRate: 0.1 }) };
      const [one, other] = [weighted, plain].map((rows) => logs(trainGradient(circuit, rows, gradient)));
      expectClose(one, other, tolerance.reference);
      const [few, same] = [weighted, plain].map((rows) => prune(circuit, { rows, minimumFlow: 0.2 }));
      expect(few.circuit.edges).toBe(same.circuit.edges);
      expect(close(few.lostAtMost, same.lostAtMost, tolerance.reference)).toBe(true);
      expectClose(
        [meanLogLikelihood(circuit, weighted)],
        [meanLogLikelihood(circuit, plain)],
        tolerance.rounding,
      );
    }
  });

  it("are repeated rows to the weights of a mixture", () => {
    const random = rng(2);
    const counts = wholeWeights(50, 2);
    const logs = [0, 1, 2].map(() => Float64Array.from(counts, () => -3 * random()));
    const plain = logs.map((own) =>
      Float64Array.from(counts.flatMap((count, r) => new Array<number>(count).fill(own[r]))),
    );
    expectClose(fitMixtureWeights(logs, counts), fitMixtureWeights(plain), tolerance.reference);
    expect(() => fitMixtureWeights(logs, [1])).toThrow(/weights/);
    expect(() => fitMixtureWeights([])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("are repeated rows to clusters that start in the same rows", () => {
    // Draws by share, not by number, and no ties: the same rows whether each stands there once or three times.
    const shares = [0.1, 0.5, 0.8];
    const sameRows = (): Rng => {
      let at = 0;
      const draw = Object.assign(() => 0, {
        int: (below: number) => Math.floor(shares[at++ % 3] * below),
      });
      return draw as unknown as Rng;
    };
    for (let seed = 0; seed < 10; seed++) {
      const table = randomTable(seed, 50, [2, 3, 2, 2, 4], 0.1);
      const plain = clusterRows(repeated(table, new Array(50).fill(3)), 3, sameRows());
      const weighted = clusterRows(weightRows(table, new Float64Array(50).fill(3)), 3, sameRows());
      expect(plain).toEqual(weighted.map((rows) => rows.flatMap((r) => [3 * r, 3 * r + 1, 3 * r + 2])));
    }
  });
});

describe("every structure", () => {
  const [table, valid] = [twoTrees(1, 240), twoTrees(2, 120)];
  const small = { latents: 3, components: 2, sums: 2, replicas: 2, epochs: 4, minRows: 20, splits: 30 };

  it.each(structureNames)("%s: makes no difference between weights of 1 and none", (structure) => {
    const ones = (rows: StateTable) => weightRows(rows, new Float64Array(rows.rows).fill(1));
    const options = { ...small, structure };
    const [plain, weighted] = [
      learnCircuit(table, { ...options, valid }),
      learnCircuit(ones(table), { ...options, valid: ones(valid) }),
    ];
    expect(weighted.logLikelihoods(table)).toEqual(plain.logLikelihoods(table));
    expect(weighted.trace).toEqual(plain.trace);
  });

  it.each(structureNames)("%s: is blind to rows of weight 0", (structure) => {
    const weights = Float64Array.from({ length: 240 }, (_, r) => (r % 3 === 0 ? 0 : 0.5 + (r % 5)));
    const weighted = weightRows(table, weights);
    const kept = Array.from(weights.keys()).filter((r) => weights[r] > 0);
    const options = { ...small, structure, members: 2, bagging: true };
    const learn = (rows: StateTable) => learnCircuit(rows, options).logLikelihoods(table);
    expect(learn(weighted)).toEqual(learn(selectRows(weighted, kept)));
    // Nor do rows of weight 0 decide which epoch or split is kept, be they impossible.
    const held = weightRows(
      valid,
      Float64Array.from({ length: 120 }, (_, r) => Number(r < 60)),
    );
    const judged = (rows: StateTable) =>
      learnCircuit(table, { ...options, members: 1, bagging: false, valid: rows }).logLikelihoods(table);
    const half = Array.from({ length: 60 }, (_, r) => r);
    expectClose(judged(held), judged(selectRows(held, half)), tolerance.rounding);
  });

  it.each(structureNames)("%s: learns the rows that weigh more", (structure) => {
    // The first columns tell which kind a row is of; each kind has its own tree.
    const kinds = [0, 1].map((kind) => Float64Array.from({ length: 240 }, (_, r) => kindOf(r, kind)));
    function kindOf(r: number, kind: number): number {
      return table.columns[4 * 240 + r] === kind ? 1 : 0.001;
    }
    const learned = kinds.map((weights) => learnCircuit(weightRows(table, weights), { ...small, structure }));
    const means = learned.map((one) =>
      kinds.map((weights) => one.meanLogLikelihood(weightRows(table, weights))),
    );
    expect(means[0][0]).toBeGreaterThan(means[1][0] + 0.1);
    expect(means[1][1]).toBeGreaterThan(means[0][1] + 0.1);
  });
});

describe("weighted likelihoods", () => {
  it("never fall where EM mixes trees or parameters, whatever the weights", () => {
    for (let seed = 0; seed < 5; seed++) {
      const random = rng(seed);
      const table = weightRows(
        twoTrees(seed, 200),
        Float64Array.from({ length: 200 }, () => 10 * random() ** 3),
      );
      const mixture = mixtureOfTrees(table, { components: 3, epochs: 8, pseudoCount: 0, seed });
      const tree = learnCircuit(table, { structure: "clt" });
      const parameters = parameterMixture(tree.circuit, table, { components: 3, pseudoCount: 0, epochs: 8 });
      expect(close(mixture.trace[7], meanLogLikelihood(mixture.circuit, table), tolerance.reference)).toBe(
        true,
      );
      for (let e = 1; e < parameters.trace.length; e++)
        expect(parameters.trace[e]).toBeGreaterThanOrEqual(parameters.trace[e - 1] - tolerance.rounding);
      // A mixture's weights are smoothed by one row each, of about 360.
      for (let e = 1; e < 8; e++) expect(mixture.trace[e]).toBeGreaterThan(mixture.trace[e - 1] - 1e-3);
    }
  });

  it("are means over weights, where rows of weight 0 may be impossible", () => {
    const table = weightRows(randomTable(1, 3, [2, 2]), [1, 0, 3]);
    const logs = Float64Array.of(-1, Number.NEGATIVE_INFINITY, -2);
    expect(meanOverRows(logs, table)).toBe(-7 / 4);
  });
});

describe("bootstrap samples of weighted rows", () => {
  it("hold rows as often as they weigh, and weigh together as much", () => {
    const table = weightRows(
      { rows: 4, cols: 1, arities: [4], columns: Uint8Array.of(0, 1, 2, 3) },
      [1, 0, 3, 6],
    );
    const random = rng(8);
    const counts = new Float64Array(4);
    const draws = 5000;
    for (let i = 0; i < draws; i++) {
      const drawn = bootstrapRows(table, random);
      expect(drawn.rows).toBe(4);
      expect(massOf(drawn)).toBe(10);
      for (const state of drawn.columns) counts[state]++;
    }
    expect(counts[1]).toBe(0);
    const chiSquare = [0, 2, 3].reduce((sum, s) => {
      const expected = (4 * draws * (table.weights?.[s] ?? 0)) / 10;
      return sum + (counts[s] - expected) ** 2 / expected;
    }, 0);
    // The 0.999 quantile at 2 degrees of freedom.
    expect(chiSquare).toBeLessThan(13.8);
  });
});

describe("weightRows", () => {
  const table = randomTable(1, 3, [2, 3]);

  it("keeps all else, and replaces weights", () => {
    const weighted = weightRows(weightRows(table, [1, 2, 3]), [0.5, 0, 2]);
    expect(weighted).toEqual({ ...table, weights: Float64Array.of(0.5, 0, 2) });
    expect(table).not.toHaveProperty("weights");
    expect(table.columns.includes(missing)).toBe(false);
  });

  it.each([
    [[1, 2], "3 numbers, one per row"],
    [[1, -1, 2], "a number from 0"],
    [[1, Number.NaN, 2], "a number from 0"],
    [[1, Number.POSITIVE_INFINITY, 2], "a number from 0"],
    [[0, 0, 0], "at least one positive weight"],
    [[1e308, 1e308, 1e308], "numbers with a finite sum"],
  ])("refuses %j", (weights, expected) => {
    const refusal = expect.objectContaining({ code: "INVALID_ARGUMENT", expected });
    expect(() => weightRows(table, weights)).toThrow(refusal);
    const forged = { ...table, weights: Float64Array.from(weights) };
    expect(() => learnCircuit(forged, { structure: "clt" })).toThrow(refusal);
    expect(() => meanLogLikelihood(learnCircuit(table, { structure: "clt" }).circuit, forged)).toThrow(
      refusal,
    );
  });
});
