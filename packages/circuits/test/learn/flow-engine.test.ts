import { circuitBuilder, type Domain, logLikelihoods, nodeKinds, trainEm } from "@credence/circuits";
import { matrix, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { flowEngine } from "../../src/learn/flow-engine.ts";
import { allRows, readyRows } from "../../src/learn/rows.ts";
import { inputLogValues, type Known } from "../../src/queries/evidence.ts";
import { flows, logValues } from "../../src/queries/passes.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { drawnRows } from "./tables.ts";

/** What is known of the variables of one row, for the passes in logs. */
function knownOf(domains: readonly Domain[], row: ArrayLike<number>, hidden?: Uint8Array): Known[] {
  return domains.map((domain, v): Known => {
    if (Number.isNaN(row[v]) || hidden?.[v] === 1) return { kind: "nothing" };
    if (domain.kind === "real" || domain.kind === "count") return { kind: "values", values: [row[v]] };
    const arity = domain.kind === "binary" ? 2 : domain.arity;
    const logWeights = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
    logWeights[row[v]] = 0;
    return { kind: "weights", logWeights };
  });
}

describe("flowEngine", () => {
  it("counts what the passes in logs count, row by row, weighted, with missing and hidden values", () => {
    for (let seed = 0; seed < 12; seed++) {
      const domains = seed % 2 ? mixedDomains : finiteDomains;
      const circuit = randomCircuit(seed, domains);
      const rows = drawnRows(circuit, 37, seed, 0.2);
      const weights = Float64Array.from({ length: 37 }, (_, r) => (r % 5) / 2);
      const hidden = Uint8Array.from(domains, (_, v) => Number(v === seed % domains.length));
      const ready = readyRows(circuit, rows, weights);
      const engine = flowEngine(circuit);
      const counts = engine.emptyCounts();
      const total = engine.countInto(counts, ready, allRows(37), 0, 37, hidden);
      const edges = new Float64Array(circuit.edges);
      const inputFlow = new Float64Array(circuit.inputs.length);
      let expected = 0;
      for (let r = 0; r < 37; r++) {
        const row = rows.data.subarray(r * rows.cols, (r + 1) * rows.cols);
        const values = logValues(circuit, inputLogValues(circuit, knownOf(domains, row, hidden)));
        const flow = flows(circuit, values);
        expected += weights[r] * values[circuit.size - 1];
        for (let node = 0; node < circuit.size; node++) {
          if (circuit.inputOf[node] >= 0) inputFlow[circuit.inputOf[node]] += weights[r] * flow[node];
          if (circuit.kinds[node] !== nodeKinds.sum || flow[node] === 0) continue;
          for (let e = circuit.offsets[node]; e < circuit.offsets[node + 1]; e++) {
            const share = Math.exp(circuit.logWeights[e] + values[circuit.children[e]] - values[node]);
            edges[e] += weights[r] * flow[node] * share;
          }
        }
      }
      expect(close(total, expected, tolerance.rounding)).toBe(true);
      edges.forEach((count, e) => {
        expect(close(counts.edges[e], count, tolerance.reference)).toBe(true);
      });
      circuit.inputs.forEach(({ distribution: d }, i) => {
        const [from, to] = [engine.statisticOffsets[i], engine.statisticOffsets[i + 1]];
        if (from === to) return;
        // Counts of states add up to the flow; of numbers it comes first.
        const states = d.family === "bernoulli" || d.family === "categorical";
        const own = counts.inputs.subarray(from, states ? to : from + 1).reduce((a, b) => a + b, 0);
        expect(close(own, inputFlow[i], tolerance.reference)).toBe(true);
      });
    }
  });

  it("takes counts away again", () => {
    const circuit = randomCircuit(4, mixedDomains);
    const ready = readyRows(circuit, drawnRows(circuit, 50, 1));
    const engine = flowEngine(circuit);
    const counts = engine.emptyCounts();
    const more = engine.countInto(counts, ready, allRows(50), 0, 50);
    const less = engine.countInto(counts, ready, allRows(50), 0, 50, undefined, -1);
    expect(more + less).toBe(0);
    for (const numbers of [counts.edges, counts.inputs]) {
      numbers.forEach((count) => {
        expect(Math.abs(count)).toBeLessThan(tolerance.reference);
      });
    }
  });

  it("counts the rows that linear numbers cannot hold: tiny probabilities, densities, and weights above 1", () => {
    // 400 variables of probability 1e-3 in two components: 1e-1200.
    const names = Array.from({ length: 400 }, (_, v) => `x${v}`);
    const builder = circuitBuilder<string>(vocabulary("variable", names), { share: false });
    const part = (p: number) =>
      builder.product(names.map((name) => builder.input(name, { family: "bernoulli", p })));
    const deep = builder.build(builder.sum([part(1e-3), part(1.01e-3)], [Math.log(0.5), Math.log(0.5)]));
    const ones = matrix(2, 400, new Float64Array(800).fill(1));
    const [log] = logLikelihoods(deep, ones);
    expect(
      close(log, Math.log(0.5) + 400 * Math.log(1e-3) + Math.log1p(1.01 ** 400), tolerance.rounding),
    ).toBe(true);
    const trained = trainEm(deep, ones, { epochs: 1 });
    expect(trained.trace[1]).toBeCloseTo(0, 10);

    const real = circuitBuilder<string>(vocabulary("variable", ["y"]), { domains: [{ kind: "real" }] });
    const narrow = real.input("y", { family: "gaussian", mean: 0, std: 1e-3 });
    const wide = real.input("y", { family: "gaussian", mean: 0, std: 2e-3 });
    const mixed = real.build(real.sum([narrow, wide], [Math.log(0.5), Math.log(0.5)]));
    const far = matrix(2, 1, Float64Array.of(1, 0));
    const logs = logLikelihoods(mixed, far);
    expect(logs[0]).toBeCloseTo(
      Math.log(0.5) - 0.5 * 500 ** 2 - Math.log(2e-3) - 0.5 * Math.log(2 * Math.PI),
      6,
    );
    expect(logs[1]).toBeGreaterThan(5);

    const heavy = circuitBuilder<string>(vocabulary("variable", ["z"]));
    const both = [heavy.literal("z", false), heavy.literal("z", true)];
    const large = heavy.build(heavy.sum(both, [800, 801]));
    expect([...logLikelihoods(large, matrix(2, 1, Float64Array.of(0, 1)))]).toEqual([800, 801]);
  });

  it("says -Infinity of rows that the circuit excludes, and refuses to count them", () => {
    const builder = circuitBuilder<string>(vocabulary("variable", ["x"]));
    const certain = builder.build(builder.literal("x", true));
    const rows = matrix(2, 1, Float64Array.of(1, 0));
    expect([...logLikelihoods(certain, rows)]).toEqual([0, Number.NEGATIVE_INFINITY]);
    const engine = flowEngine(certain);
    expect(() => engine.countInto(engine.emptyCounts(), readyRows(certain, rows), allRows(2), 0, 2)).toThrow(
      /Row 1/,
    );
    // A row that does not count may be excluded.
    const ready = readyRows(certain, rows, [2, 0]);
    expect(engine.countInto(engine.emptyCounts(), ready, allRows(2), 0, 2)).toBe(0);
  });
});
