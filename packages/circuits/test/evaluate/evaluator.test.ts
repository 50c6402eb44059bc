import {
  circuitBuilder,
  compileRules,
  learnCircuit,
  logLikelihoods,
  trainEm,
  withParameters,
} from "@credence/circuits";
import { matrix, parseRules, vocabulary } from "@credence/core";
import { backend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { circuitPlan, wantedOperations } from "../../src/evaluate/circuit-plan.ts";
import { evaluator } from "../../src/evaluate/evaluator.ts";
import { trustedFloor } from "../../src/evaluate/trust.ts";
import { randomTable } from "../learn/tables.ts";
import { mixedDomains, randomCircuit } from "../random-circuit.ts";

const weightsOf = (logWeights: Float64Array): Float64Array => logWeights.map((log) => Math.exp(log));

/** x under `depth` sums, one in the other. */
function chain(depth: number) {
  const b = circuitBuilder(vocabulary("variable", ["x"]));
  const [no, yes] = [b.literal("x", false), b.literal("x", true)];
  let node = b.sum([no, yes], [Math.log(0.5), Math.log(0.5)]);
  for (let i = 0; i < depth; i++) node = b.sum([node, i % 2 ? yes : no], [Math.log(0.75), Math.log(0.25)]);
  return b.build(node);
}

describe("circuitPlan", () => {
  it("finds the dense layers of a latent tree", () => {
    const { circuit } = learnCircuit(randomTable(1, 100, [2, 2, 2, 2, 2]), { latents: 6, epochs: 1 });
    const { operations } = circuitPlan(circuit);
    const groups = operations.flatMap((op) => (op.kind === "sums" ? [op.outs.length] : []));
    // One product of 6 × 6 for every variable but the root, and the root's sum.
    expect(groups.sort()).toEqual([1, 6, 6, 6, 6]);
  });

  it("does not store products of two that one sum reads, and takes the scale of compiled rules out", () => {
    const circuit = compileRules(parseRules("1.5 a -> b\n!(b & c).\n0.5 c | a"));
    const plan = circuitPlan(circuit, "all");
    expect(plan.operations.some((op) => op.kind === "sums" && op.right !== undefined)).toBe(true);
    expect(plan.slots).toBeLessThan(circuit.size);
    expect(plan.constants.length).toBeGreaterThan(0);
    expect(plan.givens).toBe(circuit.inputs.length);
    const none = wantedOperations(plan, () => false);
    expect(none.every((wanted) => wanted === 0)).toBe(true);
    const some = wantedOperations(plan, (column) => column === 0);
    expect(some[plan.operations.length - 1]).toBe(1);
    expect(some.reduce((a, b) => a + b)).toBeLessThan(plan.operations.length);
  });

  it("is made once for a structure, whatever the parameters", () => {
    const circuit = randomCircuit(3, mixedDomains);
    const first = evaluator(circuit);
    const second = evaluator(
      withParameters(circuit, { logWeights: circuit.logWeights.map((log) => log - 1) }),
    );
    expect(second.plan).toBe(first.plan);
    expect(trainEm(circuit, matrix(1, 4, Float64Array.of(0, 0.5, 1, 2)), { epochs: 1 }).circuit.offsets).toBe(
      circuit.offsets,
    );
    first.close();
    second.close();
  });
});

describe("evaluator", () => {
  it("goes through circuits 100,000 deep", () => {
    const circuit = chain(100_000);
    const rows = matrix(3, 1, Float64Array.of(0, 1, Number.NaN));
    const logs = logLikelihoods(circuit, rows);
    // p = 3/4 p + 1/4 [odd]: the last one, 99,999, is odd.
    let p = 0.5;
    for (let i = 0; i < 100_000; i++) p = 0.75 * p + (i % 2 ? 0.25 : 0);
    expect(close(logs[1], Math.log(p), tolerance.rounding)).toBe(true);
    expect(close(logs[0], Math.log(1 - p), tolerance.rounding)).toBe(true);
    expect(close(logs[2], 0, tolerance.reference)).toBe(true);
    const { circuit: better, trace } = trainEm(circuit, matrix(2, 1, Float64Array.of(1, 1)), { epochs: 1 });
    expect(close(trace[0], Math.log(p), tolerance.reference)).toBe(true);
    expect(better.size).toBe(circuit.size);
  });

  it("says the same with any backend and any number of threads, to the bit among compiled ones", () => {
    const circuit = randomCircuit(8, mixedDomains);
    const counted = (kernels: ReturnType<typeof backend>) => {
      const passes = evaluator(circuit, { backend: kernels });
      const arrays = passes.arrays(900, true);
      arrays.states.forEach((_, i) => {
        arrays.states[i] = i % 3;
      });
      arrays.given.forEach((_, i) => {
        arrays.given[i] = (i % 17) / 17;
      });
      arrays.seeds.fill(1);
      passes.run(900, "counts");
      const tiles = Math.ceil(900 / arrays.width);
      const counts = arrays.counts.slice(0, tiles * passes.plan.numbers);
      const roots = arrays.roots.slice(0, 900);
      passes.close();
      kernels.close();
      return { counts, roots };
    };
    const one = counted(backend({ kind: "wasm" }));
    expect(counted(backend({ kind: "wasm-threads", threads: 2 }))).toEqual(one);
    expect(counted(backend({ kind: "wasm-threads", threads: 5 }))).toEqual(one);
    const plain = counted(backend({ kind: "ts" }));
    expect(plain.roots.findIndex((root, r) => !close(root, one.roots[r], tolerance.rounding))).toBe(-1);
    expect(plain.counts.findIndex((x, j) => !close(x, one.counts[j], tolerance.reference))).toBe(-1);
  });
});

describe("trustedFloor", () => {
  it("is small where weights add up to 1, larger where derivatives are, and infinite where they overflow", () => {
    const normal = randomCircuit(5, mixedDomains);
    expect(trustedFloor(normal, normal.size - 1, weightsOf(normal.logWeights))).toBe(1e-270);
    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const steep = (log: number) => b.sum([b.literal("x", true), b.literal("x", false)], [log, -log]);
    const floorOf = (log: number): number => {
      const circuit = b.build(steep(log));
      return trustedFloor(circuit, circuit.size - 1, weightsOf(circuit.logWeights));
    };
    expect(close(floorOf(20) / Math.exp(20), 1e-270, tolerance.reference, 0)).toBe(true);
    expect(floorOf(900)).toBe(Number.POSITIVE_INFINITY);
  });
});
