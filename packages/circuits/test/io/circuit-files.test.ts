import { type Circuit, logPartition, parseJpc, parsePsdd, parseSpn } from "@credence/circuits";
import { CredenceError, ParseError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const [third, half] = [Math.log(1 / 3), Math.log(0.5)];
const psdd = `c x\npsdd 5\nL 0 0 1\nL 1 0 -1\nT 2 2 2 ${third}\nL 3 2 2\nD 4 1 2 0 2 ${half} 1 3 ${half}\n`;
const jpc = [
  "jpc 6",
  `C 0 0 1 ${third} ${third} ${third}`,
  `B 1 0 2 4 ${half}`,
  "L 2 0 3",
  "I 3 0 3 0",
  `S 4 0 2 2 ${third} 3 ${Math.log(2 / 3)}`,
  "P 5 0 3 0 1 4",
  "",
].join("\n");
const spn = `(2 3)\nv 0 1\nv 0 0\n+ 0 ${third} 1 ${Math.log(2 / 3)}\nv 1 2\nv 1 0\n+ 3 ${half} 4 ${half}\n* 2 5\nEOF\n`;

const near = (circuit: Circuit, evidence: Record<string, number>, probability: number) =>
  expect(Math.exp(logPartition(circuit, evidence))).toBeCloseTo(probability, 12);

function failure(run: () => unknown): ParseError {
  try {
    run();
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error("read");
}

describe("circuit files", () => {
  it("psdd", () => {
    const circuit = parsePsdd(psdd);
    near(circuit, {}, 1);
    near(circuit, { 1: 1, 2: 1 }, 1 / 6);
    near(circuit, { 1: 0, 2: 0 }, 0);
  });

  it("jpc, with categorical and binomial inputs", () => {
    const circuit = parseJpc(jpc);
    expect(circuit.domains.map(({ kind }) => kind)).toEqual(["categorical", "count", "binary"]);
    near(circuit, {}, 1);
    near(circuit, { 1: 2, 2: 4, 3: 1 }, 1 / 3 / 16 / 3);
  });

  it("spn, with variables from 0", () => {
    const circuit = parseSpn(spn);
    near(circuit, { 0: 1, 1: 0 }, 1 / 6);
    near(circuit, { 1: 1 }, 0);
  });

  it("weights of 0 survive", () => {
    near(parseSpn("(2)\nv 0 1\nv 0 0\n+ 0 -Infinity 1 0\nEOF\n"), { 0: 1 }, 0);
  });

  it.each([
    [
      "psdd",
      parsePsdd,
      `psdd 3\nT 0 0 1 ${half}\nT 1 0 1 ${half}\nT 2 2 2 ${half}\nD 3 1 2 0 2 ${half} 1 2 ${half}\n`,
    ],
    [
      "jpc",
      parseJpc,
      `jpc 3\nC 0 0 1 ${half} ${half}\nC 1 0 1 ${half} ${half}\nS 2 0 2 0 ${half} 1 ${half}\n`,
    ],
    [
      "spn",
      parseSpn,
      `(2)\nv 0 0\nv 0 1\n+ 0 ${half} 1 ${half}\n+ 0 ${half} 1 ${half}\n+ 2 ${half} 3 ${half}\nEOF\n`,
    ],
  ] as const)("%s: equal nodes stay apart, so that learning may part them", (_, parse, text) => {
    const circuit = parse(text.replace("psdd 3", "psdd 4"));
    const sum = circuit.size - 1;
    const [first, second] = circuit.children.slice(circuit.offsets[sum]);
    expect(first).not.toBe(second);
    expect(circuit.size).toBe({ psdd: 6, jpc: 3, spn: 5 }[_]);
  });

  it("says that a header is missing, and where to go on", () => {
    for (const [name, parse] of [
      ["psdd", parsePsdd],
      ["jpc", parseJpc],
    ] as const) {
      const missing = failure(() => parse("c only a comment\n"));
      expect([missing.message, missing.expected]).toEqual([
        "The file has no header.",
        `a line \`${name} N\``,
      ]);
      const short = failure(() => parse(`${name} 2\nL 0 0 1\n`));
      expect([short.expected, short.hint]).toEqual(["2 nodes", expect.stringContaining("cut off")]);
    }
  });

  it("tells the line of a distribution that is none, and what is wrong underneath", () => {
    const error = failure(() => parseJpc("jpc 2\nL 0 0 1\n C 1 0 2 -1 -1 -1\n"));
    expect([error.line, error.column, error.expected]).toEqual([
      3,
      2,
      expect.stringContaining("add up to 1"),
    ]);
    expect(error.cause).toMatchObject({ code: "INVALID_ARGUMENT", expected: error.expected });
  });

  it("believes in as many states as fit the file", () => {
    expect(parseJpc("jpc 1\nI 0 0 1 65535\n").domains).toEqual([{ kind: "categorical", arity: 65536 }]);
  });

  const readers = [
    ["psdd", parsePsdd, psdd],
    ["jpc", parseJpc, jpc],
    ["spn", parseSpn, spn],
  ] as const;

  it.each(readers)("%s damaged anywhere either reads or fails with a reason", (_, parse, text) => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), fc.string({ maxLength: 3 }), (at, cut, insert) => {
        try {
          parse(text.slice(0, at) + insert + text.slice(at + cut));
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(readers)("%s cut off at any line is refused", (_, parse, text) => {
    const lines = text.trim().split("\n");
    for (let kept = 0; kept < lines.length; kept++) {
      expect(() => parse(lines.slice(0, kept).join("\n"))).toThrow(ParseError);
    }
  });

  it.each([
    [parsePsdd, "psdd 1\npsdd 1\n", "PSDD_HEADER", 2],
    [parsePsdd, "psdd 1\nX 0 0\n", "PSDD_LINE", 2],
    [parsePsdd, "psdd 1\nD 0 1 1 7 8 0\n", "PSDD_NODE", 2],
    [parsePsdd, "psdd 1\nT 0 0 1 nan\n", "PSDD_NODE", 2],
    [parsePsdd, "psdd 1\nL 0 0 1 1\n", "PSDD_LINE", 2],
    [parseJpc, "jpc 2\nL 0 0 1\nL 0 0 2\n", "JPC_NODE", 3],
    [parseJpc, "jpc 1\nC 0 0 0 0\n", "JPC_NODE", 2],
    [parseSpn, "2 2\nEOF\n", "SPN_HEADER", 1],
    [parseSpn, "(2 x)\nEOF\n", "SPN_HEADER", 1],
    [parseSpn, "(2)\nv 0 2\nEOF\n", "SPN_NODE", 2],
    [parseSpn, "(2)\nv 1 0\nEOF\n", "SPN_NODE", 2],
    [parseSpn, "(2)\nEOF\n", "SPN_LINE", 2],
    [parseSpn, "(2)\n* 3\nEOF\n", "SPN_NODE", 2],
    [parsePsdd, "c only a comment\n", "PSDD_HEADER", 2],
    [parseJpc, "", "JPC_HEADER", 1],
    [parseJpc, "jpc 1\nI 0 0 1 99999999\n", "JPC_NODE", 2],
    [parseJpc, "jpc 1\nI 0 0 1 999999999999\n", "JPC_NODE", 2],
    [parseJpc, "jpc 1\nC 0 0 1 0\n", "JPC_NODE", 2],
    [parseSpn, "(2 99999999)\nEOF\n", "SPN_HEADER", 1],
    // What is only seen when the nodes are put together is told with its line all the same.
    [parsePsdd, "psdd 2\nL 0 0 1\nT 1 0 1 0.5\n", "INVALID_ARGUMENT", 3],
    [parseJpc, "jpc 2\nc x\nC 0 0 1 -1 -1 -1\nL 1 0 1\n", "INVALID_ARGUMENT", 3],
    [parseJpc, "jpc 1\nC 0 0 1 -1 -1\n", "INVALID_ARGUMENT", 2],
    [parseJpc, "jpc 2\nC 0 0 1 -1 0 -1\nC 1 0 1 -1 -1\n", "INVALID_ARGUMENT", 2],
    [parseSpn, "(2 2)\nv 0 0\nEOF\n", "UNUSED_VARIABLE", 2],
  ])("%o refuses %j with %s on line %d", (parse, text, code, line) => {
    let error: unknown;
    try {
      parse(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect([(error as ParseError).code, (error as ParseError).line]).toEqual([code, line]);
  });
});
