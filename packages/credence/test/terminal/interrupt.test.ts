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
const files = folder({ "train.tsv": triples, "valid.tsv": "p1\tknows\tp3\np5\tlikes\tp9\n" });
afterAll(files.remove);

/** Starts the command from source in a process of its own. */
function start(
  ...argv: string[]
): ChildProcess & { readonly ended: Promise<{ code: number | null; stderr: string }> } {
  const flags = [
    "--conditions=@credence/source",
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    entry,
    "--",
  ];
  const child = spawn(process.execPath, [...flags, ...argv], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stderr }));
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

/** Resolves once the process has reported progress beyond the first validation. */
function underWay(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stderr?.on("data", (text) => {
      if (/bestValidMrr/.test(String(text))) resolve();
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
    expect(code, stderr).toBe(1);
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
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/INTERRUPTED[\s\S]*--out/);
    expect(existsSync(files.path("undefined"))).toBe(false);
  },
);
