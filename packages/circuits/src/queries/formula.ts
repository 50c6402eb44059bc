/**
 * Formulas as questions and as evidence. With [φ] the function that is 1 where the formula φ holds,
 *
 *   P(φ | e) = <C_e, [φ]> / Z(e)
 *
 * is an inner product of two circuits (see pairs.ts), polynomial where one vtree explains both; the formula is
 * compiled to fit (see formula-circuit.ts). Circuits that no vtree explains are tried the same way up to a limit
 * of pairs; beyond it a formula is decided variable by variable until it is settled,
 *
 *   P(φ | e) = Σ over the decided worlds w that settle φ as true  P(w | e),
 *
 * if that takes few enough passes, and refused otherwise. (Choi, Vergari and Van den Broeck, "Probabilistic
 * circuits", 2020, section 6, for the first; the second is Shannon's expansion.)
 */
import { CredenceError, type Formula, logSumExp } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { FALSE, formulaGraph, type Ref, TRUE } from "../compile/formula-graph.ts";
import { isOverStates } from "../inputs/distribution.ts";
import type { Input } from "../inputs/input.ts";
import { checkStructured } from "../properties/structured.ts";
import { productOrZero } from "../transforms/multiply.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValue,
  inputLogValues,
  type Known,
  knownOf,
  onlyState,
  requireProperties,
} from "./evidence.ts";
import { compileFormulaFor, type FormulaOptions, formulaVariables } from "./formula-circuit.ts";
import { contradictionOf } from "./likelihood.ts";
import { foldPairs } from "./pairs.ts";
import { logValues } from "./passes.ts";
import { type AllPosteriors, posteriors } from "./posteriors.ts";

/** How many cases the expansion may take, and how many edges its passes may look at together. */
const caseLimit = 2 ** 14;
const edgeLimit = 2e8;

/** The answer of {@link formulaProbability}. */
export interface FormulaProbability {
  readonly kind: "probability";
  /** P(formula | evidence), from 0 to 1. */
  readonly probability: number;
  /** Its log, which does not underflow; at most 0. */
  readonly logProbability: number;
  /** Log of the total weight of the worlds that agree with the evidence. */
  readonly logPartition: number;
  readonly method: "inner product" | "expansion";
}

/**
 * P(formula | evidence), for a formula over binary variables of the circuit; other variables may be of any
 * domain. O(edges of the circuit · edges of the formula's SDD) at worst where one vtree explains the circuit.
 * @returns `kind: "probability"`, or `kind: "contradiction"` if the evidence leaves no world
 * @throws UnknownNameError for a variable that the circuit does not have, InvalidArgumentError for evidence
 *   outside the domain or what is no formula
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, a formula over
 *   other variables than binary ones, and where no vtree explains the circuit and the formula needs too many
 *   cases (the message says so); BudgetError `BUDGET_EXCEEDED` for a formula whose SDD is too large
 */
export function formulaProbability<V extends string>(
  circuit: Circuit<V>,
  formula: Formula<V>,
  evidence: Evidence<V> = {},
  options: FormulaOptions = {},
): FormulaProbability | Contradiction {
  requireProperties(circuit, "formulaProbability", ["smooth", "decomposable"]);
  const variables = formulaVariables(circuit, formula);
  const known = knownOf(circuit, evidence);
  const values = logValues(circuit, inputLogValues(circuit, known));
  const total = values[circuit.size - 1];
  if (total === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const answer = (log: number, method: FormulaProbability["method"]): FormulaProbability => {
    const logProbability = Math.min(0, log - total);
    const probability = Math.exp(logProbability);
    return { kind: "probability", probability, logProbability, logPartition: total, method };
  };
  const structured = checkStructured(circuit);
  try {
    const compiled = compileFormulaFor(circuit, formula, options);
    const limit = structured.holds ? {} : { limit: options.pairs ?? 100_000 };
    return answer(innerProduct(circuit, compiled, known, values, limit), "inner product");
  } catch (error) {
    if (structured.holds || !(error instanceof CredenceError) || error.code !== "PAIR_LIMIT") throw error;
  }
  const limit = Math.min(caseLimit, edgeLimit / circuit.edges);
  const cases = settledCases(circuit, formula, variables, limit);
  if (cases === undefined) throw noVtree(circuit, structured.node, variables.length);
  const logs = cases.map((one) => logValues(circuit, inputLogValues(circuit, one(known)))[circuit.size - 1]);
  return answer(logSumExp(logs), "expansion");
}

/**
 * The posterior of every variable given that a formula holds, and the evidence: those of the product with the
 * formula's circuit. `conditionOnFormula` gives that product for more than one question.
 * @returns `kind: "posteriors"`, whose `logPartition` is the log of the total weight of the worlds that agree with
 *   both, or `kind: "contradiction"` if there is none
 * @throws UnknownNameError, InvalidArgumentError, BudgetError as {@link formulaProbability}
 * @throws CredenceError `UNSUPPORTED_QUERY` as there; `PAIR_LIMIT` for a circuit that no vtree explains and that is
 *   too large to do without
 */
export function posteriorsGiven<V extends string>(
  circuit: Circuit<V>,
  formula: Formula<V>,
  evidence: Evidence<V> = {},
  options: FormulaOptions = {},
): AllPosteriors<V> | Contradiction {
  requireProperties(circuit, "posteriorsGiven", ["smooth", "decomposable"]);
  const known = knownOf(circuit, evidence);
  const product = productOrZero(circuit, compileFormulaFor(circuit, formula, options));
  const answer = product === undefined ? undefined : posteriors(product, evidence);
  if (answer?.kind === "posteriors") return answer;
  // Without a world that agrees with the formula: the rules are at fault only if they exclude every world.
  const alone = logValues(circuit, inputLogValues(circuit, known))[circuit.size - 1];
  if (alone === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  return { kind: "contradiction", source: "evidence", logPartition: Number.NEGATIVE_INFINITY };
}

/** log Σ_x C_e(x) [φ](x). */
function innerProduct(
  circuit: Circuit,
  formula: Circuit,
  known: readonly Known[],
  values: Float64Array,
  options: { readonly limit?: number },
): number {
  const input = (p: Input, { distribution }: Input): number => {
    // The inputs of a compiled formula are literals.
    const state = isOverStates(distribution) && distribution.family === "indicator" ? distribution.state : 0;
    return inputLogValue(p, onlyState(known[p.variable], state, 2));
  };
  return foldPairs<number>(
    circuit,
    formula,
    {
      input,
      product: (groups) => groups.reduce((sum, log) => sum + log, 0),
      sum: (_, terms, logWeights) => logSumExp(terms.map((term, i) => term + logWeights[i])),
      absorbs: (log) => log === Number.NEGATIVE_INFINITY,
      alone: (node) => values[node],
    },
    options,
  );
}

/** Adds the decisions of a case to what is known. */
type Case = (known: readonly Known[]) => Known[];

/**
 * The partial worlds under which the formula is settled as true, by deciding its variables one after the other;
 * undefined if there are more than `limit` of them.
 */
function settledCases(
  circuit: Circuit,
  formula: Formula,
  variables: readonly number[],
  limit: number,
): Case[] | undefined {
  const graph = formulaGraph(circuit.variables);
  const values = new Int8Array(circuit.variables.size).fill(-1);
  const open: { readonly ref: Ref; readonly decided: readonly (readonly [v: number, value: number])[] }[] = [
    { ref: graph.add(formula), decided: [] },
  ];
  const found: Case[] = [];
  // Partial worlds that are settled as false cost no pass, but time all the same.
  for (let steps = 0; open.length > 0; steps++) {
    if (found.length > limit || steps > 4 * limit) return undefined;
    const { ref, decided } = open.pop() as (typeof open)[number];
    if (ref === FALSE) continue;
    if (ref === TRUE) {
      found.push((known) => {
        const fixed = known.slice();
        for (const [v, value] of decided) fixed[v] = onlyState(known[v], value, 2);
        return fixed;
      });
      continue;
    }
    const support = new Set(graph.support(ref));
    const next = variables.find((v) => support.has(v)) as number;
    for (const value of [0, 1]) {
      values[next] = value;
      open.push({ ref: graph.restrict(ref, values), decided: [...decided, [next, value]] });
      values[next] = -1;
    }
  }
  return found;
}

function noVtree(circuit: Circuit, node: number, variables: number): CredenceError {
  return new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message:
      `No vtree explains all products of this circuit (see node ${node}), and the formula, over ${variables} ` +
      `variables, needs too many cases at ${circuit.edges} edges each.`,
    given: variables,
    expected: "a structured-decomposable circuit, or a formula that few decisions settle",
    hint: "checkStructured names the product at fault; or estimate the probability from samples.",
  });
}
