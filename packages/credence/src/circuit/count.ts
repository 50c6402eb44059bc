/** `credence circuit count`: exact and weighted model counts of DIMACS files. */
import {
  type Branching,
  type CompiledCnf,
  compileCnfAsync,
  type Dimacs,
  modelCount,
  weightedModelCount,
  withEvidence,
} from "@credence/circuits";
import { CredenceError, InvalidArgumentError } from "@credence/core";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { dimacsFrom, type WorkFlags, withLimits, working } from "./input.ts";

interface CountFlags extends WorkFlags {
  readonly weighted?: boolean;
  readonly evidence?: readonly number[];
  readonly branching?: Branching;
}

/** Adds the verb. */
export function addCount(circuit: Command): void {
  const verb = circuit
    .command("count")
    .description("count the models of a CNF exactly")
    .argument("<file>", "a DIMACS file (plain or .gz, - for standard input)")
    .option("--weighted", "also print the weighted count, with the weights that the file gives")
    .option("--evidence <literals>", 'count only models with these literals, for example "3 -5"', literals)
    .option("--branching <way>", "decide by separators or by weights; by default both race", branching);
  withLimits(verb).action(count);
}

async function count(path: string, flags: CountFlags): Promise<void> {
  const dimacs = await dimacsFrom(path);
  const weights = flags.weighted === true ? weightsOf(dimacs, path) : undefined;
  const formula = flags.evidence === undefined ? dimacs.cnf : withEvidence(dimacs.cnf, flags.evidence);
  const started = performance.now();
  const compiled = await compile(formula, dimacs, flags);
  const models = modelCount(compiled.nnf);
  const document = {
    count: models.toString(),
    variables: formula.variables,
    ...(dimacs.projected === undefined ? {} : { projected: dimacs.projected.length }),
    ...(weights === undefined ? {} : weightedModelCount(compiled.nnf, weights)),
    seconds: (performance.now() - started) / 1000,
    method: `top-down ${compiled.branching}`,
    decisions: compiled.decisions,
    nodes: compiled.nnf.size,
    edges: compiled.nnf.edges,
  };
  printResult(flags.json ?? false, document, () => {
    const lines = [`${document.count} models of ${document.variables} variables`];
    if (document.projected !== undefined) lines.push(`projected on ${document.projected} variables`);
    if ("wmc" in document) lines.push(`weighted count ${document.wmc} (log ${document.logWmc})`);
    lines.push(`${document.method}, ${document.edges} edges, ${document.seconds.toFixed(3)} s`);
    return lines.join("\n");
  });
}

function compile(formula: Dimacs["cnf"], { projected }: Dimacs, flags: CountFlags): Promise<CompiledCnf> {
  return working(flags, (limits) =>
    compileCnfAsync(formula, {
      ...limits,
      ...(projected === undefined ? {} : { projected }),
      ...(flags.branching === undefined ? {} : { branching: flags.branching }),
    }),
  );
}

function weightsOf({ weights }: Dimacs, path: string): Float64Array {
  if (weights !== undefined) return weights;
  throw new CredenceError({
    code: "NO_WEIGHTS",
    message: `The file ${JSON.stringify(path)} gives no weights.`,
    given: path,
    expected: "lines such as `c p weight 1 0.3 0`, `w 1 0.3` or `c weights 0.3 0.7 ...`",
    hint: "Leave --weighted out to count models.",
  });
}

function literals(text: string): readonly number[] {
  const found = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (found.every((literal) => Number.isInteger(literal) && literal !== 0)) return found;
  throw new InvalidArgumentError(
    "--evidence",
    text,
    "literals, non-zero integers",
    "Write -3 for variable 3 false.",
  );
}

function branching(text: string): Branching {
  if (text === "separators" || text === "weights") return text;
  throw new InvalidArgumentError("--branching", text, "separators or weights");
}
