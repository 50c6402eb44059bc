/** `credence circuit mpe`: the most probable world given evidence. */
import {
  type Circuit,
  type Evidence,
  type KBest,
  type KBestOptions,
  kBestAsync,
  mpeAsync,
} from "@credence/circuits";
import type { Command } from "commander";
import { integer, number } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import {
  circuitFrom,
  type EvidenceFlags,
  evidenceFrom,
  fileVerb,
  type InputFlags,
  noWorld,
  stateName,
  withEvidence,
  working,
} from "./input.ts";

interface MpeFlags extends InputFlags, EvidenceFlags {
  readonly best?: number;
  readonly effort?: number;
}

/** A world with its values as they are printed. */
interface World {
  readonly assignment: Readonly<Record<string, unknown>>;
  readonly logProbability: number;
}

/** Adds the verb. */
export function addMpe(circuit: Command): void {
  withEvidence(fileVerb(circuit, "mpe", "the most probable world, and whether that is certain"))
    .option("--best <k>", "print the k most probable worlds", integer("--best", 1))
    .option(
      "--effort <edges>",
      "how long to search in circuits that are not deterministic; default 2e7 edges, about a second",
      number("--effort", "a number from 0", (value) => value >= 0),
    )
    .action(mpe);
}

async function mpe(path: string, flags: MpeFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  const { best, effort } = flags;
  const evidence = await evidenceFrom(flags, circuit);
  const found = await working(flags, (limits) =>
    mostProbable(circuit, best, evidence, { ...limits, ...(effort === undefined ? {} : { effort }) }),
  );
  const worlds = found.worlds.map(({ assignment, logWeight, logProbability }) => {
    const values = circuit.variables.names.map((name, v): [string, unknown] => {
      const value = assignment[name];
      return [name, circuit.domains[v].kind === "categorical" ? stateName(circuit, v, value) : value];
    });
    return { assignment: Object.fromEntries(values), logWeight, logProbability };
  });
  const { exact, upperBound } = found;
  const document = best === undefined ? { ...worlds[0], exact, upperBound } : { worlds, exact, upperBound };
  printResult(flags.json ?? false, document, () =>
    [
      best === undefined ? worldText(worlds[0]) : worldsText(circuit.variables.names, worlds),
      exact
        ? "No other world is more probable."
        : `The search was cut short: other worlds with log weights up to ${decimal(upperBound, 6)} are not excluded.`,
    ].join("\n"),
  );
}

/** One world, a variable a row. */
function worldText({ assignment, logProbability }: World): string {
  const values = Object.entries(assignment).map(([name, value]) => [name, String(value)]);
  return table(["variable", "value"], [...values, ["(probability)", probabilityText(logProbability)]]);
}

/** Many worlds, one a row. */
function worldsText(names: readonly string[], worlds: readonly World[]): string {
  return table(
    ["world", "probability", ...names],
    worlds.map(({ assignment, logProbability }, rank) => [
      rank + 1,
      probabilityText(logProbability),
      ...names.map((name) => String(assignment[name])),
    ]),
  );
}

/** Six digits, as many as are of use to people. */
function probabilityText(logProbability: number): string {
  return String(Number(Math.exp(logProbability).toPrecision(6)));
}

/** The most probable world, or the `best` most probable ones. */
async function mostProbable(
  circuit: Circuit,
  best: number | undefined,
  evidence: Evidence,
  options: KBestOptions,
): Promise<Omit<KBest, "kind">> {
  if (best !== undefined) {
    const answer = await kBestAsync(circuit, best, evidence, options);
    if (answer.kind === "contradiction") throw noWorld(answer.source);
    return answer;
  }
  const answer = await mpeAsync(circuit, evidence, options);
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  return { worlds: [answer], exact: answer.exact, upperBound: answer.upperBound };
}
