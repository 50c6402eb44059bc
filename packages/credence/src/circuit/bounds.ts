/** `credence circuit bounds`: how far posteriors may move when leaf probabilities lie in intervals. */
import {
  compileSource,
  type MarginalBounds,
  type MixturePart,
  marginalBoundsAsync,
  mixtureBoundsAsync,
  parseIntervalEvidence,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError, vocabulary } from "@credence/core";
import type { Command } from "commander";
import { integer, number } from "../terminal/numbers.ts";
import { printResult, table } from "../terminal/output.ts";
import { fileVerb, type InputFlags, noWorld, sourceFrom, working } from "./input.ts";

interface BoundsFlags extends InputFlags {
  readonly evidence: string;
  readonly with?: string[];
  readonly coefficients?: string[];
  readonly raw: number;
  readonly variables?: string[];
  readonly vertexLimit?: number;
  readonly effort?: number;
}

/** Adds the verb. */
export function addBounds(circuit: Command): void {
  const fromZero = (option: string) => number(option, "a number from 0", (value) => value >= 0);
  const share = number("--raw", "a share from 0 to 1", (value) => value >= 0 && value <= 1);
  fileVerb(circuit, "bounds", "the least and the largest posterior over a box of leaf probabilities")
    .requiredOption("--evidence <intervals>", "such as 'stop=0.4..0.6, octagon=0.25, red=true'")
    .option("--with <files...>", "average with these, as COLEP does; a variable counts where it occurs")
    .option("--coefficients <numbers...>", "shares of the files in the average, relative to each other")
    .option("--raw <share>", "the share of a variable's own leaf in the average", share, 0)
    .option("--variables <names...>", "bound these only")
    .option(
      "--vertex-limit <n>",
      "try all corners up to this many open leaves; default 8",
      integer("--vertex-limit", 0),
    )
    .option(
      "--effort <edges>",
      "how long to search per bound; default 1e8 edges, some seconds; 0 for interval arithmetic",
      fromZero("--effort"),
    )
    .action(bounds);
}

async function bounds(path: string, flags: BoundsFlags): Promise<void> {
  const paths = [path, ...(flags.with ?? [])];
  const coefficients = coefficientsOf(flags.coefficients, paths.length);
  const parts: MixturePart[] = [];
  for (const [i, each] of paths.entries()) {
    const source = await sourceFrom(each, flags);
    const circuit = await working(flags, (options) => compileSource(source, options));
    const rules = source.kind === "rules" ? { rules: source.rules } : {};
    parts.push({ circuit, coefficient: coefficients[i], ...rules });
  }
  const names = [...new Set(parts.flatMap(({ circuit }) => circuit.variables.names))];
  const every = {
    variables: vocabulary("variable", names),
    domains: names.map(() => ({ kind: "binary" }) as const),
  };
  const intervals = parseIntervalEvidence(flags.evidence, every);
  const { raw, variables, vertexLimit, effort } = flags;
  const options = {
    raw,
    ...(variables === undefined ? {} : { variables }),
    ...(vertexLimit === undefined ? {} : { vertexLimit }),
    ...(effort === undefined ? {} : { effort }),
  };
  const started = performance.now();
  const answer = await reached(flags, (run) => {
    const all = { ...options, ...run };
    const [{ circuit, rules }] = parts;
    if (parts.length > 1 || raw > 0) return mixtureBoundsAsync(parts, intervals, all);
    return marginalBoundsAsync(circuit, intervals, rules === undefined ? all : { ...all, rules });
  });
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  const seconds = (performance.now() - started) / 1000;
  const rows = Object.entries(answer.byVariable);
  printResult(flags.json ?? false, { bounds: answer.byVariable, seconds }, () =>
    table(
      ["variable", "low", "high", "tight", "method"],
      rows.map(([name, { low, high, tight, method }]) => [
        name,
        outward(low, Math.floor),
        outward(high, Math.ceil),
        tight ? "yes" : "no",
        method,
      ]),
    ),
  );
}

/** The work's answer, or the sound bounds that it had reached when its time was up. */
async function reached<T extends MarginalBounds | { kind: "contradiction" }>(
  flags: BoundsFlags,
  work: Parameters<typeof working<T>>[1],
): Promise<T> {
  try {
    return await working(flags, work);
  } catch (error) {
    const cause = error instanceof AbortedError ? error : (error as Error).cause;
    if (!(cause instanceof AbortedError && cause.partial !== undefined)) throw error;
    process.stderr.write(
      "warning: the search was cut short; bounds marked as not tight are sound, but may be wide\n",
    );
    return cause.partial as T;
  }
}

function coefficientsOf(texts: readonly string[] | undefined, count: number): readonly number[] {
  const found =
    texts?.flatMap((text) => text.split(",")).map(Number) ?? Array.from({ length: count }, () => 1);
  if (found.length === count && found.every((one) => one > 0 && one < Number.POSITIVE_INFINITY)) return found;
  throw new InvalidArgumentError(
    "--coefficients",
    texts?.join(" "),
    `${count} positive numbers, one per file`,
  );
}

/** Six decimals, rounded so that the interval printed contains the one computed. */
function outward(value: number, round: (x: number) => number): string {
  return (round(value * 1e6) / 1e6).toFixed(6);
}
