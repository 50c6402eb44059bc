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
  evidenceFrom,
  evidenceOption,
  fileVerb,
  type InputFlags,
  noWorld,
  stateName,
  working,
} from "./input.ts";

interface MpeFlags extends InputFlags {
  readonly evidence?: string;
  readonly best?: number;
  readonly effort?: number;
}

/** Adds the verb. */
export function addMpe(circuit: Command): void {
  fileVerb(circuit, "mpe", "the most probable world, and whether that is certain")
    .option(...evidenceOption)
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
  const evidence = evidenceFrom(flags.evidence, circuit);
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
      table(
        ["variable", ...worlds.map((_, rank) => (best === undefined ? "value" : `world ${rank + 1}`))],
        [
          ...circuit.variables.names.map((name) => [
            name,
            ...worlds.map((one) => String(one.assignment[name])),
          ]),
          [
            "(probability)",
            ...worlds.map((one) => String(Number(Math.exp(one.logProbability).toPrecision(6)))),
          ],
        ],
      ),
      exact
        ? "No other world is more probable."
        : `The search was cut short: other worlds with log weights up to ${decimal(upperBound, 6)} are not excluded.`,
    ].join("\n"),
  );
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
