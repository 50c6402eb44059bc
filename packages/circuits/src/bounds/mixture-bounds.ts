/**
 * Bounds on mixtures of circuits over boxes of leaf probabilities, as COLEP (Kang et al., ICLR 2024) uses them: the
 * corrected probability of a variable is an average over the circuits that speak of it, mixed with its own leaf,
 *
 *   q_k = (1 - raw) · Σ_r c_r P_r(x_k) / Σ_r c_r  +  raw · p_k,
 *
 * sums over the circuits r that speak of k; where none does, q_k = p_k. Circuits share leaves, so bounds of the terms
 * added up are sound, but usually too wide. If the rules of every circuit attract, and any leaf moves all terms of
 * q_k that it moves the same way, then the terms have their extremes at one corner of the box, and the whole mixture
 * is evaluated there: exact, `tight: true`. (A term that rises and one that falls with a leaf may have their sum's
 * extreme inside of the box: then corners do not help, either.)
 */
import {
  InvalidArgumentError,
  type Rule,
  runAsync,
  runSync,
  type Step,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Contradiction } from "../queries/evidence.ts";
import { checkAttractive } from "./attractive.ts";
import {
  type BoxedCircuit,
  type Enclosure,
  type IntervalEvidence,
  posteriorAt,
  readInterval,
} from "./leaf-box.ts";
import {
  type BoundsOptions,
  boundsSteps,
  boxedCircuit,
  extremeCorner,
  type MarginalBounds,
  type ProbabilityBounds,
} from "./marginal-bounds.ts";

/** One circuit of a mixture. */
export interface MixturePart {
  readonly circuit: Circuit;
  /** The rules that it was compiled from; without them the mixture's bounds are added up from the circuits'. */
  readonly rules?: readonly Rule[];
  /** Its share, relative to the others'; default 1. */
  readonly coefficient?: number;
}

/** Options of {@link mixtureBounds}; `variables` are by default those of the intervals and of all circuits. */
export interface MixtureOptions extends Omit<BoundsOptions, "rules"> {
  /** The share of a variable's own leaf, from 0 to 1; default 0. Above 0, every variable asked for needs a leaf. */
  readonly raw?: number;
}

/**
 * Sound bounds on the mixture's probability of every variable; `method` is that of the whole, or, where the circuits'
 * bounds are added up, that of the last circuit.
 * @param intervals leaf probabilities, by names that every circuit may but need not have
 * @throws InvalidArgumentError for coefficients that are not positive and finite, a share outside [0, 1], intervals
 *   outside [0, 1], a variable with neither circuit nor leaf, or rules that are not the circuit's
 * @throws UnknownNameError, CredenceError `UNSUPPORTED_QUERY` as `marginalBounds`
 */
export function mixtureBounds(
  parts: readonly MixturePart[],
  intervals: IntervalEvidence,
  options: MixtureOptions = {},
): MarginalBounds | Contradiction {
  return runSync(mixtureSteps(parts, intervals, options), options);
}

/** {@link mixtureBounds} that lets the event loop run in between. */
export function mixtureBoundsAsync(
  parts: readonly MixturePart[],
  intervals: IntervalEvidence,
  options: MixtureOptions = {},
): Promise<MarginalBounds | Contradiction> {
  return runAsync(mixtureSteps(parts, intervals, options), options);
}

/** A part made ready. */
interface Ready extends MixturePart {
  readonly boxed: BoxedCircuit;
  readonly coefficient: number;
  /** The intervals of its own variables. */
  readonly intervals: IntervalEvidence;
  /** Colors and components, if its rules are known to attract. */
  readonly attractive: { readonly colors: Int8Array; readonly components: Int32Array } | undefined;
}

function makeReady(part: MixturePart, intervals: IntervalEvidence): Ready {
  const { circuit, rules, coefficient = 1 } = part;
  if (!(coefficient > 0 && coefficient < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("coefficient", coefficient, "a positive number");
  }
  const own = Object.fromEntries(Object.entries(intervals).filter(([name]) => circuit.variables.has(name)));
  const boxed = boxedCircuit(circuit, own, rules);
  const check = boxed.rules === undefined ? undefined : checkAttractive(boxed.rules, circuit.variables);
  return {
    ...part,
    coefficient,
    intervals: own,
    boxed,
    attractive: check?.holds ? check : undefined,
  };
}

function* mixtureSteps(
  parts: readonly MixturePart[],
  intervals: IntervalEvidence,
  options: MixtureOptions,
): StepGenerator<MarginalBounds | Contradiction> {
  const { raw = 0 } = options;
  if (!(raw >= 0 && raw <= 1)) throw new InvalidArgumentError("raw", raw, "a share from 0 to 1");
  const ready = parts.map((part) => makeReady(part, intervals));
  const all = [...Object.keys(intervals), ...parts.flatMap(({ circuit }) => circuit.variables.names)];
  const wanted = options.variables ?? [...new Set(all)];
  const found: [string, ProbabilityBounds][] = [];
  for (const [done, name] of wanted.entries()) {
    const speaking = ready.filter(({ circuit }) => circuit.variables.has(name));
    const leaf = leafOf(name, intervals, raw > 0 || speaking.length === 0);
    const mixture: Mixture = { name, speaking, raw: speaking.length === 0 ? 1 : raw, leaf };
    const bounds = atOneCorner(mixture) ?? (yield* addedUp(mixture, options, [done, wanted.length]));
    if ("kind" in bounds) return bounds;
    found.push([name, bounds]);
    yield stepAt(done + 1, wanted.length);
  }
  return { kind: "bounds", byVariable: Object.fromEntries(found) };
}

const stepAt = (step: number, steps: number): Step<never> => {
  return { phase: "Bounding mixtures", step, steps, metrics: {} };
};

/** q_k: what the head of this file defines. */
interface Mixture {
  readonly name: string;
  readonly speaking: readonly Ready[];
  readonly raw: number;
  readonly leaf: Enclosure;
}

/** The interval of a leaf; where there is none, and none is needed, one that does not count. */
function leafOf(name: string, intervals: IntervalEvidence, needed: boolean): Enclosure {
  const given = Object.hasOwn(intervals, name) ? intervals[name] : undefined;
  if (given !== undefined) {
    const [low, high] = readInterval(name, given);
    return { low, high };
  }
  if (!needed) return { low: 0, high: 0 };
  const expected = "a leaf probability or an interval for every variable whose own leaf counts";
  throw new InvalidArgumentError(`The interval of ${JSON.stringify(name)}`, undefined, expected);
}

/** The mixture of enclosures of its terms, rounded outward: all are positive, so relative errors add up. */
function mixed({ speaking, raw, leaf }: Mixture, terms: readonly Enclosure[]): Enclosure {
  const total = speaking.reduce((sum, { coefficient }) => sum + coefficient, 0);
  const at = (end: "low" | "high"): number => {
    const sum = terms.reduce((before, term, i) => before + speaking[i].coefficient * term[end], 0);
    return (terms.length === 0 ? 0 : ((1 - raw) * sum) / total) + raw * leaf[end];
  };
  const error = (2 * terms.length + 8) * 2 ** -53;
  return {
    low: Math.max(0, at("low") * (1 - error) - Number.MIN_VALUE),
    high: Math.min(1, at("high") * (1 + error) + Number.MIN_VALUE),
  };
}

/** Undefined unless one corner is the least for all terms, and another the largest. */
function atOneCorner(mixture: Mixture): ProbabilityBounds | undefined {
  const { name, speaking } = mixture;
  if (!influencesAgree(mixture)) return undefined;
  const [least, most] = [false, true].map((largest) =>
    speaking.map(({ boxed, attractive }) => {
      const target = boxed.circuit.variables.id(name);
      const { colors } = attractive as NonNullable<Ready["attractive"]>;
      return posteriorAt(boxed, extremeCorner(boxed, colors, target, largest), target);
    }),
  );
  const possible = (terms: readonly (Enclosure | undefined)[]): terms is readonly Enclosure[] => {
    return !terms.includes(undefined);
  };
  if (!possible(least) || !possible(most)) return undefined;
  const [{ low }, { high }] = [mixed(mixture, least), mixed(mixture, most)];
  return { low, high, tight: true, method: "two evaluations" };
}

/** Whether every open leaf moves all terms that it moves the same way. */
function influencesAgree({ name, speaking }: Mixture): boolean {
  const signs = new Map<string, number>();
  return speaking.every(({ attractive, boxed: { circuit, box } }) => {
    if (attractive === undefined) return false;
    const { colors, components } = attractive;
    const target = circuit.variables.id(name);
    return circuit.variables.names.every((leaf, v) => {
      const interval = box[v];
      const moves =
        interval !== undefined && interval[0] < interval[1] && components[v] === components[target];
      if (!moves) return true;
      const sign = colors[v] * colors[target];
      const known = signs.get(leaf) ?? sign;
      signs.set(leaf, known);
      return known === sign;
    });
  });
}

/** The mixture of the terms' own bounds, or the contradiction of a circuit that leaves no world. */
function* addedUp(
  mixture: Mixture,
  options: MixtureOptions,
  [step, steps]: readonly [number, number],
): Generator<Step<never>, ProbabilityBounds | Contradiction, void> {
  const terms: ProbabilityBounds[] = [];
  for (const { circuit, rules, intervals } of mixture.speaking) {
    const own = { ...options, ...(rules === undefined ? {} : { rules }), variables: [mixture.name] };
    const search = boundsSteps(circuit, intervals, own);
    let next = search.next();
    for (; !next.done; next = search.next()) yield stepAt(step, steps);
    if (next.value.kind === "contradiction") return next.value;
    terms.push(next.value.byVariable[mixture.name]);
  }
  // The own leaf raises its circuit's term, too: with one term both ends are reached together.
  const tight = terms.length === 1 && terms[0].tight;
  return { ...mixed(mixture, terms), tight, method: terms[terms.length - 1].method };
}
