/**
 * Distribution function and quantiles of one variable. Given the evidence the variable is a mixture of its inputs, each
 * weighted by its flow and conditioned on what is known of the variable itself:
 *
 *   F(x) = P(X <= x | e) = Σ_inputs i  f(i) · P_i(X <= x | e_v),    quantile(p) = min { x : F(x) >= p }
 *
 * One pass up and one down give the flows; after that the circuit is not looked at any more, and the quantile is found
 * by bisection to the last bit. Of variables with states the numbers of the states count.
 */
import { InvalidArgumentError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import {
  bothKnown,
  type Contradiction,
  type Evidence,
  inputLogValue,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { logValues } from "./passes.ts";
import { inputFlows } from "./posteriors.ts";

/** The answer of {@link cdf}. */
export interface CumulativeProbability {
  readonly kind: "cumulative-probability";
  /** P(X <= x | evidence), from 0 to 1. */
  readonly probability: number;
}

/** The answer of {@link quantile}. */
export interface Quantile {
  readonly kind: "quantile";
  readonly value: number;
}

/**
 * P(variable <= x | evidence). O(edges).
 * @param x any number; may be infinite
 * @returns `kind: "cumulative-probability"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, or NaN
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function cdf<V extends string>(
  circuit: Circuit<V>,
  variable: V,
  x: number,
  evidence: Evidence<V> = {},
): CumulativeProbability | Contradiction {
  if (typeof x !== "number" || Number.isNaN(x)) throw new InvalidArgumentError("x", x, "a number");
  const mixture = mixtureOf(circuit, "cdf", variable, evidence);
  if (mixture === undefined) return contradictionOf(circuit);
  return { kind: "cumulative-probability", probability: mixture.below(x) };
}

/**
 * The smallest value of the variable that it does not exceed with probability `level`, given the evidence: 0.5 is the
 * median. O(edges + inputs of the variable · bits of the answer).
 * @param level above 0 and below 1
 * @returns `kind: "quantile"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or another level
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function quantile<V extends string>(
  circuit: Circuit<V>,
  variable: V,
  level: number,
  evidence: Evidence<V> = {},
): Quantile | Contradiction {
  if (!(typeof level === "number" && level > 0 && level < 1))
    throw new InvalidArgumentError("level", level, "above 0 and below 1");
  const mixture = mixtureOf(circuit, "quantile", variable, evidence);
  if (mixture === undefined) return contradictionOf(circuit);
  const { listed, whole, below } = mixture;
  // Sums that should be equal to the level may fall short of it by their rounding.
  const enough = level - 1e-12 * Math.min(level, 1 - level);
  if (listed !== undefined) {
    const value = listed.find((x) => below(x) >= enough) ?? listed[listed.length - 1];
    return { kind: "quantile", value };
  }
  let [low, high] = mixture.range;
  for (let step = 1; below(high) < enough && high < Number.MAX_VALUE; step *= 2) high += step;
  for (let step = 1; below(low) >= enough && low > mixture.least; step *= 2) low -= step;
  if (whole) [low, high] = [Math.floor(low), Math.ceil(high)];
  for (;;) {
    const middle = whole ? Math.floor(low + (high - low) / 2) : low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (below(middle) >= enough) high = middle;
    else low = middle;
  }
  return { kind: "quantile", value: below(low) >= enough ? low : high };
}

interface Mixture {
  /** P(X <= x). */
  below(x: number): number;
  /** All values, ascending, if they can be listed. */
  readonly listed: readonly number[] | undefined;
  /** Whether the values are whole numbers. */
  readonly whole: boolean;
  /** Where most of the mass is, and the smallest value there is. */
  readonly range: readonly [low: number, high: number];
  readonly least: number;
}

/** The variable given the evidence; undefined if no world is left. */
function mixtureOf<V extends string>(
  circuit: Circuit<V>,
  query: string,
  name: V,
  evidence: Evidence<V>,
): Mixture | undefined {
  requireProperties(circuit, query, ["smooth", "decomposable"]);
  const variable = circuit.variables.id(name);
  const known = knownOf(circuit, evidence);
  const inputValues = inputLogValues(circuit, known);
  const values = logValues(circuit, inputValues);
  if (values[circuit.size - 1] === Number.NEGATIVE_INFINITY) return undefined;
  const flow = inputFlows(circuit, values);
  const own = known[variable];
  const parts = circuit.inputs.flatMap((input, i) => {
    if (input.variable !== variable || flow[i] === 0) return [];
    return [{ input, flow: flow[i], logWhole: inputValues[i] }];
  });
  const total = parts.reduce((sum, part) => sum + part.flow, 0);
  const arity = arityOf(circuit.domains[variable]);
  const upTo = (x: number): Known => {
    if (!Number.isFinite(arity)) return { kind: "interval", from: Number.NEGATIVE_INFINITY, to: x };
    const logWeights = Float64Array.from({ length: arity }, (_, s) =>
      s <= x ? 0 : Number.NEGATIVE_INFINITY,
    );
    return { kind: "weights", logWeights };
  };
  const below = (x: number): number => {
    const [both] = bothKnown([own], [upTo(x)]);
    const sum = parts.reduce((mass, part) => {
      return mass + part.flow * Math.exp(inputLogValue(part.input, both) - part.logWhole);
    }, 0);
    return Math.min(1, sum / total);
  };
  const listed = listedValues(own, arity);
  const { range, least } = listed === undefined ? rangeOf(parts, own) : { range: [0, 0] as const, least: 0 };
  return { below, listed, whole: circuit.domains[variable].kind === "count", range, least };
}

/** One standard deviation around the means, cut off at the smallest value there is. */
function rangeOf(
  parts: readonly { readonly input: Input }[],
  known: Known,
): Pick<Mixture, "range" | "least"> {
  let [low, high, least] = [Infinity, -Infinity, Infinity];
  for (const { input } of parts) {
    const { distribution: d } = input;
    const family = numericFamily(d);
    const [mean, spread] = [family.mean(d), Math.sqrt(family.variance(d))];
    low = Math.min(low, mean - spread);
    high = Math.max(high, mean + spread);
    least = Math.min(least, family.support(d)[0]);
  }
  if (known.kind === "interval") least = Math.max(least, known.from);
  return { range: [Math.max(least, low), Math.max(least, high)], least };
}

function listedValues(known: Known, arity: number): readonly number[] | undefined {
  if (Number.isFinite(arity)) return Array.from({ length: arity }, (_, state) => state);
  return known.kind === "values" ? known.values.slice().sort((a, b) => a - b) : undefined;
}
