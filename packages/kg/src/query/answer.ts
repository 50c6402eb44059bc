/**
 * Answers to acyclic EFO1 queries, exactly as the definition has them:
 *
 *     truth(f = a) = S over the disjuncts of  max over the existential variables of  T of the literals' truths
 *
 * with the t-norm T and t-conorm S of a logic, on the disjunctive normal form. (FIT, Yin et al. 2024.) The
 * released code differs on repeated atoms, self-loops and components without the free variable; here the
 * definition holds.
 */
import { InvalidArgumentError, type Logic, product } from "@credence/core";
import type { TruthModel } from "../truth/truth.ts";
import { type AnswerSet, answerSet } from "./answer-set.ts";
import type { Query } from "./ast.ts";
import { groundPlan } from "./ground.ts";
import type { NormalizeOptions } from "./normalize.ts";
import { parseQuery } from "./parse.ts";
import { queryPlan } from "./plan.ts";

export interface AnswerOptions extends NormalizeOptions {
  /** The t-norm, t-conorm and negation; default the product logic. */
  readonly logic?: Logic | undefined;
}

/**
 * Answers a query. Cost: that of the steps of its plan (`queryPlan`), each at most linear in the entries of the
 * relations it touches (see `messages.ts`), plus O(entities) per variable; never entities².
 * @throws ParseError for a text that is no EFO1 query
 * @throws UnknownNameError a name that the model lacks
 * @throws CredenceError `CYCLIC_QUERY`, `QUERY_TOO_LARGE`
 */
export function answer(model: TruthModel, query: Query | string, options: AnswerOptions = {}): AnswerSet {
  const { logic = product } = options;
  checkLogic(logic);
  const asked = asQuery(query);
  const plans = queryPlan(asked, options).conjunctions.map((plan) => groundPlan(plan, model));
  return answerSet(asked, plans, model, logic);
}

/** A query from what callers give for one. @throws ParseError, InvalidArgumentError */
export function asQuery(query: Query | string): Query {
  if (typeof query === "string") return parseQuery(query);
  if (query?.free !== undefined && query.formula !== undefined) return query;
  throw new InvalidArgumentError("query", query, "a query or its text");
}

/** @throws InvalidArgumentError for anything that lacks the functions of a logic */
export function checkLogic(logic: Logic): void {
  const functions = [logic?.and, logic?.or, logic?.not];
  if (functions.every((f) => typeof f === "function")) return;
  throw new InvalidArgumentError(
    "logic",
    logic,
    "a logic such as product, godel or lukasiewicz",
    "Make your own with logicOf(name, tNorm).",
  );
}
