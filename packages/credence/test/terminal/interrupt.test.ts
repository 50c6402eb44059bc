import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel } from "@credence/kg";
import { afterAll, expect, it } from "vitest";
import { folder } from "../run.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const entry = `
  import { main } from ${JSON.stringify(new URL("../../src/main.ts", import.meta.url).href)};
  process.exitCode = await main(process.argv.slice(1));
`;

/** A ring of people with a few long-range friends: enough to train on for as long as we let it. */
const triples = Array.from({ length: 400 }, (_, i) => {
  const name = (k: number): string => `p${k % 400}`;
  return `${name(i)}\tknows\t${name(i + 1)}\n${name(i)}\tlikes\t${name(i * 7 + 3)}\n`;
}).join("");
/** Sums modulo 2 of all pairs of 18 variables: a search of hours. */
const pairs = Array.from({ length: 18 }, (_, i) =>
  Array.from({ length: i }, (_, j) => `${1 + ((i * j) % 3)} v${i} xor v${j}`),
);
const box = Array.from({ length: 18 }, (_, i) => `v${i}=0.1..0.9`).join(",");
const rules = folder({ "pairs.rules": `${pairs.flat().join("\n")}\n` });
afterAll(rules.remove);
const files = folder({ "train.tsv": triples, "valid.tsv": "p1\tknows\tp3\np5\tlikes\tp9\n" });
afterAll(files.remove);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command from source in a process of its own. */
const start = (...argv: string[]): Started => startScript(entry, argv);

type Started = ChildProcess & { readonly ended: Promise<Ended> };

function startScript(script: string, argv: readonly string[] = []): Started {
  const flags = [
    "--conditions=@credence/source",
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    script,
    "--",
  ];
  const child = spawn(process.execPath, [...flags, ...argv], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (text) => {
      said[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, ...said }));
  });
  return Object.assign(child, { ended });
}

const training = [
  "kg",
  "train",
  "--train",
  files.path("train.tsv"),
  "--valid",
  files.path("valid.tsv"),
  "--rank",
  "20",
];

/** Resolves once the process has reported progress, by default beyond the first validation. */
function underWay(child: ChildProcess, sign = /bestValidMrr/): Promise<void> {
  return new Promise((resolve) => {
    child.stderr?.on("data", (text) => {
      if (sign.test(String(text))) resolve();
    });
  });
}

it.skipIf(process.platform === "win32")(
  "Ctrl-C in training keeps the best weights, writes no half file and ends with one clear error",
  async () => {
    const out = files.path("model.credence");
    const child = start(...training, "--epochs", "100000", "--patience", "100000", "--out", out, "--json");
    await underWay(child);
    child.kill("SIGINT");
    const { code, stderr } = await child.ended;
    expect(code, stderr).toBe(130);
    const { error } = JSON.parse(stderr.slice(stderr.lastIndexOf('{\n  "error"')));
    expect(error.code).toBe("INTERRUPTED");
    expect(error.hint).toContain(out);
    const model = loadModel(new Uint8Array(readFileSync(out)));
    expect(model.metrics["validMrr"]).toBeGreaterThan(0);
    expect(readdirSync(dirname(out)).sort()).toEqual(["model.credence", "train.tsv", "valid.tsv"]);
  },
);

it.skipIf(process.platform === "win32")(
  "without --out it says how to keep them, and writes nothing",
  async () => {
    const child = start(...training, "--epochs", "100000", "--patience", "100000");
    await underWay(child);
    child.kill("SIGINT");
    const { code, stderr } = await child.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/INTERRUPTED[\s\S]*--out/);
    expect(existsSync(files.path("undefined"))).toBe(false);
  },
);

it.skipIf(process.platform === "win32").each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s prints the bounds reached so far, and ends with %d", async (signal, expected) => {
  const search = ["--evidence", box, "--vertex-limit", "0", "--effort", "1e15"];
  const child = start("circuit", "bounds", rules.path("pairs.rules"), ...search);
  await underWay(child, /Bounding probabilities/);
  child.kill(signal);
  const { code, stdout, stderr } = await child.ended;
  expect(code, stderr).toBe(expected);
  expect(stdout.match(/│ (no|yes) +│ /g)).toHaveLength(18);
  expect(stderr).toContain("the search was cut short");
});

it.skipIf(process.platform === "win32").each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "a second %s ends work at once that does not mind the first, with %d",
  async (signal, expected) => {
    const interrupt = new URL("../../src/terminal/interrupt.ts", import.meta.url).href;
    const child = startScript(`
    import { interruptible } from ${JSON.stringify(interrupt)};
    setInterval(() => {}, 1000);
    await interruptible((signal) => {
      signal.addEventListener("abort", () => process.stderr.write("first"));
      process.stderr.write("ready");
      return new Promise(() => {});
    });
  `);
    await underWay(child, /ready/);
    const first = underWay(child, /first/);
    child.kill(signal);
    await first;
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill(signal);
    expect((await child.ended).code).toBe(expected);
  },
);
