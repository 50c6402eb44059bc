import { readFileSync } from "node:fs";
import {
  circuitFromBytes,
  logPartition,
  parseCircuit,
  parseNnf,
  parsePsdd,
  parseVtree,
} from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

const files = folder({
  "small.cnf": "p cnf 3 2\n1 2 0\n-2 3 0\n",
  "sign.rules": "2 stop -> octagon\n",
  "two.psdd": "psdd 3\nT 0 0 1 -1\nL 1 2 -2\nD 2 1 1 0 1 0\n",
  "net.uai": "MARKOV\n1\n2\n1\n1 0\n2 0.5 2\n",
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

  it.each([
    ["NO_FORMAT", "small.cnf", []],
    ["NO_FORMAT", "small.cnf", ["--out", "x.txt"]],
    ["NO_OUT", "small.cnf", ["--to", "binary"]],
    ["NO_VTREE", "small.cnf", ["--to", "spn", "--vtree-out", "x"]],
    ["INEXPRESSIBLE", "sign.rules", ["--to", "nnf"]],
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
