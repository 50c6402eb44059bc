/**
 * Expectations of polynomials, and of sums of products of functions of one variable each:
 *
 *   f(x) = Σ_t a_t Π_v g_tv(x_v),   E[f | e] = Σ_t a_t E[Π_v g_tv(x_v) | e]
 *
 * A term's expectation comes from one pass up that carries, at every node n, the expectation under n given e,
 *
 *   inputs    E_i[g(x_v) | e_v]     products  Π_c E_c     sums  Σ_c share_c E_c,  share_c = w_c v(c) / v(n)
 *
 * which, unlike sums of signed weights, neither cancels nor underflows. For powers of numbers see inputs/within.ts.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { isOverStates } from "../inputs/distribution.ts";
import { type Input, numericFamily } from "../inputs/input.ts";
import { rangeOf } from "../inputs/restricted.ts";
import { powerWithin } from "../inputs/within.ts";
import {
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
import { stateShares } from "./posteriors.ts";

/** A product of functions of one variable each. */
export interface Term<V extends string = string> {
  /** Default 1. */
  readonly coefficient?: number;
  /**
   * Per variable a power from 0 (of states their numbers count, of binary variables 0 and 1), or a table with a
   * value per state. Default: the constant 1.
   */
  readonly factors?: { readonly [K in V]?: number | readonly number[] };
}

/** The answer of {@link expectation}. */
export interface Expectation {
  readonly kind: "expectation";
  readonly value: number;
  /** The expectations of the terms, their coefficients included. */
  readonly terms: Float64Array;
  readonly logPartition: number;
}

/**
 * E[Σ of the terms | evidence]. O(terms · edges).
 * @returns `kind: "expectation"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, powers that are no counts, tables of
 *   another length than the states, coefficients that are not finite
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable; `OVERFLOW` for powers
 *   whose expectation is beyond the largest number
 */
export function expectation<V extends string>(
  circuit: Circuit<V>,
  terms: readonly Term<V>[],
  evidence: Evidence<V> = {},
): Expectation | Contradiction {
  requireProperties(circuit, "expectation", ["smooth", "decomposable"]);
  const functions = terms.map((term) => readTerm(circuit, term));
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const found = Float64Array.from(functions, ({ coefficient, byVariable }) => {
    return coefficient === 0 ? 0 : coefficient * termExpectation(circuit, known, values, byVariable);
  });
  return {
    kind: "expectation",
    value: found.reduce((sum, one) => sum + one, 0),
    terms: found,
    logPartition: total,
  };
}

/** A power, or a table of values by state. */
type Factor = number | readonly number[];

interface ReadTerm {
  readonly coefficient: number;
  readonly byVariable: ReadonlyMap<number, Factor>;
}

function readTerm<V extends string>(circuit: Circuit<V>, term: Term<V>): ReadTerm {
  const { coefficient = 1, factors = {} } = term;
  if (!Number.isFinite(coefficient)) {
    throw new InvalidArgumentError("A coefficient", coefficient, "a finite number");
  }
  const byVariable = new Map<number, Factor>();
  for (const [name, factor] of Object.entries(factors) as [V, Factor | undefined][]) {
    const variable = circuit.variables.id(name);
    if (factor === undefined || factor === 0) continue;
    const arity = arityOf(circuit.domains[variable]);
    const good =
      typeof factor === "number"
        ? Number.isSafeInteger(factor) && factor > 0
        : Array.isArray(factor) && factor.length === arity && Array.from(factor).every(Number.isFinite);
    if (!good) {
      const table = Number.isFinite(arity) ? `, or ${arity} finite numbers, one per state` : "";
      throw new InvalidArgumentError(
        `The factor of ${JSON.stringify(name)}`,
        factor,
        `a power from 0${table}`,
      );
    }
    byVariable.set(variable, factor);
  }
  return { coefficient, byVariable };
}

function termExpectation(
  circuit: Circuit,
  known: readonly Known[],
  values: Float64Array,
  factors: ReadonlyMap<number, Factor>,
): number {
  const { kinds, inputOf, inputs, offsets, children, logWeights } = circuit;
  const means = new Float64Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    // What is impossible has no expectation, and no share in any.
    if (values[node] === Number.NEGATIVE_INFINITY) continue;
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.input) {
      const input = inputs[inputOf[node]];
      const factor = factors.get(input.variable);
      const arity = arityOf(circuit.domains[input.variable]);
      if (factor === undefined) means[node] = 1;
      else means[node] = inputMean(input, known[input.variable], factor, arity, circuit);
      continue;
    }
    let mean = kinds[node] === nodeKinds.product ? 1 : 0;
    for (let edge = from; edge < to; edge++) {
      const child = children[edge];
      if (kinds[node] === nodeKinds.product) mean *= means[child];
      else mean += Math.exp(logWeights[edge] + values[child] - values[node]) * means[child];
    }
    means[node] = mean;
  }
  return means[circuit.size - 1];
}

/** E[g(x) | what is known] under one input, of positive weight. */
function inputMean(input: Input, known: Known, factor: Factor, arity: number, circuit: Circuit): number {
  const of = (x: number): number => (typeof factor === "number" ? x ** factor : factor[x]);
  const { distribution: d } = input;
  if (isOverStates(d)) {
    return stateShares(input, known, arity).reduce((sum, share, state) => sum + share * of(state), 0);
  }
  if (known.kind === "values") {
    const family = numericFamily(d);
    const whole = inputLogValue(input, known);
    return known.values.reduce((sum, x) => {
      const share = Math.exp(family.logProbability(d, x) - whole);
      return share === 0 ? sum : sum + share * of(x);
    }, 0);
  }
  // Tables are of variables with states only.
  const [k, [from, to]] = [factor as number, rangeOf(known)];
  if (k === 1 && known.kind === "nothing") return numericFamily(d).mean(d);
  const mean = powerWithin(d, k, from, to);
  if (Number.isFinite(mean)) return mean;
  const name = circuit.variables.name(input.variable);
  throw new CredenceError({
    code: "OVERFLOW",
    message: `The expectation of ${JSON.stringify(name)} to the power ${k} is beyond the largest number.`,
    given: k,
    expected: "a power whose expectation is below 1.8e308",
    hint: "Rescale the variable, or ask for a lower power.",
  });
}
