/**
 * The circuit of a posterior distribution: P(x | e) as a circuit of the same structure. With v(n) the log value of
 * node n under the evidence,
 *
 *   weights  w_c ← w_c + v(c) - v(n),    inputs  P(x_v) ← P(x_v | e_v),
 *
 * and what is impossible is left out. Every sum then adds up to 1. Without evidence this is normalization: the local
 * constants move up to the root and leave it as log Z. O(edges).
 *
 * An input given an interval or a set is an input again where its family has it: uniform variables and histograms are
 * cut, and distributions within the interval stay. Counts given finitely many values k become sums over points,
 *
 *   P(x | e) = Σ_k P(k | e) [x = k],   [x = k] = binomial(x; k trials of probability 1).
 *
 * A gaussian within an interval is no input of any family, and is refused.
 */
import { CredenceError } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf, type Domain } from "../circuit/domain.ts";
import { type Distribution, isOverStates, type OfFamily } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import { rangeOf } from "../inputs/restricted.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValues,
  type Known,
  knownOf,
  requireProperties,
} from "../queries/evidence.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import { logValues } from "../queries/passes.ts";
import { stateShares } from "../queries/posteriors.ts";

/** A normalized circuit, and what was divided by. */
export interface Conditioned<V extends string = string> {
  readonly kind: "circuit";
  readonly circuit: Circuit<V>;
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
}

/**
 * P(world | evidence) as a circuit over the same variables.
 * @returns `kind: "circuit"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable; for real variables with a
 *   known value, which leaves no density; for gaussian, exponential and gamma variables in an interval that cuts their
 *   support; and for counts in an interval of more than 4,096 values
 */
export function condition<V extends string>(
  circuit: Circuit<V>,
  evidence: Evidence<V>,
): Conditioned<V> | Contradiction {
  requireProperties(circuit, "condition", ["smooth", "decomposable"]);
  const knowns = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, knowns));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const { kinds, offsets, children, logWeights, inputOf, domains, variables } = circuit;
  const builder = circuitBuilder<V>(variables, { domains });
  const made = new Int32Array(circuit.size).fill(-1);
  for (let node = 0; node < circuit.size; node++) {
    if (values[node] === Number.NEGATIVE_INFINITY) continue;
    if (kinds[node] === nodeKinds.input) {
      const input = circuit.inputs[inputOf[node]];
      const known = knowns[input.variable];
      made[node] =
        given(builder, input, known, values[node], domains[input.variable]) ??
        refuse(variables.name(input.variable), domains[input.variable], input, known);
      continue;
    }
    const edges = Array.from(
      { length: offsets[node + 1] - offsets[node] },
      (_, i) => offsets[node] + i,
    ).filter((edge) => logWeights[edge] + values[children[edge]] > Number.NEGATIVE_INFINITY);
    const parts = edges.map((edge) => made[children[edge]]);
    if (kinds[node] === nodeKinds.product) made[node] = builder.product(parts);
    else {
      made[node] = builder.sum(
        parts,
        edges.map((edge) => logWeights[edge] + values[children[edge]] - values[node]),
      );
    }
  }
  return { kind: "circuit", circuit: builder.build(made[circuit.size - 1]), logPartition: total };
}

/**
 * The normalized circuit: every sum adds up to 1, and so does the whole.
 * @returns `kind: "circuit"` with log Z, or `kind: "contradiction"` if the circuit is 0 everywhere
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 */
export function normalize<V extends string>(circuit: Circuit<V>): Conditioned<V> | Contradiction {
  return condition(circuit, {});
}

/** The most values of a count that become points. */
const mostPoints = 4096;

/** An input given a finding of weight exp(logWeight), made by the builder; undefined where no family has it. */
function given(
  builder: CircuitBuilder,
  input: Input,
  known: Known,
  logWeight: number,
  domain: Domain,
): number | undefined {
  const { variable, distribution: d } = input;
  if (known.kind === "nothing") return builder.input(variable, d);
  if (known.kind === "weights") return builder.input(variable, stateGiven(input, known, domain));
  if (isOverStates(d)) return undefined;
  const family = numericFamily(d);
  const [least, most] = family.support(d);
  if (known.kind === "interval") {
    if (known.from <= least && known.to >= most) return builder.input(variable, d);
    if (d.family === "uniform" || d.family === "histogram") {
      const part = cut(d, known.from, known.to);
      return part && builder.input(variable, part);
    }
  }
  if (family.domain === "real") return undefined;
  const points = known.kind === "values" ? known.values : countsWithin(known, least, most);
  if (points === undefined) return undefined;
  const logs = points.map((k) => family.logProbability(d, k) - logWeight);
  const possible = points.filter((_, i) => logs[i] > Number.NEGATIVE_INFINITY);
  return builder.sum(
    possible.map((trials) => builder.input(variable, { family: "binomial", trials, p: 1 })),
    possible.length === 1 ? [0] : logs.filter((log) => log > Number.NEGATIVE_INFINITY),
  );
}

/** A distribution over states given weights of them. */
function stateGiven(input: Input, known: Known, domain: Domain): Distribution {
  const shares = stateShares(input, known, arityOf(domain));
  const total = shares.reduce((a, b) => a + b, 0);
  const certain = shares.findIndex((share) => share > 0 && share >= total);
  if (certain >= 0) return { family: "indicator", state: certain };
  if (domain.kind === "binary") return { family: "bernoulli", p: Math.min(1, shares[1] / total) };
  return { family: "categorical", probabilities: shares.map((share) => share / total) };
}

/** Below this width inputs have no steps; see checkDistribution. */
const leastWidth = 1e-150;

/** The part of steps within an interval, which has a positive mass; undefined where a step would be too narrow. */
function cut(d: OfFamily<"uniform" | "histogram">, from: number, to: number): Distribution | undefined {
  const given = d.family === "histogram" ? d : { edges: [d.low, d.high], masses: [1] };
  const edges: number[] = [];
  const masses: number[] = [];
  for (const [i, mass] of given.masses.entries()) {
    const [low, high] = [Math.max(given.edges[i], from), Math.min(given.edges[i + 1], to)];
    if (!(low < high)) continue;
    if (high - low < leastWidth) return undefined;
    if (edges.length === 0) edges.push(low);
    edges.push(high);
    masses.push((mass * (high - low)) / (given.edges[i + 1] - given.edges[i]));
  }
  if (d.family === "uniform") return { family: "uniform", low: edges[0], high: edges[1] };
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return total > 0 ? { family: "histogram", edges, masses: masses.map((mass) => mass / total) } : undefined;
}

/** The counts of a support in an interval, unless they are too many. */
function countsWithin(known: Known, least: number, most: number): number[] | undefined {
  const [from, to] = rangeOf(known);
  const [first, last] = [Math.ceil(Math.max(from, least)), Math.floor(Math.min(to, most))];
  if (last - first >= mostPoints) return undefined;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function refuse(name: string, { kind }: Domain, { distribution }: Input, known: Known): never {
  const point = kind === "real" && known.kind === "values";
  const what = point
    ? "a known value leaves no density of it"
    : "what is left of it is in no family of inputs";
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `${JSON.stringify(name)} is ${kind} and ${distribution.family}: ${what}.`,
    given: name,
    expected:
      "evidence on variables with states, on counts with at most 4,096 values left, or intervals of uniform variables and histograms",
    hint: "Give the evidence with each query instead.",
  });
}
