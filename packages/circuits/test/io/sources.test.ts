import {
  type CircuitSource,
  circuitFormats,
  compileSource,
  convertSource,
  logPartition,
  marginals,
  parseCircuitSource,
} from "@credence/circuits";
import { CredenceError } from "@credence/core";
import { describe, expect, it } from "vitest";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, name = ""): CircuitSource => parseCircuitSource(bytes(text), { name });
const weighted = "p cnf 3 2\nc p weight 1 0.25 0\nc p weight -1 0.75 0\n1 2 0\n-2 3 0\n";
const rules = "2 a -> b\nexactlyOne(a, c).\n";
const bif = `network x { }
variable R { type discrete [ 2 ] { yes, no }; }
variable G { type discrete [ 3 ] { wet, damp, dry }; }
probability ( R ) { table 0.2, 0.8; }
probability ( G | R ) { (no) 0.1, 0.2, 0.7; (yes) 0.7, 0.2, 0.1; }
`;

async function failure(run: Promise<unknown>): Promise<CredenceError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof CredenceError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("sources", () => {
  it("compile to circuits, the weights of a CNF's literals included", async () => {
    const circuit = await compileSource(read(weighted));
    // Models: 1 ¬2 ±3 (0.25 each), 1 2 3 (0.25), ¬1 2 3 (0.75).
    expect(Math.exp(logPartition(circuit))).toBeCloseTo(1.5, 12);
    const answer = marginals(circuit);
    if (answer.kind !== "posteriors") expect.unreachable();
    expect(answer.probabilities["1"]).toBeCloseTo(0.5, 12);
    const alone = await compileSource(read("p cnf 1 1\nc p weight 1 0.25 0\n1 0\n"));
    expect(Math.exp(logPartition(alone))).toBeCloseTo(0.25, 12);
    expect((await compileSource(read(rules))).variables.names).toEqual(["a", "b", "c"]);
    const network = await compileSource(read(bif));
    expect(Math.exp(logPartition(network, { G: "wet" }))).toBeCloseTo(0.22, 12);
  });

  it("are not read from nothing, nor from a vtree; empty rules are rules", () => {
    for (const [text, hint] of [
      ["", /right file/],
      [" \n", /right file/],
      ["c x\nvtree 1\nL 0 1\n", /--vtree/],
    ] as const) {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ code: "NO_SOURCE", line: 1, column: 1, hint: expect.stringMatching(hint) }),
      );
    }
    expect(read("", "a.rules")).toEqual({ kind: "rules", rules: [] });
  });

  it("say where a file is no text", () => {
    const broken = (...tail: number[]) => Uint8Array.of(...bytes("\ufeffa.\n\ufffd Ł"), ...tail);
    for (const tail of [[0xff], [0xc3], [0xe2, 0x82, 0x41], [0xed, 0xa0, 0x80]]) {
      expect(() => parseCircuitSource(broken(...tail))).toThrow(
        expect.objectContaining({ code: "INVALID_UTF8", line: 2, column: 4 }),
      );
    }
  });

  it("tell what is lost with a format", async () => {
    const tied = JSON.stringify({
      variables: [
        { name: "a", kind: "binary" },
        { name: "b", kind: "binary" },
      ],
      nodes: [
        { id: 0, type: "bernoulli", var: 0, p: 0.3, tie: 1 },
        { id: 1, type: "bernoulli", var: 1, p: 0.3, tie: 1 },
        { id: 2, type: "product", children: [0, 1] },
      ],
      root: 2,
    });
    for (const to of ["psdd", "jpc", "spn"] as const) {
      const ties = expect.stringMatching(new RegExp(`tied .* ${to} file`));
      const names = expect.stringMatching(to === "spn" ? /0 is "a", 1 is "b"\.$/ : /1 is "a", 2 is "b"\.$/);
      expect((await convertSource(read(tied), to)).warnings).toEqual([names, ties]);
      const untied = tied.replaceAll(', "tie":1', "").replaceAll(',"tie":1', "");
      expect((await convertSource(read(untied), to)).warnings).toEqual([names]);
      const first = to === "spn" ? 0 : 1;
      const numbered = untied.replace('"a"', `"${first}"`).replace('"b"', `"${first + 1}"`);
      expect((await convertSource(read(numbered), to)).warnings).toEqual([]);
    }
    for (const to of ["json", "binary"] as const)
      expect((await convertSource(read(tied), to)).warnings).toEqual([]);
  });

  it("read an SDD with its vtree", async () => {
    const sdd = "sdd 3\nL 0 0 1\nL 1 2 2\nT 2\n";
    expect(() => parseCircuitSource(bytes(sdd), { name: "x.sdd" })).toThrow(
      expect.objectContaining({ code: "NO_VTREE" }),
    );
    const vtree = "vtree 3\nL 0 1\nL 2 2\nI 1 0 2\n";
    const source = parseCircuitSource(bytes(sdd), { vtree });
    expect(Math.exp(logPartition(await compileSource(source)))).toBeCloseTo(4, 12);
  });

  it("say what they cannot be compiled from", async () => {
    const projected = await failure(compileSource(read(`${weighted}c p show 1 0\n`)));
    expect(projected.code).toBe("PROJECTED_CNF");
    const negative = await failure(compileSource(read("p cnf 1 0\nc p weight 1 -1 0\n")));
    expect(negative.code).toBe("NEGATIVE_WEIGHT");
    expect(() => parseCircuitSource(Uint8Array.of(0xff, 0xfe, 0xff))).toThrow(
      expect.objectContaining({ code: "INVALID_UTF8" }),
    );
  });

  it("become any format that can say them, and are read from it again with the same weight", async () => {
    const cnf = "p cnf 3 2\n1 2 0\n-2 3 0\n";
    for (const text of [rules, bif, cnf, weighted, "p dnf 3 2\n1 -2 0\n3 0\n"]) {
      const source = read(text);
      const total = logPartition(await compileSource(source));
      let written = 0;
      for (const to of circuitFormats) {
        try {
          const { content, vtree } = await convertSource(source, to);
          const again = parseCircuitSource(typeof content === "string" ? bytes(content) : content, { vtree });
          // A PSDD is a distribution.
          const expected = to === "psdd" ? 0 : total;
          expect(logPartition(await compileSource(again)), to).toBeCloseTo(expected, 10);
          written++;
        } catch (error) {
          expect(error, to).toMatchObject({ code: "INEXPRESSIBLE", hint: expect.any(String) });
        }
      }
      expect(written).toBeGreaterThanOrEqual(5);
    }
  });

  it.each([
    [rules, "cnf", /rules/],
    [rules, "nnf", /Rule 1, .*NNF/],
    [bif, "nnf", /Node \d+/],
    [bif, "sdd", /Node \d+ .*SDD/],
    [rules, "uai", /UAI/],
    [bif, "psdd", /Node \d+, .*PSDD/],
    [bif, "rules", /network/],
    [weighted, "sdd", /weigh.*SDD/],
    [weighted, "bif", /cnf/],
  ] as const)("%j cannot be written as %s", async (text, to, message) => {
    const error = await failure(convertSource(read(text), to));
    expect(error.code).toBe("INEXPRESSIBLE");
    expect(error.message).toMatch(message);
  });
});
