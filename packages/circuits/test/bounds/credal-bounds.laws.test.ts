import { arityOf, type Circuit, circuitBuilder, credalBounds, type Domain } from "@credence/circuits";
import { type Rng, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomCircuit, shares } from "../random-circuit.ts";
import { contaminated, everyChoice, extremes, isMovable, valueWith, weightsAt } from "./credal-oracle.ts";
import { encloses, exactValue } from "./exact.ts";

const domains: readonly Domain[] = [
  { kind: "binary" },
  { kind: "categorical", arity: 3 },
  { kind: "binary" },
];
const seeds = fc.integer({ min: 0, max: 1e9 });

/** Sets by contamination or by intervals, and the extreme points of each. */
function setsOf(circuit: Circuit, random: Rng) {
  const contamination = random() < 0.2 ? 1 : random();
  const intervals = new Map<number, [number, number][]>();
  const points = Array.from({ length: circuit.size }, (_, node) => {
    const own = weightsAt(circuit, node);
    if (own === undefined) return undefined;
    if (!isMovable(circuit, node)) return [own];
    if (random() < 0.5) return contaminated(own, contamination);
    const around = own.map((w): [number, number] => [w * random(), w + (1 - w) * random() * random()]);
    intervals.set(node, around);
    return extremes(around);
  });
  return { contamination, intervals, points };
}

/** Evidence of several sorts, and what it multiplies states by. */
function evidenceOf(circuit: Circuit, random: Rng) {
  const evidence: Record<string, { weights: number[] }> = {};
  const factors = circuit.domains.map((domain, v) => {
    const states = Array.from({ length: arityOf(domain) }, () => 1);
    if (random() < 0.4) return states;
    const weights = states.map(() => (random() < 0.3 ? 0 : random()));
    evidence[circuit.variables.name(v)] = { weights };
    return weights;
  });
  return { evidence, factors };
}

/** A circuit in which parts have several parents. */
function sharedCircuit(random: Rng): Circuit {
  const variables = ["v0", "v1", "v2"];
  const b = circuitBuilder<string>(vocabulary("variable", variables));
  const inputs = variables.map((name) =>
    [0, 1].map(() => b.input(name, { family: "bernoulli", p: random() })),
  );
  const pick = (of: readonly number[]): number => of[random.int(of.length)];
  const mixture = (left: readonly number[], right: readonly number[]): number => {
    const terms = [0, 1].map((i) => b.product([left[i % left.length], pick(right)]));
    return b.sum(terms, shares(random, 2).map(Math.log));
  };
  const parts = [0, 1].map(() => mixture(inputs[1], inputs[2]));
  return b.build(mixture(inputs[0], parts));
}

/** Whether no part with weights that may move has two parents; equal parts of a random circuit are one node. */
function isTree(circuit: Circuit): boolean {
  const [moves, parents] = [new Uint8Array(circuit.size), new Uint8Array(circuit.size)];
  for (let node = 0; node < circuit.size; node++) {
    const below = circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1]);
    moves[node] = Number(isMovable(circuit, node) || below.some((child) => moves[child] === 1));
    for (const child of below) if (++parents[child] > 1 && moves[child] === 1) return false;
  }
  return true;
}

/** Compares bounds with what every choice of extreme weights gives; how many were tight, and not. */
function compare(circuit: Circuit, random: Rng): { tight: number; loose: number } {
  const { points, ...sets } = setsOf(circuit, random);
  const choices = everyChoice(points, 3000);
  if (choices === undefined) return { tight: 0, loose: 0 };
  const { evidence, factors } = evidenceOf(circuit, random);
  const found = credalBounds(circuit, { ...sets, evidence });
  const all = [Number.POSITIVE_INFINITY, 0];
  const seen = circuit.domains.map((domain) =>
    Array.from({ length: arityOf(domain) }, () => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
  );
  for (const weights of choices) {
    const total = valueWith(circuit, weights, factors);
    [all[0], all[1]] = [Math.min(all[0], total), Math.max(all[1], total)];
    if (total === 0) continue;
    seen.forEach((states, v) => {
      states.forEach((range, state) => {
        const only = factors.map((own, u) => (u === v ? own.map((w, s) => (s === state ? w : 0)) : own));
        const p = valueWith(circuit, weights, only) / total;
        [range[0], range[1]] = [Math.min(range[0], p), Math.max(range[1], p)];
      });
    });
  }
  if (found.kind === "contradiction") {
    expect(all[1]).toBe(0);
    return { tight: 0, loose: 0 };
  }
  expect(found.logEvidence.tight).toBe(true);
  expect(close(Math.exp(found.logEvidence.low), all[0], tolerance.reference)).toBe(true);
  expect(close(Math.exp(found.logEvidence.high), all[1], tolerance.reference)).toBe(true);
  let [tight, loose] = [0, 0];
  seen.forEach((states, v) => {
    states.forEach(([least, most], state) => {
      const one = found.byVariable[circuit.variables.name(v)]![state];
      expect(one.low).toBeLessThanOrEqual(least + tolerance.rounding);
      expect(one.high).toBeGreaterThanOrEqual(most - tolerance.rounding);
      if (!one.tight) {
        loose++;
        return;
      }
      tight++;
      expect(close(one.low, least, tolerance.reference)).toBe(true);
      expect(close(one.high, most, tolerance.reference)).toBe(true);
    });
  });
  return { tight, loose };
}

describe("credalBounds", () => {
  it("are what the extreme weights reach; and so is P(evidence)", () => {
    let checked = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, domains);
        const { tight, loose } = compare(circuit, rng(`credal ${seed}`));
        if (isTree(circuit)) expect(loose).toBe(0);
        checked += tight;
      }),
      { numRuns: 600 },
    );
    expect(checked).toBeGreaterThan(150);
  });

  it("contain what the extreme weights reach where parts are shared; P(evidence) still is exact", () => {
    let checked = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = rng(`shared ${seed}`);
        checked += compare(sharedCircuit(random), random).loose;
      }),
      { numRuns: 60 },
    );
    expect(checked).toBeGreaterThan(40);
  });

  it("enclose the exact posterior where nothing may move, and hardly more", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, [{ kind: "binary" }, { kind: "binary" }, { kind: "binary" }]);
        const isExact = circuit.inputs.every(({ distribution: { family } }) => family !== "categorical");
        if (!isExact) return;
        const found = credalBounds(circuit, { evidence: { v1: true } });
        const nothing = () => undefined;
        const total = exactValue(circuit, [undefined, 1, undefined], nothing);
        if (found.kind === "contradiction") {
          expect(total).toBe(0n);
          return;
        }
        const { low, high } = found.byVariable["v0"]![1];
        expect(encloses(low, high, exactValue(circuit, [1, 1, undefined], nothing), total)).toBe(true);
        expect(high - low).toBeLessThan(tolerance.rounding);
      }),
      { numRuns: 60 },
    );
  });
});
