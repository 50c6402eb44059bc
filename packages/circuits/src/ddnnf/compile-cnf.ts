/**
 * Compiles a CNF to a smooth d-DNNF from the top down. Which way of choosing variables suits a formula is hard to
 * foresee and matters by orders of magnitude; so the two ways race. They take turns, each where it left off, three
 * parts of the work for the more promising one and one for the other. Work is counted, not timed: the same
 * formula always gives the same circuit.
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Cnf } from "../cnf/cnf.ts";
import { eliminationLimit, minFillElimination } from "../vtree/elimination.ts";
import { type Branching, bySeparators, byWeights, type Chooser } from "./branching.ts";
import { type Budget, BudgetError, watchBudget } from "./budget.ts";
import { type Components, newComponents } from "./components.ts";
import { type Nnf, nnfBuilder } from "./nnf.ts";
import { advance, newSearch, type Search } from "./search.ts";
import { type Simplified, simplify } from "./simplify.ts";
import { addClause, assign, newSolver, type Solver } from "./solver.ts";
import { traceToNnf } from "./trace.ts";

/** Options of {@link compileCnf}. */
export interface CompileCnfOptions extends RunOptions, Budget {
  /** How variables are chosen; by default both ways race, the more promising one first. */
  readonly branching?: Branching;
  /**
   * Project on these variables, numbered from 1: the circuit then speaks of them alone, and its models are the
   * worlds over them that some model of the formula extends. By default all variables count.
   */
  readonly projected?: ArrayLike<number>;
  /** Memory for the keys of solved components, in bytes, for each way that is tried; default 256 MiB. */
  readonly cacheBytes?: number;
}

/** A compiled CNF. */
export interface CompiledCnf {
  /** A smooth d-DNNF with the formula's models, or with their projections. */
  readonly nnf: Nnf;
  /** The way of choosing variables that came to an end. */
  readonly branching: Branching;
  readonly decisions: number;
  readonly conflicts: number;
  readonly cacheHits: number;
}

/** Work of the first turns of the race: variables and clauses of the components that are split. */
const firstTurn = 100_000;
/** Where the width of the elimination order is below this share of the variables, separators go first. */
const thinShare = 0.25;
const task = "Compiling the CNF";
/** Integers in the records of open components: a search that goes deep over large components ends here. */
const recordLimit = 2 ** 28;
/** Steps between two looks at the budget. */
const stride = 512;
/** With a clause longer than this no elimination order is looked for. */
const clauseLimit = 200;

/**
 * Compiles a CNF; exponential in the worst case, about n · 2^w for formulas of treewidth w.
 * @throws BudgetError `BUDGET_EXCEEDED` with what was reached
 * @throws AbortedError, InvalidArgumentError
 */
export function compileCnf(formula: Cnf, options: CompileCnfOptions = {}): CompiledCnf {
  return runSync(compileSteps(formula, options), options);
}

/** {@link compileCnf} that gives the event loop its turn. */
export function compileCnfAsync(formula: Cnf, options: CompileCnfOptions = {}): Promise<CompiledCnf> {
  return runAsync(compileSteps(formula, options), options);
}

function* compileSteps(formula: Cnf, options: CompileCnfOptions): StepGenerator<CompiledCnf> {
  const watch = watchBudget(task, options);
  const simplified = simplify(formula);
  const settled = { decisions: 0, conflicts: 0, cacheHits: 0 };
  if (simplified.contradictory) {
    const builder = nnfBuilder(formula.variables);
    return { nnf: builder.build(builder.or([])), branching: options.branching ?? "weights", ...settled };
  }
  const counted = countedOf(formula.variables, options.projected);
  const racers = racersOf(formula.variables, simplified, counted, options);
  let step = 0;
  for (let turn = 0; ; turn++) {
    const racer = racers[turn % racers.length];
    racer.search ??= racer.start();
    const { search, branching } = racer;
    const until = search.work + racer.share * firstTurn * 2 ** Math.floor(turn / racers.length);
    while (search.work < until) {
      if (advance(search, stride)) {
        const nnf = traceToNnf(search.trace, formula.variables, search.root!);
        const { decisions, conflicts, cache } = search;
        return { nnf, branching, decisions, conflicts, cacheHits: cache.hits };
      }
      const metrics = figures(search);
      watch.check(search.trace.starts.size, () => metrics);
      if (search.components.records.size > recordLimit) {
        throw new BudgetError(task, "1 GiB of open components", metrics);
      }
      yield { phase: "compiling", step: ++step, steps: Number.POSITIVE_INFINITY, metrics };
    }
  }
}

function figures(search: Search): Readonly<Record<string, number>> {
  const { decisions, conflicts, trace, cache, frames } = search;
  return { decisions, conflicts, nodes: trace.starts.size, cached: cache.size, depth: frames.length };
}

function solverOf(variables: number, { forced, clauses }: Simplified): Solver {
  const solver = newSolver(variables);
  for (const code of forced) assign(solver, code, -1);
  solver.head = solver.trailSize;
  for (const clause of clauses) addClause(solver, clause, 0);
  solver.learnedFrom = solver.arenaSize;
  return solver;
}

function countedOf(variables: number, projected: ArrayLike<number> | undefined): Uint8Array {
  if (projected === undefined) return new Uint8Array(variables).fill(1);
  const counted = new Uint8Array(variables);
  for (let i = 0; i < projected.length; i++) {
    const variable = projected[i];
    if (!(Number.isInteger(variable) && variable >= 1 && variable <= variables)) {
      throw new InvalidArgumentError("A projected variable", variable, `an integer from 1 to ${variables}`);
    }
    counted[variable - 1] = 1;
  }
  return counted;
}

/** A way of choosing variables, with the search that goes it once it has begun. */
interface Racer {
  readonly branching: Branching;
  /** Its part of the work. */
  readonly share: number;
  readonly start: () => Search;
  search: Search | undefined;
}

/** The wanted way alone, or both in the order of their promise; only by weights where no order can be found. */
function racersOf(
  variables: number,
  simplified: Simplified,
  counted: Uint8Array,
  { branching: wanted, cacheBytes = 1 << 28 }: CompileCnfOptions,
): readonly Racer[] {
  const { clauses } = simplified;
  const racer = (
    branching: Branching,
    chooserOf: (components: Components, solver: Solver) => Chooser,
  ): Racer => ({
    branching,
    share: 1,
    search: undefined,
    start() {
      const solver = solverOf(variables, simplified);
      const components = newComponents(variables, clauses);
      return newSearch(solver, components, chooserOf(components, solver), counted, cacheBytes);
    },
  });
  const weights = racer("weights", (components, solver) => byWeights(components, solver, counted));
  const long = clauses.some((clause) => clause.length > clauseLimit);
  if (wanted === "weights" || long || variables > eliminationLimit) return [weights];
  const scopes = clauses.map((clause) => clause.map((code) => code >> 1));
  const { order, width } = minFillElimination(variables, scopes);
  const ranks = new Int32Array(order.length);
  order.forEach((variable, place) => {
    ranks[variable] = order.length - place + (counted[variable] === 1 ? 0 : order.length);
  });
  const separators = racer("separators", (components) => bySeparators(components, ranks));
  if (wanted === "separators") return [separators];
  const [first, second] = width < thinShare * variables ? [separators, weights] : [weights, separators];
  return [{ ...first, share: 3 }, second];
}
