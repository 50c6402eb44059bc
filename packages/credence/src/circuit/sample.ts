/** `credence circuit sample`: worlds drawn from a circuit, given evidence or not. */
import { sample as draw } from "@credence/circuits";
import { matrixRow } from "@credence/core";
import type { Command } from "commander";
import { integer } from "../terminal/numbers.ts";
import { jsonText } from "../terminal/output.ts";
import { circuitFrom, evidenceFrom, evidenceOption, fileVerb, type InputFlags, noWorld } from "./input.ts";

interface SampleFlags extends InputFlags {
  readonly evidence?: string;
  readonly count: number;
  readonly seed: string;
  readonly header?: boolean;
}

/** Adds the verb. */
export function addSample(circuit: Command): void {
  fileVerb(circuit, "sample", "draw worlds: rows of comma-separated values, as `circuit learn` reads them")
    .option(...evidenceOption)
    .option("--count <n>", "how many worlds", integer("--count", 0), 10)
    .option("--seed <seed>", "the same seed draws the same worlds", "0")
    .option("--header", "begin with a line of the variables' names")
    .action(sample);
}

async function sample(path: string, flags: SampleFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  const { count, seed } = flags;
  const answer = draw(circuit, count, { seed, evidence: evidenceFrom(flags.evidence, circuit) });
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  const rows = Array.from({ length: count }, (_, row) => [...matrixRow(answer.rows, row)]);
  const variables = circuit.variables.names;
  if (flags.json === true) {
    process.stdout.write(`${jsonText({ variables, seed, rows })}\n`);
    return;
  }
  const header = flags.header === true ? [variables.map(csvField).join(",")] : [];
  const lines = [...header, ...rows.map((row) => row.join(","))];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

function csvField(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
