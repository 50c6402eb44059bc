/** The answers to a query: one truth value per entity, ranked and explained on demand. */
import { godel, InvalidArgumentError, type Logic, topK } from "@credence/core";
import type { TruthModel } from "../truth/truth.ts";
import type { Query } from "./ast.ts";
import { type Explanation, explainAnswer } from "./explain.ts";
import type { GroundedLiteral } from "./ground.ts";
import type { ConjunctionPlan } from "./plan.ts";
import { type Solution, solveConjunction } from "./solve.ts";

/** One entity as an answer. */
export interface Answer {
  readonly entity: string;
  /** How true it is that the entity is an answer, in [0, 1]. */
  readonly truth: number;
  /** 1 + the number of entities with a strictly larger truth: equal ones share the best of their places. */
  readonly rank: number;
  /** Whether it follows from the observed triples alone, everything else taken as false. */
  readonly observed: boolean;
}

export interface TopOptions {
  /** Leave out the answers that are observed; their ranks stay taken. Default false. */
  readonly omitObserved?: boolean | undefined;
}

/** All entities as answers, in the order of their ranks; equal truths by entity id. */
export interface AnswerSet extends Iterable<Answer> {
  readonly query: Query;
  readonly logic: Logic;
  /** The truth of every entity as an answer, by entity id. */
  readonly truth: Float64Array;
  /** Whether the truth values are the definition's, up to rounding. */
  readonly exact: boolean;
  /** The first `k` answers, fewer if there are fewer entities. @throws InvalidArgumentError */
  top(k: number, options?: TopOptions): Answer[];
  /** Why an entity has its truth: the best witness. @throws UnknownNameError, InvalidArgumentError */
  explain(entity: string): Explanation;
  /** The ten best answers, one per line. */
  toString(): string;
}

/** Solves the grounded conjunctions and joins them. */
export function answerSet(
  query: Query,
  plans: readonly ConjunctionPlan<GroundedLiteral>[],
  model: TruthModel,
  logic: Logic,
): AnswerSet {
  const solve = (): Solution[] => plans.map((plan) => solveConjunction(plan, model, logic));
  const truth = joinDisjuncts(solve(), model.entities.size, logic);
  let observed: Float64Array | undefined;
  // The very same algorithm on the 0/1 matrices of what is known; on them every logic is the crisp one.
  const isObserved = (entity: number): boolean => {
    observed ??= joinDisjuncts(
      plans.map((plan) => solveConjunction(plan, model.crisp, godel)),
      truth.length,
      godel,
    );
    return observed[entity] > 0;
  };
  const make = (entity: number, rank: number): Answer => ({
    entity: model.entities.name(entity),
    truth: truth[entity],
    rank,
    observed: isObserved(entity),
  });
  let solutions: readonly Solution[] | undefined;
  return {
    query,
    logic,
    truth,
    exact: true,
    top: (k, options = {}) => {
      if (!Number.isInteger(k) || k < 0) throw new InvalidArgumentError("k", k, "an integer of at least 0");
      const answers: Answer[] = [];
      if (k === 0) return answers;
      for (const { entity, rank } of ranked(truth, k)) {
        if (options.omitObserved && isObserved(entity)) continue;
        answers.push(make(entity, rank));
        if (answers.length === k) break;
      }
      return answers;
    },
    explain: (name) => {
      const entity = model.entities.id(name);
      // Solved again and kept: the messages are only worth their memory if somebody asks for reasons.
      solutions ??= solve();
      const rank = 1 + truth.reduce((count, value) => count + (value > truth[entity] ? 1 : 0), 0);
      return explainAnswer({ query, plans, solutions, model, logic }, entity, make(entity, rank));
    },
    *[Symbol.iterator]() {
      for (const { entity, rank } of ranked(truth, truth.length)) yield make(entity, rank);
    },
    toString() {
      const lines = this.top(10).map(
        ({ entity, truth, rank, observed }) =>
          `${rank}. ${entity}  ${truth.toPrecision(4)}${observed ? "  observed" : ""}`,
      );
      return [query.toString(), ...lines].join("\n");
    },
  };
}

/** The t-conorm of the disjuncts' values. */
function joinDisjuncts(solutions: readonly Solution[], size: number, logic: Logic): Float64Array {
  let truth: Float64Array | undefined;
  for (const { answer } of solutions) {
    const values = answer?.values ?? new Float64Array(size).fill(1);
    if (truth === undefined) {
      truth = values;
      continue;
    }
    const joined = truth;
    truth = values.map((value, i) => (value === 0 ? joined[i] : logic.or(joined[i], value)));
  }
  return truth!;
}

/** All entities by descending truth; sorts the first `expected` and four times as many whenever they run out. */
function* ranked(truth: Float64Array, expected: number): Generator<{ entity: number; rank: number }> {
  let done = 0;
  let rank = 1;
  let last = Number.NaN;
  for (let count = expected; done < truth.length; count *= 4) {
    const order = topK(truth, Math.min(count, truth.length));
    for (; done < order.length; done++) {
      const entity = order[done];
      if (truth[entity] !== last) rank = done + 1;
      last = truth[entity];
      yield { entity, rank };
    }
  }
}
