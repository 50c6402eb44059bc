import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

const sign =
  "2.0 stop -> octagon # a stop sign is an octagon\n1.5 stop -> red\nexactlyOne(stop, yield, go).\n";
const bif = `network x { }
variable Rain { type discrete [ 2 ] { yes, no }; }
variable Grass { type discrete [ 3 ] { wet, damp, dry }; }
probability ( Rain ) { table 0.2, 0.8; }
probability ( Grass | Rain ) { (no) 0.1, 0.2, 0.7; (yes) 0.7, 0.2, 0.1; }
`;
const real = JSON.stringify({
  variables: [
    { name: "x", kind: "real" },
    { name: "y", kind: "binary" },
  ],
  nodes: [
    { id: 0, type: "gaussian", var: 0, mean: 1, std: 2 },
    { id: 1, type: "bernoulli", var: 1, p: 0.25 },
    { id: 2, type: "product", children: [0, 1] },
  ],
  root: 2,
});
const files = folder({
  "sign.rules": sign,
  "sign.rules.gz": gzipSync(sign),
  "sign.txt": sign,
  "own.rules": "1 red -> stop\n",
  "net.bif": bif,
  "real.json": real,
  "cut.json": real.slice(0, 100),
  "wrong.rules": "a.\n!a.\n",
  "xor.rules": "3 a xor b\n2 b xor c\n2 a xor c\n1 c -> d\n1 d -> e\n2 e xor a\n",
});
afterAll(files.remove);
const circuit = (verb: string, name: string, ...flags: string[]) =>
  run("circuit", verb, files.path(name), ...flags);
const json = async (verb: string, name: string, ...flags: string[]) => {
  const { code, stdout, stderr } = await circuit(verb, name, "--json", ...flags);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const fails = async (verb: string, name: string, ...flags: string[]) =>
  errorOf(await circuit(verb, name, "--json", ...flags));

describe("credence circuit query", () => {
  it("prints posteriors by name, and how probable the evidence and a question are", async () => {
    const document = await json("query", "net.bif", "--evidence", "Grass=wet", "--of", "Rain=yes");
    expect(document.kind).toBe("posteriors");
    expect(document.probability).toBeCloseTo(0.22, 12);
    expect(document.of.probability).toBeCloseTo(0.14 / 0.22, 12);
    expect(document.posteriors.Rain.yes).toBeCloseTo(0.14 / 0.22, 12);
    expect(document.posteriors.Grass).toEqual({ wet: 1, damp: 0, dry: 0 });
  });

  it.each(["sign.rules", "sign.rules.gz", "sign.txt"])(
    "reads %s, with soft and missing evidence",
    async (name) => {
      const document = await json(
        "query",
        name,
        "--evidence",
        "octagon=0.9, red=?",
        "--variables",
        "stop",
        "red",
      );
      expect(Object.keys(document.posteriors)).toEqual(["stop", "red"]);
      expect(document.posteriors.stop).toBeCloseTo(0.2183485503, 8);
    },
  );

  it("answers about numbers, and takes sets, intervals and weights", async () => {
    const free = await json("query", "real.json", "--evidence", "y=0.5:0.5");
    expect(free.posteriors).toEqual({ x: { mean: 1, variance: 4 }, y: 0.25 });
    const within = await json("query", "real.json", "--evidence", "x=1..");
    expect(within.posteriors.x).toBeNull();
    expect(within.probability).toBeCloseTo(0.5, 12);
    expect((await json("query", "net.bif", "--evidence", "Grass=wet|damp")).probability).toBeCloseTo(
      0.42,
      12,
    );
  });

  it("is for people, too", async () => {
    const text = await circuit("query", "net.bif", "--evidence", "Grass=dry", "--of", "Rain=no");
    expect(text.stdout).toMatch(/evidence: probability 0.58/);
    expect(text.stdout).toMatch(/Rain=no given the evidence: probability 0.96/);
    expect(text.stdout).toMatch(/Grass +│ wet 0.0000, damp 0.0000, dry 1.0000/);
    expect((await circuit("query", "real.json")).stdout).toMatch(
      /weight of all worlds: 0\n.*mean 1, deviation 2/s,
    );
    expect((await circuit("query", "real.json", "--evidence", "x=0..1")).stdout).toContain(
      "as the evidence says",
    );
  });

  it("says that evidence is impossible, which is an answer", async () => {
    const document = await json("query", "sign.rules", "--evidence", "stop=1, go=1");
    expect(document).toMatchObject({ kind: "contradiction", logProbability: "-Infinity", posteriors: null });
    const text = await circuit("query", "sign.rules", "--evidence", "stop=1, go=1");
    expect(text.stdout).toContain("The evidence has probability 0");
    expect((await fails("query", "wrong.rules")).code).toBe("CONTRADICTION");
  });

  it.each([
    ["UNKNOWN_NAME", "sign.rules", ["--evidence", "octagn=1"], /octagon/],
    ["UNKNOWN_NAME", "net.bif", ["--evidence", "Grass=wett"], /wet/],
    ["UNKNOWN_NAME", "net.bif", ["--variables", "Rian"], /Rain/],
    ["UNKNOWN_NAME", "net.bif", ["--format", "bfi"], /bif/],
    ["EVIDENCE_SYNTAX", "sign.rules", ["--evidence", "octagon"], /./],
    ["INVALID_ARGUMENT", "sign.rules", ["--evidence", "octagon=2"], /./],
    ["INVALID_ARGUMENT", "net.bif", ["--evidence", "Grass=7"], /./],
    ["JSON_SYNTAX", "cut.json", [], /cut off/],
    ["JSON_SYNTAX", "net.bif", ["--format", "json"], /./],
    ["FILE_NOT_FOUND", "net.bfi", [], /net.bif/],
    ["NODE_LIMIT", "sign.rules", ["--nodes", "3"], /./],
    ["USAGE", "sign.rules", ["--evidnce", "a=1"], /evidence/],
  ])("refuses with %s: %s %j", async (code, name, flags, hint) => {
    const error = await fails("query", name, ...flags);
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
  });
});

describe("credence circuit mpe", () => {
  it("prints the most probable world, and that it is", async () => {
    const document = await json("mpe", "net.bif", "--evidence", "Grass=damp|wet");
    expect(document).toMatchObject({ assignment: { Rain: "no", Grass: "damp" }, exact: true });
    expect(document.logProbability).toBeCloseTo(Math.log(0.16 / 0.42), 12);
    const { stdout } = await circuit("mpe", "net.bif");
    expect(stdout).toMatch(/Grass +│ dry.*probability.*0.56.*No other world is more probable/s);
  });

  it("tells values that are sure from those of a search cut short", async () => {
    expect((await json("mpe", "real.json")).assignment).toEqual({ x: 1, y: false });
    const out = files.path("mix.json");
    const mix = {
      variables: [
        { name: "a", kind: "binary" },
        { name: "b", kind: "binary" },
      ],
      nodes: [0.6, 0.3, 0.2, 0.9].map((p, id) => ({ id, type: "bernoulli", var: id % 2, p })),
      root: 6,
    };
    const products = [
      { id: 4, type: "product", children: [0, 1] },
      { id: 5, type: "product", children: [2, 3] },
      { id: 6, type: "sum", children: [4, 5], weights: [0.5, 0.5] },
    ];
    (await import("node:fs")).writeFileSync(
      out,
      JSON.stringify({ ...mix, nodes: [...mix.nodes, ...products] }),
    );
    const { stdout } = await circuit("mpe", "mix.json", "--effort", "0");
    expect(stdout).toMatch(/The search was cut short/);
    expect((await json("mpe", "mix.json")).exact).toBe(true);
  });

  it("prints the k best", async () => {
    const { worlds, exact } = await json("mpe", "net.bif", "--best", "3");
    expect(exact).toBe(true);
    expect(worlds.map((one: { logProbability: number }) => Math.exp(one.logProbability).toFixed(2))).toEqual([
      "0.56",
      "0.16",
      "0.14",
    ]);
    expect((await circuit("mpe", "net.bif", "--best", "2")).stdout).toMatch(
      /world 1 +│ world 2.*dry +│ damp/s,
    );
  });

  it("refuses impossible evidence and odd effort", async () => {
    expect((await fails("mpe", "sign.rules", "--evidence", "stop=1,go=1")).code).toBe("CONTRADICTION");
    expect((await fails("mpe", "sign.rules", "--effort", "-1")).code).toBe("INVALID_ARGUMENT");
  });
});

describe("credence circuit bounds", () => {
  const box = "octagon=0.8..0.95, stop=0.3..0.5, go=0.2";

  it("bounds every posterior, and says how", async () => {
    const { bounds } = await json("bounds", "sign.rules", "--evidence", box);
    expect(bounds.stop).toMatchObject({ tight: true, method: "vertices" });
    const search = await json("bounds", "sign.rules", "--evidence", box, "--vertex-limit", "0");
    expect(search.bounds.stop.method).toBe("branch and bound");
    expect(search.bounds.stop.low).toBeCloseTo(bounds.stop.low, 10);
    const plain = await json("bounds", "sign.rules", "--evidence", box, "--effort", "0");
    expect(plain.bounds.stop.tight).toBe(false);
    expect(plain.bounds.stop.low).toBeLessThanOrEqual(bounds.stop.low);
  });

  it("takes two evaluations where the rules attract, and mixes files", async () => {
    const flags = ["--evidence", "red=0.2..0.9, stop=0.3"];
    const own = await json("bounds", "own.rules", ...flags);
    expect(own.bounds.stop.method).toBe("two evaluations");
    const mixed = await json(
      "bounds",
      "own.rules",
      ...flags,
      "--with",
      files.path("own.rules"),
      "--raw",
      "0.5",
    );
    expect(mixed.bounds.stop.low).toBeCloseTo((own.bounds.stop.low + 0.3) / 2, 10);
    expect(mixed.bounds.stop.tight).toBe(true);
  });

  it("rounds outward for people", async () => {
    const { stdout } = await circuit(
      "bounds",
      "own.rules",
      "--evidence",
      "red=0.25, stop=0.3",
      "--variables",
      "red",
    );
    const [, low, high] = /red +│ ([\d.]+) │ ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(high) - Number(low)).toBeCloseTo(1e-6, 12);
  });

  it("prints sound bounds when its time is up", async () => {
    const box = "a=0.1..0.9, b=0.1..0.9, c=0.1..0.9, d=0.1..0.9, e=0.1..0.9";
    const flags = ["--evidence", box, "--vertex-limit", "0", "--effort", "1e12"];
    const exact = await json("bounds", "xor.rules", "--evidence", box);
    const cut = await circuit("bounds", "xor.rules", ...flags, "--timeout", "0.001", "--json");
    expect(cut.code).toBe(0);
    for (const [name, { low, high }] of Object.entries(
      JSON.parse(cut.stdout).bounds as Record<string, { low: number; high: number }>,
    )) {
      expect(low).toBeLessThanOrEqual(exact.bounds[name].low + 1e-9);
      expect(high).toBeGreaterThanOrEqual(exact.bounds[name].high - 1e-9);
    }
  });

  it.each([
    ["USAGE", []],
    ["EVIDENCE_SYNTAX", ["--evidence", "stop=0.3.."]],
    ["INVALID_ARGUMENT", ["--evidence", "stop=0.5..0.3"]],
    ["INVALID_ARGUMENT", ["--evidence", box, "--raw", "2"]],
    ["INVALID_ARGUMENT", ["--evidence", box, "--coefficients", "1", "2"]],
    ["UNKNOWN_NAME", ["--evidence", "stpo=0.3"]],
    ["CONTRADICTION", ["--evidence", "stop=1, go=1"]],
  ])("refuses with %s: %j", async (code, flags) => {
    expect((await fails("bounds", "sign.rules", ...flags)).code).toBe(code);
  });

  it("refuses circuits without leaves", async () => {
    expect((await fails("bounds", "real.json", "--evidence", "y=0.1..0.2")).code).toBe("UNSUPPORTED_QUERY");
  });
});

describe("credence circuit sample", () => {
  it("draws the same rows from the same seed, given evidence", async () => {
    const flags = ["--count", "200", "--seed", "7", "--evidence", "Rain=no"];
    const { stdout } = await circuit("sample", "net.bif", ...flags);
    const rows = stdout.trimEnd().split("\n");
    expect(rows).toHaveLength(200);
    expect(rows.every((row) => /^1,[012]$/.test(row))).toBe(true);
    expect((await circuit("sample", "net.bif", ...flags)).stdout).toBe(stdout);
    const document = await json("sample", "net.bif", ...flags);
    expect(document).toMatchObject({ variables: ["Rain", "Grass"], seed: "7" });
    expect(document.rows.map((row: number[]) => row.join(","))).toEqual(rows);
  });

  it("names the columns if asked, and draws nothing if asked", async () => {
    expect((await circuit("sample", "net.bif", "--count", "0", "--header")).stdout).toBe("Rain,Grass\n");
    expect((await circuit("sample", "net.bif", "--count", "0")).stdout).toBe("");
  });

  it("refuses impossible evidence and odd counts", async () => {
    expect((await fails("sample", "sign.rules", "--evidence", "stop=1,go=1")).code).toBe("CONTRADICTION");
    expect((await fails("sample", "sign.rules", "--count", "1.5")).code).toBe("INVALID_ARGUMENT");
  });
});
