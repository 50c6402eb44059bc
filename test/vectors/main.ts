/** `npm run vectors -- [DIR] [--json]`: checks the library against reference vectors; exit 1 on any failure. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { sharedPath } from "../shared-paths.ts";
import { readers } from "./readers.ts";
import { runVectors, type VectorsResult } from "./runner.ts";

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const folder = positionals[0] === undefined ? sharedPath("reference") : resolve(positionals[0]);

if (!existsSync(folder)) {
  console.error(
    `There is no folder ${folder}. Give the folder of the reference vectors, or set CREDENCE_SHARED.`,
  );
  process.exitCode = 1;
} else {
  const result = runVectors(folder, readers);
  console.log(values.json ? JSON.stringify(result, infinitiesAsText, 2) : summary(result));
  process.exitCode = result.totals.failed > 0 ? 1 : 0;
}

function summary(result: VectorsResult): string {
  const lines: string[] = [];
  for (const file of result.files) {
    const { passed, failed, unsupported } = file;
    lines.push(`${file.file.padEnd(44)} ${passed} passed, ${failed} failed, ${unsupported} unsupported`);
    for (const failure of file.failures.slice(0, 10)) {
      const { id, field, expected, actual } = failure;
      lines.push(`    ${id}: ${field} expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
  }
  const { passed, failed, unsupported } = result.totals;
  lines.push("", `${passed} passed, ${failed} failed, ${unsupported} unsupported`);
  return lines.join("\n");
}

function infinitiesAsText(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
