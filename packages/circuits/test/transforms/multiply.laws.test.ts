import {
  type Circuit,
  circuitBuilder,
  circuitFromJson,
  circuitToJson,
  determinism,
  logInnerProduct,
  logPartition,
  multiply,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import {
  finiteDomains,
  randomCircuit,
  randomDeterministicCircuit,
  valueAt,
  worldsOf,
} from "../random-circuit.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });
const worlds = [...worldsOf(finiteDomains)];

describe("multiply", () => {
  it("multiplies values at every world, and its total is the inner product", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.boolean(), (a, b, structured) => {
        const [p, q] = [a, b].map((seed) => randomCircuit(seed, finiteDomains, structured));
        const inner = logInnerProduct(p, q);
        if (inner === Number.NEGATIVE_INFINITY) {
          expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(p, q);
        expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
        expect(near(logPartition(both), inner)).toBe(true);
        for (const world of worlds) {
          expect(near(valueAt(both, world), valueAt(p, world) * valueAt(q, world))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("multiplies densities: two gaussian inputs make one", () => {
    const variables = vocabulary("variable", ["x"]);
    const input = (mean: number, std: number) => {
      const builder = circuitBuilder(variables, { domains: [{ kind: "real" }] });
      return builder.build(builder.input("x", { family: "gaussian", mean, std }));
    };
    const [p, q] = [input(0, 1), input(2, 2)];
    const both = multiply(p, q);
    for (const x of [-1, 0, 0.7]) {
      const expected = logPartition(p, { x }) + logPartition(q, { x });
      expect(near(logPartition(both, { x }), expected)).toBe(true);
    }
  });
});

describe("multiply with a circuit over fewer variables", () => {
  it("weighs the worlds by what the second says of its own", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const p = randomCircuit(a, finiteDomains, a % 2 === 0);
        const small = [finiteDomains[0], finiteDomains[1]];
        const q = randomCircuit(b, small);
        const zero = worlds.every((world) => valueAt(p, world) * valueAt(q, world.slice(0, 2)) === 0);
        if (zero) {
          expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
          return;
        }
        const both = multiply(p, q);
        expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
        for (const world of worlds) {
          const expected = valueAt(p, world) * valueAt(q, world.slice(0, 2));
          expect(near(valueAt(both, world), expected)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is deterministic if both are", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const [p, q] = [a, b].map((seed) => randomDeterministicCircuit(seed, finiteDomains));
        if (logInnerProduct(p, q) === Number.NEGATIVE_INFINITY) return;
        expect(determinism(multiply(p, q)).status).toBe("certified");
      }),
      { numRuns: 20 },
    );
  });
});

describe("multiply with a circuit over other variables", () => {
  /** The circuit with its variables under other names. */
  function renamed(circuit: Circuit, names: readonly string[]): Circuit {
    const object = circuitToJson(circuit);
    return circuitFromJson({
      ...object,
      variables: object.variables.map((variable, v) => ({ ...variable, name: names[v] })),
    });
  }
  const value = (circuit: Circuit, world: Record<string, number>): number => {
    const names = circuit.variables.names;
    const evidence = names.map((name, v) => [
      name,
      circuit.domains[v].kind === "binary" ? world[name] === 1 : world[name],
    ]);
    return Math.exp(logPartition(circuit, Object.fromEntries(evidence)));
  };

  it("multiplies values at every world of all variables, whichever they have in common", () => {
    fc.assert(
      fc.property(
        seeds,
        seeds,
        fc.boolean(),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 3 }),
        (a, b, structured, common) => {
          const p = randomCircuit(a, finiteDomains, structured);
          const own = finiteDomains.map((_, v) => (common.includes(v) ? p.variables.name(v) : `own${v}`));
          const q = renamed(randomCircuit(b, finiteDomains, structured), own);
          const names = [...new Set([...p.variables.names, ...q.variables.names])];
          const domains = [...finiteDomains, ...finiteDomains.filter((_, v) => !common.includes(v))];
          const all = [...worldsOf(domains)].map((world) =>
            Object.fromEntries(names.map((name, i) => [name, world[i]])),
          );
          const expected = all.map((world) => value(p, world) * value(q, world));
          if (expected.every((x) => x === 0)) {
            expect(() => multiply(p, q)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
            return;
          }
          const both = multiply(p, q);
          expect(both.variables.names).toEqual(names);
          expect(both.properties).toMatchObject({ smooth: true, decomposable: true });
          all.forEach((world, i) => {
            expect(near(value(both, world), expected[i])).toBe(true);
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  it("adds sizes if there is no variable in common, and takes a second one that the first is a part of", () => {
    const p = randomCircuit(3, finiteDomains, true);
    const q = renamed(
      randomCircuit(4, finiteDomains, true),
      finiteDomains.map((_, v) => `own${v}`),
    );
    expect(multiply(p, q).edges).toBeLessThanOrEqual(p.edges + q.edges + 4);
    const wide = multiply(p, q);
    const again = multiply(p, wide);
    for (const world of worlds.slice(0, 12)) {
      const at = Object.fromEntries([
        ...p.variables.names.map((n, v) => [n, world[v]]),
        ...q.variables.names.map((n, v) => [n, world[v]]),
      ]);
      expect(near(value(again, at), value(p, at) ** 2 * value(q, at))).toBe(true);
    }
  });

  it("refuses a common variable with another domain", () => {
    const p = randomCircuit(1, finiteDomains);
    const shifted = randomCircuit(1, [finiteDomains[1]]);
    expect(() => multiply(p, shifted)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("Rename") }),
    );
  });
});
