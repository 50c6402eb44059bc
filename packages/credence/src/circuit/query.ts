/** `credence circuit query`: posteriors and probabilities given evidence. */
import {
  type AllPosteriors,
  type Circuit,
  type Contradiction,
  conditionalLogProbability,
  logProbability,
  type Posterior,
  parseEvidence,
  posteriors,
} from "@credence/circuits";
import type { Command } from "commander";
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
} from "./input.ts";

interface QueryFlags extends InputFlags, EvidenceFlags {
  readonly of?: string;
  readonly variables?: string[];
}

/** Adds the verb. */
export function addQuery(circuit: Command): void {
  withEvidence(
    fileVerb(circuit, "query", "the posterior of every variable, and how probable the evidence is"),
  )
    .option("--of <findings>", "also print how probable these are, given the evidence")
    .option("--variables <names...>", "print the posteriors of these only")
    .action(query);
}

async function query(path: string, flags: QueryFlags): Promise<void> {
  const circuit = await circuitFrom(path, flags);
  const wanted = (flags.variables ?? circuit.variables.names).map((name) => circuit.variables.id(name));
  const evidence = await evidenceFrom(flags, circuit);
  const of = flags.of === undefined ? undefined : parseEvidence(flags.of, circuit);
  const answer = posteriors(circuit, evidence);
  if (answer.kind === "contradiction" && answer.source === "rules") throw noWorld("rules");
  const conditional = of === undefined ? undefined : conditionalLogProbability(circuit, of, evidence);
  const log = answer.kind === "contradiction" ? Number.NEGATIVE_INFINITY : logProbability(circuit, evidence);
  const document = {
    kind: answer.kind,
    logPartition: answer.logPartition,
    logProbability: log,
    probability: Math.exp(log),
    ...(conditional?.kind === "log-probability"
      ? {
          of: {
            logProbability: conditional.logProbability,
            probability: Math.exp(conditional.logProbability),
          },
        }
      : {}),
    posteriors: answer.kind === "contradiction" ? null : posteriorsDocument(circuit, answer, wanted),
  };
  printResult(flags.json ?? false, document, () =>
    [
      flags.evidence === undefined && flags.evidenceFile === undefined
        ? `log of the total weight of all worlds: ${shortNumber(answer.logPartition)}`
        : `evidence: probability ${shortNumber(document.probability)}, log ${shortNumber(log)} nats`,
      ...(document.of === undefined
        ? []
        : [`${flags.of} given the evidence: probability ${shortNumber(document.of.probability)}`]),
      posteriorsText(circuit, answer, wanted),
    ].join("\n"),
  );
}

/** P(true) of binary variables, P(state) by state, mean and variance of numbers. */
function posteriorsDocument(circuit: Circuit, { byVariable }: AllPosteriors, wanted: readonly number[]) {
  const entries = wanted.map((v): [string, unknown] => {
    const name = circuit.variables.name(v);
    const posterior = byVariable[name];
    if (posterior.kind === "number") return [name, { mean: posterior.mean, variance: posterior.variance }];
    if (circuit.domains[v].kind === "binary") return [name, posterior.probabilities[1]];
    const states = posterior.probabilities.map((p, state) => [stateName(circuit, v, state), p]);
    return [name, Object.fromEntries(states)];
  });
  return Object.fromEntries(entries);
}

function posteriorsText(
  circuit: Circuit,
  answer: AllPosteriors | Contradiction,
  wanted: readonly number[],
): string {
  if (answer.kind === "contradiction") return "The evidence has probability 0, so nothing follows from it.";
  const binary = wanted.every((v) => circuit.domains[v].kind === "binary");
  const rows = wanted.map((v) => {
    const name = circuit.variables.name(v);
    return [name, posteriorText(circuit, v, answer.byVariable[name])];
  });
  return table(["variable", binary ? "probability" : "posterior"], rows);
}

function posteriorText(circuit: Circuit, variable: number, posterior: Posterior): string {
  if (posterior.kind === "number") {
    return `mean ${shortNumber(posterior.mean)}, deviation ${shortNumber(Math.sqrt(posterior.variance))}`;
  }
  if (circuit.domains[variable].kind === "binary") return decimal(posterior.probabilities[1], 6);
  return posterior.probabilities
    .map((p, state) => `${stateName(circuit, variable, state)} ${decimal(p)}`)
    .join(", ");
}

/** Six digits, as many as are of use to people. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
