import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

const family = [
  ["ann", "parentOf", "bob"],
  ["ann", "parentOf", "cid"],
  ["bob", "parentOf", "dan"],
  ["cid", "parentOf", "eve"],
  ["dan", "likes", "eve"],
  ["eve", "likes", "dan"],
  ["bob", "likes", "ann"],
  ["Côte d'Ivoire", "likes", "ann"],
];
const tsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join("\t")}\n`).join("");

const files = folder({
  "train.tsv": tsv(family),
  "train.tsv.gz": gzipSync(tsv(family)),
  "valid.tsv": tsv([["dan", "likes", "bob"]]),
  "test.tsv": tsv([["eve", "likes", "cid"]]),
  "more.csv": "ann,likes,eve\n",
  "two-columns.tsv": "ann\tparentOf\tbob\nann\tparentOf\n",
  "empty.tsv": "",
});
const train = files.path("train.tsv");
const model = files.path("model.credence");

beforeAll(async () => {
  const { code, stderr } = await run(
    ...[
      "kg",
      "train",
      "--train",
      train,
      "--valid",
      files.path("valid.tsv"),
      "--test",
      files.path("test.tsv"),
    ],
    ...["--rank", "4", "--epochs", "8", "--seed", "1", "--out", model, "--quiet"],
  );
  expect(code, stderr).toBe(0);
});
afterAll(files.remove);

describe("credence kg stats", () => {
  it("prints one JSON document", async () => {
    const { code, stdout } = await run("kg", "stats", train, files.path("more.csv"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ entities: 6, relations: 2, triples: 9 });
  });

  it("prints a table for people, from plain and from gzipped files alike", async () => {
    const plain = await run("kg", "stats", train);
    const zipped = await run("kg", "stats", files.path("train.tsv.gz"));
    expect(plain.stdout).toContain("6 entities, 2 relations, 8 triples");
    expect(zipped.stdout).toBe(plain.stdout);
  });
});

describe("credence kg train and evaluate", () => {
  it("follow the contract of the JSON document and give the same figures", async () => {
    const splits = ["--train", train, "--valid", files.path("valid.tsv"), "--test", files.path("test.tsv")];
    const options = ["--rank", "4", "--epochs", "8", "--seed", "1", "--json", "--quiet"];
    const trained = JSON.parse(
      (await run("kg", "train", ...splits, "--model", "complex", ...options)).stdout,
    );
    const evaluated = JSON.parse(
      (await run("kg", "evaluate", "--model", model, ...splits, "--json", "--quiet")).stdout,
    );
    expect(Object.keys(trained)).toEqual(["model", "settings", "seed", "epochs", "seconds", "valid", "test"]);
    expect(Object.keys(trained.test)).toEqual(["mrr", "hitsAt", "meanRank"]);
    expect(Object.keys(trained.test.hitsAt)).toEqual(["1", "3", "10"]);
    expect(evaluated.test).toEqual(trained.test);
    expect(evaluated.valid).toEqual(trained.valid);
  });

  it("writes the same bytes for the same seed", async () => {
    const again = files.path("again.credence");
    const splits = ["--train", train, "--valid", files.path("valid.tsv"), "--test", files.path("test.tsv")];
    await run(
      "kg",
      "train",
      ...splits,
      "--rank",
      "4",
      "--epochs",
      "8",
      "--seed",
      "1",
      "--out",
      again,
      "--quiet",
    );
    expect(readFileSync(again).equals(readFileSync(model))).toBe(true);
  });
});

describe("credence kg ask and explain", () => {
  const query = "?y : parentOf(ann, ?x), parentOf(?x, ?y)";

  it("answers from the triples alone", async () => {
    const { stdout } = await run("kg", "ask", "--data", train, query, "--json", "--top", "2");
    const { answers, exact } = JSON.parse(stdout);
    expect(exact).toBe(true);
    expect(answers).toEqual([
      { entity: "dan", truth: 1, rank: 1, observed: true },
      { entity: "eve", truth: 1, rank: 1, observed: true },
    ]);
  });

  it("answers with a model, leaving out what is known if asked to", async () => {
    const asked = await run("kg", "ask", "--data", train, "--model", model, query, "--new", "--json");
    const { answers } = JSON.parse(asked.stdout);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.every((answer: { observed: boolean }) => !answer.observed)).toBe(true);
  });

  it("explains an answer by its witness and its literals", async () => {
    const { stdout } = await run("kg", "explain", "--data", train, query, "--entity", "eve", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      witness: { x: "cid" },
      literals: [
        { text: "parentOf(ann, cid)", truth: 1, source: "observed", negated: false },
        { text: "parentOf(cid, eve)", truth: 1, source: "observed", negated: false },
      ],
    });
    const text = (await run("kg", "explain", "--data", train, query)).stdout;
    expect(text).toContain("parentOf(ann, bob)");
  });
});

describe("bad input", () => {
  const ask = (query: string) => run("kg", "ask", "--data", train, query, "--json");

  it("points at a misspelt relation and proposes the right one", async () => {
    const error = errorOf(await ask("?y : parentOv(ann, ?y)"));
    expect(error).toMatchObject({ code: "UNKNOWN_NAME", line: 1, column: 6 });
    expect(error.hint).toContain('"parentOf"');
    const text = await run("kg", "ask", "--data", train, "?y : parentOv(ann, ?y)");
    expect(text.stderr).toMatch(/\n1 \| \?y : parentOv\(ann, \?y\)\n {9}\^/);
  });

  it("refuses an unbalanced query before it reads any file", async () => {
    const error = errorOf(
      await run("kg", "ask", "--data", files.path("nothing"), "?y : (parentOf(ann, ?y)", "--json"),
    );
    expect(error.code).toBe("UNBALANCED_QUERY");
    expect(error.hint).not.toBe("");
  });

  it("refuses a cyclic query as not supported", async () => {
    const error = errorOf(await ask("?y : likes(?x, ?y), likes(?y, ?z), likes(?z, ?x)"));
    expect(error.code).toBe("CYCLIC_QUERY");
  });

  it("names line and column of a line with two columns", async () => {
    const error = errorOf(await run("kg", "stats", files.path("two-columns.tsv"), "--json"));
    expect(error).toMatchObject({ code: "TRIPLE_COLUMNS", line: 2 });
    expect(error.message).toContain("two-columns.tsv");
  });

  it("refuses empty, missing and misspelt files", async () => {
    expect(errorOf(await run("kg", "stats", files.path("empty.tsv"), "--json")).code).toBe("EMPTY_INPUT");
    const missing = errorOf(await run("kg", "stats", files.path("trian.tsv"), "--json"));
    expect(missing.code).toBe("FILE_NOT_FOUND");
    expect(missing.hint).toContain("train.tsv");
  });

  it("refuses truncated, damaged and foreign model files", async () => {
    const bytes = readFileSync(model);
    const use = async (name: string, content: Uint8Array): Promise<string> => {
      writeFileSync(files.path(name), content);
      return errorOf(
        await run("kg", "ask", "--data", train, "--model", files.path(name), "?y : likes(ann, ?y)", "--json"),
      ).code;
    };
    expect(await use("cut.credence", bytes.subarray(0, bytes.length - 40))).toBe("ARTIFACT_TRUNCATED");
    expect(await use("head.credence", bytes.subarray(0, 4))).toBe("ARTIFACT_TRUNCATED");
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 1] ^= 0xff;
    expect(await use("flipped.credence", flipped)).toBe("ARTIFACT_CORRUPT");
    expect(await use("text.credence", Buffer.from(tsv(family)))).toMatch(/^ARTIFACT_/);
  });

  it("says which option is wrong and which one may be meant", async () => {
    expect(errorOf(await run("kg", "ask", "--dta", train, "x", "--json")).hint).toContain("--data");
    expect(errorOf(await run("kg", "aks", "--json")).hint).toContain("ask");
    expect(errorOf(await run("kg", "train", "--train", train, "--rank", "ten", "--json")).message).toContain(
      "--rank",
    );
    expect(errorOf(await run("kg", "train", "--train", train, "--model", "complx", "--json")).code).toBe(
      "UNKNOWN_MODEL",
    );
    expect(
      errorOf(await run("kg", "ask", "--data", train, "?y : likes(ann, ?y)", "--logic", "prodct", "--json"))
        .hint,
    ).toContain("product");
  });

  it("leaves no half-written file where a run fails", () => {
    const strays = readdirSync(dirname(model)).filter((name) => /tmp|partial/.test(name));
    expect(strays).toEqual([]);
    expect(existsSync(model)).toBe(true);
  });
});

describe("help and version", () => {
  it("exit with 0", async () => {
    expect((await run("--version")).code).toBe(0);
    const help = await run("kg", "ask", "--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("--data");
  });

  it("shows the help when no verb is given, as the user's error", async () => {
    expect((await run("kg")).code).toBe(1);
  });
});
