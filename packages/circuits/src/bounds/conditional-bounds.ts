/**
 * Bounds on probabilities under a circuit whose own Bernoulli inputs are only known to lie in intervals: of the
 * evidence, and of a variable given the evidence. An input with several parents takes one value. Values of circuits
 * are linear in every such parameter, because no two inputs of one variable are ever multiplied; extremes are at
 * corners of the box, found by branch and bound (see ratio.ts).
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Input } from "../inputs/input.ts";
import {
  type Evidence,
  inputLogValue,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "../queries/evidence.ts";
import { checkBounds, type ProbabilityBounds } from "./marginal-bounds.ts";
import {
  type BoxParameter,
  type Effect,
  maximizeRatio,
  type RatioBound,
  type RatioProblem,
} from "./ratio.ts";
import { probabilityAbove, probabilityBelow } from "./rounding.ts";

/** What {@link conditionalBounds} is asked. */
export interface BoundsQuestion<V extends string = string> extends RunOptions {
  /** The interval of p by node of the circuit; the nodes must be Bernoulli inputs. */
  readonly intervals: ReadonlyMap<number, readonly [low: number, high: number]>;
  /** Default: nothing is known. */
  readonly evidence?: Evidence<V>;
  /** The finding whose probability is bounded, on one variable that the evidence leaves open. */
  readonly target: { readonly variable: V; readonly value: boolean | number | string };
  /** As in `marginalBounds`; default 1e8 edges per bound. */
  readonly effort?: number;
}

/** Bounds of P(target | evidence), 0 and 1 if the evidence is impossible, and of log P(evidence). */
export interface ConditionalBounds {
  readonly conditional: ProbabilityBounds;
  /** Log of the total weight of the evidence, least and largest. */
  readonly logEvidence: { readonly low: number; readonly high: number; readonly tight: boolean };
}

/**
 * Sound bounds over all values of the inputs in their intervals.
 * @throws UnknownNameError, InvalidArgumentError for evidence or a target outside the domain, nodes that are no
 *   Bernoulli inputs, and intervals outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError whose `partial` has the sound bounds that were reached
 */
export function conditionalBounds<V extends string>(
  circuit: Circuit<V>,
  question: BoundsQuestion<V>,
): ConditionalBounds {
  return runSync(conditionalSteps(circuit, question), question);
}

/** {@link conditionalBounds} that lets the event loop run in between. */
export function conditionalBoundsAsync<V extends string>(
  circuit: Circuit<V>,
  question: BoundsQuestion<V>,
): Promise<ConditionalBounds> {
  return runAsync(conditionalSteps(circuit, question), question);
}

function* conditionalSteps<V extends string>(
  circuit: Circuit<V>,
  question: BoundsQuestion<V>,
): StepGenerator<ConditionalBounds> {
  requireProperties(circuit, "conditionalBounds", ["smooth", "decomposable"]);
  checkBounds(question);
  const { intervals, effort = 1e8 } = question;
  checkIntervals(circuit, intervals);
  const { known, yes, no } = readTarget(circuit, question);
  const problems = [
    problemOf(circuit, intervals, yes, no),
    problemOf(circuit, intervals, no, yes),
    problemOf(circuit, intervals, known, undefined),
    inverse(circuit, intervals, known),
  ];
  // Interval arithmetic comes first: an answer that is sound whenever the search ends.
  const found = problems.map((problem) => maximizeRatio(problem, 0).next().value);
  const answer = () => boundsOf(found, effort > 0 ? "branch and bound" : "interval arithmetic");
  for (const [i, problem] of effort > 0 ? problems.entries() : []) {
    const search = maximizeRatio(problem, effort);
    let next = search.next();
    for (; !next.done; next = search.next()) {
      found[i] = { ...next.value, tight: false };
      yield {
        phase: "Bounding probabilities",
        step: i,
        steps: problems.length,
        metrics: {},
        partial: answer,
      };
    }
    found[i] = next.value;
  }
  return answer();
}

/** The bounds from the largest N/M, M/N, Z and 1/Z. */
function boundsOf(
  [most, least, large, small]: readonly RatioBound[],
  method: ProbabilityBounds["method"],
): ConditionalBounds {
  const impossible = large.upper === Number.NEGATIVE_INFINITY;
  return {
    conditional: {
      low: impossible ? 0 : probabilityBelow(-least.upper),
      high: impossible ? 1 : probabilityAbove(most.upper),
      tight: !impossible && most.tight && least.tight,
      method,
    },
    logEvidence: { low: -small.upper, high: large.upper, tight: large.tight && small.tight },
  };
}

/** What is known, and with the target, and with its opposite. */
function readTarget<V extends string>(
  circuit: Circuit<V>,
  { evidence = {}, target }: BoundsQuestion<V>,
): { readonly known: readonly Known[]; readonly yes: readonly Known[]; readonly no: readonly Known[] } {
  const known = knownOf(circuit, evidence);
  const variable = circuit.variables.id(target.variable);
  const asked = knownOf(circuit, { [target.variable]: target.value } as Evidence<V>)[variable];
  const certain = asked.kind === "weights" && asked.logWeights.every((w) => w === 0 || w === -Infinity);
  if (asked.kind !== "weights" || !certain || known[variable].kind !== "nothing") {
    throw new InvalidArgumentError(
      "target",
      target.variable,
      "a value of a finite variable that the evidence leaves open",
    );
  }
  const other: Known = {
    kind: "weights",
    logWeights: asked.logWeights.map((w) => (w === 0 ? Number.NEGATIVE_INFINITY : 0)),
  };
  const [yes, no] = [asked, other].map((one) => known.map((finding, v) => (v === variable ? one : finding)));
  return { known, yes, no };
}

type Intervals = BoundsQuestion["intervals"];

function checkIntervals(circuit: Circuit, intervals: Intervals): void {
  for (const [node, [low, high]] of intervals) {
    const input = circuit.inputs[circuit.inputOf[node] ?? -1];
    if (input?.distribution.family !== "bernoulli") {
      throw new InvalidArgumentError("A node with an interval", node, "a Bernoulli input of the circuit");
    }
    if (!(low >= 0 && low <= high && high <= 1)) {
      throw new InvalidArgumentError(
        `The interval of node ${node}`,
        low,
        "[low, high] with 0 <= low <= high <= 1",
      );
    }
  }
}

function effectsOf(circuit: Circuit, intervals: Intervals, known: readonly Known[]): Effect[][] {
  return [...intervals].map(([node, [low, high]]) => {
    const input = circuit.inputOf[node];
    const { variable } = circuit.inputs[input];
    const at = (p: number): number => {
      const moved: Input = { variable, distribution: { family: "bernoulli", p } };
      return inputLogValue(moved, known[variable]);
    };
    return [{ input, atLow: at(low), atHigh: at(high) }];
  });
}

function problemOf(
  circuit: Circuit,
  intervals: Intervals,
  above: readonly Known[],
  below: readonly Known[] | undefined,
): RatioProblem {
  const numerator = effectsOf(circuit, intervals, above);
  const denominator = below === undefined ? numerator.map(() => []) : effectsOf(circuit, intervals, below);
  return {
    circuit,
    numerator: inputLogValues(circuit, above),
    denominator: below === undefined ? undefined : inputLogValues(circuit, below),
    parameters: numerator.map(
      (inNumerator, i): BoxParameter => ({ inNumerator, inDenominator: denominator[i] }),
    ),
  };
}

/** 1 / M: its maximum is at the minimum of M. */
function inverse(circuit: Circuit, intervals: Intervals, known: readonly Known[]): RatioProblem {
  const { numerator, parameters } = problemOf(circuit, intervals, known, undefined);
  return {
    circuit,
    numerator: undefined,
    denominator: numerator,
    parameters: parameters.map(({ inNumerator, inDenominator }) => ({
      inNumerator: inDenominator,
      inDenominator: inNumerator,
    })),
  };
}
