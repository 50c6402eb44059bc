import { readFileSync } from "node:fs";
import {
  circuitFromBytes,
  logPartition,
  parseCircuit,
  parseNnf,
  parsePsdd,
  parseSdd,
  parseVtree,
  printDimacs,
  sddManager,
  sddModelCount,
} from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { queens } from "../../../../bench/compile/families.ts";
import { errorOf, folder, run } from "../run.ts";

const files = folder({
  "small.cnf": "p cnf 3 2\n1 2 0\n-2 3 0\n",
  "sign.rules": "2 stop -> octagon\n",
  "two.psdd": "psdd 3\nT 0 0 1 -1\nL 1 2 -2\nD 2 1 1 0 1 0\n",
  "net.uai": "MARKOV\n1\n2\n1\n1 0\n2 0.5 2\n",
  "queens.cnf": printDimacs({ cnf: queens(6) }),
  "weighted.cnf": "p cnf 3 2\nc p weight 1 0.25 0\nc p weight -1 0.75 0\n1 2 0\n-2 3 0\n",
  "hard.rules": "exactlyOne(a, b, c).\n0 c\n",
  "small.nnf": "nnf 3 2 3\nL 1\nL -2\nA 2 0 1\n",
  "three.vtree": "vtree 5\nL 0 3\nL 2 1\nL 4 2\nI 3 2 4\nI 1 0 3\n",
  "f.sdd": "sdd 1\nL 0 0 1\n",
  "f.vtree": "vtree 3\nL 0 1\nL 2 2\nI 1 0 2\n",
});
afterAll(files.remove);
const convert = (name: string, ...flags: string[]) => run("circuit", "convert", files.path(name), ...flags);
const read = (name: string) => readFileSync(files.path(name), "utf8");

describe("credence circuit convert", () => {
  it("writes by the ending of --out, and says what it did", async () => {
    for (const ending of ["json", "spn", "jpc", "credence"]) {
      const out = files.path(`sign.${ending}`);
      const { code, stdout } = await convert("sign.rules", "--out", out, "--json");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ from: "rules", out });
    }
    const total = logPartition(parseCircuit(read("sign.json")));
    expect(logPartition(circuitFromBytes(readFileSync(files.path("sign.credence"))))).toBe(total);
    const text = await convert("sign.credence", "--to", "json");
    expect(text.stdout).toBe(read("sign.json"));
  });

  it("writes to standard output, or into the document", async () => {
    const { stdout } = await convert("small.cnf", "--to", "d4");
    expect(parseNnf(stdout).variables).toBe(3);
    const document = JSON.parse((await convert("small.cnf", "--to", "cnf", "--json")).stdout);
    expect(document).toEqual({ from: "cnf", to: "cnf", bytes: 23, text: read("small.cnf") });
  });

  it("writes a vtree beside a psdd", async () => {
    const [out, vtree] = [files.path("again.psdd"), files.path("again.vtree")];
    const { stdout } = await convert("two.psdd", "--out", out, "--vtree-out", vtree);
    expect(stdout).toMatch(/from circuit, to psdd, bytes \d+: written to/);
    expect(parsePsdd(read("again.psdd")).size).toBe(3);
    expect(parseVtree(read("again.vtree")).vtree.variables).toBe(2);
  });

  it("reads SDDs with their vtrees", async () => {
    const flags = ["--vtree", files.path("f.vtree"), "--to", "nnf"];
    expect((await convert("f.sdd", ...flags)).stdout).toMatch(/^nnf /);
    expect(errorOf(await convert("f.sdd", "--to", "nnf", "--json")).code).toBe("NO_VTREE");
  });

  it("writes an SDD again, and with it the same vtree", async () => {
    const [out, vtree] = [files.path("again.sdd"), files.path("again-sdd.vtree")];
    const flags = ["--vtree", files.path("f.vtree"), "--to", "sdd"];
    const { code, stdout } = await convert("f.sdd", ...flags, "--out", out, "--vtree-out", vtree);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^from sdd, to sdd, bytes/)]);
    expect([read("again.sdd"), read("again-sdd.vtree")]).toEqual([read("f.sdd"), read("f.vtree")]);
  });

  it.each([
    ["small.cnf", 4n],
    ["hard.rules", 3n],
    ["small.nnf", 2n],
  ])("writes %s as an SDD on a vtree that is named, in a file, or found", async (name, count) => {
    const [out, vtreeOut] = [files.path("made.sdd"), files.path("made.vtree")];
    for (const vtree of [[], ["--vtree", "balanced"], ["--vtree", files.path("three.vtree")]]) {
      const { code } = await convert(name, ...vtree, "--out", out, "--vtree-out", vtreeOut);
      expect(code).toBe(0);
      const manager = sddManager(parseVtree(read("made.vtree")).vtree);
      expect(sddModelCount(manager, parseSdd(manager, read("made.sdd")))).toBe(count);
      if (vtree[1]?.endsWith("three.vtree")) expect(read("made.vtree")).toBe(read("three.vtree"));
    }
  });

  it.each(["small.cnf", "weighted.cnf", "hard.rules", "sign.rules", "small.nnf"])(
    "writes %s as a PSDD that gives every finding its probability",
    async (name) => {
      const [out, vtreeOut] = [files.path("dist.psdd"), files.path("dist.vtree")];
      const { code, stderr } = await convert(name, "--out", out, "--vtree-out", vtreeOut);
      expect([code, stderr]).toEqual([0, expect.stringMatching(/A PSDD is a distribution/)]);
      const posteriorsOf = async (path: string): Promise<number[]> =>
        Object.values(JSON.parse((await run("circuit", "query", path, "--json")).stdout).posteriors);
      const expected = await posteriorsOf(files.path(name));
      const actual = await posteriorsOf(out);
      for (const [v, p] of actual.entries()) expect(p).toBeCloseTo(expected[v], 12);
      expect(parseVtree(read("dist.vtree")).vtree.variables).toBe(actual.length);
    },
  );

  it("says how to read the variables of rules in a file of numbers", async () => {
    const { stderr } = await convert("hard.rules", "--to", "sdd");
    expect(stderr).toBe(
      'warning: Names of variables cannot be written in an SDD file: 1 is "a", 2 is "b", 3 is "c".\n',
    );
  });

  it.each([
    ["NO_FORMAT", "small.cnf", []],
    ["NO_FORMAT", "small.cnf", ["--out", "x.txt"]],
    ["NO_OUT", "small.cnf", ["--to", "binary"]],
    ["NO_VTREE", "small.cnf", ["--to", "spn", "--vtree-out", "x"]],
    ["INEXPRESSIBLE", "sign.rules", ["--to", "nnf"]],
    ["INEXPRESSIBLE", "sign.rules", ["--to", "sdd"]],
    ["INEXPRESSIBLE", "weighted.cnf", ["--to", "sdd"]],
    ["INVALID_ARGUMENT", "small.nnf", ["--to", "sdd", "--vtree", "min-fill"]],
    ["INVALID_ARGUMENT", "small.cnf", ["--to", "sdd", "--vtree", files.path("f.vtree")]],
    ["FILE_NOT_FOUND", "small.cnf", ["--to", "sdd", "--vtree", "bushy"]],
    ["BUDGET_EXCEEDED", "queens.cnf", ["--to", "sdd", "--vtree", "balanced", "--nodes", "40"]],
    ["INEXPRESSIBLE", "net.uai", ["--to", "bif", "--format", "json"]],
    ["UNKNOWN_NAME", "small.cnf", ["--to", "jsn"]],
  ])("refuses with %s: %s %j", async (code, name, flags) => {
    const output = await convert(name, ...flags, "--json");
    // A UAI file is no JSON: what is read comes first.
    const expected = flags.includes("--format") ? "JSON_SYNTAX" : code;
    expect(errorOf(output)).toMatchObject({ code: expected, hint: expect.any(String) });
  });
});

describe("credence circuit dot", () => {
  it("draws on standard output, or to a file", async () => {
    const { stdout } = await run("circuit", "dot", files.path("sign.rules"));
    expect(stdout).toMatch(/^digraph circuit \{\n.*\}\n$/s);
    expect(stdout).toContain("octagon");
    const out = files.path("sign.dot");
    const document = JSON.parse(
      (await run("circuit", "dot", files.path("sign.rules"), "--out", out, "--json")).stdout,
    );
    expect(document).toMatchObject({ out, nodes: expect.any(Number), edges: expect.any(Number) });
    expect(read("sign.dot")).toBe(stdout);
  });
});

describe("credence circuit compile", () => {
  it("compiles rules and networks to circuits", async () => {
    const out = files.path("made.json");
    const { stdout } = await run("circuit", "compile", files.path("sign.rules"), "--out", out, "--json");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ form: "circuit", variables: 2 });
    expect(logPartition(parseCircuit(read("made.json")))).toBeCloseTo(document.logPartition, 12);
    const text = await run("circuit", "compile", files.path("net.uai"));
    expect(text.stdout).toMatch(/\d+ nodes, \d+ edges in .* s\n.* worlds: 0.916/);
    const d4 = files.path("small.d4");
    await run("circuit", "compile", files.path("small.cnf"), "--to", "d4", "--out", d4);
    expect(parseNnf(read("small.d4")).variables).toBe(3);
    const wrong = await run("circuit", "compile", files.path("small.cnf"), "--to", "uai", "--json");
    expect(errorOf(wrong).code).toBe("INVALID_ARGUMENT");
  });
});
