/**
 * How a query will be answered: per conjunction of the disjunctive normal form, variable elimination on the graph
 * whose nodes are the variables and whose edges are the pairs of variables with atoms between them.
 *
 *  - An atom between constants is a number, a scalar factor.
 *  - An atom between a constant and a variable is one row or column of the relation's matrix, a unary factor; so
 *    is an atom r(x, x), the diagonal.
 *  - All atoms between the same two variables, in whatever direction, are one pair factor.
 *  - A variable with one neighbor left is eliminated into it: its candidates are passed through the pair factor
 *    (`messages.ts`). Trees are eliminated from the leaves to the root, which is the free variable. A component
 *    without the free variable is rooted anywhere and contributes its best value as a scalar.
 *
 * This is exact for every t-norm, because a monotone operation distributes over the maximum (FIT, Yin et al.
 * 2024, section 4). A conjunction in which no order of such steps exists has a cycle through three or more
 * variables; those are refused here, before any work.
 */
import { CredenceError } from "@credence/core";
import type { Query, Variable } from "./ast.ts";
import { variableNames } from "./ast.ts";
import { type Conjunction, type Literal, type NormalizeOptions, printLiteral, toDnf } from "./normalize.ts";

/** Elimination of one variable into its only remaining neighbor. Variables are numbers, see ConjunctionPlan. */
export interface Elimination<F = Literal> {
  readonly variable: number;
  readonly into: number;
  /** The literals between the two. */
  readonly factors: readonly F[];
}

/** The plan of one conjunction, over literals (F = Literal) or over grounded ones. */
export interface ConjunctionPlan<F = Literal> {
  readonly literals: readonly F[];
  /** The variables' names; 0 is the free one, which may have no factor at all. */
  readonly variables: readonly string[];
  /** Literals without variables. */
  readonly scalars: readonly F[];
  /** By variable: the literals in which it is the only variable. */
  readonly unary: readonly (readonly F[])[];
  /** Leaves first. */
  readonly eliminations: readonly Elimination<F>[];
  /** The last variable of every component without the free one. */
  readonly roots: readonly number[];
}

/** How a query will be answered. */
export interface QueryPlan {
  readonly query: Query;
  /** One for each disjunct; their values are joined by the t-conorm. */
  readonly conjunctions: readonly ConjunctionPlan[];
  /** The same in words. */
  readonly steps: readonly string[];
  toString(): string;
}

/**
 * The plan of a query; needs no graph. O(size of the disjunctive normal form).
 * @throws CredenceError `CYCLIC_QUERY`, `QUERY_TOO_LARGE`
 */
export function queryPlan(query: Query, options: NormalizeOptions = {}): QueryPlan {
  const conjunctions = toDnf(query, options).map((literals) => planConjunction(query.free, literals));
  return {
    query,
    conjunctions,
    get steps() {
      return describePlan(conjunctions);
    },
    toString() {
      return [query.toString(), ...this.steps].join("\n");
    },
  };
}

/** The numbers of the variables of a literal: none, one (also for r(x, x)) or two. */
function variablesOf({ atom }: Literal, numbers: ReadonlyMap<string, number>): number[] {
  return variableNames([atom]).map((name) => numbers.get(name)!);
}

function planConjunction(free: Variable, literals: Conjunction): ConjunctionPlan {
  const found = variableNames(literals.map(({ atom }) => atom));
  const variables = [free.name, ...found.filter((name) => name !== free.name)];
  const numbers = new Map(variables.map((name, i) => [name, i]));
  const scalars: Literal[] = [];
  const unary: Literal[][] = variables.map(() => []);
  const neighbors: Map<number, Literal[]>[] = variables.map(() => new Map());
  for (const literal of literals) {
    const [a, b] = variablesOf(literal, numbers);
    if (a === undefined) scalars.push(literal);
    else if (b === undefined) unary[a].push(literal);
    else {
      const between = neighbors[a].get(b) ?? [];
      between.push(literal);
      neighbors[a].set(b, between);
      neighbors[b].set(a, between);
    }
  }
  return { literals, variables, scalars, unary, ...eliminationOrder(variables, neighbors) };
}

/** Eliminates leaves until only roots are left; the free variable, number 0, is never eliminated. */
function eliminationOrder(
  variables: readonly string[],
  neighbors: readonly Map<number, Literal[]>[],
): Pick<ConjunctionPlan, "eliminations" | "roots"> {
  const eliminations: Elimination[] = [];
  const roots: number[] = [];
  const waiting = variables.map((_, i) => i).filter((i) => i > 0 && neighbors[i].size <= 1);
  const done = new Set<number>();
  for (const variable of waiting) {
    if (done.has(variable)) continue;
    done.add(variable);
    const [edge] = neighbors[variable];
    if (edge === undefined) {
      roots.push(variable);
      continue;
    }
    const [into, factors] = edge;
    eliminations.push({ variable, into, factors });
    neighbors[into].delete(variable);
    if (into > 0 && neighbors[into].size <= 1) waiting.push(into);
  }
  if (done.size < variables.length - 1) {
    throw cyclic(variables.filter((_, i) => i > 0 && !done.has(i)));
  }
  return { eliminations, roots };
}

/** Every variable that is left lies on a cycle, or between cycles, or between a cycle and the free variable. */
function cyclic(names: readonly string[]): CredenceError {
  const list = names.map((name) => `?${name}`).join(", ");
  return new CredenceError({
    code: "CYCLIC_QUERY",
    message: `The conditions tie ${list} into a cycle of three or more variables.`,
    given: list,
    expected: "a query whose variables form a tree (several conditions between the same two are fine)",
    hint: "Cyclic queries cannot be answered yet: put a constant in place of one variable of the cycle.",
  });
}

function describePlan(conjunctions: readonly ConjunctionPlan[]): string[] {
  const steps: string[] = [];
  conjunctions.forEach((conjunction, i) => {
    if (conjunctions.length > 1) {
      steps.push(`alternative ${i + 1}: ${conjunction.literals.map(printLiteral).join(", ")}`);
    }
    for (const step of describeConjunction(conjunction)) {
      steps.push(conjunctions.length > 1 ? `  ${step}` : step);
    }
  });
  if (conjunctions.length > 1) steps.push(`join the ${conjunctions.length} alternatives by the t-conorm`);
  return steps;
}

function describeConjunction(plan: ConjunctionPlan): string[] {
  const name = (variable: number): string => `?${plan.variables[variable]}`;
  const list = (literals: readonly Literal[]): string => literals.map(printLiteral).join(", ");
  const steps = plan.unary.flatMap((literals, variable) =>
    literals.length > 0 ? [`restrict ${name(variable)} by ${list(literals)}`] : [],
  );
  for (const { variable, into, factors } of plan.eliminations) {
    steps.push(`eliminate ${name(variable)} into ${name(into)} through ${list(factors)}`);
  }
  for (const root of plan.roots) steps.push(`scale by the best value of ${name(root)}`);
  if (plan.scalars.length > 0) steps.push(`scale by ${list(plan.scalars)}`);
  return [...steps, `read ${name(0)}`];
}
