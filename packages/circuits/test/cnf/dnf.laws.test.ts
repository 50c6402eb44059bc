import {
  type CircuitSource,
  clausesOf,
  compileCnf,
  compileDnf,
  compileDnfAsync,
  compileSource,
  convertSource,
  type Dnf,
  evaluateNnf,
  logPartition,
  modelCount,
  models,
  type Nnf,
  negatedDnf,
  nnfToCircuit,
  parseDnf,
  printDnf,
  real,
  sddModels,
  sddOfSource,
  weightedModelCount,
} from "@credence/circuits";
import { AbortedError, ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomClauses } from "../../../../bench/compile/families.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "./arbitrary.ts";

const dnfOf = ({ variables, clauses, literals, offsets }: ReturnType<typeof randomClauses>): Dnf => ({
  variables,
  terms: clauses,
  literals,
  offsets,
});
/** DNFs with empty, repeated and contradictory terms among the rest. */
const dnfs = (most: number, terms?: number) => cnfs(most, terms).map(dnfOf);

/** The worlds, as bits, in which some term holds. */
function worldsOf(dnf: Dnf): number[] {
  const terms = clausesOf({ ...dnf, clauses: dnf.terms });
  const isTrue = (world: number) => (literal: number) =>
    ((world >> (Math.abs(literal) - 1)) & 1) === (literal > 0 ? 1 : 0);
  const all = Array.from({ length: 1 << dnf.variables }, (_, world) => world);
  return all.filter((world) => terms.some((term) => term.every(isTrue(world))));
}

const bitsOf = (world: ArrayLike<number>) =>
  Array.from(world).reduce((bits, value, v) => bits + value * 2 ** v, 0);
const sorted = (worlds: Iterable<Uint8Array>) => Array.from(worlds, bitsOf).sort((a, b) => a - b);
const source = (dnf: Dnf, weights?: Float64Array): CircuitSource => ({
  kind: "dnf",
  dimacs: { dnf, warnings: [], ...(weights === undefined ? {} : { weights }) },
});

/** The disjunctions of a smooth NNF have no world in common: at each one every node is worth 0 or 1. */
function isDeterministic(nnf: Nnf, world: number): boolean {
  const value = evaluateNnf(nnf, real, (code) => (((world >> (code >> 1)) & 1) === (code & 1) ? 1 : 0));
  return value === 0 || value === 1;
}

describe("DNFs", () => {
  it("compile to smooth d-DNNFs with the worlds of their terms as models", () => {
    fc.assert(
      fc.property(dnfs(7), (dnf) => {
        const { nnf } = compileDnf(dnf);
        const expected = worldsOf(dnf);
        expect(modelCount(nnf)).toBe(BigInt(expected.length));
        expect(sorted(models(nnf))).toEqual(expected);
        expect(nnfToCircuit(nnf).properties).toMatchObject({ smooth: true, decomposable: true });
        for (let world = 0; world < 1 << dnf.variables; world++) {
          expect(isDeterministic(nnf, world)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("compile to SDDs with the same models, and to circuits that weigh them", async () => {
    const cases = cnfs(6, 12)
      .filter((formula) => formula.variables > 0)
      .chain((formula) => fc.tuple(fc.constant(dnfOf(formula)), weightsFor(formula)));
    await fc.assert(
      fc.asyncProperty(cases, async ([dnf, weights]) => {
        const worlds = worldsOf(dnf);
        const { sdd } = await sddOfSource(source(dnf));
        expect(sorted(sddModels(sdd.manager, sdd.ref))).toEqual(worlds);
        const values = worlds.map((world) =>
          Array.from({ length: dnf.variables }, (_, v) => weights[2 * v + ((world >> v) & 1)]),
        );
        const total = values.reduce(
          (sum, of) => sum + of.reduce((product, weight) => product * weight, 1),
          0,
        );
        const circuit = await compileSource(source(dnf, weights));
        expect(close(Math.exp(logPartition(circuit)), total, tolerance.rounding, Number.MIN_VALUE)).toBe(
          true,
        );
        const { wmc } = weightedModelCount(compileDnf(dnf).nnf, weights);
        expect(close(wmc, total, tolerance.rounding, Number.MIN_VALUE)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("and the CNF of their negation have all worlds between them", async () => {
    const dnf = dnfOf(randomClauses(3, 40, 60, 40, 5));
    const { nnf } = await compileDnfAsync(dnf);
    expect(modelCount(nnf) + modelCount(compileCnf(negatedDnf(dnf)).nnf)).toBe(2n ** 40n);
  });

  it("read as they were written", () => {
    const documents = cnfs(6).chain((formula) =>
      fc.record({ dnf: fc.constant(dnfOf(formula)), weights: weightsFor(formula) }),
    );
    fc.assert(
      fc.property(documents, (document) => {
        const { weights, ...read } = parseDnf(printDnf(document));
        expect(read).toEqual({ dnf: document.dnf, warnings: [] });
        expect(weights ?? new Float64Array(0)).toEqual(document.weights);
      }),
    );
  });

  it("cut or damaged anywhere either read or fail with a place", () => {
    const damage = fc.record({ at: fc.nat(200), cut: fc.nat(3), insert: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(dnfs(5), damage, (dnf, { at, cut, insert }) => {
        const whole = printDnf({ dnf });
        for (const text of [whole.slice(0, at), whole.slice(0, at) + insert + whole.slice(at + cut)]) {
          try {
            parseDnf(text);
          } catch (error) {
            if (!(error instanceof ParseError)) throw error;
            expect(error.line).toBeGreaterThan(0);
            expect(error.line).toBeLessThanOrEqual(text.split("\n").length);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("parseDnf", () => {
  it("corrects the header's counts and says so, in terms", () => {
    const { dnf, warnings } = parseDnf("c weights 0.5 0.5\np dnf 2 5\n1 -3 0\n0\n");
    expect(dnf).toMatchObject({ variables: 3, terms: 2 });
    expect(warnings.join()).toMatch(/announces 5 terms, but the file has 2.*variable 3/s);
  });

  it.each([
    ["", "DIMACS_HEADER", 1, 1, /p dnf V T/],
    ["1 2 0\n", "DIMACS_HEADER", 1, 1, /p dnf V T/],
    ["p cnf 1 1\n1 0\n", "DIMACS_HEADER", 1, 3, /`dnf` after `p`/],
    ["p dnf 2 1\n1 2\n", "DIMACS_TRUNCATED", 3, 1, /0 after the last term/],
    ["p dnf 99999999999 1\n", "DIMACS_HEADER", 1, 19, /at most 16777216 variables/],
    ["p dnf 2 1\n1 x 0\n", "DIMACS_LITERAL", 2, 3, /non-zero integer/],
  ])("refuses %j with %s at line %d, column %d", (text, code, line, column, expected) => {
    expect(() => parseDnf(text)).toThrow(
      expect.objectContaining({ code, line, column, expected: expect.stringMatching(expected) }),
    );
  });
});

describe("DNF sources", () => {
  it("are written as DNFs, and as nothing else of that kind", async () => {
    const dnf = parseDnf("p dnf 2 1\n1 -2 0\n");
    const read: CircuitSource = { kind: "dnf", dimacs: dnf };
    expect(await convertSource(read, "dnf")).toEqual({ content: "p dnf 2 1\n1 -2 0\n", warnings: [] });
    const cnf: CircuitSource = { kind: "cnf", dimacs: { cnf: negatedDnf(dnf.dnf), warnings: [] } };
    for (const [from, to] of [
      [read, "cnf"],
      [cnf, "dnf"],
    ] as const) {
      await expect(convertSource(from, to)).rejects.toMatchObject({ code: "INEXPRESSIBLE" });
    }
  });

  it("that project or have weights are refused where that is lost", async () => {
    const projected: CircuitSource = { kind: "dnf", dimacs: parseDnf("p dnf 2 1\nc p show 1 0\n1 -2 0\n") };
    for (const to of ["json", "sdd", "nnf"] as const) {
      await expect(convertSource(projected, to)).rejects.toMatchObject({ code: "PROJECTED_CNF" });
    }
    const weights = source(parseDnf("p dnf 2 1\n1 -2 0\n").dnf, Float64Array.of(1, 2, 3, 4));
    await expect(convertSource(weights, "nnf")).rejects.toMatchObject({ code: "INEXPRESSIBLE" });
    expect((await convertSource(weights, "psdd")).warnings).toEqual([expect.stringMatching(/exp\(1.79/)]);
  });

  it("stop when they are told to", async () => {
    const dnf = dnfOf(randomClauses(3, 60, 120, 60, 1));
    await expect(compileDnfAsync(dnf, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
    expect(() => compileDnf(dnf, { nodes: 10 })).toThrow(
      expect.objectContaining({ code: "BUDGET_EXCEEDED" }),
    );
  });
});
