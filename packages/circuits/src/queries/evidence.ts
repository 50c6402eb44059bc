/**
 * Evidence on the variables of a circuit. For binary ones it weighs the two values:
 *
 *   absent      θ(true) = 1, θ(false) = 1: nothing is known, both values count
 *   p ∈ [0, 1]  θ(true) = p, θ(false) = 1 - p: virtual evidence (Pearl, 1988, section 2.2.2), such as the
 *               output of a classifier for this variable alone
 *   boolean     θ of that value 1, of the other 0: the value is known
 *
 * 0 and 1 are the same as false and true. Variables of other domains take a number (the value), and states
 * also their name. All take a set of values, an interval, or (states only) one weight per state:
 *
 *   { in: [0, 2] }    { from: 1.5, to: 3 }    { weights: [0.2, 0.5, 1] }
 *
 * A distribution q over classes (a soft-max) is not n separate virtual findings: under a hard exactlyOne a
 * leaf counts by its odds p / (1 - p), which would sharpen it. `categoricalEvidence` enters it as what it is, the
 * weights 1 and q of the two values.
 */
import { CredenceError, InvalidArgumentError, logSumExp } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf, contains, type Domain, describeDomain } from "../circuit/domain.ts";
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";

/** What is known of one variable; see the head of this file. */
export type Finding =
  | boolean
  | number
  | string
  | { readonly in: readonly (number | boolean | string)[] }
  | { readonly from?: number; readonly to?: number }
  | { readonly weights: readonly number[] }
  | undefined;

/** What is known of each variable. */
export type Evidence<V extends string = string> = { readonly [K in V]?: Finding };

/**
 * A finding made ready: log weights of the states of a finite variable; the values that a real variable or a
 * count may have.
 */
export type Known =
  | { readonly kind: "nothing" }
  | { readonly kind: "weights"; readonly logWeights: Float64Array }
  | { readonly kind: "values"; readonly values: readonly number[] }
  | { readonly kind: "interval"; readonly from: number; readonly to: number };

/** What circuits and vocabularies of binary variables have in common. */
type Variables<V extends string> = Pick<Circuit<V>, "variables" | "domains">;

/**
 * The answer of a query when no world is left: `source` says whether the rules alone exclude every world, or
 * only together with the evidence.
 */
export interface Contradiction {
  readonly kind: "contradiction";
  readonly source: "rules" | "evidence";
  readonly logPartition: number;
}

const nothing: Known = Object.freeze({ kind: "nothing" });

/**
 * The findings by variable.
 * @throws UnknownNameError, InvalidArgumentError
 */
export function knownOf<V extends string>(circuit: Variables<V>, evidence: Evidence<V>): Known[] {
  // A Map or the like has no entries of its own: what it says would count for nothing.
  if (Object.prototype.toString.call(evidence) !== "[object Object]") {
    throw new InvalidArgumentError(
      "The evidence",
      evidence,
      "an object with the findings by variable",
      "{} is none.",
    );
  }
  const known = Array.from({ length: circuit.variables.size }, () => nothing);
  for (const [name, finding] of Object.entries(evidence) as [V, Finding][]) {
    const variable = circuit.variables.id(name);
    if (finding !== undefined) known[variable] = readFinding(name, circuit.domains[variable], finding);
  }
  return known;
}

function readFinding(name: string, domain: Domain, finding: Exclude<Finding, undefined>): Known {
  const refuse = (expected: string): never => {
    throw new InvalidArgumentError(
      `The evidence on ${JSON.stringify(name)}`,
      finding,
      expected,
      "Leave the variable out if nothing is known of it.",
    );
  };
  const arity = arityOf(domain);
  if (domain.kind === "binary" && typeof finding === "number") {
    if (!(finding >= 0 && finding <= 1)) refuse("true, false or a probability from 0 to 1");
    return { kind: "weights", logWeights: Float64Array.of(Math.log1p(-finding), Math.log(finding)) };
  }
  if (typeof finding !== "object" || finding === null) {
    return ofValues(domain, [numberOf(domain, finding) ?? refuse(expectation(domain))]);
  }
  const keys = Object.keys(finding);
  const one = keys.length === 1 && (keys[0] === "in" || keys[0] === "weights");
  if (!one && keys.some((key) => key !== "from" && key !== "to")) refuse(expectation(domain));
  if ("in" in finding && Array.isArray(finding.in)) {
    // Densities of several points do not add up to anything.
    if (domain.kind === "real" && finding.in.length !== 1) refuse("one value, or an interval");
    return ofValues(
      domain,
      Array.from(
        finding.in,
        (value) => numberOf(domain, value) ?? refuse(`values that are ${describeDomain(domain)}`),
      ),
    );
  }
  if ("weights" in finding && Array.isArray(finding.weights)) {
    // Holes in a list are seen by its iterator only.
    const weights = Array.from(finding.weights);
    const good = weights.every((w) => typeof w === "number" && w >= 0 && w < Infinity);
    if (!(good && weights.length === arity))
      refuse(Number.isFinite(arity) ? `${arity} weights from 0` : "a value, a set or an interval");
    return { kind: "weights", logWeights: Float64Array.from(weights, Math.log) };
  }
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = finding as Interval;
  // What JavaScript would take for numbers, such as null and texts, is none; nor does an infinite value exist.
  const numbers = typeof from === "number" && typeof to === "number" && from < Infinity && to > -Infinity;
  if (!(("from" in finding || "to" in finding) && numbers && from <= to)) refuse(expectation(domain));
  const exact = [from, to].every((end) => Math.abs(end) <= Number.MAX_SAFE_INTEGER || !Number.isFinite(end));
  if (domain.kind === "count" && !exact)
    refuse("an interval with ends up to 2^53 - 1, where counts are exact");
  if (!Number.isFinite(arity)) return { kind: "interval", from, to };
  const inside = Array.from({ length: arity }, (_, state) => state).filter((s) => s >= from && s <= to);
  return ofValues(domain, inside);
}

interface Interval {
  readonly from?: number;
  readonly to?: number;
}

function expectation(domain: Domain): string {
  const one = domain.kind === "binary" ? "true, false or a probability from 0 to 1" : describeDomain(domain);
  return `${one}, or a set, interval or weights of such values`;
}

/** The number of a value, undefined if it is none of the domain's. */
function numberOf(domain: Domain, value: unknown): number | undefined {
  if (typeof value === "string") {
    const state = domain.kind === "categorical" ? (domain.states?.indexOf(value) ?? -1) : -1;
    return state < 0 ? undefined : state;
  }
  if (typeof value === "boolean") return domain.kind === "binary" ? Number(value) : undefined;
  return typeof value === "number" && contains(domain, value) ? value : undefined;
}

function ofValues(domain: Domain, values: readonly number[]): Known {
  if (!Number.isFinite(arityOf(domain))) return { kind: "values", values: [...new Set(values)] };
  const logWeights = new Float64Array(arityOf(domain)).fill(Number.NEGATIVE_INFINITY);
  for (const value of values) logWeights[value] = 0;
  return { kind: "weights", logWeights };
}

/** What is known of a variable with `arity` states once its state is, too. */
export function onlyState(known: Known, state: number, arity: number): Known {
  const logWeights = new Float64Array(arity).fill(Number.NEGATIVE_INFINITY);
  logWeights[state] = known.kind === "weights" ? known.logWeights[state] : 0;
  return { kind: "weights", logWeights };
}

/** What is known of each variable where both findings hold: weights multiply, sets and intervals meet. */
export function bothKnown(a: readonly Known[], b: readonly Known[]): Known[] {
  return a.map((one, v): Known => {
    const other = b[v];
    if (one.kind === "nothing") return other;
    if (other.kind === "nothing") return one;
    if (one.kind === "weights" && other.kind === "weights") {
      return { kind: "weights", logWeights: one.logWeights.map((w, state) => w + other.logWeights[state]) };
    }
    if (one.kind === "values") return { kind: "values", values: one.values.filter((x) => allows(other, x)) };
    if (other.kind === "values")
      return { kind: "values", values: other.values.filter((x) => allows(one, x)) };
    const [from, to] = [Math.max(fromOf(one), fromOf(other)), Math.min(toOf(one), toOf(other))];
    return from <= to ? { kind: "interval", from, to } : { kind: "values", values: [] };
  });
}

function allows(known: Known, x: number): boolean {
  return known.kind === "values" ? known.values.includes(x) : x >= fromOf(known) && x <= toOf(known);
}

const fromOf = (known: Known): number => (known.kind === "interval" ? known.from : Number.NEGATIVE_INFINITY);
const toOf = (known: Known): number => (known.kind === "interval" ? known.to : Number.POSITIVE_INFINITY);

/**
 * Log weights of the literals of binary variables, at 2 · variable + value.
 * @throws UnknownNameError, InvalidArgumentError
 */
export function literalLogWeights<V extends string>(
  circuit: Pick<Circuit<V>, "variables">,
  evidence: Evidence<V>,
): Float64Array {
  const domains = Array.from({ length: circuit.variables.size }, (): Domain => ({ kind: "binary" }));
  const weights = new Float64Array(2 * circuit.variables.size);
  knownOf({ variables: circuit.variables, domains }, evidence).forEach((known, v) => {
    if (known.kind === "weights") weights.set(known.logWeights, 2 * v);
  });
  return weights;
}

/**
 * The log value of every input: the log of the weight that its distribution has under what is known of its
 * variable (a density where a real variable has a single value).
 */
export function inputLogValues(circuit: Pick<Circuit, "inputs">, known: readonly Known[]): Float64Array {
  return Float64Array.from(circuit.inputs, (input) => inputLogValue(input, known[input.variable]));
}

/** The log value of one input. */
export function inputLogValue({ distribution }: Input, known: Known): number {
  switch (known.kind) {
    case "nothing":
      return 0;
    case "weights": {
      // The common cases without logs of exponentials, which would not be exact.
      if (distribution.family === "indicator") return known.logWeights[distribution.state];
      if (!isOverStates(distribution)) return Number.NaN;
      return logSumExp(
        known.logWeights.map((w, state) => w + Math.log(stateProbability(distribution, state))),
      );
    }
    case "values":
      return logSumExp(known.values.map((x) => numericFamily(distribution).logProbability(distribution, x)));
    case "interval":
      return numericFamily(distribution).logMass(distribution, known.from, known.to);
  }
}

/**
 * @throws CredenceError `UNSUPPORTED_QUERY` unless the circuit has the properties that a query rests on
 * @throws InvalidArgumentError for what is no circuit
 */
export function requireProperties(
  circuit: Circuit,
  query: string,
  needed: readonly (keyof Circuit["properties"])[],
): void {
  if (circuit?.properties === undefined)
    throw new InvalidArgumentError(`The circuit of ${query}`, circuit, "a circuit");
  const missing = needed.filter((property) => !circuit.properties[property]);
  if (missing.length === 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message:
      `${query} needs a circuit that is ${needed.join(" and ")}; ` +
      `this one is not known to be ${missing.join(" and ")}.`,
    given: missing.join(", "),
    expected: needed.join(", "),
    hint: "checkCircuit names the nodes at fault; circuits made by compileRules have all properties.",
  });
}

/** @throws CredenceError `UNSUPPORTED_QUERY` unless every variable is of one of the kinds */
export function requireDomains(
  circuit: Pick<Circuit, "variables" | "domains">,
  query: string,
  kinds: readonly Domain["kind"][],
  hint: string,
): void {
  const at = circuit.domains.findIndex((domain) => !kinds.includes(domain.kind));
  if (at < 0) return;
  const name = circuit.variables.name(at);
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `${query} is about ${kinds.join(" and ")} variables; ${JSON.stringify(name)} is ${circuit.domains[at].kind}.`,
    given: name,
    expected: `variables that are ${kinds.join(" or ")}`,
    hint,
  });
}
