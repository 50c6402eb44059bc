/**
 * `credence circuit bounds`: how far posteriors may move when leaf probabilities lie in intervals, or the parameters of
 * the circuit are off.
 */
import {
  arityOf,
  type BoundsQuestion,
  type Circuit,
  type ConditionalBounds,
  type CredalQuestion,
  compileSource,
  conditionalBounds,
  conditionalBoundsAsync,
  credalBoundsAsync,
  type Evidence,
  type MixturePart,
  marginalBoundsAsync,
  mixtureBoundsAsync,
  nodeKinds,
  parseEvidence,
  parseIntervalEvidence,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError, vocabulary } from "@credence/core";
import type { Command } from "commander";
import { integer, number } from "../terminal/numbers.ts";
import { printResult, table } from "../terminal/output.ts";
import {
  circuitFrom,
  fileVerb,
  given,
  type InputFlags,
  type Limits,
  noWorld,
  sourceFrom,
  stateName,
  warn,
  working,
} from "./input.ts";

interface BoundsFlags extends InputFlags {
  readonly evidence?: string;
  readonly contamination?: number;
  readonly radius?: number;
  readonly with?: string[];
  readonly coefficients?: string[];
  readonly raw?: number;
  readonly variables?: string[];
  readonly vertexLimit?: number;
  readonly effort?: number;
}

/** Adds the verb. */
export function addBounds(circuit: Command): void {
  const fromZero = (option: string) => number(option, "a number from 0", (value) => value >= 0);
  const share = (option: string) =>
    number(option, "a share from 0 to 1", (value) => value >= 0 && value <= 1);
  fileVerb(
    circuit,
    "bounds",
    "the least and the largest posterior over a box of leaf probabilities, or parameters",
  )
    .option(
      "--evidence <intervals>",
      "such as 'stop=0.4..0.6, octagon=0.25, red=true'; beside --contamination and --radius as in `circuit query`",
    )
    .option(
      "--contamination <share>",
      "instead of leaves the circuit's distributions move: all sums and inputs, this share of each is anything",
      share("--contamination"),
    )
    .option(
      "--radius <distance>",
      "instead of leaves the circuit's Bernoulli inputs move, each by up to this much",
      share("--radius"),
    )
    .option("--with <files...>", "average with these, as COLEP does; a variable counts where it occurs")
    .option("--coefficients <numbers...>", "shares of the files in the average, relative to each other")
    .option("--raw <share>", "the share of a variable's own leaf in the average; default 0", share("--raw"))
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
  const started = performance.now();
  const found = await (moving(flags) === "leaves" ? ofLeaves : ofParameters)(path, flags);
  const seconds = (performance.now() - started) / 1000;
  printResult(flags.json ?? false, { ...found.document, seconds }, () =>
    table(
      ["variable", "low", "high", "tight", "method"],
      found.rows.map(([name, { low, high, tight, method }]) => [
        name,
        outward(low, Math.floor),
        outward(high, Math.ceil),
        tight ? "yes" : "no",
        method,
      ]),
    ),
  );
}

/** What moves; the flags of one do not go with those of the others. */
function moving(flags: BoundsFlags): "leaves" | "contamination" | "radius" {
  const { contamination, radius, evidence } = flags;
  if (contamination === undefined && radius === undefined) {
    if (evidence !== undefined) return "leaves";
    throw new InvalidArgumentError(
      "--evidence",
      evidence,
      "intervals, unless --contamination or --radius is given",
    );
  }
  const what = contamination === undefined ? "radius" : "contamination";
  const searchFlags = what === "radius" ? [] : (["radius", "effort"] as const);
  for (const other of ["with", "coefficients", "raw", "vertexLimit", ...searchFlags] as const) {
    if (flags[other] === undefined) continue;
    const option = other.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw new InvalidArgumentError(`--${option}`, String(flags[other]), `left out beside --${what}`);
  }
  return what;
}

/** One line of the table. */
interface Line {
  readonly low: number;
  readonly high: number;
  readonly tight: boolean;
  readonly method: string;
}

/** What is printed. */
interface Found {
  readonly document: object;
  readonly rows: readonly (readonly [name: string, Line])[];
}

async function ofLeaves(path: string, flags: BoundsFlags): Promise<Found> {
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
  const intervals = parseIntervalEvidence(flags.evidence ?? "", every);
  const { raw = 0, variables, vertexLimit, effort } = flags;
  const options = { raw, ...given({ variables, vertexLimit, effort }) };
  const answer = await reached(flags, (run) => {
    const all = { ...options, ...run };
    const [{ circuit, rules }] = parts;
    if (parts.length > 1 || raw > 0) return mixtureBoundsAsync(parts, intervals, all);
    return marginalBoundsAsync(circuit, intervals, rules === undefined ? all : { ...all, rules });
  });
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  return { document: { bounds: answer.byVariable }, rows: Object.entries(answer.byVariable) };
}

/** Bounds of every state of every variable that the evidence leaves open. */
async function ofParameters(path: string, flags: BoundsFlags): Promise<Found> {
  const circuit = await circuitFrom(path, flags);
  const evidence = flags.evidence === undefined ? {} : parseEvidence(flags.evidence, circuit);
  const open = (v: number): boolean =>
    Number.isFinite(arityOf(circuit.domains[v])) && evidence[circuit.variables.name(v)] === undefined;
  const wanted = flags.variables ?? circuit.variables.names.filter((_, v) => open(v));
  for (const name of wanted) {
    if (Number.isFinite(arityOf(circuit.domains[circuit.variables.id(name)]))) continue;
    throw new InvalidArgumentError("--variables", name, "variables with finitely many values");
  }
  const question = { evidence, variables: wanted };
  const { contamination } = flags;
  const { logEvidence, byVariable } =
    contamination === undefined
      ? await withinRadius(circuit, question, flags)
      : await contaminated(circuit, { ...question, contamination }, flags);
  const rows: [string, Line][] = [];
  // Those that were reached.
  const done = wanted.filter((name) => byVariable[name] !== undefined);
  const bounds = done.map((name) => {
    const v = circuit.variables.id(name);
    const states = byVariable[name] as readonly Line[];
    if (circuit.domains[v].kind === "binary") {
      const yes = states[states.length - 1];
      rows.push([name, yes]);
      return [name, yes];
    }
    const named = states.map((line, state) => [stateName(circuit, v, state), line] as const);
    rows.push(...named.map(([state, line]): [string, Line] => [`${name}=${state}`, line]));
    return [name, Object.fromEntries(named)];
  });
  return { document: { logEvidence, bounds: Object.fromEntries(bounds) }, rows };
}

/** Lines by variable and state, of binary ones at least of true; no `logEvidence` if nothing was asked. */
interface OfStates {
  readonly logEvidence: object | null;
  readonly byVariable: Readonly<Record<string, readonly Line[] | undefined>>;
}

async function contaminated(
  circuit: Circuit,
  question: CredalQuestion,
  flags: BoundsFlags,
): Promise<OfStates> {
  const answer = await reached(flags, (run) => credalBoundsAsync(circuit, { ...question, ...run }));
  if (answer.kind === "contradiction") throw noWorld(answer.source);
  const lines = Object.entries(answer.byVariable).map(([name, states]) => [
    name,
    states?.map((state) => ({ ...state, method: "linear programs" })),
  ]);
  return { logEvidence: answer.logEvidence, byVariable: Object.fromEntries(lines) };
}

async function withinRadius(
  circuit: Circuit,
  { evidence, variables }: { readonly evidence: Evidence; readonly variables: readonly string[] },
  flags: BoundsFlags,
): Promise<OfStates> {
  const { radius = 0, effort } = flags;
  const intervals = new Map<number, readonly [number, number]>();
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.input) continue;
    const { distribution: d } = circuit.inputs[circuit.inputOf[node]];
    if (d.family === "bernoulli") intervals.set(node, [Math.max(0, d.p - radius), Math.min(1, d.p + radius)]);
  }
  if (intervals.size === 0)
    throw new InvalidArgumentError("--radius", radius, "left out: no input is Bernoulli");
  const byVariable: Record<string, Line[]> = {};
  let logEvidence: ConditionalBounds["logEvidence"] | null = null;
  await working(flags, async (run) => {
    for (const variable of variables) {
      const domain = circuit.domains[circuit.variables.id(variable)];
      byVariable[variable] = [];
      for (const value of domain.kind === "binary" ? [true] : Array(arityOf(domain)).keys()) {
        const question = { intervals, evidence, target: { variable, value }, ...given({ effort }) };
        const answer = await inTime(circuit, question, run);
        if (answer.logEvidence.high === Number.NEGATIVE_INFINITY) throw noWorld("evidence");
        byVariable[variable].push(answer.conditional);
        logEvidence = answer.logEvidence;
      }
    }
  });
  return { logEvidence, byVariable };
}

/** The bounds; once time is up, what was reached by then or takes no time. */
async function inTime(circuit: Circuit, question: BoundsQuestion, run: Limits): Promise<ConditionalBounds> {
  if (run.signal.aborted) return conditionalBounds(circuit, { ...question, effort: 0 });
  try {
    return await conditionalBoundsAsync(circuit, { ...question, ...run });
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
    warn([cutShort]);
    return (error.partial as ConditionalBounds | undefined) ?? inTime(circuit, question, run);
  }
}

const cutShort = "the search was cut short; bounds marked as not tight are sound, but may be wide";

/** The work's answer, or the sound bounds that it had reached when its time was up. */
async function reached<T>(flags: BoundsFlags, work: Parameters<typeof working<T>>[1]): Promise<T> {
  try {
    return await working(flags, work);
  } catch (error) {
    const cause = error instanceof AbortedError ? error : (error as Error).cause;
    if (!(cause instanceof AbortedError && cause.partial !== undefined)) throw error;
    warn([cutShort]);
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
