/** Runs the command in this process, as its bin does, and keeps what it prints. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { main } from "../src/main.ts";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run; standard output and error are kept apart. */
export async function run(...argv: string[]): Promise<Output> {
  const kept = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      kept[name] += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(argv), ...kept };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The error document of a run with `--json` that failed as the user's error. */
export function errorOf(output: Output): {
  code: string;
  message: string;
  hint: string;
  line?: number;
  column?: number;
} {
  if (output.code !== 1) throw new Error(`exit code ${output.code}: ${output.stderr}`);
  return JSON.parse(output.stderr).error;
}

/** A folder of files that goes away with `remove`. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): {
  readonly path: (name: string) => string;
  readonly remove: () => void;
} {
  const root = mkdtempSync(join(tmpdir(), "credence-test-"));
  const path = (name: string): string => join(root, name);
  for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
  return { path, remove: () => rmSync(root, { recursive: true }) };
}
