import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

const rules = "2.0 stop -> octagon\n1 octagon -> red\n";
const files = folder({
  "a.rules": rules,
  "a.rules.gz": gzipSync(rules),
  "odd.cnf": "p cnf 1 5\n1 -2 0\n",
  "binary.rules": Uint8Array.of(0x32, 0x20, 0xff, 0xfe),
});
afterAll(files.remove);

const verbs = ["compile", "count", "query", "mpe", "bounds", "learn", "sample", "convert", "dot"];
const anyFile = ["compile", "query", "mpe", "sample", "convert", "dot"];
/** What a verb needs besides the file. */
const needed: Readonly<Record<string, readonly string[]>> = { convert: ["--to", "json"] };

describe("credence circuit", () => {
  it("lists its verbs", async () => {
    const { code, stdout } = await run("circuit", "--help");
    expect(code).toBe(0);
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^ {2}${verb} `, "m"));
  });

  it.each(verbs)("%s has a help that names --json and --quiet", async (verb) => {
    const { code, stdout } = await run("circuit", verb, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/--json +print one JSON document/);
    expect(stdout).toContain("--quiet");
  });

  it.each(anyFile)(
    "%s reads plain and gzipped files alike, and prints one document with --json",
    async (verb) => {
      const of = (name: string) => run("circuit", verb, files.path(name), ...(needed[verb] ?? []), "--json");
      const [plain, packed] = [await of("a.rules"), await of("a.rules.gz")];
      const withoutTime = (text: string) => ({ ...JSON.parse(text), seconds: 0 });
      expect(plain.stderr).toBe("");
      expect(withoutTime(packed.stdout)).toEqual(withoutTime(plain.stdout));
    },
  );

  it.each(anyFile)("%s says what is wrong with a file, with exit code 1", async (verb) => {
    const of = (name: string) => run("circuit", verb, files.path(name), ...(needed[verb] ?? []), "--json");
    expect(errorOf(await of("b.rules"))).toMatchObject({
      code: "FILE_NOT_FOUND",
      hint: expect.stringContaining("a.rules"),
    });
    expect(errorOf(await of("binary.rules")).code).toBe("INVALID_UTF8");
  });

  it("warns of odd headers on standard error alone", async () => {
    const { stdout, stderr } = await run("circuit", "query", files.path("odd.cnf"), "--json");
    expect(stderr).toMatch(/announces 5 clauses/);
    expect(JSON.parse(stdout).posteriors).toEqual({ 1: expect.any(Number), 2: expect.any(Number) });
  });

  it("gives up in time, and says so", async () => {
    const text = Array.from(
      { length: 60 },
      (_, i) => `1 a${i} xor a${(7 * i + 3) % 60} xor a${(11 * i + 5) % 60} xor b${i % 9}\n`,
    );
    const hard = folder({ "hard.rules": text.join("") });
    try {
      const output = await run("circuit", "query", hard.path("hard.rules"), "--timeout", "0.2", "--json");
      expect(["BUDGET_EXCEEDED", "NODE_LIMIT"]).toContain(errorOf(output).code);
    } finally {
      hard.remove();
    }
  });
});
