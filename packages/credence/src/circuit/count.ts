/** `credence circuit count`: exact and weighted model counts of CNFs, DNFs and SDDs. */
import {
  type Branching,
  circuitFormatNamed,
  compileCnfAsync,
  compileDnfAsync,
  counting,
  type DimacsFacts,
  evaluateNnf,
  literalCode,
  modelCount,
  type Nnf,
  negatedDnf,
  nnfOfSource,
  weightedModelCount,
  wholeDnf,
  withEvidence,
} from "@credence/circuits";
import { CredenceError, InvalidArgumentError } from "@credence/core";
import type { Command } from "commander";
import { printResult } from "../terminal/output.ts";
import { type Countable, countableFrom, type InputFlags, withLimits, working } from "./input.ts";

interface CountFlags extends InputFlags {
  readonly weighted?: boolean;
  readonly evidence?: readonly number[];
  readonly branching?: Branching;
}

/** Adds the verb. */
export function addCount(circuit: Command): void {
  const verb = circuit
    .command("count")
    .description("count the models of a CNF, a DNF or an SDD exactly")
    .argument("<file>", "a DIMACS file of a CNF or DNF, or an SDD file (plain or .gz, - for standard input)")
    .option("--format <name>", "cnf, dnf or sdd; default: what the file's content says", circuitFormatNamed)
    .option("--vtree <file>", "the vtree of an SDD file")
    .option("--weighted", "also print the weighted count, with the weights that the file gives")
    .option("--evidence <literals>", 'count only models with these literals, for example "3 -5"', literals)
    .option(
      "--branching <way>",
      "decide by separators or by weights; by default both race (not for SDDs)",
      branching,
    );
  withLimits(verb).action(count);
}

async function count(path: string, flags: CountFlags): Promise<void> {
  const source = await countableFrom(path, flags);
  const facts: Partial<DimacsFacts> = source.kind === "sdd" ? {} : source.dimacs;
  const { projected } = facts;
  const weights = flags.weighted === true ? weightsOf(facts, path) : undefined;
  const started = performance.now();
  const { nnf, decisions, method, isNegation = false } = await compile(source, flags);
  // A CNF has had its evidence before.
  const evidence = source.kind === "cnf" ? [] : (flags.evidence ?? []);
  const document = {
    count: (isNegation
      ? worldsGiven(nnf, evidence) - countGiven(nnf, evidence)
      : countGiven(nnf, evidence)
    ).toString(),
    variables: nnf.variables,
    ...(projected === undefined ? {} : { projected: projected.length }),
    ...(weights === undefined ? {} : weightedModelCount(nnf, weightsGiven(weights, evidence))),
    seconds: (performance.now() - started) / 1000,
    method,
    ...(decisions === undefined ? {} : { decisions }),
    nodes: nnf.size,
    edges: nnf.edges,
  };
  printResult(flags.json ?? false, document, () => {
    const lines = [`${document.count} models of ${document.variables} variables`];
    if (document.projected !== undefined) lines.push(`projected on ${document.projected} variables`);
    if ("wmc" in document) lines.push(`weighted count ${document.wmc} (log ${document.logWmc})`);
    lines.push(`${document.method}, ${document.edges} edges, ${document.seconds.toFixed(3)} s`);
    return lines.join("\n");
  });
}

/** A d-DNNF to count, and how it was made. */
interface Compiled {
  readonly nnf: Nnf;
  readonly method: string;
  readonly decisions?: number;
  /** Whether its models are those worlds that are not to be counted. */
  readonly isNegation?: boolean;
}

function compile(source: Countable, flags: CountFlags): Promise<Compiled> {
  return working(flags, async (limits) => {
    const options = { ...limits, ...(flags.branching === undefined ? {} : { branching: flags.branching }) };
    if (source.kind === "sdd") return { nnf: await nnfOfSource(source), method: "SDD" };
    if (source.kind === "dnf") {
      const dnf = wholeDnf(source.dimacs);
      // For counts the negation does, and is smaller; differences of weighted counts would lose digits.
      const isNegation = flags.weighted !== true;
      const compiled = isNegation
        ? await compileCnfAsync(negatedDnf(dnf), options)
        : await compileDnfAsync(dnf, options);
      return { ...compiled, method: `top-down ${compiled.branching} of the negation`, isNegation };
    }
    const { cnf, projected } = source.dimacs;
    const formula = flags.evidence === undefined ? cnf : withEvidence(cnf, flags.evidence);
    const compiled = await compileCnfAsync(formula, {
      ...options,
      ...(projected === undefined ? {} : { projected }),
    });
    return { ...compiled, method: `top-down ${compiled.branching}` };
  });
}

/** The number of models with the literals. @throws InvalidArgumentError for a literal beyond the variables */
function countGiven(nnf: Nnf, evidence: readonly number[]): bigint {
  for (const literal of evidence) {
    if (Math.abs(literal) <= nnf.variables) continue;
    const expected = `a non-zero integer from -${nnf.variables} to ${nnf.variables}`;
    throw new InvalidArgumentError("A literal", literal, expected);
  }
  if (evidence.length === 0) return modelCount(nnf);
  const excluded = new Set(evidence.map(opposite));
  return evaluateNnf(nnf, counting, (code) => (excluded.has(code) ? 0n : 1n));
}

/** All worlds with the literals. */
function worldsGiven({ variables }: Nnf, evidence: readonly number[]): bigint {
  const given = new Set(evidence);
  if (evidence.some((literal) => given.has(-literal))) return 0n;
  return 1n << BigInt(variables - given.size);
}

function weightsGiven(weights: Float64Array, evidence: readonly number[]): Float64Array {
  const given = weights.slice();
  for (const literal of evidence) given[opposite(literal)] = 0;
  return given;
}

/** The code of a literal's negation. */
function opposite(literal: number): number {
  return literalCode(Math.abs(literal) - 1, literal < 0);
}

function weightsOf({ weights }: Partial<DimacsFacts>, path: string): Float64Array {
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
