import { gzipSync } from "node:zlib";
import { compileRules, posteriors } from "@credence/circuits";
import { parseRules } from "@credence/core";
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
const plain = JSON.stringify({
  variables: [
    { name: "s", kind: "categorical", arity: 3 },
    { name: "n", kind: "count" },
    { name: "a,b", kind: "binary" },
  ],
  nodes: [
    { id: 0, type: "categorical", var: 0, probs: [0.2, 0.3, 0.5] },
    { id: 1, type: "poisson", var: 1, rate: 3.5 },
    { id: 2, type: "bernoulli", var: 2, p: 0.75 },
    { id: 3, type: "product", children: [0, 1, 2] },
  ],
  root: 3,
});
const files = folder({
  "plain.json": plain,
  "sign.rules": sign,
  "sign.rules.gz": gzipSync(sign),
  "sign.txt": sign,
  "seen.evid": "1 1 0\n",
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
    // The upper half of a normal distribution: mean + std · √(2/π), std² · (1 − 2/π).
    expect(within.posteriors.x.mean).toBeCloseTo(1 + 2 * Math.sqrt(2 / Math.PI), 12);
    expect(within.posteriors.x.variance).toBeCloseTo(4 * (1 - 2 / Math.PI), 12);
    expect(within.probability).toBeCloseTo(0.5, 12);
    expect((await json("query", "net.bif", "--evidence", "Grass=wet|damp")).probability).toBeCloseTo(
      0.42,
      12,
    );
  });

  it("takes evidence from a UAI file", async () => {
    const flags = ["--evidence-file", files.path("seen.evid")];
    for (const verb of ["query", "mpe", "sample"]) {
      const same = (await circuit(verb, "net.bif", "--evidence", "Grass=wet")).stdout;
      expect((await circuit(verb, "net.bif", ...flags)).stdout).toBe(same);
    }
    expect((await fails("query", "net.bif", ...flags, "--evidence", "Rain=yes")).code).toBe(
      "INVALID_ARGUMENT",
    );
    const error = await fails("query", "own.rules", "--evidence-file", files.path("net.bif"));
    expect(error).toMatchObject({ code: "UAI_NUMBER", line: 1, column: 1 });
  });

  it("is for people, too", async () => {
    const text = await circuit("query", "net.bif", "--evidence", "Grass=dry", "--of", "Rain=no");
    expect(text.stdout).toMatch(/evidence: probability 0.58/);
    expect(text.stdout).toMatch(/Rain=no given the evidence: probability 0.96/);
    expect(text.stdout).toMatch(/Grass +│ wet 0.0000, damp 0.0000, dry 1.0000/);
    expect((await circuit("query", "real.json")).stdout).toMatch(
      /weight of all worlds: 0\n.*mean 1, deviation 2/s,
    );
    expect((await circuit("query", "real.json", "--evidence", "x=0..1")).stdout).toMatch(
      /x +│ mean 0\.51\d+, deviation 0\.28\d+/,
    );
  });

  it("prints posteriors as the library has them, with six decimals where all variables are binary", async () => {
    const { stdout } = await circuit(
      "query",
      "sign.rules",
      "--evidence",
      "octagon=1",
      "--variables",
      "stop",
      "red",
    );
    expect(stdout).toMatch(/variable +│ probability/);
    const answer = posteriors(compileRules(parseRules(sign)), { octagon: true });
    if (answer.kind !== "posteriors") expect.unreachable();
    for (const name of ["stop", "red"]) {
      const own = answer.byVariable[name];
      if (own?.kind !== "states") expect.unreachable();
      expect(stdout).toMatch(new RegExp(`${name} +│ ${own.probabilities[1].toFixed(6)}`));
    }
    expect(stdout).not.toMatch(/yield|go/);
  });

  it("leaves out what has no answer where the evidence is impossible", async () => {
    const { stdout } = await circuit("query", "sign.rules", "--evidence", "stop=1, go=1", "--of", "red=1");
    expect(stdout).toContain("The evidence has probability 0");
    expect(stdout).not.toContain("given the evidence: probability");
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
      /world +│ probability +│ Rain +│ Grass.*1 +│ 0\.56 +│ no +│ dry.*2 +│ 0\.16 +│ no +│ damp/s,
    );
  });

  it("prints states without names as numbers, and counts and truth values as they are", async () => {
    const { assignment } = await json("mpe", "plain.json");
    expect(assignment).toEqual({ s: "2", n: 3, "a,b": true });
  });

  it("refuses impossible evidence and odd effort, for one world and for several", async () => {
    const impossible = ["--evidence", "stop=1,go=1"];
    const one = await fails("mpe", "sign.rules", ...impossible);
    expect(await fails("mpe", "sign.rules", ...impossible, "--best", "3")).toEqual(one);
    expect(one.hint).toContain("Leave findings out");
    expect((await fails("mpe", "wrong.rules", "--best", "2")).hint).toContain("Leave rules out");
    for (const best of ["0", "1.5", "many"]) {
      expect((await fails("mpe", "sign.rules", "--best", best)).code).toBe("INVALID_ARGUMENT");
    }
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

  it("says for people which bounds are tight", async () => {
    const tight = await circuit("bounds", "sign.rules", "--evidence", box);
    expect(tight.stdout).toMatch(/stop +│ [\d.]+ │ [\d.]+ │ yes +│ vertices/);
    const rough = await circuit("bounds", "sign.rules", "--evidence", box, "--effort", "0");
    expect(rough.stdout).toMatch(/stop +│ [\d.]+ │ [\d.]+ │ no +│ interval arithmetic/);
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
    ["INVALID_ARGUMENT", []],
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

  it("writes to a file if asked, and says so", async () => {
    const out = files.path("drawn.csv");
    const { stdout } = await circuit("sample", "net.bif", "--out", out);
    expect(stdout).toBe(`written to ${out}\n`);
    expect((await import("node:fs")).readFileSync(out, "utf8")).toBe(
      (await circuit("sample", "net.bif")).stdout,
    );
    expect(await json("sample", "net.bif", "--out", out)).toEqual({
      ...{ variables: ["Rain", "Grass"], seed: "0", count: 10, out },
    });
  });

  it("names the columns if asked, and draws nothing if asked", async () => {
    expect((await circuit("sample", "net.bif", "--count", "0", "--header")).stdout).toBe("Rain,Grass\n");
    expect((await circuit("sample", "net.bif", "--count", "0")).stdout).toBe("");
  });

  it("quotes names that are no plain fields", async () => {
    const { stdout } = await circuit("sample", "plain.json", "--count", "50", "--header");
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toBe('s,n,"a,b"');
    for (const row of rows) expect(row).toMatch(/^[012],\d+,[01]$/);
  });

  it("draws each world as often as it is probable", async () => {
    const { rows } = await json("sample", "net.bif", "--count", "4000", "--evidence", "Grass=wet|damp");
    const wet = rows.filter(([, grass]: number[]) => grass === 0).length;
    // 0.22 of 0.42; six standard deviations of 4,000 draws.
    expect(Math.abs(wet / 4000 - 0.22 / 0.42)).toBeLessThan(6 * Math.sqrt(0.25 / 4000));
    expect(rows.some(([, grass]: number[]) => grass === 2)).toBe(false);
  });

  it("refuses impossible evidence and odd counts", async () => {
    expect((await fails("sample", "sign.rules", "--evidence", "stop=1,go=1")).code).toBe("CONTRADICTION");
    expect((await fails("sample", "sign.rules", "--count", "1.5")).code).toBe("INVALID_ARGUMENT");
  });
});
