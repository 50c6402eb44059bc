import { readFileSync } from "node:fs";
import {
  modelCount,
  parseNnf,
  parseSdd,
  parseVtree,
  printDimacs,
  sddManager,
  sddSize,
} from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { queens } from "../../../../bench/compile/families.ts";
import { errorOf, folder, run } from "../run.ts";

const files = folder({
  "queens.cnf": printDimacs({ cnf: queens(6) }),
  "small.cnf": "p cnf 2 1\n1 2 0\n",
  "small.vtree": "vtree 3\nL 0 2\nL 2 1\nI 1 0 2\n",
  "big.vtree": "vtree 1\nL 0 1\n",
  "wide.vtree": "vtree 7\nL 0 1\nL 1 2\nL 2 3\nL 3 4\nI 4 0 1\nI 5 2 3\nI 6 4 5\n",
  "weighted.cnf": "p cnf 2 1\nc p weight 1 0.25 0\nc p weight -1 0.75 0\n1 2 0\n",
  "terms.dnf": "p dnf 3 2\n1 -2 0\n3 0\n",
  "weighted.dnf": "p dnf 2 1\nw 1 0.25\n1 -2 0\n",
  "hard.rules": "a | b.\n",
  "small.nnf": "nnf 5 4 2\nL 1\nL -1\nL 2\nA 2 1 2\nO 1 2 0 3\n",
  "projected.cnf": "p cnf 2 1\nc p show 1 0\n1 2 0\n",
});
afterAll(files.remove);
const compile = (name: string, ...flags: string[]) =>
  run("circuit", "compile", files.path(name), "--json", "--quiet", ...flags);

describe("credence circuit compile", () => {
  it("writes a d-DNNF that can be read again", async () => {
    const out = files.path("queens.nnf");
    const { code, stdout } = await compile("queens.cnf", "--out", out);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ form: "nnf", variables: 36, count: "4" });
    expect(modelCount(parseNnf(readFileSync(out, "utf8")))).toBe(4n);
  });

  it.each(["balanced", "right", "bisection", "min-fill"])("writes an SDD and its %s vtree", async (vtree) => {
    const [out, vtreeOut] = [files.path("queens.sdd"), files.path("queens.vtree")];
    const flags = ["--to", "sdd", "--vtree", vtree, "--out", out, "--vtree-out", vtreeOut];
    const { stdout } = await compile("queens.cnf", ...flags);
    const document = JSON.parse(stdout);
    expect(document.count).toBe("4");
    const manager = sddManager(parseVtree(readFileSync(vtreeOut, "utf8")).vtree);
    const ref = parseSdd(manager, readFileSync(out, "utf8"));
    expect(sddSize(manager, ref)).toEqual({ elements: document.elements, decisions: document.decisions });
    if (vtree === "balanced") expect(document.elements).toBe(388);
  });

  it("searches for a vtree, and writes the one that it has found", async () => {
    const [out, vtreeOut] = [files.path("found.sdd"), files.path("found.vtree")];
    const flags = ["--to", "sdd", "--vtree", "balanced", "--out", out, "--vtree-out", vtreeOut];
    const { stdout } = await compile("queens.cnf", "--vtree-search", ...flags);
    const document = JSON.parse(stdout);
    expect(document.count).toBe("4");
    expect(document.elements).toBeLessThan(388);
    const manager = sddManager(parseVtree(readFileSync(vtreeOut, "utf8")).vtree);
    const ref = parseSdd(manager, readFileSync(out, "utf8"));
    expect(sddSize(manager, ref).elements).toBe(document.elements);
  });

  it("knows left-linear vtrees", async () => {
    const { stdout } = await compile("small.cnf", "--to", "sdd", "--vtree", "left");
    expect(JSON.parse(stdout)).toMatchObject({ form: "sdd", count: "3", elements: 2, decisions: 1 });
  });

  it.each(["json", "credence", "jpc", "json.gz"])("goes by the ending of --out: .%s", async (ending) => {
    const out = files.path(`weighted.${ending}`);
    const { code, stdout, stderr } = await compile("weighted.cnf", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    // The weights of the file count: 0.25 · 2 + 0.75.
    expect(JSON.parse(stdout)).toMatchObject({ form: "circuit", variables: 2, out });
    const { logPartition } = JSON.parse((await run("circuit", "query", out, "--json")).stdout);
    expect(logPartition).toBeCloseTo(Math.log(1.25), 12);
    expect(JSON.parse(stdout).logPartition).toBeCloseTo(logPartition, 12);
  });

  it("writes SDDs by their ending, too", async () => {
    const { stdout } = await compile("small.cnf", "--out", files.path("small.sdd"));
    expect(JSON.parse(stdout)).toMatchObject({ form: "sdd", count: "3" });
    expect(readFileSync(files.path("small.sdd"), "utf8")).toMatch(/^sdd \d/m);
  });

  it("says that formulas have no weights", async () => {
    for (const to of ["nnf", "d4", "jlc", "sdd"]) {
      const { code, stdout, stderr } = await compile("weighted.cnf", "--to", to);
      expect([code, JSON.parse(stdout).count]).toEqual([0, "3"]);
      expect(stderr).toMatch(/^warning: .* no weights.*--to json/);
    }
  });

  it("compiles SDDs, NNFs and hard rules as well, and looks for better vtrees of SDDs", async () => {
    const [sdd, vtree] = [files.path("q.sdd"), files.path("q.vtree")];
    await compile("queens.cnf", "--to", "sdd", "--vtree", "balanced", "--out", sdd, "--vtree-out", vtree);
    const given = ["--vtree", vtree];
    const as = async (name: string, ...flags: string[]) => JSON.parse((await compile(name, ...flags)).stdout);
    expect(await as("q.sdd", ...given)).toMatchObject({ form: "sdd", count: "4", elements: 388 });
    expect((await as("q.sdd", ...given, "--vtree-search")).elements).toBeLessThan(388);
    expect(await as("q.sdd", ...given, "--to", "nnf")).toMatchObject({ form: "nnf", count: "4" });
    expect(await as("q.sdd", ...given, "--to", "psdd")).toMatchObject({ form: "circuit", variables: 36 });
    for (const name of ["hard.rules", "small.nnf"]) {
      for (const to of ["sdd", "nnf", "d4"]) expect(await as(name, "--to", to)).toMatchObject({ count: "3" });
    }
    expect(errorOf(await compile("q.sdd")).code).toBe("NO_VTREE");
  });

  it("compiles DNFs to d-DNNFs, SDDs and circuits", async () => {
    const as = async (...flags: string[]) => JSON.parse((await compile("terms.dnf", ...flags)).stdout);
    expect(await as()).toMatchObject({ form: "nnf", variables: 3, terms: 2, count: "5" });
    expect(await as("--to", "sdd", "--vtree-search")).toMatchObject({ form: "sdd", terms: 2, count: "5" });
    expect((await as("--to", "json")).logPartition).toBeCloseTo(Math.log(5), 12);
    const { stderr } = await compile("weighted.dnf", "--to", "d4");
    expect(stderr).toMatch(/^warning: .* no weights: those of the DNF/);
    const { posteriors } = JSON.parse(
      (await run("circuit", "query", files.path("terms.dnf"), "--json")).stdout,
    );
    expect(posteriors["3"]).toBeCloseTo(0.8, 12);
  });

  it("writes a PSDD and its vtree", async () => {
    const [out, vtreeOut] = [files.path("w.psdd"), files.path("w.vtree")];
    const { stdout } = await compile("weighted.cnf", "--out", out, "--vtree-out", vtreeOut);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ form: "circuit", out, vtreeOut });
    expect(document.logPartition).toBeCloseTo(Math.log(1.25), 12);
    const { posteriors } = JSON.parse((await run("circuit", "query", out, "--json")).stdout);
    expect(posteriors["1"]).toBeCloseTo(0.4, 12);
  });

  it("counts over the formula's variables where the vtree has more", async () => {
    const flags = ["--to", "sdd", "--vtree", files.path("wide.vtree")];
    expect(JSON.parse((await compile("small.cnf", ...flags)).stdout)).toMatchObject({
      variables: 2,
      count: "3",
    });
  });

  it.each(["nnf", "d4", "sdd", "json"])("refuses to forget a projection in %s", async (to) => {
    const error = errorOf(await compile("projected.cnf", "--to", to));
    expect(error).toMatchObject({ code: "PROJECTED_CNF", hint: expect.stringContaining("circuit count") });
  });

  it.each(["cnf", "rules", "uai", "bif"])("refuses %s, which is not compiled", async (to) => {
    for (const flags of [
      ["--to", to],
      ["--out", files.path(`x.${to}`)],
    ]) {
      const error = errorOf(await compile("small.cnf", ...flags));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("convert") });
    }
  });

  it("takes a vtree from a file, and prints text for people", async () => {
    const flags = ["--to", "sdd", "--vtree", files.path("small.vtree")];
    const { stdout } = await run("circuit", "compile", files.path("small.cnf"), ...flags);
    expect(stdout).toMatch(/2 elements, 1 decisions in .* s\n3 models/);
  });

  it.each([
    ["UNKNOWN_NAME", ["--to", "bdd"]],
    ["FILE_NOT_FOUND", ["--to", "sdd", "--vtree", "no-such.vtree"]],
    ["INVALID_ARGUMENT", ["--to", "sdd", "--vtree", files.path("big.vtree")]],
    ["BUDGET_EXCEEDED", ["--to", "sdd", "--vtree", "balanced", "--nodes", "40"]],
  ])("refuses with %s: %j", async (code, flags) => {
    expect(errorOf(await compile("queens.cnf", ...flags)).code).toBe(code);
  });
});
