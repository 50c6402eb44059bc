/**
 * Why an answer has its truth: the best disjunct, the entities that make it as true as it is (the witness), and
 * the truth of every literal there. The witness is traced back from the answer: each variable takes the value at
 * which the maximum of its message was reached (the argmax of viterbi decoding; QTO, Bai et al. 2023, section 4),
 * found anew from the candidates that the solver kept, so that no argmax is ever stored.
 *
 * Law: the t-norm of the literals' truths at the witness is the value of the disjunct.
 */
import { csrGet, type Logic } from "@credence/core";
import type { TruthModel } from "../truth/truth.ts";
import type { Answer } from "./answer-set.ts";
import type { Query, Term } from "./ast.ts";
import { best, type Candidates } from "./candidates.ts";
import type { GroundedLiteral } from "./ground.ts";
import { type PairFactor, pairTruth } from "./messages.ts";
import { printLiteral } from "./normalize.ts";
import type { ConjunctionPlan } from "./plan.ts";
import { pairFactors, type Solution } from "./solve.ts";

/** A literal at the witness. */
export interface ExplainedLiteral {
  /** The literal with the witness's entities in place of its variables, in the query notation. */
  readonly text: string;
  /** The literal's truth: for a negated one, that of the negation. */
  readonly truth: number;
  /** Whether the triple is known, or its truth (for most negated ones: its absence) is a prediction. */
  readonly source: "observed" | "predicted";
  readonly negated: boolean;
}

/** Why an answer has its truth. */
export interface Explanation {
  readonly answer: Answer;
  /** Which disjunct of the query's disjunctive normal form is the best for this answer, from 0. */
  readonly disjunct: number;
  /** The value of that disjunct: the t-norm of the literals' truths. */
  readonly value: number;
  /** The entity of every existential variable of the disjunct, by the variable's name. */
  readonly witness: Readonly<Record<string, string>>;
  readonly literals: readonly ExplainedLiteral[];
  toString(): string;
}

/** A query with everything that the solver made of it. */
export interface SolvedQuery {
  readonly query: Query;
  readonly plans: readonly ConjunctionPlan<GroundedLiteral>[];
  readonly solutions: readonly Solution[];
  readonly model: TruthModel;
  readonly logic: Logic;
}

/** Explains an entity's truth. O(candidates · literals · log row) per existential variable. */
export function explainAnswer(solved: SolvedQuery, entity: number, answer: Answer): Explanation {
  const { plans, solutions, model, logic, query } = solved;
  const values = solutions.map((solution) => solution.answer?.values[entity] ?? 1);
  const disjunct = values.indexOf(Math.max(...values));
  const plan = plans[disjunct];
  const witness = traceWitness(plan, solutions[disjunct], entity, model, logic);
  const nameOf = (variable: number): string => model.entities.name(witness[variable]);
  const bindings = new Map(plan.variables.map((name, variable) => [name, witness[variable]]));
  const explanation = {
    answer,
    disjunct,
    value: values[disjunct],
    witness: Object.fromEntries(plan.variables.slice(1).map((name, i) => [name, nameOf(i + 1)])),
    literals: plan.literals.map((literal) => explainLiteral(literal, bindings, model, logic)),
  };
  return { ...explanation, toString: () => printExplanation(explanation, query, logic, plans.length) };
}

/** The entity of every variable; parents come before children, against the order of elimination. */
function traceWitness(
  plan: ConjunctionPlan<GroundedLiteral>,
  { candidates }: Solution,
  entity: number,
  model: TruthModel,
  logic: Logic,
): Int32Array {
  const witness = new Int32Array(plan.variables.length);
  witness[0] = entity;
  for (const root of plan.roots) witness[root] = best(candidates[root]).entity;
  for (const step of [...plan.eliminations].reverse()) {
    const factors = pairFactors(step, plan, model);
    witness[step.variable] = bestSource(candidates[step.variable], factors, witness[step.into], logic);
  }
  return witness;
}

/** The a with the largest T(C[a], K[a, b]); entity 0 if nothing is above 0, where every choice is as good. */
function bestSource(
  set: Candidates | undefined,
  factors: readonly PairFactor[],
  b: number,
  logic: Logic,
): number {
  const count = set?.support?.length ?? factors[0].forward.rows;
  let most = 0;
  let entity = 0;
  for (let k = 0; k < count; k++) {
    const a = set?.support === undefined ? k : set.support[k];
    const candidate = set === undefined ? 1 : set.values[a];
    if (candidate <= most) continue;
    const truth = logic.and(candidate, pairTruth(factors, a, b, logic));
    if (truth > most) {
      most = truth;
      entity = a;
    }
  }
  return entity;
}

function explainLiteral(
  literal: GroundedLiteral,
  bindings: ReadonlyMap<string, number>,
  model: TruthModel,
  logic: Logic,
): ExplainedLiteral {
  const { atom, negated, relation } = literal;
  const idOf = (term: Term, id: number): number => (term.kind === "variable" ? bindings.get(term.name)! : id);
  const head = idOf(atom.head, literal.head);
  const tail = idOf(atom.tail, literal.tail);
  const constant = (id: number): Term => ({ kind: "constant", name: model.entities.name(id) });
  const truth = csrGet(model.relation(relation).rows, head, tail);
  return {
    text: printLiteral({
      negated,
      atom: { kind: "atom", relation: atom.relation, head: constant(head), tail: constant(tail) },
    }),
    truth: negated ? logic.not(truth) : truth,
    source: model.observed(head, relation, tail) ? "observed" : "predicted",
    negated,
  };
}

function printExplanation(
  { answer, disjunct, value, witness, literals }: Omit<Explanation, "toString">,
  query: Query,
  logic: Logic,
  disjuncts: number,
): string {
  const known = answer.observed ? "known" : "predicted";
  const lines = [
    `${answer.entity} answers ${query} with truth ${round(answer.truth)} (rank ${answer.rank}, ${known}).`,
  ];
  const bindings = Object.entries(witness).map(([name, entity]) => `?${name} = ${entity}`);
  if (disjuncts > 1) lines.push(`Best of ${disjuncts} alternatives: number ${disjunct + 1}.`);
  if (bindings.length > 0) lines.push(`Best with ${bindings.join(", ")}:`);
  for (const { text, truth, source, negated } of literals) {
    const note = source === "observed" ? "observed" : negated ? "predicted to be absent" : "predicted";
    lines.push(`  ${round(truth)}  ${text}  (${note})`);
  }
  lines.push(`Together, by the ${logic.name} t-norm: ${round(value)}.`);
  return lines.join("\n");
}

function round(truth: number): string {
  return truth.toFixed(4);
}
