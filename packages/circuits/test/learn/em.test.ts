import { circuitBuilder, type Domain, meanLogLikelihood, sample, trainEm } from "@credence/circuits";
import { AbortedError, matrix, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";
import { randomTable } from "./tables.ts";

describe("trainEm", () => {
  it("never loses likelihood without pseudo-counts, with missing values and on numbers", () => {
    for (let seed = 0; seed < 6; seed++) {
      const domains = seed % 2 ? mixedDomains : finiteDomains;
      const drawn = sample(randomCircuit(seed + 50, domains), 80, { seed });
      if (drawn.kind !== "samples") expect.unreachable();
      const { rows, cols, data } = drawn.rows;
      const holes = Float64Array.from(data, (x, i) => ((i * 7) % 11 === 0 ? Number.NaN : x));
      // One more component for every variable, so that no row is excluded.
      const start = withBackground(seed, domains);
      const { trace, circuit } = trainEm(start, matrix(rows, cols, holes), { steps: 8 });
      for (let i = 1; i < trace.length; i++) {
        expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - tolerance.reference);
      }
      expect(meanLogLikelihood(circuit, matrix(rows, cols, holes))).toBeCloseTo(trace[8], 9);
    }
  });

  it("finds closed forms, and counts weighted rows as often as their weights say", () => {
    const builder = circuitBuilder(vocabulary("variable", ["x", "n"]), {
      domains: [{ kind: "real" }, { kind: "count" }],
    });
    const root = builder.product([
      builder.input("x", { family: "gaussian", mean: 0, std: 1 }),
      builder.input("n", { family: "poisson", rate: 1 }),
    ]);
    const start = builder.build(root);
    const rows = matrix(3, 2, Float64Array.of(1, 2, 3, 4, 5, 9));
    const { circuit } = trainEm(start, rows, { steps: 1, weights: [2, 1, 0] });
    const found = Object.fromEntries(circuit.inputs.map(({ distribution: d }) => [d.family, d]));
    expect(found["gaussian"]).toMatchObject({ mean: 5 / 3 });
    expect(found["poisson"]).toMatchObject({ rate: 8 / 3 });
  });

  it("refuses bad options and rows that the circuit excludes, and stops when told to", () => {
    const circuit = randomCircuit(3, finiteDomains);
    const table = randomTable(1, 20, [2, 3, 2, 4, 2]);
    for (const options of [
      { steps: -1 },
      { pseudoCount: -1 },
      { weights: [1] },
      { weights: new Array(20).fill(-1) },
    ]) {
      expect(() => trainEm(circuit, table, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    const builder = circuitBuilder(vocabulary("variable", ["x"]));
    const certain = builder.build(builder.literal("x", true));
    expect(() => trainEm(certain, matrix(1, 1), { steps: 1 })).toThrow(/Row 0/);
    expect(() => trainEm(certain, matrix(1, 1, Float64Array.of(3)))).toThrow(/Row 0/);
    const controller = new AbortController();
    controller.abort();
    expect(() => trainEm(certain, matrix(1, 1, Float64Array.of(1)), { signal: controller.signal })).toThrow(
      AbortedError,
    );
  });
});

/** A random circuit mixed with independent variables of full support. */
function withBackground(seed: number, domains: readonly Domain[]) {
  const shape = randomCircuit(seed, domains);
  const builder = circuitBuilder<string>(shape.variables, { domains, share: false });
  const component = (k: number) =>
    builder.product(
      domains.map((domain, v) => {
        if (domain.kind === "real") return builder.input(v, { family: "gaussian", mean: k, std: 2 });
        if (domain.kind === "count") return builder.input(v, { family: "poisson", rate: 1 + k });
        const arity = domain.kind === "binary" ? 2 : domain.arity;
        const raw = Array.from({ length: arity }, (_, s) => 1 + ((s + k + seed) % 3));
        const total = raw.reduce((a, b) => a + b, 0);
        return builder.input(v, { family: "categorical", probabilities: raw.map((x) => x / total) });
      }),
    );
  return builder.build(builder.sum([component(0), component(1)], [Math.log(0.4), Math.log(0.6)]));
}
