/**
 * Explanations by flow. The flow of a node is the posterior probability that it takes part in the world, that of an
 * edge the probability that it is taken; the largest say which parts of a circuit carry the evidence. The derivatives
 * d of the same passes (see passes.ts) say what every single finding does: an input counts 1 where nothing is known
 * of its variable, so that
 *
 *   Z(e without v) = Σ_inputs i of v  d(i)
 *
 * for all variables at once, without a pass for each. O(edges).
 */
import { InvalidArgumentError, logSumExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Distribution } from "../inputs/distribution.ts";
import {
  bothKnown,
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "./evidence.ts";
import { contradictionOf } from "./likelihood.ts";
import { flows, logDerivatives, logValues } from "./passes.ts";

/** An edge of a sum that carries probability. */
export interface FlowingEdge {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
  /** P(the edge is taken | evidence). */
  readonly flow: number;
  /** Its share without evidence: what it carries more or less is the evidence's doing. */
  readonly prior: number;
}

/** An input that carries probability. */
export interface FlowingInput<V extends string = string> {
  readonly node: number;
  readonly variable: V;
  readonly distribution: Distribution;
  readonly flow: number;
  readonly prior: number;
}

/** What one finding does to the probability of the evidence. */
export interface FindingShare<V extends string = string> {
  readonly variable: V;
  /**
   * log P(finding | the other findings) in nats: how well it fits in with them, as a log density for the value of a
   * real variable; very negative for the odd one out.
   */
  readonly logProbability: number;
}

/** The answer of {@link explainEvidence}. */
export interface EvidenceExplanation<V extends string = string> {
  readonly kind: "explanation";
  readonly logPartition: number;
  /** Flow of every node. */
  readonly nodeFlows: Float64Array;
  /** Flow of every edge; all edges of a product carry the product's. */
  readonly edgeFlows: Float64Array;
  /** The edges of sums that carry the most, first the one whose flow differs most from its prior. */
  readonly edges: readonly FlowingEdge[];
  /** The same of inputs. */
  readonly inputs: readonly FlowingInput<V>[];
  /** One per finding, the one that fits in least first. */
  readonly findings: readonly FindingShare<V>[];
}

/** Options of {@link explainEvidence}. */
export interface ExplainOptions {
  /** How many edges and inputs to list; default 10. */
  readonly top?: number;
}

/**
 * Which parts of the circuit carry the evidence, and how well each finding fits in with the others.
 * @returns `kind: "explanation"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or a `top` that is no count
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function explainEvidence<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V>,
  options: ExplainOptions = {},
): EvidenceExplanation<V> | Contradiction {
  const { top = 10 } = options;
  if (!(Number.isInteger(top) && top >= 0)) throw new InvalidArgumentError("top", top, "an integer from 0");
  requireProperties(circuit, "explainEvidence", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const prior = logValues(circuit, inputLogValues(circuit, knownOf(circuit, {})));
  const [nodeFlows, priorFlows] = [flows(circuit, values), flows(circuit, prior)];
  const [edgeFlows, priorEdges] = [
    flowsOfEdges(circuit, values, nodeFlows),
    flowsOfEdges(circuit, prior, priorFlows),
  ];
  const without = logWithout(circuit, values);
  const findings = [...known.keys()].filter((v) => known[v].kind !== "nothing");
  return {
    kind: "explanation",
    logPartition: total,
    nodeFlows,
    edgeFlows,
    edges: flowingEdges(circuit, edgeFlows, priorEdges, top),
    inputs: flowingInputs(circuit, nodeFlows, priorFlows, top),
    findings: findings
      .map((v) => ({ variable: circuit.variables.name(v), logProbability: total - without[v] }))
      .sort((a, b) => a.logProbability - b.logProbability),
  };
}

/** Per variable, the log of the total weight if nothing were known of it. */
function logWithout(circuit: Circuit, values: Float64Array): Float64Array {
  const slopes = logDerivatives(circuit, values);
  const terms: number[][] = circuit.domains.map(() => []);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) terms[circuit.inputs[input].variable].push(slopes[node]);
  });
  return Float64Array.from(terms, (logs) => logSumExp(logs));
}

function flowsOfEdges(circuit: Circuit, values: Float64Array, nodeFlows: Float64Array): Float64Array {
  const { kinds, offsets, children, logWeights } = circuit;
  const edgeFlows = new Float64Array(circuit.edges);
  for (let node = 0; node < circuit.size; node++) {
    if (nodeFlows[node] === 0) continue;
    const sum = kinds[node] === nodeKinds.sum;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const share = sum ? Math.exp(logWeights[edge] + values[children[edge]] - values[node]) : 1;
      edgeFlows[edge] = nodeFlows[node] * share;
    }
  }
  return edgeFlows;
}

/** First by how far flow and prior are apart, then by flow. */
function byChange(a: { flow: number; prior: number }, b: { flow: number; prior: number }): number {
  return Math.abs(b.flow - b.prior) - Math.abs(a.flow - a.prior) || b.flow - a.flow;
}

function flowingEdges(
  circuit: Circuit,
  edgeFlows: Float64Array,
  prior: Float64Array,
  top: number,
): FlowingEdge[] {
  const found: FlowingEdge[] = [];
  for (let from = 0; from < circuit.size; from++) {
    if (circuit.kinds[from] !== nodeKinds.sum) continue;
    for (let edge = circuit.offsets[from]; edge < circuit.offsets[from + 1]; edge++) {
      if (edgeFlows[edge] === 0) continue;
      found.push({ edge, from, to: circuit.children[edge], flow: edgeFlows[edge], prior: prior[edge] });
    }
  }
  return found.sort(byChange).slice(0, top);
}

function flowingInputs<V extends string>(
  circuit: Circuit<V>,
  nodeFlows: Float64Array,
  prior: Float64Array,
  top: number,
): FlowingInput<V>[] {
  const found: FlowingInput<V>[] = [];
  circuit.inputOf.forEach((input, node) => {
    if (input < 0 || nodeFlows[node] === 0) return;
    const { variable, distribution } = circuit.inputs[input];
    const name = circuit.variables.name(variable);
    found.push({ node, variable: name, distribution, flow: nodeFlows[node], prior: prior[node] });
  });
  return found.sort(byChange).slice(0, top);
}

/** What one finding does to the probability of something else. */
export interface Contribution<V extends string = string> {
  readonly variable: V;
  /** P(target | the other findings). */
  readonly without: number;
  /** P(target | evidence) - without. */
  readonly change: number;
  /** The change of log P(target) - log P(not target) in nats: the finding's weight of evidence; may be infinite. */
  readonly logOddsChange: number;
}

/** The answer of {@link explainPosterior}. */
export interface PosteriorExplanation<V extends string = string> {
  readonly kind: "explanation";
  /** P(target | evidence). */
  readonly probability: number;
  /** P(target), without evidence. */
  readonly prior: number;
  /** One per finding, the one of the largest change first. */
  readonly contributions: readonly Contribution<V>[];
}

/**
 * Which findings raise or lower P(target | evidence), and by how much, each against the evidence without it: two pairs
 * of passes for all findings. Changes of single findings need not add up to that of all.
 * @param target findings on variables with states, or intervals of numbers: what has a probability
 * @returns `kind: "explanation"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for findings outside the domain, soft targets, and the value of a real
 *   variable as a target
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function explainPosterior<V extends string>(
  circuit: Circuit<V>,
  target: Evidence<V>,
  evidence: Evidence<V>,
): PosteriorExplanation<V> | Contradiction {
  requireProperties(circuit, "explainPosterior", ["smooth", "decomposable"]);
  const goal = knownOf(circuit, target);
  goal.forEach((one, v) => {
    const density = circuit.domains[v].kind === "real" && one.kind === "values";
    const soft =
      one.kind === "weights" && one.logWeights.some((w) => w !== 0 && w !== Number.NEGATIVE_INFINITY);
    if (!density && !soft) return;
    const expected = "a value or a set of states, or an interval of numbers";
    throw new InvalidArgumentError(`The target's ${circuit.variables.name(v)}`, target, expected);
  });
  const known = knownOf(circuit, evidence);
  const pass = (one: readonly Known[]) => logValues(circuit, inputLogValues(circuit, one));
  const [values, both, none] = [known, bothKnown(goal, known), goal].map(pass);
  const root = circuit.size - 1;
  if (values[root] === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const ratio = (joint: number, total: number): number => Math.min(1, Math.exp(joint - total));
  const probability = ratio(both[root], values[root]);
  const found = [...known.keys()].filter((v) => known[v].kind !== "nothing" && goal[v].kind === "nothing");
  const [joint, alone] = [logWithout(circuit, both), logWithout(circuit, values)];
  const contributions = found.map((v): Contribution<V> => {
    const without = ratio(joint[v], alone[v]);
    const logOddsChange = difference(logOdds(both[root] - values[root]), logOdds(joint[v] - alone[v]));
    return { variable: circuit.variables.name(v), without, change: probability - without, logOddsChange };
  });
  const prior = ratio(none[root], pass(knownOf(circuit, {}))[root]);
  return {
    kind: "explanation",
    probability,
    prior,
    contributions: contributions.sort((a, b) => Math.abs(b.change) - Math.abs(a.change)),
  };
}

/** log p - log(1 - p) of log p. */
function logOdds(logP: number): number {
  return logP >= 0 ? Number.POSITIVE_INFINITY : logP - Math.log(-Math.expm1(logP));
}

/** Certain before and certain after is no change. */
function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
