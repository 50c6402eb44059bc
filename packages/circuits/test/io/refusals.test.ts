import {
  binarize,
  type Circuit,
  circuitBuilder,
  circuitFromBytes,
  circuitToBytes,
  circuitToNnf,
  type Distribution,
  type Domain,
  factorGraph,
  parseBif,
  parseCircuit,
  parseJpc,
  parseNnf,
  parseUai,
  printBif,
  printJpc,
  printNnf,
  printPsdd,
  printSpn,
  printUai,
  vtreeOf,
} from "@credence/circuits";
import { decodeArtifact, encodeArtifact, InvalidArgumentError, ParseError, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";

const inexpressible = (message: RegExp) =>
  expect.objectContaining({ code: "INEXPRESSIBLE", message: expect.stringMatching(message) });

/** One variable, one input. */
function single(domain: Domain, distribution: Distribution): Circuit {
  const b = circuitBuilder(vocabulary("variable", ["v"]), { domains: [domain] });
  return b.build(b.input(0, distribution));
}

const gaussian = single({ kind: "real" }, { family: "gaussian", mean: 0, std: 1 });
const external = single({ kind: "binary" }, { family: "external", slot: 0 });
const dice: Domain = { kind: "categorical", arity: 6 };

/** Three independent bits; the factors of one product, or of two. */
function bits(nested: boolean): Circuit {
  const b = circuitBuilder(vocabulary("variable", ["a", "b", "c"]));
  const [x, y, z] = (["a", "b", "c"] as const).map((name) => b.literal(name, true));
  return b.build(nested ? b.product([x, b.product([y, z])]) : b.product([x, y, z]));
}

describe("formats refuse what they cannot say, with the node", () => {
  it("psdd", () => {
    expect(printPsdd(bits(true)).text).toBe(
      "psdd 5\nL 0 0 1\nL 1 2 2\nL 2 4 3\nD 3 3 1 1 2 0\nD 4 1 1 0 3 0\n",
    );
    expect(() => printPsdd(gaussian)).toThrow(inexpressible(/Node 0, .*gaussian/));
    expect(() => printPsdd(external)).toThrow(inexpressible(/external/));
    const die = single(dice, { family: "indicator", state: 2 });
    expect(() => printPsdd(die)).toThrow(inexpressible(/Node 0, .*indicator/));
    const b = circuitBuilder(vocabulary("variable", ["a"]));
    expect(() => printPsdd(b.build(b.sum([])))).toThrow(inexpressible(/0 everywhere/));
    const zero = b.build(b.sum([b.literal("a", true)], [Number.NEGATIVE_INFINITY]));
    expect(() => printPsdd(zero)).toThrow(inexpressible(/0 everywhere/));
    const constant = circuitBuilder(vocabulary("variable", []));
    const two = constant.build(constant.sum([constant.product([])], [Math.LN2]));
    expect(() => printPsdd(two)).toThrow(inexpressible(/without variables/));
    expect(printJpc(two).vtree).toBeUndefined();
    expect(binarize(two).size).toBe(two.size);
    const c = circuitBuilder(vocabulary("variable", ["a", "b", "c"]));
    const [x, y, z] = (["a", "b", "c"] as const).map((name) => c.literal(name, true));
    const both = [c.product([x, c.product([y, z])]), c.product([y, c.product([x, z])])];
    expect(() => printPsdd(c.build(c.sum(both)))).toThrow(inexpressible(/a product/));
    // Deterministic, but by what lies right.
    const coin = c.input("a", { family: "bernoulli", p: 0.5 });
    const whole = c.sum([c.literal("c", true), c.literal("c", false)]);
    const other = c.sum([x, c.literal("a", false)], [-1, -2]);
    const terms = [c.product([coin, y, whole]), c.product([other, c.literal("b", false), whole])];
    expect(() => printPsdd(c.build(c.sum(terms)))).toThrow(
      expect.objectContaining({ code: "INEXPRESSIBLE", hint: expect.stringMatching(/jpc/) }),
    );
    expect(() => printPsdd(bits(true), vtreeOf([1, 2]))).toThrow(InvalidArgumentError);
    expect(() => printPsdd(bits(true), vtreeOf([[1, 2], 3]))).toThrow(inexpressible(/Node \d, a product/));
  });

  it("jpc", () => {
    expect(() => printJpc(gaussian)).toThrow(inexpressible(/gaussian/));
    expect(() => printJpc(external)).toThrow(inexpressible(/external/));
    expect(() => printJpc(single(dice, { family: "indicator", state: 2 }))).toThrow(
      inexpressible(/domain of "v"/),
    );
    const one: Domain = { kind: "categorical", arity: 1 };
    expect(() => printJpc(single(one, { family: "indicator", state: 0 }))).toThrow(inexpressible(/domain/));
    expect(() => printJpc(single({ kind: "count" }, { family: "poisson", rate: 1 }))).toThrow(
      inexpressible(/./),
    );
    const last = single(dice, { family: "indicator", state: 5 });
    expect(parseJpc(printJpc(last).text).domains).toEqual([dice]);
  });

  it("spn", () => {
    expect(() => printSpn(gaussian)).toThrow(inexpressible(/gaussian/));
    expect(() => printSpn(external)).toThrow(inexpressible(/external/));
    expect(printSpn(single(dice, { family: "indicator", state: 2 }))).toBe("(6)\nv 0 2\nEOF\n");
  });

  it("nnf", () => {
    expect(() => circuitToNnf(gaussian)).toThrow(inexpressible(/gaussian/));
    const b = circuitBuilder(vocabulary("variable", ["a"]));
    const [yes, no] = [b.literal("a", true), b.literal("a", false)];
    expect(() => circuitToNnf(b.build(b.sum([yes, no], [0, -1])))).toThrow(inexpressible(/Node 2 .*weights/));
    // A root that is a literal, in both forms.
    const nnf = circuitToNnf(b.build(yes));
    for (const form of ["c2d", "d4"] as const) expect(parseNnf(printNnf(nnf, { form })).variables).toBe(1);
  });

  it("bif, and uai says it as a Markov network", () => {
    const variables = ["x", "y"].map((name) => ({ name, states: ["0", "1"] }));
    const two = { scope: [0, 1], values: Float64Array.of(1, 2, 3, 4) };
    const back = { scope: [1, 0], values: Float64Array.of(1, 2, 3, 4) };
    const [alone, number] = [
      { scope: [0], values: Float64Array.of(1, 1) },
      { scope: [], values: Float64Array.of(2) },
    ];
    for (const [factors, message] of [
      [[two], /variable x, for which/],
      [[two, back], /its own ancestor/],
      [[alone, alone, two], /second one for x/],
      [[number, alone, two], /Factor 0/],
    ] as const) {
      const graph = factorGraph(variables, factors);
      expect(() => printBif(graph)).toThrow(inexpressible(message));
      expect(printUai(graph)).toMatch(/^MARKOV/);
      expect(parseUai(printUai(graph), { variables })).toEqual(graph);
    }
    const odd = factorGraph([{ name: 'a"b', states: ["0"] }], [{ scope: [0], values: Float64Array.of(1) }]);
    expect(() => printBif(odd)).toThrow(inexpressible(/quotation|name/));
  });
});

describe("readers refuse what would be enormous", () => {
  it.each([
    [parseNnf, "nnf 1 0 16000000\nL 1\n", "NNF_HEADER"],
    [parseNnf, "o 1 0\nt 2 0\n1 2 16000000 0\n", "NNF_LITERAL"],
    [parseJpc, "jpc 1\nL 0 0 16000000\n", "JPC_NODE"],
    [parseUai, "MARKOV\n1\n16000000\n0\n", "UAI_NUMBER"],
  ])("%o: %j", (parse, text, code) => {
    expect(() => (parse as (text: string) => unknown)(text)).toThrow(expect.objectContaining({ code }));
  });

  it("bif takes marks and words of the format as names in quotes", () => {
    const text =
      'variable "}" { type discrete [ 2 ] { "{", "default" }; } probability ( "}" ) { table 1, 0; }';
    expect(parseBif(text).variables).toEqual([{ name: "}", states: ["{", "default"] }]);
  });
});

describe("parseCircuit", () => {
  it.each([
    ["", 1, 1],
    ["{", 1, 2],
    ['{"a": 1,}', 1, 9],
    ['{"a": [1, 2}', 1, 12],
    ['{"a" 1}', 1, 6],
    ["[1 2]", 1, 4],
    ['{"a": 01}', 1, 7],
    ['{"a": nul}', 1, 7],
    ['{"a":\n tru', 2, 2],
    ["[1]]", 1, 4],
    ['{"a": "\n"}', 1, 7],
    ['["a', 1, 2],
    ["[,]", 1, 2],
  ])("finds what is wrong with %j at line %d, column %d", (text, line, column) => {
    try {
      parseCircuit(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect([(error as ParseError).code, (error as ParseError).line, (error as ParseError).column]).toEqual([
        "JSON_SYNTAX",
        line,
        column,
      ]);
    }
  });

  it("refuses JSON that is no circuit", () => {
    expect(() => parseCircuit("[]")).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(() => parseCircuit('{"variables": [], "nodes": [], "root": 0}')).toThrow(
      expect.objectContaining({ code: "INVALID_CIRCUIT" }),
    );
  });
});

describe("circuitFromBytes", () => {
  const good = decodeArtifact(circuitToBytes(bits(true)), { kind: "circuit", version: 1 });
  const vector = (data: Int32Array | Uint8Array | Float64Array) => ({ shape: [data.length], data });

  it.each([
    ["names", { metadata: { ...good.metadata, variables: 3 } }],
    ["domains", { metadata: { ...good.metadata, domains: [null, null, null] } }],
    ["layouts", { metadata: { ...good.metadata, layouts: [{ family: 1 }] } }],
    ["offsets", { arrays: { ...good.arrays, offsets: vector(Int32Array.of(0, 1)) } }],
    ["children", { arrays: { ...good.arrays, children: vector(Int32Array.of(1, 9, 0, 3)) } }],
    ["zeros", { arrays: { ...good.arrays, zeros: vector(Int32Array.of(99)) } }],
    ["parameters", { arrays: { ...good.arrays, parameters: vector(new Float64Array()) } }],
    ["inputLayouts", { arrays: { ...good.arrays, inputLayouts: vector(Int32Array.of(7, 0, 0)) } }],
    ["kinds", { arrays: { ...good.arrays, kinds: vector(new Float64Array(5)) } }],
    ["logWeights", { arrays: { ...good.arrays, logWeights: vector(new Int32Array(4)) } }],
    [
      "no nodes",
      {
        arrays: {
          ...good.arrays,
          kinds: vector(new Uint8Array()),
          offsets: vector(Int32Array.of(0)),
          children: vector(new Int32Array()),
          logWeights: vector(new Float64Array()),
        },
      },
    ],
  ])("refuses wrong %s", (_, change) => {
    const bytes = encodeArtifact({ ...good, ...change } as typeof good);
    expect(() => circuitFromBytes(bytes)).toThrow(expect.objectContaining({ code: "INVALID_CIRCUIT" }));
  });
});
