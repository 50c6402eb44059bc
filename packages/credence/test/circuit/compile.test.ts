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

  it.each(["balanced", "right", "min-fill"])("writes an SDD and its %s vtree", async (vtree) => {
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

  it("knows left-linear vtrees", async () => {
    const { stdout } = await compile("small.cnf", "--to", "sdd", "--vtree", "left");
    expect(JSON.parse(stdout)).toMatchObject({ form: "sdd", count: "3", elements: 2, decisions: 1 });
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
