import { gzipSync } from "node:zlib";
import { printDimacs } from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { queens, randomClauses } from "../../../../bench/compile/families.ts";
import { errorOf, folder, run } from "../run.ts";

const weighted = "p cnf 3 2\nc p weight 1 0.25 0\nc p weight -1 0.75 0\n1 2 0\n-2 3 0\n";
const files = folder({
  "queens.cnf": printDimacs({ cnf: queens(6) }),
  "queens.cnf.gz": gzipSync(printDimacs({ cnf: queens(6) })),
  "free.cnf": "p cnf 100 0\n",
  "weighted.cnf": weighted,
  "projected.cnf": `${weighted}c p show 1 3 0\n`,
  "wrong-header.cnf": "p cnf 1 7\n1 -2 0\n",
  "terms.dnf": "p dnf 3 2\n1 -2 0\n3 0\n",
  "weighted.dnf": "p dnf 3 2\nc p weight 1 0.25 0\n1 -2 0\n3 0\n",
  "cut.dnf": "p d",
  "or.sdd": "sdd 5\nL 0 0 1\nT 1\nL 2 0 -1\nL 3 2 2\nD 4 1 2 0 1 2 3\n",
  "three.vtree": "vtree 5\nL 0 1\nL 2 2\nI 1 0 2\nL 4 3\nI 3 1 4\n",
  "one.nnf": "nnf 1 0 1\nL 1\n",
  "broken.cnf": "p cnf 2 1\n1 zwei 0\n",
  "hard.cnf": printDimacs({ cnf: randomClauses(3, 200, 400, 200, 1) }),
});
afterAll(files.remove);
const count = (name: string, ...flags: string[]) =>
  run("circuit", "count", files.path(name), "--json", ...flags);

describe("credence circuit count", () => {
  it.each(["queens.cnf", "queens.cnf.gz"])("prints one JSON document for %s", async (name) => {
    const { code, stdout, stderr } = await count(name);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ count: "4", variables: 36 });
    expect(JSON.parse(stdout)).toEqual(
      expect.objectContaining({ seconds: expect.any(Number), method: expect.stringMatching(/^top-down/) }),
    );
  });

  it("counts exactly beyond doubles", async () => {
    expect(JSON.parse((await count("free.cnf")).stdout).count).toBe(String(2n ** 100n));
  });

  it("weighs, projects and takes evidence", async () => {
    const { stdout } = await count("weighted.cnf", "--weighted");
    // Models: 1 ¬2 ±3, 1 2 3, ¬1 2 3.
    expect(JSON.parse(stdout)).toMatchObject({ count: "4", wmc: 1.5, logWmc: Math.log(1.5) });
    expect(JSON.parse((await count("projected.cnf")).stdout)).toMatchObject({ count: "3", projected: 2 });
    const given = await count("weighted.cnf", "--evidence", "-2, 1");
    expect(JSON.parse(given.stdout).count).toBe("2");
  });

  it("counts DNFs and SDDs, with weights and evidence as well", async () => {
    // 1 ¬2 or 3: five of eight worlds.
    const of = async (...args: [string, ...string[]]) => JSON.parse((await count(...args)).stdout);
    expect(await of("terms.dnf")).toMatchObject({
      count: "5",
      variables: 3,
      method: expect.stringMatching(/^top-down .* of the negation$/),
    });
    expect(await of("terms.dnf", "--evidence", "-1")).toMatchObject({ count: "2" });
    expect(await of("terms.dnf", "--evidence", "1 1 -2")).toMatchObject({ count: "2" });
    expect(await of("terms.dnf", "--evidence", "1 -1")).toMatchObject({ count: "0" });
    expect(await of("weighted.dnf", "--evidence", "1 2")).toMatchObject({ count: "1" });
    const weights = await of("weighted.dnf", "--weighted", "--evidence", "1 2");
    expect(weights).toMatchObject({ count: "1", wmc: 0.25 });
    const vtree = ["--vtree", files.path("three.vtree")];
    expect(await of("or.sdd", ...vtree)).toMatchObject({ count: "6", variables: 3, method: "SDD" });
    expect(await of("or.sdd", ...vtree, "--evidence", "-1 3")).toMatchObject({ count: "1" });
    expect(errorOf(await count("or.sdd")).code).toBe("NO_VTREE");
    expect(errorOf(await count("terms.dnf", "--evidence", "9")).code).toBe("INVALID_ARGUMENT");
    expect(errorOf(await count("terms.dnf", "--weighted")).code).toBe("NO_WEIGHTS");
    expect(errorOf(await count("terms.dnf", "--format", "cnf")).code).toBe("DIMACS_HEADER");
    expect(errorOf(await count("terms.dnf", "--format", "json")).code).toBe("NOT_A_CNF");
    expect(errorOf(await count("cut.dnf"))).toMatchObject({ code: "DIMACS_HEADER", line: 1, column: 3 });
  });

  it("prints text for people, and both ways of branching agree", async () => {
    for (const way of ["separators", "weights"]) {
      const { stdout } = await run("circuit", "count", files.path("queens.cnf"), "--branching", way);
      expect(stdout).toContain("4 models of 36 variables");
      expect(stdout).toContain(`top-down ${way}`);
    }
    const text = await run("circuit", "count", files.path("projected.cnf"), "--weighted");
    expect(text.stdout).toMatch(/projected on 2 variables\nweighted count/);
  });

  it("warns of wrong headers on standard error", async () => {
    const { stdout, stderr } = await count("wrong-header.cnf");
    expect(JSON.parse(stdout).count).toBe("3");
    expect(stderr).toMatch(/announces 7 clauses.*variable 2/s);
  });

  it("names the format of a file that is no CNF", async () => {
    const error = errorOf(await count("one.nnf"));
    expect(error).toMatchObject({ code: "NOT_A_CNF", hint: expect.stringContaining("query") });
    expect(error.message).toMatch(/of the format nnf/);
  });

  it.each(["0.0015", "1.0001", "2500000", "5000000", "1e9"])("takes --timeout %s", async (seconds) => {
    const warnings: unknown[] = [];
    const note = (warning: unknown) => warnings.push(warning);
    process.on("warning", note);
    const { code, stderr } = await count("weighted.cnf", "--timeout", seconds);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("warning", note);
    expect([code, stderr, warnings]).toEqual([0, "", []]);
  });

  it("says where a file is broken", async () => {
    expect(errorOf(await count("broken.cnf"))).toMatchObject({ code: "DIMACS_LITERAL", line: 2, column: 3 });
  });

  it("stops in time, and says what it reached", async () => {
    const error = errorOf(await count("hard.cnf", "--timeout", "0.2"));
    expect(error.code).toBe("BUDGET_EXCEEDED");
    expect(error.message).toMatch(/decisions \d+/);
    expect(errorOf(await count("hard.cnf", "--nodes", "100")).code).toBe("BUDGET_EXCEEDED");
  });

  it.each([
    ["NO_WEIGHTS", "queens.cnf", ["--weighted"]],
    ["INVALID_ARGUMENT", "queens.cnf", ["--evidence", "1 x"]],
    ["INVALID_ARGUMENT", "queens.cnf", ["--evidence", "99"]],
    ["INVALID_ARGUMENT", "queens.cnf", ["--branching", "luck"]],
    ["INVALID_ARGUMENT", "queens.cnf", ["--timeout", "0"]],
    ["FILE_NOT_FOUND", "queens.cn", []],
    ["USAGE", "queens.cnf", ["--weigthed"]],
  ])("refuses with %s: %s %j", async (code, name, flags) => {
    const error = errorOf(await count(name, ...flags));
    expect(error.code).toBe(code);
    expect(error.hint ?? error.message).toBeTruthy();
  });
});
