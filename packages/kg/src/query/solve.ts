/** The value of one conjunction for every entity, by the steps of its plan. */
import { csrGet, type Logic } from "@credence/core";
import type { TruthModel } from "../truth/truth.ts";
import { andNotRow, andRow, andVector, best, type Candidates } from "./candidates.ts";
import { type GroundedLiteral, VARIABLE } from "./ground.ts";
import { message, type PairFactor, pairFactor } from "./messages.ts";
import type { ConjunctionPlan, Elimination } from "./plan.ts";

/** A solved conjunction. */
export interface Solution {
  /** The value of the conjunction for every entity as the free variable. */
  readonly answer: Candidates | undefined;
  /** What the answer was scaled by: scalar literals and the components without the free variable. */
  readonly scale: number;
  /**
   * By variable, what it was when it was eliminated: its own conditions and the messages of everything behind
   * it. From these a witness is traced back.
   */
  readonly candidates: readonly (Candidates | undefined)[];
}

/** Solves a conjunction exactly. For the cost of a step see `messages.ts`; nothing is ever entities². */
export function solveConjunction(
  plan: ConjunctionPlan<GroundedLiteral>,
  model: TruthModel,
  logic: Logic,
): Solution {
  const size = model.entities.size;
  const candidates = plan.unary.map((literals) => restrict(literals, model, logic));
  for (const step of plan.eliminations) {
    const target = candidates[step.into];
    const factors = pairFactors(step, plan, model);
    const sent = message(candidates[step.variable], factors, target?.support, logic);
    candidates[step.into] = andVector(target, size, (i) => sent[i], logic);
  }
  let scale = 1;
  for (const literal of plan.scalars) {
    const truth = csrGet(model.relation(literal.relation).rows, literal.head, literal.tail);
    scale = logic.and(scale, literal.negated ? logic.not(truth) : truth);
  }
  for (const root of plan.roots) scale = logic.and(scale, best(candidates[root]).value);
  const answer = scale === 1 ? candidates[0] : andVector(candidates[0], size, () => scale, logic);
  return { answer, scale, candidates };
}

/** The literals of an elimination, turned to lead from the eliminated variable to the other. */
export function pairFactors(
  step: Elimination<GroundedLiteral>,
  plan: ConjunctionPlan<GroundedLiteral>,
  model: TruthModel,
): PairFactor[] {
  const from = plan.variables[step.variable];
  return step.factors.map(({ relation, negated, atom }) =>
    pairFactor(model.relation(relation), atom.head.name === from, negated),
  );
}

/** The conditions on one variable alone: the sparsest positive ones first, so that all others have less to do. */
function restrict(
  literals: readonly GroundedLiteral[],
  model: TruthModel,
  logic: Logic,
): Candidates | undefined {
  const loops = literals.filter(isLoop);
  const rows = literals.filter((literal) => !isLoop(literal)).map((literal) => rowOf(literal, model));
  const positive = rows.filter((row) => !row.negated).sort((a, b) => a.entries - b.entries);
  let set: Candidates | undefined;
  for (const { matrix, row } of positive) set = andRow(set, matrix, row, logic);
  for (const { relation, negated } of loops) {
    const { rows: matrix } = model.relation(relation);
    const diagonal = (i: number): number => csrGet(matrix, i, i);
    const truth = negated ? (i: number): number => logic.not(diagonal(i)) : diagonal;
    set = andVector(set, model.entities.size, truth, logic);
  }
  for (const { matrix, row, negated } of rows) if (negated) set = andNotRow(set, matrix, row, logic);
  return set;
}

function isLoop({ head, tail }: GroundedLiteral): boolean {
  return head === VARIABLE && tail === VARIABLE;
}

/** The row of a matrix that holds the truth of a literal with one constant. */
function rowOf({ relation, head, tail, negated }: GroundedLiteral, model: TruthModel) {
  const { rows, columns } = model.relation(relation);
  const [matrix, row] = tail === VARIABLE ? [rows, head] : [columns, tail];
  return { matrix, row, negated, entries: matrix.offsets[row + 1] - matrix.offsets[row] };
}
