import {
  type CircuitSource,
  type Cnf,
  circuitBuilder,
  clausesOf,
  compileCnf,
  compileSdd,
  convertSource,
  modelCount,
  namedVtree,
  nnfOfSource,
  nnfToCircuit,
  parseCircuitSource,
  parseNnf,
  parseSdd,
  parseVtree,
  printNnf,
  printVtree,
  sddModelCount,
  sddOfSource,
  vtreeNames,
  vtreeOf,
  withoutWeights,
} from "@credence/circuits";
import { InvalidArgumentError, parseRules, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomClauses } from "../../../../bench/compile/families.ts";
import { cnfs } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const cnfSource = (formula: Cnf): CircuitSource => ({ kind: "cnf", dimacs: { cnf: formula, warnings: [] } });

/** The clauses as hard rules over v1 … vn, the variables named in their order by a rule that says nothing. */
function rulesOf(formula: Cnf): CircuitSource {
  const names = Array.from({ length: formula.variables }, (_, v) => `v${v + 1}`);
  const clause = (literals: readonly number[]): string =>
    literals.length === 0 ? "false" : literals.map((l) => (l > 0 ? `v${l}` : `!v${-l}`)).join(" | ");
  const hard = clausesOf(formula).map((literals) => `${clause(literals)}.`);
  return { kind: "rules", rules: parseRules(`0 ${names.join(" | ")}\n${hard.join("\n")}\n`) };
}

/** One formula by all sources that can say it. */
function sourcesOf(formula: Cnf): readonly CircuitSource[] {
  const { nnf } = compileCnf(formula);
  const read = parseNnf(printNnf(nnf));
  return [
    cnfSource(formula),
    rulesOf(formula),
    { kind: "nnf", nnf },
    { kind: "nnf", nnf: read },
    { kind: "circuit", circuit: nnfToCircuit(nnf) },
  ];
}

const cases = cnfs(7, 14)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables)));

describe("the SDD of a source", () => {
  it("is the same one, whatever says the formula, and on whatever vtree", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([formula, shape]) => {
        const count = modelCount(compileCnf(formula).nnf);
        for (const source of sourcesOf(formula)) {
          const given = await sddOfSource(source, { vtree: vtreeOf(shape) });
          expect(given.variables).toBe(formula.variables);
          expect(compileSdd(given.sdd.manager, formula)).toBe(given.sdd.ref);
          const own = await sddOfSource(source);
          expect(compileSdd(own.sdd.manager, formula)).toBe(own.sdd.ref);
          expect(sddModelCount(own.sdd.manager, own.sdd.ref)).toBe(count);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("reads as it was written, and is copied to any other vtree", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(4), async ([formula, shape], which) => {
        const source = sourcesOf(formula)[which];
        const { content, vtree } = await convertSource(source, "sdd", { vtree: vtreeOf(shape) });
        const read = parseCircuitSource(bytes(content as string), { vtree: vtree! });
        if (read.kind !== "sdd") expect.unreachable();
        const { manager, ref } = read.sdd;
        expect(compileSdd(manager, formula)).toBe(ref);
        const again = await convertSource(read, "sdd");
        expect(again.vtree).toBe(vtree);
        expect(parseSdd(manager, again.content as string)).toBe(ref);
        for (const name of ["balanced", "right", "left"] as const) {
          const { sdd } = await sddOfSource(read, { vtree: name });
          expect(compileSdd(sdd.manager, formula)).toBe(sdd.ref);
          expect(printVtree(sdd.manager.vtree)).toBe(printVtree(namedVtree(formula, name)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps its function while a better vtree is looked for", async () => {
    const formula = randomClauses(3, 14, 24, 14, 2);
    for (const source of sourcesOf(formula)) {
      const plain = await sddOfSource(source, { vtree: "balanced" });
      const { sdd } = await sddOfSource(source, { vtree: "balanced", vtreeSearch: true });
      expect(compileSdd(sdd.manager, formula)).toBe(sdd.ref);
      expect(printVtree(sdd.manager.vtree)).not.toBe(printVtree(plain.sdd.manager.vtree));
    }
  });

  it("takes its names from rules and circuits", async () => {
    const source = rulesOf(randomClauses(2, 3, 2, 3, 1));
    expect((await sddOfSource(source)).names).toEqual(["v1", "v2", "v3"]);
    const { warnings } = await convertSource(source, "sdd");
    expect(warnings).toEqual([expect.stringMatching(/1 is "v1", 2 is "v2", 3 is "v3"\.$/)]);
  });

  it("leaves the variables free that only the vtree has", async () => {
    const source = cnfSource(randomClauses(2, 4, 3, 4, 1));
    const { sdd, variables } = await sddOfSource(source, {
      vtree: vtreeOf([
        [1, 2],
        [
          [3, 5],
          [4, 6],
        ],
      ]),
    });
    const own = await sddOfSource(source);
    expect(variables).toBe(4);
    expect(sddModelCount(sdd.manager, sdd.ref)).toBe(4n * sddModelCount(own.sdd.manager, own.sdd.ref));
  });
});

describe("the NNF of a source", () => {
  it("has the models of the source", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([formula]) => {
        const count = modelCount(compileCnf(formula).nnf);
        const { sdd } = await sddOfSource(cnfSource(formula));
        for (const source of [...sourcesOf(formula), { kind: "sdd", sdd } as const]) {
          expect(modelCount(await nnfOfSource(source))).toBe(count);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("what is no formula", () => {
  const weighted = parseCircuitSource(bytes("p cnf 2 1\nc p weight 1 0.25 0\n1 2 0\n"));
  const soft = parseCircuitSource(bytes("0 a | b\na -> b.\n1.5 b -> a\n"));
  const twice = (() => {
    const b = circuitBuilder(vocabulary("variable", ["a", "b"]));
    const [a, x] = [b.literal("a", true), b.sum([b.literal("b", true), b.literal("b", false)])];
    // Where a holds both terms do.
    const whole = b.sum([b.literal("a", true), b.literal("a", false)]);
    return b.build(b.sum([b.product([a, x]), b.product([whole, b.literal("b", true)])]));
  })();

  it.each([
    ["a CNF with weights", weighted, /literals of the formula weigh/, /leaves them out/],
    ["rules with weights", soft, /Rule 3, which has the weight 1.5/, /keep weights/],
  ] as const)("%s is refused, with a way out", async (_, source, message, hint) => {
    for (const to of ["sdd", "nnf", "d4"] as const) {
      await expect(convertSource(source, to)).rejects.toMatchObject({
        code: "INEXPRESSIBLE",
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    }
    if (source.kind === "cnf") expect((await sddOfSource(withoutWeights(source))).variables).toBe(2);
    else expect(withoutWeights(source)).toBe(source);
  });

  it("a circuit that is 2 somewhere is told from one that is 0 or 1", async () => {
    await expect(sddOfSource({ kind: "circuit", circuit: twice })).rejects.toMatchObject({
      code: "INEXPRESSIBLE",
      message: expect.stringMatching(/more than 1 at some worlds/),
    });
  });

  it("needs variables, and clauses for the vtrees that follow them", async () => {
    await expect(sddOfSource(parseCircuitSource(bytes("p cnf 0 0\n")))).rejects.toMatchObject({
      code: "INEXPRESSIBLE",
      message: expect.stringMatching(/without variables/),
    });
    const nnf = parseCircuitSource(bytes("nnf 1 0 2\nL 1\n"));
    for (const vtree of vtreeNames) {
      const made = sddOfSource(nnf, { vtree });
      if (vtree !== "min-fill" && vtree !== "bisection") await made;
      else {
        await expect(made).rejects.toThrow(InvalidArgumentError);
        await expect(made).rejects.toMatchObject({ hint: expect.stringMatching(/Leave it out/) });
      }
    }
    const { vtree } = parseVtree("vtree 1\nL 0 1\n");
    await expect(sddOfSource(nnf, { vtree })).rejects.toThrow(InvalidArgumentError);
  });
});
