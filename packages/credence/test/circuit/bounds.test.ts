import { credalBounds, parseCircuitSource } from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { errorOf, folder, run } from "../run.ts";

/** Two classes of a, b and s; inputs of its own, as learned circuits have. */
const learned = JSON.stringify({
  variables: [
    { name: "a", kind: "binary" },
    { name: "b", kind: "binary" },
    { name: "s", kind: "categorical", arity: 3, states: ["low", "middle", "high"] },
  ],
  nodes: [
    { id: 0, type: "bernoulli", var: 0, p: 0.2 },
    { id: 1, type: "bernoulli", var: 1, p: 0.7 },
    { id: 2, type: "categorical", var: 2, probs: [0.2, 0.3, 0.5] },
    { id: 3, type: "bernoulli", var: 0, p: 0.9 },
    { id: 4, type: "bernoulli", var: 1, p: 0.4 },
    { id: 5, type: "categorical", var: 2, probs: [0.6, 0.3, 0.1] },
    { id: 6, type: "product", children: [0, 1, 2] },
    { id: 7, type: "product", children: [3, 4, 5] },
    { id: 8, type: "sum", children: [6, 7], weights: [0.4, 0.6] },
  ],
  root: 8,
});
const pair = JSON.stringify({
  variables: [
    { name: "a", kind: "binary" },
    { name: "x", kind: "real" },
  ],
  nodes: [
    { id: 0, type: "bernoulli", var: 0, p: 0.25 },
    { id: 1, type: "gaussian", var: 1, mean: 0, std: 1 },
    { id: 2, type: "product", children: [0, 1] },
  ],
  root: 2,
});
const binary = JSON.stringify({
  variables: ["a", "b"].map((name) => ({ name, kind: "binary" })),
  nodes: [
    ...[0.2, 0.7, 0.9, 0.4].map((p, id) => ({ id, type: "bernoulli", var: id % 2, p })),
    { id: 4, type: "product", children: [0, 1] },
    { id: 5, type: "product", children: [2, 3] },
    { id: 6, type: "sum", children: [4, 5], weights: [0.5, 0.5] },
  ],
  root: 6,
});
/** Twelve classes of five variables: more inputs than any search comes to the end of. */
const wide = JSON.stringify({
  variables: ["a", "b", "c", "d", "e"].map((name) => ({ name, kind: "binary" })),
  nodes: [
    ...Array.from({ length: 60 }, (_, id) => ({
      id,
      type: "bernoulli",
      var: id % 5,
      p: 0.2 + ((id * 37) % 61) / 100,
    })),
    ...Array.from({ length: 12 }, (_, i) => {
      return { id: 60 + i, type: "product", children: [0, 1, 2, 3, 4].map((v) => 5 * i + v) };
    }),
    {
      id: 72,
      type: "sum",
      children: Array.from({ length: 12 }, (_, i) => 60 + i),
      weights: Array(12).fill(1 / 12),
    },
  ],
  root: 72,
});
const files = folder({
  "wide.json": wide,

  "learned.json": learned,
  "pair.json": pair,
  "binary.json": binary,
  "own.rules": "1 a -> b\n",
});
afterAll(files.remove);
const bounds = (name: string, ...flags: string[]) => run("circuit", "bounds", files.path(name), ...flags);
const json = async (name: string, ...flags: string[]) => {
  const { code, stdout, stderr } = await bounds(name, "--json", ...flags);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe("credence circuit bounds of learned circuits", () => {
  it("takes leaves as soft evidence", async () => {
    const { bounds: found } = await json("binary.json", "--evidence", "a=0.3..0.6");
    // P(b | θ): classes weigh 0.5 · (0.2 p + 0.8 (1 - p)) and 0.5 · (0.9 p + 0.1 (1 - p)).
    const at = (p: number): number => {
      const [one, other] = [0.2 * p + 0.8 * (1 - p), 0.9 * p + 0.1 * (1 - p)];
      return (0.7 * one + 0.4 * other) / (one + other);
    };
    expect(found.b).toMatchObject({ tight: true, method: "vertices" });
    expect(found.b.low).toBeCloseTo(at(0.6), 12);
    expect(found.b.high).toBeCloseTo(at(0.3), 12);
  });

  it("moves all distributions by --contamination, given evidence", async () => {
    const flags = ["--contamination", "0.1", "--evidence", "s=low|high"];
    const found = await json("learned.json", ...flags);
    const source = parseCircuitSource(new TextEncoder().encode(learned), { name: "learned.json" });
    if (source.kind !== "circuit") expect.unreachable();
    const own = credalBounds(source.circuit, {
      contamination: 0.1,
      evidence: { s: { in: ["low", "high"] } },
    });
    if (own.kind !== "bounds") expect.unreachable();
    expect(found.bounds.a).toEqual({ ...own.byVariable["a"]?.[1], method: "linear programs" });
    expect(found.bounds.a.tight).toBe(true);
    expect(found.logEvidence).toEqual(own.logEvidence);
    expect(Object.keys(found.bounds)).toEqual(["a", "b"]);
    const states = await json("learned.json", "--contamination", "0.1", "--variables", "s");
    expect(Object.keys(states.bounds.s)).toEqual(["low", "middle", "high"]);
    const { stdout } = await bounds("learned.json", "--contamination", "0.1");
    expect(stdout).toMatch(/s=middle +│ 0\.\d{6} │ 0\.\d{6} │ yes +│ linear programs/);
  });

  it("moves Bernoulli inputs by --radius, exactly", async () => {
    const found = await json("binary.json", "--radius", "0.1", "--evidence", "b=1");
    let [least, most] = [1, 0];
    for (let corner = 0; corner < 16; corner++) {
      const [a0, b0, a1, b1] = [0.2, 0.7, 0.9, 0.4].map((p, i) => p + ((corner >> i) & 1 ? 0.1 : -0.1));
      const p = (a0 * b0 + a1 * b1) / (b0 + b1);
      [least, most] = [Math.min(least, p), Math.max(most, p)];
    }
    expect(found.bounds).toEqual({ a: { ...found.bounds.a, tight: true, method: "branch and bound" } });
    expect(found.bounds.a.low).toBeCloseTo(least, 12);
    expect(found.bounds.a.high).toBeCloseTo(most, 12);
    expect(found.logEvidence.low).toBeCloseTo(Math.log(0.45), 12);
    const rough = await json("binary.json", "--radius", "0.1", "--evidence", "b=1", "--effort", "0");
    expect(rough.bounds.a).toMatchObject({ tight: false, method: "interval arithmetic" });
    const states = await json("learned.json", "--radius", "0.05", "--variables", "s");
    expect(states.bounds.s.middle.low).toBeCloseTo(0.3, 12);
    expect(states.bounds.s.middle.high - states.bounds.s.middle.low).toBeLessThan(tolerance.rounding);
    expect((await json("pair.json", "--radius", "0.05", "--evidence", "a=1, x=0")).bounds).toEqual({});
  });

  it("prints sound bounds of all variables when its time is up", async () => {
    const flags = ["--radius", "0.15", "--evidence", "e=1"];
    const rough = await json("wide.json", ...flags, "--effort", "0");
    const cut = await bounds("wide.json", ...flags, "--effort", "1e12", "--timeout", "0.1", "--json");
    expect(cut.code, cut.stderr).toBe(0);
    expect(cut.stderr).toBe(
      "warning: the search was cut short; bounds marked as not tight are sound, but may be wide\n",
    );
    const found = JSON.parse(cut.stdout).bounds;
    expect(Object.keys(found)).toEqual(["a", "b", "c", "d"]);
    const posterior = (await run("circuit", "query", files.path("wide.json"), "--evidence", "e=1", "--json"))
      .stdout;
    for (const [name, p] of Object.entries(JSON.parse(posterior).posteriors as Record<string, number>)) {
      if (name === "e") continue;
      expect(found[name].low <= p && p <= found[name].high).toBe(true);
      expect(found[name].low).toBeGreaterThanOrEqual(rough.bounds[name].low);
      expect(found[name].tight).toBe(false);
    }
  });

  it("takes evidence on numbers", async () => {
    const { bounds: found } = await json("pair.json", "--contamination", "0.2", "--evidence", "x=0.3..");
    expect(found.a.low).toBeCloseTo(0.2, 12);
    expect(found.a.high).toBeCloseTo(0.4, 12);
  });

  it.each([
    ["INVALID_ARGUMENT", "binary.json", [], /--evidence/],
    ["INVALID_ARGUMENT", "binary.json", ["--contamination", "2"], /share/],
    ["INVALID_ARGUMENT", "binary.json", ["--contamination", "0.1", "--radius", "0.1"], /--radius/],
    ["INVALID_ARGUMENT", "binary.json", ["--contamination", "0.1", "--vertex-limit", "3"], /--vertex-limit/],
    ["INVALID_ARGUMENT", "binary.json", ["--radius", "0.1", "--raw", "0.5"], /--raw/],
    ["INVALID_ARGUMENT", "pair.json", ["--radius", "0.1", "--variables", "x"], /"x"/],
    ["INVALID_ARGUMENT", "own.rules", ["--radius", "0.1"], /Bernoulli/],
    ["UNSUPPORTED_QUERY", "own.rules", ["--contamination", "0.1"], /add up/],
    ["UNSUPPORTED_QUERY", "learned.json", ["--evidence", "a=0.1..0.2"], /binary/],
    ["CONTRADICTION", "learned.json", ["--contamination", "0.1", "--evidence", "s=0:0:0"], /./],
    ["CONTRADICTION", "learned.json", ["--radius", "0.1", "--evidence", "s=0:0:0"], /./],
    ["UNKNOWN_NAME", "learned.json", ["--radius", "0.1", "--variables", "z"], /z/],
    ["UNKNOWN_NAME", "learned.json", ["--contamination", "0.1", "--evidence", "z=1"], /z/],
  ])("refuses with %s: %s %j", async (code, name, flags, message) => {
    const error = errorOf(await bounds(name, "--json", ...flags));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
