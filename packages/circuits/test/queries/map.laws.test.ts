import {
  arityOf,
  type Circuit,
  type Contradiction,
  chowLiuCircuit,
  circuitBuilder,
  compileFormulaFor,
  compileRules,
  type Evidence,
  enumerateWorlds,
  type KBest,
  kBest,
  kBestAsync,
  logPartition,
  type MarginalMap,
  marginalMap,
  marginalMapAsync,
  mpe,
  mpeAsync,
  multiply,
} from "@credence/circuits";
import { AbortedError, parseFormula, parseRules, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { evidences, names, ruleSets } from "../arbitrary.ts";
import { randomTable } from "../learn/tables.ts";
import { finiteDomains, mixedDomains, randomCircuit, worldsOf } from "../random-circuit.ts";
import { finiteWorlds, oracle, randomEvidence } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const logs = (weights: readonly number[]) => weights.map(Math.log).sort((a, b) => b - a);

function worldsFound(answer: KBest | Contradiction): KBest {
  return answer.kind === "worlds" ? answer : expect.unreachable();
}

/** What k-best must be, given the log weights of all worlds in descending order. */
function checkRanking(circuit: Circuit, evidence: Evidence, k: number, all: readonly number[]): void {
  const { worlds, exact, upperBound } = worldsFound(kBest(circuit, k, evidence));
  const positive = all.filter((log) => log > Number.NEGATIVE_INFINITY);
  expect(exact).toBe(true);
  expect(worlds).toHaveLength(Math.min(k, positive.length));
  const total = logPartition(circuit, evidence);
  worlds.forEach(({ assignment, logWeight, logProbability }, rank) => {
    expect(near(logWeight, positive[rank])).toBe(true);
    expect(near(logProbability, logWeight - total)).toBe(true);
    const own = logPartition(circuit, assignment);
    expect(own).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  });
  expect(new Set(worlds.map(({ assignment }) => JSON.stringify(assignment))).size).toBe(worlds.length);
  if (positive.length < k) expect(upperBound).toBe(Number.NEGATIVE_INFINITY);
  else expect(upperBound).toBeGreaterThanOrEqual((positive[k] ?? upperBound) - tolerance.rounding);
}

describe("kBest", () => {
  it("lists the heaviest worlds of any circuit in order, by branch and bound", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, k) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const { weights, total } = oracle(circuit, weigh);
        if (total === 0) expect(kBest(circuit, k, evidence)).toMatchObject({ kind: "contradiction" });
        else checkRanking(circuit, evidence, k, logs(weights));
      }),
      { numRuns: 50 },
    );
  });

  it("lists those of deterministic circuits, by the best trees of every node", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 30 }), fc.boolean(), (seed, k, soft) => {
        const arities = [2, 3, 2, 4, 2];
        const { circuit } = chowLiuCircuit(randomTable(seed, 30, arities), { pseudoCount: soft ? 1 : 0 });
        const domains = arities.map((arity) => ({ kind: "categorical", arity }) as const);
        const state = ([name]: string[], x: readonly number[]) => x[circuit.variables.id(name)];
        const all = [...worldsOf(domains)].map((x) => {
          const world = Object.fromEntries(circuit.variables.names.map((name) => [name, state([name], x)]));
          return logPartition(circuit, Object.fromEntries(Object.entries(world)) as Evidence);
        });
        checkRanking(
          circuit,
          {},
          k,
          all.sort((a, b) => b - a),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("starts with the most probable world of rules, and goes on in their order", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const [best, ten] = [mpe(circuit, evidence), kBest(circuit, 10, evidence)];
        if (best.kind === "contradiction") {
          expect(ten).toEqual(best);
          return;
        }
        const { worlds, exact } = worldsFound(ten);
        expect(exact).toBe(true);
        expect(near(worlds[0].logWeight, best.logWeight)).toBe(true);
        worlds.forEach(({ logWeight, assignment }, rank) => {
          if (rank > 0) expect(logWeight).toBeLessThanOrEqual(worlds[rank - 1].logWeight);
          const hard = enumerateWorlds<string>(rules, assignment, { variables: [...names] });
          const soft = logPartition(circuit, { ...evidence, ...assignment });
          expect(hard.kind).toBe("posteriors");
          expect(soft).toBeGreaterThan(Number.NEGATIVE_INFINITY);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("sees determinism that only the meaning shows: decision diagrams whose primes are formulas", () => {
    const builder = circuitBuilder<string>(vocabulary("variable", ["a", "b", "c", "d"]));
    const pair = (x: "a" | "c", y: "b" | "d", p: number) =>
      builder.product([
        builder.input(x, { family: "bernoulli", p }),
        builder.input(y, { family: "bernoulli", p }),
      ]);
    const circuit = builder.build(builder.product([pair("a", "b", 0.3), pair("c", "d", 0.6)]));
    const formula = parseFormula("(a xor b) | ((a <-> b) & (c | d))");
    const given = multiply(circuit, compileFormulaFor(circuit, formula));
    expect(given.properties.deterministic).toBe(false);
    const all = [...worldsOf(given.domains)].map((x) =>
      logPartition(given, { a: x[0] === 1, b: x[1] === 1, c: x[2] === 1, d: x[3] === 1 }),
    );
    checkRanking(
      given,
      {},
      9,
      all.sort((p, q) => q - p),
    );
    const found = mpe(given, {}, { effort: 0 });
    expect(found).toMatchObject({ kind: "world", exact: true });
  });

  it("takes the values that are left to numbers, and refuses those that cannot be listed", () => {
    const builder = circuitBuilder(vocabulary("variable", ["n", "b"]), {
      domains: [{ kind: "count" }, { kind: "binary" }],
    });
    const circuit = builder.build(
      builder.product([
        builder.input("n", { family: "poisson", rate: 2.5 }),
        builder.input("b", { family: "bernoulli", p: 0.9 }),
      ]),
    );
    const { worlds } = worldsFound(kBest(circuit, 3, { n: { in: [7, 1, 2] } }));
    expect(worlds.map(({ assignment }) => assignment)).toEqual([
      { n: 2, b: true },
      { n: 1, b: true },
      { n: 2, b: false },
    ]);
    for (const evidence of [{}, { n: { from: 1 } }]) {
      expect(() => kBest(circuit, 2, evidence)).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_QUERY", given: "n" }),
      );
    }
    for (const k of [0, 1.5, -1, Number.NaN]) {
      expect(() => kBest(circuit, k, { n: 1 })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });
});

/** log max_q Σ_s by enumeration. */
function bestAssignment(circuit: Circuit, query: readonly number[], weigh: (x: readonly number[]) => number) {
  const { weights } = oracle(circuit, weigh);
  const sums = new Map<string, number>();
  finiteWorlds.forEach((x, i) => {
    const key = query.map((v) => x[v]).join();
    sums.set(key, (sums.get(key) ?? 0) + weights[i]);
  });
  return Math.log(Math.max(...sums.values()));
}

function assignmentFound<V extends string>(answer: MarginalMap<V> | Contradiction): MarginalMap<V> {
  return answer.kind === "assignment" ? answer : expect.unreachable();
}

describe("marginalMap", () => {
  const subsets = fc.subarray([0, 1, 2, 3, 4]);

  it("is the best assignment with the rest summed out, and says so", () => {
    fc.assert(
      fc.property(seeds, subsets, (seed, query) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const total = logPartition(circuit, evidence);
        const answer = marginalMap(
          circuit,
          query.map((v) => `v${v}`),
          evidence,
        );
        if (total === Number.NEGATIVE_INFINITY) {
          expect(answer).toMatchObject({ kind: "contradiction", source: "evidence" });
          return;
        }
        const found = assignmentFound(answer);
        const best = bestAssignment(circuit, query, weigh);
        expect(found.exact).toBe(true);
        expect(near(found.logWeight, best)).toBe(true);
        expect(near(found.logProbability, Math.min(0, best - total))).toBe(true);
        expect(found.upperBound).toBe(found.logProbability);
        expect(Object.keys(found.assignment).sort()).toEqual(query.map((v) => `v${v}`));
        // The assignment weighs what is said: its worlds together.
        const own = oracle(circuit, (x) =>
          query.every((v) => x[v] === Number(found.assignment[`v${v}`])) ? weigh(x) : 0,
        );
        expect(near(Math.log(own.total), found.logWeight)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it("encloses the best from both sides, however early it has to stop", () => {
    fc.assert(
      fc.property(seeds, subsets, fc.constantFrom(0, 500, 2000), (seed, query, effort) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const total = logPartition(circuit);
        const found = assignmentFound(
          marginalMap(
            circuit,
            query.map((v) => `v${v}`),
            {},
            { effort },
          ),
        );
        const best = bestAssignment(circuit, query, () => 1) - total;
        expect(found.logProbability).toBeLessThanOrEqual(best + tolerance.rounding);
        expect(found.upperBound).toBeGreaterThanOrEqual(best - tolerance.rounding);
        if (found.exact) expect(near(found.logProbability, best)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it("of all variables is the most probable world, of none the total weight", () => {
    fc.assert(
      fc.property(ruleSets, evidences, (rules, evidence) => {
        const circuit = compileRules<string>(rules, { variables: [...names] });
        const [world, all, none] = [
          mpe(circuit, evidence),
          marginalMap<string, string>(circuit, [...names], evidence),
          marginalMap<string, string>(circuit, [], evidence),
        ];
        if (world.kind === "contradiction") {
          expect([all, none]).toEqual([world, world]);
          return;
        }
        expect(near(assignmentFound(all).logWeight, world.logWeight)).toBe(true);
        expect(assignmentFound(none)).toMatchObject({ assignment: {}, exact: true });
        expect(near(assignmentFound(none).logProbability, 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("is exact at once where the sums decide on query variables first", () => {
    // Decided in this order, all sums are over a and b; c and d are summed out below them.
    const rules = parseRules("1 a -> c\n2 b -> d\n1 a xor b\n0.5 c\n");
    const circuit = compileRules(rules, { variables: ["a", "b", "c", "d"], order: ["a", "b", "c", "d"] });
    const found = assignmentFound(marginalMap(circuit, ["a", "b"], {}, { effort: 0 }));
    expect(found.exact).toBe(true);
    const best = [0, 1, 2, 3].map((i) => logPartition(circuit, { a: (i & 1) === 1, b: i > 1 }));
    expect(near(found.logWeight, Math.max(...best))).toBe(true);
  });

  it("refuses numbers, unknown and repeated variables, and budgets that are none", () => {
    const circuit = randomCircuit(2, mixedDomains);
    const codes = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return "none";
    };
    expect(codes(() => marginalMap(circuit, ["v1"]))).toBe("UNSUPPORTED_QUERY");
    expect(codes(() => marginalMap(circuit, ["v9"]))).toBe("UNKNOWN_NAME");
    expect(codes(() => marginalMap(circuit, ["v0", "v0"]))).toBe("INVALID_ARGUMENT");
    expect(codes(() => marginalMap(circuit, ["v0"], {}, { effort: -1 }))).toBe("INVALID_ARGUMENT");
    expect(codes(() => marginalMap(circuit, ["v0"], {}, { milliseconds: 0 }))).toBe("INVALID_ARGUMENT");
    expect(codes(() => mpe(circuit, {}, { effort: Number.NaN }))).toBe("INVALID_ARGUMENT");
    expect(codes(() => marginalMap(circuit, ["v0", "v2"]))).toBe("none");
    expect(codes(() => marginalMap(circuit, ["v3"], { v3: { in: [0, 1, 5] } }))).toBe("none");
  });
});

describe("searches", () => {
  /** A mixture of three products over twenty variables: no sum decides on anything. */
  function mixture(): Circuit {
    const builder = circuitBuilder(
      vocabulary(
        "variable",
        Array.from({ length: 20 }, (_, v) => `v${v}`),
      ),
    );
    const part = (step: number) =>
      builder.product(
        builder.variables.names.map((name, v) =>
          builder.input(name, { family: "bernoulli", p: 0.1 + (((v + 1) * step) % 9) / 10 }),
        ),
      );
    return builder.build(
      builder.sum([part(2), part(5), part(7)], [Math.log(0.5), Math.log(0.3), Math.log(0.2)]),
    );
  }

  it("tell how far they are, and keep the best so far when aborted", async () => {
    const circuit = mixture();
    const controller = new AbortController();
    const bounds: number[] = [];
    const options = {
      signal: controller.signal,
      onProgress: ({ metrics }: { readonly metrics: Readonly<Record<string, number>> }) => {
        bounds.push(metrics["upper"] - metrics["lower"]);
        if (bounds.length === 3) controller.abort();
      },
    };
    const query = circuit.variables.names.slice(0, 15);
    const failure = await marginalMapAsync(circuit, query, {}, options).catch((error) => error);
    expect(failure).toBeInstanceOf(AbortedError);
    const partial = (failure as AbortedError<MarginalMap>).partial;
    expect(partial?.kind).toBe("assignment");
    expect(partial?.upperBound).toBeGreaterThanOrEqual(partial?.logProbability ?? 0);
    expect(bounds.every((gap, i) => gap >= 0 && (i === 0 || gap <= bounds[i - 1] + tolerance.rounding))).toBe(
      true,
    );
  });

  it("stop when their time is over, with bounds that hold", () => {
    const circuit = mixture();
    const query = circuit.variables.names.slice(0, 15);
    const [short, long] = [{ milliseconds: 1e-6 }, {}].map((budget) =>
      assignmentFound(marginalMap(circuit, query, {}, budget)),
    );
    expect(short.exact).toBe(false);
    expect(long.exact).toBe(true);
    expect(short.logProbability).toBeLessThanOrEqual(long.logProbability);
    expect(short.upperBound).toBeGreaterThanOrEqual(long.upperBound);
    const few = worldsFound(kBest(circuit, 50, {}, { milliseconds: 1e-6 }));
    expect(few.exact).toBe(false);
    expect(few.worlds.length).toBeLessThan(50);
    expect(few.upperBound).toBeGreaterThanOrEqual(few.worlds[0].logWeight);
  });

  it("give the same answers with and without the event loop", async () => {
    const circuit = mixture();
    const query = circuit.variables.names.slice(5, 12);
    expect(await marginalMapAsync(circuit, query, { v0: true })).toEqual(
      marginalMap(circuit, query, { v0: true }),
    );
    expect(await mpeAsync(circuit)).toEqual(mpe(circuit));
    expect(await kBestAsync(circuit, 5)).toEqual(kBest(circuit, 5));
  });

  it("find the best of 2^20 worlds of a mixture, which is known from its parts", () => {
    const circuit = mixture();
    const found = mpe(circuit);
    if (found.kind !== "world") expect.unreachable();
    expect(found.exact).toBe(true);
    // No world that differs in one place is better: a local maximum of an exact search.
    for (const name of circuit.variables.names) {
      const flipped = { ...found.assignment, [name]: !found.assignment[name] };
      expect(logPartition(circuit, flipped)).toBeLessThanOrEqual(found.logWeight);
    }
    expect(near(logPartition(circuit, found.assignment), found.logWeight)).toBe(true);
  });

  it("rank states whatever their arity, and never list a world of weight 0", () => {
    const circuit = randomCircuit(8, finiteDomains);
    const all = worldsFound(kBest(circuit, 1000));
    const positive = finiteWorlds.filter(
      (x) =>
        logPartition(
          circuit,
          Object.fromEntries(x.map((s, v) => [`v${v}`, arityOf(finiteDomains[v]) === 2 ? s === 1 : s])),
        ) > Number.NEGATIVE_INFINITY,
    );
    expect(all.worlds).toHaveLength(positive.length);
    expect(all).toMatchObject({ exact: true, upperBound: Number.NEGATIVE_INFINITY });
  });
});
