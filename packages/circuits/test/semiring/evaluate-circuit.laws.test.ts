import {
  boolean,
  type Circuit,
  circuitBuilder,
  circuitDerivatives,
  cnf,
  compileCnf,
  compileFormulaFor,
  constantPolynomial,
  counting,
  type Evidence,
  evaluateCircuit,
  evaluateCircuitNodes,
  evaluateNnf,
  evaluatePolynomial,
  gradient,
  gradients,
  type Input,
  interval,
  logPartition,
  logReal,
  modelCount,
  mpe,
  type Polynomial,
  polynomial,
  printPolynomial,
  provenance,
  real,
  type SemiringLabels,
  unknownPolynomial,
  witness,
} from "@credence/circuits";
import { evaluate, type Formula, parseFormula, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { formulas } from "../../../core/test/formula/arbitrary.ts";
import { finiteDomains, randomCircuit } from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const facts = ["a", "b", "c", "d"];
const overFacts = formulas(fc.constantFrom(...facts), 3);

/** The probability of a state under an input, for finite families. */
function tableOf({ distribution: d }: Input, state: number): number {
  if (d.family === "bernoulli") return state === 1 ? d.p : 1 - d.p;
  if (d.family === "categorical") return d.probabilities[state];
  return d.family === "indicator" ? Number(d.state === state) : Number.NaN;
}

/** Value 1 where state 0 of variable 1 holds, and everything else is summed out. */
const labels: SemiringLabels<number> = {
  input: (input) => (input.variable === 1 ? tableOf(input, 0) : 1),
  weight: (weight) => weight,
};

/** The circuit of a formula over all four facts. */
function compiled(formula: Formula): Circuit {
  const builder = circuitBuilder(vocabulary("variable", facts));
  const free = builder.build(
    builder.product(facts.map((name) => builder.input(name, { family: "bernoulli", p: 0.5 }))),
  );
  return compileFormulaFor(free, formula);
}

describe("evaluateCircuit", () => {
  it("over the reals and their logs is the partition, and the derivatives are those of gradients", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const evidence: Evidence = { v1: 0 };
        const log = logPartition(circuit, evidence);
        const values = evaluateCircuitNodes(circuit, real, labels);
        expect(near(values[circuit.size - 1], Math.exp(log))).toBe(true);
        const logs = evaluateCircuit(circuit, logReal, {
          input: (input, i) => Math.log(labels.input(input, i)),
          weight: Math.log,
        });
        expect(near(Math.exp(logs), Math.exp(log))).toBe(true);
        const slopes = circuitDerivatives(circuit, real, labels, values);
        const expected = gradients(circuit, evidence, { of: "partition" });
        if (expected.kind !== "gradients") expect.unreachable();
        circuit.inputOf.forEach((input, node) => {
          if (input >= 0) expect(near(slopes[node] * values[node], expected.inputs[input])).toBe(true);
        });
        for (let node = 0; node < circuit.size; node++) {
          if (circuit.kinds[node] !== 2) continue;
          for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
            expect(near(slopes[node] * values[circuit.children[edge]], expected.weights[edge])).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("over dual numbers is the derivative by one weight", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const edge = rng(seed).int(circuit.edges);
        const dual = evaluateCircuit(circuit, gradient, {
          input: (input, i) => ({ value: labels.input(input, i), slope: 0 }),
          weight: (value, e) => ({ value, slope: Number(e === edge) }),
        });
        const expected = gradients(circuit, { v1: 0 }, { of: "partition" });
        if (expected.kind !== "gradients") expect.unreachable();
        expect(near(dual.slope, expected.weights[edge])).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("over intervals contains the value at every point inside, to the last bit", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = rng(seed);
        const circuit = randomCircuit(seed, finiteDomains);
        const weights = Array.from(circuit.logWeights, (log) => {
          const [p, q] = [Math.exp(log) * random(), Math.exp(log)];
          return { low: Math.min(p, q), high: Math.max(p, q) };
        });
        const point = Array.from(weights, ({ low, high }) => Math.min(high, low + random() * (high - low)));
        const bounds = evaluateCircuit(circuit, interval, {
          input: (input, i) => ({ low: labels.input(input, i), high: labels.input(input, i) }),
          weight: (_, edge) => weights[edge],
        });
        const value = evaluateCircuit(circuit, real, { ...labels, weight: (_, edge) => point[edge] });
        expect(bounds.low).toBeLessThanOrEqual(value);
        expect(bounds.high).toBeGreaterThanOrEqual(value);
      }),
      { numRuns: 60 },
    );
    const tiny = { low: 5e-324, high: 5e-324 };
    expect(interval.times(tiny, tiny)).toEqual({ low: 0, high: 5e-324 });
    const huge = { low: 1e308, high: 1e308 };
    expect(interval.times(huge, huge)).toEqual({ low: Number.MAX_VALUE, high: Number.POSITIVE_INFINITY });
    expect(interval.times(interval.zero, { low: 0, high: Number.POSITIVE_INFINITY })).toEqual(interval.zero);
  });

  it("counts and decides compiled formulas, as their NNFs do", () => {
    fc.assert(
      fc.property(overFacts, (formula) => {
        const circuit = compiled(formula);
        const own = circuit.variables.names;
        const expected = worldsOf(own).filter((world) => evaluate(formula, world)).length;
        expect(evaluateCircuit(circuit, counting, { input: () => 1n })).toBe(BigInt(expected));
        expect(evaluateCircuit(circuit, boolean, { input: () => true })).toBe(expected > 0);
      }),
      { numRuns: 100 },
    );
    const nnf = compileCnf(
      cnf(3, [
        [1, 2],
        [-1, 3],
        [-2, -3],
      ]),
    ).nnf;
    expect(evaluateNnf(nnf, counting, () => 1n)).toBe(modelCount(nnf));
  });

  it("asks for weights where they are not 1, and for a circuit whose value is a sum over worlds", () => {
    const circuit = randomCircuit(3, finiteDomains);
    expect(() => evaluateCircuit(circuit, real, { input: () => 1 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    const builder = circuitBuilder(vocabulary("variable", ["a", "b"]));
    const rough = builder.build(builder.sum([builder.literal("a", true), builder.literal("b", true)]));
    expect(() => evaluateCircuit(rough, real, { input: () => 1 })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY" }),
    );
  });
});

function worldsOf(names: readonly string[]): Record<string, boolean>[] {
  return Array.from({ length: 2 ** names.length }, (_, i) =>
    Object.fromEntries(names.map((name, v) => [name, ((i >> v) & 1) === 1])),
  );
}

describe("polynomials", () => {
  it("of a circuit are its values at all leaf weights at once", () => {
    fc.assert(
      fc.property(
        overFacts,
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (formula, theta) => {
          const circuit = compiled(formula);
          const nameOf = (input: Input) => {
            const state = input.distribution.family === "indicator" ? input.distribution.state : 0;
            return `${circuit.variables.name(input.variable)}${state}`;
          };
          const network = evaluateCircuit<Polynomial>(circuit, polynomial, {
            input: (input) => unknownPolynomial(nameOf(input)),
          });
          const values = Object.fromEntries(
            circuit.variables.names.flatMap((name, v) =>
              [0, 1].map((s) => [`${name}${s}`, theta[2 * v + s]]),
            ),
          );
          const expected = evaluateCircuit(circuit, real, { input: (input) => values[nameOf(input)] });
          expect(near(evaluatePolynomial(network, values), expected)).toBe(true);
          // One monomial per model, each unknown once.
          const models = worldsOf(circuit.variables.names).filter((world) => evaluate(formula, world));
          expect(network).toHaveLength(models.length);
          for (const { coefficient, powers } of network) {
            expect(coefficient).toBe(1);
            expect(powers.every(([, power]) => power === 1)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("print and refuse unknowns without a value", () => {
    const { plus, times } = polynomial;
    const x = unknownPolynomial("x");
    const square = times(plus(x, constantPolynomial(1.5)), plus(x, constantPolynomial(-1.5)));
    expect(printPolynomial(square)).toBe("x^2 + -2.25");
    expect(printPolynomial(times(constantPolynomial(0.5), times(x, unknownPolynomial("y"))))).toBe("0.5·x·y");
    expect([printPolynomial(polynomial.zero), printPolynomial(polynomial.one)]).toEqual(["0", "1"]);
    expect(constantPolynomial(0)).toEqual([]);
    expect(evaluatePolynomial(square, { x: 2 })).toBe(1.75);
    expect(() => evaluatePolynomial(square, { y: 2 })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});

describe("provenance", () => {
  it("of a monotone formula is its minimal sets of facts", () => {
    fc.assert(
      fc.property(monotone(3), (formula) => {
        const circuit = compiled(formula);
        const found = evaluateCircuit(circuit, provenance, {
          input: ({ variable, distribution: d }) =>
            d.family === "indicator" && d.state === 1
              ? witness(circuit.variables.name(variable))
              : provenance.one,
        });
        const holding = worldsOf(facts)
          .filter((world) => evaluate(formula, world))
          .map((world) => facts.filter((name) => world[name]));
        const minimal = holding.filter(
          (set) =>
            !holding.some((other) => other.length < set.length && other.every((name) => set.includes(name))),
        );
        expect(found.map((set) => set.join()).sort()).toEqual(minimal.map((set) => set.join()).sort());
      }),
      { numRuns: 100 },
    );
  });

  it("of a small example reads like it", () => {
    const circuit = compiled(parseFormula("(a & b) | (a & b & c) | d"));
    const found = evaluateCircuit(circuit, provenance, {
      input: ({ variable, distribution: d }) =>
        d.family === "indicator" && d.state === 1
          ? witness(circuit.variables.name(variable))
          : provenance.one,
    });
    expect(found).toEqual([["d"], ["a", "b"]]);
    expect(mpe(circuit)).toMatchObject({ kind: "world", exact: true });
  });
});

/** Formulas of conjunctions and disjunctions of facts. */
function monotone(depth: number): fc.Arbitrary<Formula> {
  const leaf = fc.constantFrom(...facts).map((name): Formula => ({ kind: "var", name }));
  if (depth === 0) return leaf;
  const parts = fc.array(monotone(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    leaf,
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), parts)
      .map(([kind, args]): Formula => ({ kind, args })),
  );
}
