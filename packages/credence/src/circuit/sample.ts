/** `credence circuit sample`: worlds drawn from a circuit, given evidence or not. */
import { sample as draw } from "@credence/circuits";
import { matrixRow } from "@credence/core";
import type { Command } from "commander";
import { integer } from "../terminal/numbers.ts";
import { jsonText, printResult } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";
import {
  circuitFrom,
  type EvidenceFlags,
  evidenceFrom,
  fileVerb,
  type InputFlags,
  noWorld,
  withEvidence,
} from "./input.ts";

interface SampleFlags extends InputFlags, EvidenceFlags {
  readonly count: number;
  readonly seed: string;
  readonly header?: boolean;
  readonly out?: string;
}

/** Adds the verb. */
export function addSample(circuit: Command): void {
  withEvidence(
    fileVerb(circuit, "sample", "draw worlds: rows of comma-separated values, as `circuit learn` reads them"),
  )
    .option("--count <n>", "how many worlds", integer("--count", 0), 10)
    .option("--seed <seed>", "the same seed draws the same worlds", "0")
    .option("--header", "begin with a line of the variables' names")
    .option("--out <file>", "where to write the rows; default: standard output")
    .action(sample);
}

async function sample(path: string, flags: SampleFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  const { count, seed } = flags;
  const answer = draw(circuit, count, { seed, evidence: await evidenceFrom(flags, circuit) });
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  const rows = Array.from({ length: count }, (_, row) => [...matrixRow(answer.rows, row)]);
  const variables = circuit.variables.names;
  if (flags.json === true && flags.out === undefined) {
    process.stdout.write(`${jsonText({ variables, seed, rows })}\n`);
    return;
  }
  const header = flags.header === true ? [variables.map(csvField).join(",")] : [];
  const lines = [...header, ...rows.map((row) => row.join(","))];
  const text = lines.map((line) => `${line}\n`).join("");
  if (flags.out === undefined) process.stdout.write(text);
  else {
    await saveFile(flags.out, text);
    printResult(
      flags.json ?? false,
      { variables, seed, count, out: flags.out },
      () => `written to ${flags.out}`,
    );
  }
}

function csvField(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
