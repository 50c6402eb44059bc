import {
  type Circuit,
  circuitBuilder,
  circuitFromBytes,
  circuitToBytes,
  compileSource,
  convertSource,
  type Distribution,
  factorGraph,
  logPartition,
  nnfBuilder,
  parseBif,
  parseCircuit,
  parseCircuitSource,
  printBif,
  printCircuit,
  printJpc,
  printNnf,
  printPsdd,
  printSpn,
  printUai,
  printUaiEvidence,
  sample,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { apart, dataOf } from "./random-files.ts";

/** x, and y given x, over two and three states. */
function pair(): Circuit {
  const b = circuitBuilder(vocabulary("variable", ["x", "y"]), {
    domains: [{ kind: "binary" }, { kind: "categorical", arity: 3 }],
  });
  const y = (state: number) => b.input(1, { family: "indicator", state });
  const terms = [
    b.product([b.literal(0, true), b.sum([y(0), y(2)], [-1, -2])]),
    b.product([b.literal(0, false), y(1)]),
  ];
  return b.build(b.sum(terms, [-3, Number.NEGATIVE_INFINITY]));
}

describe("the files themselves", () => {
  it("jpc", () => {
    const { text, vtree } = printJpc(pair());
    expect(text.split("\n")).toEqual([
      "jpc 9",
      "L 0 0 1",
      "I 1 2 2 0",
      "I 2 2 2 2",
      "S 3 2 2 1 -1 2 -2",
      "P 4 1 2 0 3",
      "L 5 0 -1",
      "I 6 2 2 1",
      "P 7 1 2 5 6",
      "S 8 1 2 4 -3 7 -Infinity",
      "",
    ]);
    expect(vtree).toBe("vtree 3\nL 0 1\nL 2 2\nI 1 0 2\n");
  });

  it("spn, with indicators in the place of what it has no word for", () => {
    expect(printSpn(pair())).toBe(
      "(2 3)\nv 0 1\nv 1 0\nv 1 2\n+ 1 -1 2 -2\n* 0 3\nv 0 0\nv 1 1\n* 5 6\n+ 4 -3 7 -Infinity\nEOF\n",
    );
    const b = circuitBuilder(vocabulary("variable", ["x"]));
    const coin = b.build(b.input(0, { family: "bernoulli", p: 0.5 }));
    const half = Math.log(0.5);
    expect(printSpn(coin)).toBe(`(2)\nv 0 0\nv 0 1\n+ 0 ${half} 1 ${half}\nEOF\n`);
  });

  it("psdd, of a network over two states, too", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "categorical", arity: 2, states: ["no", "yes"] }, { kind: "binary" }],
    });
    const table = b.input(0, { family: "categorical", probabilities: [0.75, 0.25] });
    const state = b.input(0, { family: "indicator", state: 0 });
    const [yes, no] = [b.literal("y", true), b.literal("y", false)];
    const { text, logPartition: log } = printPsdd(
      b.build(b.sum([b.product([yes, table]), b.product([no, state])], [Math.log(3), 0])),
    );
    // The first factor lies on the vtree's left; weights are normalized.
    expect(text).toBe(
      `psdd 5\nL 0 0 2\nT 1 2 1 ${Math.log(0.25)}\nL 2 0 -2\nL 3 2 -1\nD 4 1 2 0 1 ${Math.log(3) - log} 2 3 ${-log}\n`,
    );
    expect(close(log, Math.log(4), tolerance.rounding)).toBe(true);
    // What has weight 0 stays, unless its prime is another's; and what is certain is a literal.
    const [never, terms] = [Number.NEGATIVE_INFINITY, [b.product([yes, state]), b.product([no, table])]];
    expect(printPsdd(b.build(b.sum(terms, [0.5, never]))).text).toBe(
      `psdd 5\nL 0 0 2\nL 1 2 -1\nL 2 0 -2\nT 3 2 1 ${Math.log(0.25)}\nD 4 1 2 0 1 0 2 3 -Infinity\n`,
    );
    const twice = b.build(b.sum([b.product([yes, state]), b.product([yes, table])], [0.5, never]));
    expect(printPsdd(twice).text).toBe("psdd 3\nL 0 0 2\nL 1 2 -1\nD 2 1 1 0 1 0\n");
    // Terms with the same prime become one, whose sub is a mixture.
    const mixed = printPsdd(b.build(b.sum([b.product([yes, table]), b.product([yes, state])])));
    expect(mixed.text).toMatch(/^psdd 3\nL 0 0 2\nT 1 2 1 -2\.07\d+\nD 2 1 1 0 1 0\n$/);
    expect(close(mixed.logPartition, Math.log(2), tolerance.rounding)).toBe(true);
  });

  it("nnf, in both forms", () => {
    const b = nnfBuilder(2);
    const nnf = b.build(b.or([b.and([b.literal(1), b.free(1)]), b.and([b.literal(0), b.literal(3)])], 0));
    expect(printNnf(nnf)).toBe("nnf 8 8 2\nL 1\nL 2\nL -2\nO 2 2 1 2\nA 2 0 3\nL -1\nA 2 5 1\nO 1 2 4 6\n");
    expect(printNnf(nnf, { form: "d4" })).toBe(
      "o 1 0\na 2 0\na 3 0\no 4 0\nt 5 0\n1 3 0\n1 2 0\n2 5 -1 0\n2 5 2 0\n3 5 1 0\n3 4 0\n4 5 2 0\n4 5 -2 0\n",
    );
    const [truth, falsehood] = [nnfBuilder(0), nnfBuilder(0)];
    expect(printNnf(truth.build(truth.and([])), { form: "d4" })).toMatch(/^t 1 0\n/);
    expect(printNnf(falsehood.build(falsehood.or([])), { form: "d4" })).toMatch(/^f 1 0\n/);
  });

  it("uai and bif", () => {
    const variables = [
      { name: "rain", states: ["yes", "no"] },
      { name: "wet grass", states: ["a", "b", "c d"] },
    ];
    const graph = factorGraph(variables, [
      { scope: [0], values: Float64Array.of(0.2, 0.8) },
      { scope: [0, 1], values: Float64Array.of(0.7, 0.2, 0.1, 0.1, 0.2, 0.7) },
    ]);
    expect(printUai(graph)).toBe(
      "BAYES\n2\n2 3\n2\n1 0\n2 0 1\n\n2\n 0.2 0.8\n\n6\n 0.7 0.2 0.1 0.1 0.2 0.7\n",
    );
    expect(printUaiEvidence([[0, 1]])).toBe("1 0 1\n");
    expect(printUaiEvidence([])).toBe("0\n");
    expect(printBif(graph)).toContain(
      'probability ( "wet grass" | rain ) {\n  (yes) 0.7, 0.2, 0.1;\n  (no) 0.1, 0.2, 0.7;\n}',
    );
    expect(parseBif(printBif(graph))).toEqual(graph);
  });

  it("json, one node a line", () => {
    const lines = printCircuit(pair()).split("\n");
    expect(lines).toHaveLength(1 + 2 + 1 + 9 + 1 + 1);
    expect(apart(parseCircuit(lines.join("\n")))).toEqual(apart(pair()));
  });
});

describe("the binary file", () => {
  const families: readonly Distribution[] = [
    { family: "gaussian", mean: -1.5, std: 0.1 },
    { family: "gamma", shape: 2, rate: 0.3 },
    { family: "exponential", rate: 1 / 3 },
    { family: "uniform", low: -1, high: 2 },
    { family: "histogram", edges: [0, 1, 3], masses: [0.25, 0.75] },
  ];

  it("keeps all families to the bit, and externals", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "n"]), {
      domains: [{ kind: "real" }, { kind: "count" }],
    });
    const counts: readonly Distribution[] = [
      { family: "poisson", rate: 0.1 + 0.2 },
      { family: "binomial", trials: 7, p: 1 / 7 },
      { family: "geometric", p: 0.9 },
      { family: "negativeBinomial", successes: 1.5, p: 0.2 },
      { family: "external", slot: 3 },
    ];
    const terms = families.map((family, i) => b.product([b.input(0, family), b.input(1, counts[i])]));
    const circuit = b.build(
      b.sum(
        terms,
        terms.map((_, i) => -i / 3),
      ),
    );
    expect(dataOf(circuitFromBytes(circuitToBytes(circuit)))).toEqual(dataOf(circuit));
  });

  it("is the same for the same circuit, and reads as one that samples the same", () => {
    const circuit = pair();
    expect(circuitToBytes(circuit)).toEqual(circuitToBytes(pair()));
    const again = circuitFromBytes(circuitToBytes(circuit));
    expect(sample(again, 20, { seed: 5 })).toEqual(sample(circuit, 20, { seed: 5 }));
  });

  it("refuses other kinds and versions of files", () => {
    const bytes = circuitToBytes(pair());
    expect(() => circuitFromBytes(bytes.subarray(0, 100))).toThrow(
      expect.objectContaining({ code: "ARTIFACT_TRUNCATED" }),
    );
    expect(() => circuitFromBytes(new TextEncoder().encode("nnf 1 0 1\nL 1\n"))).toThrow(
      /not an intact|ends early/,
    );
  });
});

interface FormatCase {
  readonly name: string;
  readonly fileFormat: string;
  readonly text: string;
}

describeShared("the reference files", () => {
  const { cases } = sharedJson("reference/circuits/formats.json") as { cases: FormatCase[] };

  it.each(cases.map((one) => [one.name, one] as const))(
    "%s: written in every format that can, weighs the same",
    async (_, one) => {
      const source = parseCircuitSource(new TextEncoder().encode(one.text));
      const total = logPartition(await compileSource(source));
      let written = 0;
      for (const to of ["json", "binary", "spn", "jpc", "psdd", "nnf", "d4", "uai", "bif"] as const) {
        const file = await convertSource(source, to).catch((error) => {
          expect(error).toMatchObject({ code: "INEXPRESSIBLE" });
          return undefined;
        });
        if (file === undefined) continue;
        const content =
          typeof file.content === "string" ? new TextEncoder().encode(file.content) : file.content;
        const again = logPartition(await compileSource(parseCircuitSource(content)));
        // A PSDD is a distribution.
        const expected = to === "psdd" ? 0 : total;
        expect(close(again, expected, tolerance.reference), to).toBe(true);
        written++;
      }
      expect(written).toBeGreaterThanOrEqual(2);
    },
  );
});
