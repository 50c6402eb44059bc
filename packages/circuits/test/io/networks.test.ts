import { compileFactors, logPartition, parseBif, parseUai, parseUaiEvidence } from "@credence/circuits";
import { CredenceError, ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const uai = "MARKOV\n2\n2 3\n2\n1 0\n2 0 1\n\n2\n 0.5 2\n6\n 1 0 1\n 0 3 0.25\n";
const bif = `// a comment
network "two" { property made by hand; }
variable A { type discrete [ 2 ] { yes, no }; property position = (1, 2); }
variable "B" { type discrete [ 3 ] { low, mid, high }; }
/* rows in any order */
probability ( A ) { table 0.2, 0.8; }
probability ( B | A ) { (no) 0.1, 0.2, 0.7; default 1, 0, 0; }
`;

function failure(run: () => unknown): ParseError {
  try {
    run();
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error("parsed");
}

describe("parseUai", () => {
  const graph = parseUai(uai);

  it("reads factors whose last variable changes fastest", () => {
    const circuit = compileFactors(graph);
    const weights = [0.5, 0, 0.5, 0, 6, 0.5];
    weights.forEach((weight, i) => {
      const world = { 0: Math.floor(i / 3), 1: i % 3 };
      expect(Math.exp(logPartition(circuit, world))).toBeCloseTo(weight, 12);
    });
  });

  it("takes names, if they fit", () => {
    const variables = [
      { name: "a", states: ["x", "y"] },
      { name: "b", states: ["u", "v", "w"] },
    ];
    const circuit = compileFactors(parseUai(uai, { variables }));
    expect(Math.exp(logPartition(circuit, { a: "y", b: "v" }))).toBeCloseTo(6, 12);
    expect(failure(() => parseUai(uai, { variables: variables.slice(1) })).code).toBe("UAI_SIZE");
  });

  it("reads evidence", () => {
    expect(parseUaiEvidence("2 0 1 1 2\n", graph)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(parseUaiEvidence("0", graph)).toEqual([]);
    for (const text of ["1 0 2", "1 5 0", "2 0 1", "x"]) {
      expect(failure(() => parseUaiEvidence(text, graph)).code).toBe("UAI_NUMBER");
    }
    expect(failure(() => parseUaiEvidence("1 0 1 1", graph)).code).toBe("UAI_SIZE");
  });

  it.each([
    ["", "UAI_HEADER", 1],
    ["GIBBS\n", "UAI_HEADER", 1],
    ["BAYES\n1\n0\n", "UAI_NUMBER", 3],
    ["BAYES\n1\n2\n1\n1 1\n", "UAI_NUMBER", 5],
    ["BAYES\n1\n2\n1\n1 0\n3\n1 0 0\n", "UAI_SIZE", 6],
    ["BAYES\n1\n2\n1\n1 0\n2\n0.5 -0.5\n", "UAI_NUMBER", 7],
    ["BAYES\n1\n2\n1\n1 0\n2\n0.5\n", "UAI_NUMBER", 8],
    ["BAYES\n1\n2\n1\n1 0\n2\n0.5 0.5 1\n", "UAI_SIZE", 7],
  ])("refuses %j with %s on line %d", (text, code, line) => {
    const error = failure(() => parseUai(text));
    expect([error.code, error.line]).toEqual([code, line]);
  });
});

describe("parseBif", () => {
  it("goes by states' names and defaults, and reads over comments and properties", () => {
    const circuit = compileFactors(parseBif(bif));
    expect(Math.exp(logPartition(circuit, { B: "low" }))).toBeCloseTo(0.2 + 0.08, 12);
    expect(Math.exp(logPartition(circuit, { A: "no", B: "high" }))).toBeCloseTo(0.56, 12);
    expect(logPartition(circuit)).toBeCloseTo(0, 12);
  });

  it("reads over properties of probabilities, whatever they say", () => {
    const plain = compileFactors(parseBif(bif));
    const told = bif
      .replace("{ table", "{ property note = (yes) 1, { not a table ; table")
      .replace("default", "property x ; default");
    const circuit = compileFactors(parseBif(told));
    for (const evidence of [{}, { A: "no" }, { B: "low" }, { A: "yes", B: "high" }]) {
      expect(logPartition(circuit, evidence)).toBe(logPartition(plain, evidence));
    }
  });

  it("refuses tables that would not fit, before they are made", () => {
    const names = Array.from({ length: 44 }, (_, i) => `P${i}`);
    const declared = names.map((name) => `variable ${name} { type discrete [ 2 ] { a, b }; }\n`).join("");
    const text = `${bif}${declared}probability ( B | ${names.join(", ")} ) {\n default 1, 0, 0;\n}\n`;
    const error = failure(() => parseBif(text));
    expect(error).toMatchObject({ code: "BIF_ROWS", message: expect.stringContaining(String(3 * 2 ** 44)) });
    expect(error.line).toBe(text.split("\n").length - 3);
  });

  it("says where a row names the wrong thing, and what there is", () => {
    const error = failure(() => parseBif(bif.replace("(no)", "(perhaps)")));
    expect(error.expected).toContain("no");
    expect(error.message).toContain("perhaps");
    expect(error.line).toBe(1 + bif.slice(0, bif.indexOf("(no)")).split("\n").length - 1);
  });

  it.each([
    ["nonsense", "BIF_SYNTAX"],
    ["network x {", "BIF_SYNTAX"],
    [bif.replace("[ 2 ]", "[ 3 ]"), "BIF_NAME"],
    [bif.replace("yes, no", "yes, yes"), "BIF_NAME"],
    [bif.replace("variable A", 'variable "B"').replace("( A )", "( B )"), "BIF_NAME"],
    [bif.replace("( B | A )", "( B | C )"), "BIF_NAME"],
    [bif.replace("(no)", "(perhaps)"), "BIF_NAME"],
    [bif.replace("(no)", "(no, no)"), "BIF_ROWS"],
    [bif.replace("[ 2 ]", "[ two ]"), "BIF_NUMBER"],
    [bif.replace("[ 2 ]", "[ 0 ]"), "BIF_NUMBER"],
    [bif.replace("0.2, 0.8", "0.2"), "BIF_ROWS"],
    [bif.replace("0.2, 0.8", "0.2, x"), "BIF_NUMBER"],
    [bif.replace("default 1, 0, 0;", ""), "BIF_ROWS"],
    [bif.replace("probability ( A ) { table 0.2, 0.8; }", ""), "BIF_ROWS"],
    [`${bif}probability ( A ) { table 0.2, 0.8; }`, "BIF_ROWS"],
    [bif.replace(/type discrete [^;]*;/, ""), "BIF_SYNTAX"],
    [bif.replace("(no)", "()"), "BIF_SYNTAX"],
    [bif.replace("default 1", "defualt 1"), "BIF_SYNTAX"],
    [bif.replace("0.2, 0.8", "0.2, -0.8"), "BIF_NUMBER"],
    [bif.replace("0.2, 0.8", "0.2, NaN"), "BIF_NUMBER"],
  ])("refuses a damaged file: %#", (text, code) => {
    const error = failure(() => parseBif(text));
    expect(error.code).toBe(code);
    expect(error.expected).toBeTruthy();
  });
});

describe("network files", () => {
  it.each([
    ["uai", parseUai, uai],
    ["bif", parseBif, bif],
  ] as const)("%s damaged anywhere either read or fail with a reason", (_, parse, text) => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), fc.string({ maxLength: 3 }), (at, cut, insert) => {
        try {
          parse(text.slice(0, at) + insert + text.slice(at + cut));
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
