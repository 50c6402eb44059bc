/** `credence circuit mpe`: the most probable world given evidence. */
import { mpe as mostProbable } from "@credence/circuits";
import type { Command } from "commander";
import { number } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import {
  circuitFrom,
  evidenceFrom,
  evidenceOption,
  fileVerb,
  type InputFlags,
  noWorld,
  stateName,
} from "./input.ts";

interface MpeFlags extends InputFlags {
  readonly evidence?: string;
  readonly effort?: number;
}

/** Adds the verb. */
export function addMpe(circuit: Command): void {
  fileVerb(circuit, "mpe", "the most probable world, and whether that is certain")
    .option(...evidenceOption)
    .option(
      "--effort <edges>",
      "how long to search in circuits that are not deterministic; default 2e7 edges, about a second",
      number("--effort", "a number from 0", (value) => value >= 0),
    )
    .action(mpe);
}

async function mpe(path: string, flags: MpeFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  const { effort } = flags;
  const evidence = evidenceFrom(flags.evidence, circuit);
  const answer = mostProbable(circuit, evidence, effort === undefined ? {} : { effort });
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  const rows = circuit.variables.names.map((name, v) => {
    const value = answer.assignment[name];
    return { name, value: circuit.domains[v].kind === "categorical" ? stateName(circuit, v, value) : value };
  });
  const { logWeight, logProbability, exact, upperBound } = answer;
  const assignment = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const document = { assignment, logWeight, logProbability, exact, upperBound };
  printResult(flags.json ?? false, document, () =>
    [
      table(
        ["variable", "value"],
        rows.map(({ name, value }) => [name, String(value)]),
      ),
      `probability ${Number(Math.exp(logProbability).toPrecision(6))} given the evidence, log weight ${decimal(logWeight, 6)}`,
      exact
        ? "No world is more probable."
        : `Perhaps not the most probable one: log weights up to ${decimal(upperBound, 6)} are not excluded.`,
    ].join("\n"),
  );
}
