import { existsSync, readFileSync, writeFileSync } from "node:fs";
import {
  circuitFromBytes,
  circuitFromJson,
  meanLogLikelihood,
  parseStates,
  structureNames,
} from "@credence/circuits";
import { rng } from "@credence/core";
import { afterAll, describe, expect, it, vi } from "vitest";
import { errorOf, folder, run } from "../run.ts";

/** Rows of four bits of which the first three nearly agree. */
function rows(count: number, seed: string): string {
  const random = rng(seed);
  const line = (): string => {
    const bit = random() < 0.3 ? 1 : 0;
    const noisy = [0, 1, 2].map(() => (random() < 0.1 ? 1 - bit : bit));
    return [...noisy, random() < 0.5 ? 1 : 0].join(",");
  };
  return `${Array.from({ length: count }, line).join("\n")}\n`;
}
const files = folder({
  "train.data": rows(400, "train"),
  "valid.data": rows(100, "valid"),
  "test.data": rows(100, "test"),
  "ragged.data": "0,1\n1\n",
  "letters.data": "0,1\nx,1\n",
  "states.data": "0,1,0,2\n",
});
afterAll(files.remove);
const splits = [
  "--train",
  files.path("train.data"),
  "--valid",
  files.path("valid.data"),
  "--test",
  files.path("test.data"),
];
const written = (name: string, content: string): string => {
  writeFileSync(files.path(name), content);
  return files.path(name);
};
const learn = (...flags: string[]) => run("circuit", "learn", ...splits, "--quiet", "--json", ...flags);

describe("credence circuit learn", () => {
  it.each(structureNames)("%s: follows the contract of the document", async (structure) => {
    const { code, stdout, stderr } = await learn("--structure", structure, "--latents", "3", "--epochs", "4");
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual([
      ...["structure", "settings", "seed", "epochs", "seconds", "parameters", "train", "valid", "test"],
    ]);
    expect(document.structure).toBe(structure);
    expect(document.test.logLikelihood).toBeLessThan(0);
    // Four fair coins: every structure knows more than that.
    expect(document.test.logLikelihood).toBeGreaterThan(-4 * Math.LN2);
  });

  it("learns more than independence where there is more to learn, and the same from the same seed", async () => {
    const figure = async (...flags: string[]) =>
      JSON.parse((await learn(...flags)).stdout).test.logLikelihood;
    const [alone, tree, again] = [
      await figure("--structure", "factorized"),
      await figure("--latents", "4", "--seed", "5"),
      await figure("--latents", "4", "--seed", "5"),
    ];
    expect(tree).toBeGreaterThan(alone + 0.2);
    expect(again).toBe(tree);
  });

  it("saves a circuit that has the log-likelihood that it printed", async () => {
    const out = files.path("circuit.json");
    const { stdout } = await learn("--structure", "clt", "--out", out);
    const circuit = circuitFromJson(JSON.parse(readFileSync(out, "utf8")));
    const mean = meanLogLikelihood(circuit, parseStates(readFileSync(files.path("test.data"), "utf8")));
    expect(mean).toBeCloseTo(JSON.parse(stdout).test.logLikelihood, 5);
    const binary = files.path("circuit.credence");
    await learn("--structure", "clt", "--out", binary);
    expect(circuitFromBytes(readFileSync(binary)).size).toBe(circuit.size);
  });

  it("prints a table for people, of the splits that there are, and where the circuit is", async () => {
    const out = files.path("told.jpc");
    const flags = ["--structure", "clt", "--quiet", "--out", out];
    const { code, stdout } = await run("circuit", "learn", ...splits, ...flags);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clt: \d+ parameters, \d+ epochs, \d+\.\d s\n/);
    const document = JSON.parse((await learn("--structure", "clt")).stdout);
    for (const split of ["train", "valid", "test"]) {
      const [, printed] = new RegExp(`${split} +│ (-\\d+\\.\\d{4})`).exec(stdout) ?? [];
      expect(printed, split).toBe(document[split].logLikelihood.toFixed(4));
    }
    expect(stdout).toContain(`saved as ${out}`);
    expect(readFileSync(out, "utf8")).toMatch(/^jpc \d+/);
    const few = await run("circuit", "learn", "--train", files.path("train.data"), ...flags.slice(0, 3));
    expect(few.stdout).toContain("train");
    expect(few.stdout).not.toMatch(/valid|test|saved/);
    const alone = await run(
      "circuit",
      "learn",
      "--train",
      files.path("train.data"),
      ...flags.slice(0, 3),
      "--json",
    );
    expect(JSON.parse(alone.stdout)).toMatchObject({ valid: null, test: null, seed: "0" });
  });

  it("keeps what it learned where the format cannot say it", async () => {
    const out = files.path("hidden.psdd");
    const error = errorOf(await learn("--structure", "hclt", "--latents", "2", "--out", out));
    expect(error).toMatchObject({ code: "INEXPRESSIBLE", hint: `The circuit is kept in ${out}.json.` });
    expect(existsSync(out)).toBe(false);
    expect(circuitFromJson(JSON.parse(readFileSync(`${out}.json`, "utf8"))).variables.size).toBe(4);
  });

  it("saves as JSON where the ending says nothing", async () => {
    const out = files.path("learned");
    await learn("--structure", "factorized", "--out", out);
    expect(circuitFromJson(JSON.parse(readFileSync(out, "utf8"))).variables.size).toBe(4);
  });

  it.each([[true], [false]])("ends in order when it is interrupted; with --out: %s", async (kept) => {
    const out = files.path("interrupted.json");
    const before = new Set(process.listeners("SIGINT"));
    const long = ["--structure", "rat", "--epochs", "1000000", "--patience", "1000000"];
    const running = run("circuit", "learn", ...splits, "--json", ...long, ...(kept ? ["--out", out] : []));
    const own = () => process.listeners("SIGINT").filter((listener) => !before.has(listener));
    await vi.waitFor(() => expect(own()).toHaveLength(1), 10_000);
    // Some epochs later, as Ctrl-C would.
    await new Promise((resolve) => setTimeout(resolve, 300));
    own()[0]("SIGINT");
    const { code, stdout, stderr } = await running;
    expect([code, stdout]).toEqual([130, ""]);
    const { error } = JSON.parse(stderr.slice(stderr.lastIndexOf('{\n  "error"')));
    expect(error.code).toBe("INTERRUPTED");
    if (kept) {
      expect(error.hint).toBe(`The best circuit so far is in ${out}.`);
      const circuit = circuitFromJson(JSON.parse(readFileSync(out, "utf8")));
      const mean = meanLogLikelihood(circuit, parseStates(readFileSync(files.path("test.data"), "utf8")));
      expect(mean).toBeGreaterThan(-4 * Math.LN2);
    } else expect(error.hint).toContain("--out FILE");
    expect(own()).toEqual([]);
  });

  it("counts training rows as often as --weights says", async () => {
    const first = rows(400, "train").split("\n").slice(0, 3);
    const twice = written("twice.data", `${[first[0], first[0], first[2]].join("\n")}\n`);
    const once = written("once.data", `${first.join("\n")}\n`);
    const weights = written("weights.txt", "2\n0\n\n 1 \n");
    const figure = async (...flags: string[]) => {
      const test = ["--test", files.path("test.data"), "--structure", "clt", "--tree-pseudo-count", "0.1"];
      const { stdout } = await run("circuit", "learn", ...flags, ...test, "--json");
      return JSON.parse(stdout);
    };
    const weighted = await figure("--train", once, "--weights", weights);
    expect(weighted).toMatchObject({ settings: { treePseudoCount: 0.1 } });
    const repeated = await figure("--train", twice);
    expect(weighted.train).toEqual(repeated.train);
    expect(weighted.test).toEqual(repeated.test);
    expect(await figure("--train", once)).not.toMatchObject({ test: weighted.test });
    for (const [content, told] of [
      ["1\n2\n", { code: "INVALID_ARGUMENT", expected: "3 numbers, one per row" }],
      ["0\n0\n0\n", { code: "INVALID_ARGUMENT" }],
      ["1\n 1,5\n1\n", { code: "INVALID_WEIGHT", line: 2, column: 2 }],
      ["1\n-1\n1\n", { code: "INVALID_WEIGHT", line: 2, column: 1 }],
    ] as const) {
      const bad = written("bad.txt", content);
      expect(
        errorOf(await run("circuit", "learn", "--train", once, "--weights", bad, "--json")),
      ).toMatchObject(told);
    }
  });

  it("learns the same with any number of threads", async () => {
    const [one, two] = ["1", "2"].map((threads) => files.path(`threads-${threads}.json`));
    await learn("--latents", "4", "--epochs", "3", "--threads", "1", "--out", one);
    await learn("--latents", "4", "--epochs", "3", "--threads", "2", "--out", two);
    expect(readFileSync(two, "utf8")).toBe(readFileSync(one, "utf8"));
  });

  it.each([
    ["--epochs", "0"],
    ["--threads", "0"],
    ["--pseudo-count", "-1"],
    ["--latents", "1.5"],
    ["--min-rows", "x"],
  ])("refuses %s %s", async (flag, value) => {
    const error = errorOf(await learn(flag, value));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(error.message).toContain(flag);
  });

  it("refuses rows that do not fit, with line and column, and misspelt structures", async () => {
    const fails = async (...flags: string[]) =>
      errorOf(await run("circuit", "learn", ...flags, "--quiet", "--json"));
    expect((await fails("--train", files.path("ragged.data"))).line).toBe(2);
    expect(await fails("--train", files.path("letters.data"))).toMatchObject({ line: 2, column: 1 });
    const held = await fails("--train", files.path("train.data"), "--test", files.path("states.data"));
    expect(held).toMatchObject({ line: 1 });
    expect((await fails("--train", files.path("train.data"), "--structure", "hctl")).hint).toContain("hclt");
    expect((await fails("--train", files.path("trian.data"))).hint).toContain("train.data");
  });
});
