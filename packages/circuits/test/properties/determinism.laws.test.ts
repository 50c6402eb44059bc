import {
  type Circuit,
  circuitBuilder,
  type Distribution,
  type Domain,
  determinism,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  finiteDomains,
  mixedDomains,
  nodeValuesAt,
  randomCircuit,
  randomDeterministicCircuit,
  worldsOf,
} from "../random-circuit.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];
const names = finiteDomains.map((_, v) => `v${v}`);

/** The children of a sum that are positive in a world and have a positive weight. */
function positiveChildren(circuit: Circuit, node: number, values: readonly number[]): number[] {
  const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
  return Array.from({ length: to - from }, (_, i) => from + i).filter(
    (edge) => circuit.logWeights[edge] > Number.NEGATIVE_INFINITY && values[circuit.children[edge]] > 0,
  );
}

function sumsOf(circuit: Circuit): number[] {
  return Array.from(circuit.kinds.keys()).filter((node) => circuit.kinds[node] === 2);
}

/** The variables that each node speaks of. */
function scopes(circuit: Circuit): Set<number>[] {
  const found: Set<number>[] = [];
  for (let node = 0; node < circuit.size; node++) {
    const own = circuit.inputs[circuit.inputOf[node]];
    const below = [...circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1])];
    found.push(
      own === undefined ? new Set(below.flatMap((child) => [...found[child]])) : new Set([own.variable]),
    );
  }
  return found;
}

/** Q-determinism by the definition: for all values of Q, with every completion. */
function byDefinition(circuit: Circuit, query: readonly number[]): boolean {
  const positive = new Map<string, Set<number>>();
  const scopeOf = scopes(circuit);
  for (const world of worlds) {
    const values = nodeValuesAt(circuit, world);
    for (const node of sumsOf(circuit)) {
      if (!query.some((v) => scopeOf[node].has(v))) continue;
      // A child depends on the variables of its scope only, so that its projection is seen in whole worlds.
      const key = `${node} ${query.map((v) => world[v]).join()}`;
      const set = positive.get(key) ?? new Set();
      positive.set(key, set);
      for (const edge of positiveChildren(circuit, node, values)) set.add(edge);
    }
  }
  return [...positive.values()].every((set) => set.size <= 1);
}

describe("determinism", () => {
  it("is decided as the worlds say, with a world that shows it", () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.boolean(), (seed, structured, decisions) => {
        const circuit = decisions
          ? randomDeterministicCircuit(seed, finiteDomains)
          : randomCircuit(seed, finiteDomains, structured);
        const answer = determinism(circuit);
        met.set(answer.status, (met.get(answer.status) ?? 0) + 1);
        const truth = byDefinition(
          circuit,
          names.map((_, v) => v),
        );
        expect(answer.status).toBe(truth ? "certified" : "refuted");
        if (answer.status === "certified") {
          expect(answer.by).toBe(circuit.properties.deterministic ? "syntax" : "pairs");
        }
        if (answer.status === "refuted") {
          const values = nodeValuesAt(circuit, answer.world);
          expect(positiveChildren(circuit, answer.node, values).length).toBeGreaterThanOrEqual(2);
        }
      }),
      { numRuns: 60 },
    );
    expect(met.get("certified")).toBeGreaterThan(5);
    expect(met.get("refuted")).toBeGreaterThan(5);
  });

  it("with respect to some variables is decided as their projections say", () => {
    let certified = 0;
    fc.assert(
      fc.property(
        seeds,
        fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
        fc.boolean(),
        (seed, query, decisions) => {
          const circuit = decisions
            ? randomDeterministicCircuit(seed, finiteDomains)
            : randomCircuit(seed, finiteDomains, true);
          const answer = determinism(circuit, { variables: query.map((v) => `v${v}`) });
          const truth = byDefinition(circuit, query);
          expect(answer.status).toBe(truth ? "certified" : "refuted");
          if (truth) certified++;
        },
      ),
      { numRuns: 250 },
    );
    expect(certified).toBeGreaterThan(3);
  });

  it("falls back on worlds where the pairs are too many, and then may not know", () => {
    let refuted = 0;
    for (let seed = 0; seed < 20; seed++) {
      const circuit = randomCircuit(seed, finiteDomains);
      const [exact, few] = [determinism(circuit), determinism(circuit, { pairs: 0 })];
      expect(few.status).toBe(exact.status);
      if (few.status === "refuted") {
        refuted++;
        const values = nodeValuesAt(circuit, few.world);
        expect(positiveChildren(circuit, few.node, values).length).toBeGreaterThanOrEqual(2);
      } else if (!circuit.properties.deterministic) expect(few).toMatchObject({ by: "enumeration" });
    }
    expect(refuted).toBeGreaterThan(3);
  });

  it("sees what syntax does not, and says so where it may not look", () => {
    // x = y in one part and x ≠ y in the other: each allows both states of both variables.
    const b = circuitBuilder(vocabulary("variable", ["x", "y", "z"]), {
      domains: [{ kind: "binary" }, { kind: "binary" }, { kind: "real" }],
    });
    const pair = (x: boolean, y: boolean) => b.product([b.literal("x", x), b.literal("y", y)]);
    const z = b.input("z", { family: "gaussian", mean: 0, std: 1 });
    const parts = [
      b.product([b.sum([pair(true, true), pair(false, false)]), z]),
      b.product([b.sum([pair(true, false), pair(false, true)]), z]),
    ];
    const circuit = b.build(b.sum(parts));
    expect(circuit.properties.deterministic).toBe(false);
    expect(determinism(circuit)).toEqual({ status: "certified", by: "pairs" });
    expect(determinism(circuit, { pairs: 0 })).toMatchObject({ status: "unknown" });
    expect(determinism(circuit, { variables: ["x"] })).toMatchObject({ status: "refuted" });
    expect(determinism(circuit, { variables: ["x", "y"] })).toEqual({ status: "certified", by: "pairs" });
    expect(determinism(circuit, { variables: ["x", "y"], pairs: 0 })).toEqual({
      status: "certified",
      by: "enumeration",
    });
    // Mixtures of numbers are decided as well.
    const mixed = Array.from({ length: 40 }, (_, seed) => determinism(randomCircuit(seed, mixedDomains)));
    expect(mixed.map(({ status }) => status)).not.toContain("unknown");
  });

  it("tries worlds where they are too many, beyond the largest double, too", () => {
    const many = (count: number, second: (v: number) => Distribution) => {
      const names = Array.from({ length: count }, (_, v) => `v${v}`);
      const b = circuitBuilder<string>(vocabulary("variable", names));
      const p: Distribution = { family: "bernoulli", p: 0.3 };
      const rest = (from: number, of: (v: number) => Distribution) =>
        b.product(names.slice(from).map((name, i) => b.input(name, of(from + i))));
      // Without v0 in the second part the circuit is not smooth, so that pairs say nothing.
      return b.build(b.sum([rest(0, () => p), rest(1, second)], [Math.log(0.5), Math.log(0.5)]));
    };
    for (const count of [13, 1100]) {
      const apart = many(count, (v) => ({ family: "bernoulli", p: v === 1 ? 0 : 0.6 }));
      expect(determinism(apart), `${count}`).toMatchObject({ status: "refuted", node: apart.size - 1 });
      const answer = determinism(apart, { seed: 5 });
      if (answer.status !== "refuted") expect.unreachable();
      expect(answer.world).toHaveLength(count);
      expect(answer.world[1]).toBe(0);
      // The oracle does not go by logs: 0.3 to the power of 1,100 is no double.
      if (count === 13) {
        expect(positiveChildren(apart, answer.node, nodeValuesAt(apart, answer.world))).toHaveLength(2);
      }
      expect(determinism(apart, { seed: 5 })).toEqual(answer);
      // The parts meet where v1 and 29 others are false: no draw will find that.
      const rare = many(count, (v) =>
        v <= 30 ? { family: "indicator", state: 0 } : { family: "bernoulli", p: 0.6 },
      );
      if (count > 30) {
        expect(determinism(rare)).toEqual({
          status: "unknown",
          reason: "it is not smooth and decomposable, and the worlds are too many to go through",
        });
      }
    }
  });

  it("says that pairs are too many, or numbers not to be enumerated, as the case may be", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "binary" }, { kind: "real" }],
    });
    const rough = b.build(
      b.sum([
        b.product([b.literal("x", true), b.input("y", { family: "gaussian", mean: 0, std: 1 })]),
        b.input("y", { family: "uniform", low: 0, high: 1 }),
      ]),
    );
    expect(determinism(rough)).toEqual({
      status: "unknown",
      reason: "it is not smooth and decomposable, and numbers cannot be enumerated",
    });
    // With respect to x alone there is nothing to enumerate but x, which does not tell the parts apart.
    expect(determinism(rough, { variables: ["x"] })).toEqual({
      status: "refuted",
      node: rough.size - 1,
      world: [1, 0],
    });
  });

  it("does not take what is 0 in every world for positive", () => {
    const b = circuitBuilder(vocabulary("variable", ["q", "x", "y"]));
    // x xor y together with x xnor y: 0, though neither variable alone excludes anything.
    const both = (x: boolean, y: boolean) => b.product([b.literal("x", x), b.literal("y", y)]);
    const never = b.product([
      b.sum([both(true, false), both(false, true)]),
      b.sum([both(true, true), both(false, false)]),
    ]);
    const parts = [
      b.product([b.literal("q", true), never]),
      b.product([b.literal("q", true), b.literal("y", true)]),
    ];
    const circuit = b.build(b.sum(parts));
    expect(circuit.properties.decomposable).toBe(false);
    expect(determinism(circuit)).toEqual({ status: "certified", by: "enumeration" });
    expect(determinism(circuit, { variables: ["q"] })).toEqual({
      status: "unknown",
      reason: "it is not decomposable, and only some variables are set",
    });
  });

  it("certifies by syntax where a part can be seen to be 0", () => {
    const b = circuitBuilder(vocabulary("variable", ["q", "x"]));
    const never = b.product([b.literal("x", true), b.literal("x", false)]);
    const q = b.literal("q", true);
    const circuit = b.build(b.sum([b.product([q, never]), b.product([q, b.literal("x", true)])]));
    expect(determinism(circuit)).toEqual({ status: "certified", by: "syntax" });
  });

  it("refuses variables that the circuit does not have", () => {
    expect(() => determinism(randomCircuit(1, finiteDomains), { variables: ["w"] })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});

describe("determinism of numbers", () => {
  /** A mixture of two inputs of one variable. */
  const mixture = (domain: Domain, p: Distribution, q: Distribution) => {
    const b = circuitBuilder(vocabulary("variable", ["x"]), { domains: [domain] });
    return b.build(b.sum([b.input("x", p), b.input("x", q)], [Math.log(0.5), Math.log(0.5)]));
  };
  const [real, count]: readonly Domain[] = [{ kind: "real" }, { kind: "count" }];
  const normal: Distribution = { family: "gaussian", mean: 0, std: 1 };
  const gamma: Distribution = { family: "gamma", shape: 2, rate: 1 };
  const low: Distribution = { family: "uniform", low: 0, high: 1 };
  const high: Distribution = { family: "uniform", low: 1, high: 2 };
  const below: Distribution = { family: "uniform", low: -2, high: 0 };
  const gaps: Distribution = { family: "histogram", edges: [-1, 0, 1, 3], masses: [0.5, 0, 0.5] };
  const five: Distribution = { family: "binomial", trials: 5, p: 1 };
  const upTo: Distribution = { family: "binomial", trials: 4, p: 0.5 };
  const none: Distribution = { family: "geometric", p: 1 };
  const poisson: Distribution = { family: "poisson", rate: 1 };

  it.each<[boolean, Domain, Distribution, Distribution]>([
    [false, real, normal, gamma],
    [true, real, low, high],
    [true, real, gamma, below],
    [true, real, low, gaps],
    [false, real, high, gaps],
    [false, real, normal, below],
    [true, count, five, upTo],
    [true, count, five, none],
    [false, count, upTo, none],
    [false, count, five, poisson],
  ])("is %j of %j: %j and %j", (certified, domain, p, q) => {
    const answer = determinism(mixture(domain, p, q));
    expect(answer.status).toBe(certified ? "certified" : "refuted");
  });
});
