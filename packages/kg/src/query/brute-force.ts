/**
 * The definition of a query's truth, literally, on the full grid of all assignments: an oracle for tests and for
 * small graphs, independent of plans and messages. O(n^(1 + existential variables)) evaluations.
 *
 *   dnf   S over the disjuncts of max over e1..ek of T of the literals            (what `answer` computes)
 *   tree  max over e1..ek of the formula's own truth, with and = T, or = S, not   (one assignment for all
 *         alternatives; what QTO and CQD compute for `up`, where it differs)
 */
import { CredenceError, csrGet, InvalidArgumentError, type Logic, product } from "@credence/core";
import type { TruthModel } from "../truth/truth.ts";
import { asQuery, checkLogic } from "./answer.ts";
import { type Atom, atomsOf, type Query, type QueryFormula, type Term, variableNames } from "./ast.ts";
import { groundLiteral } from "./ground.ts";
import { type Conjunction, type NormalizeOptions, toDnf } from "./normalize.ts";

export interface BruteForceOptions extends NormalizeOptions {
  /** Default the product logic. */
  readonly logic?: Logic | undefined;
  /** Which formula the maximum is taken over; default `dnf`. */
  readonly reading?: "dnf" | "tree" | undefined;
  /** The largest number of assignments that will be tried; default 10 million. */
  readonly maxAssignments?: number | undefined;
}

/**
 * The truth of every entity as an answer, by entity id.
 * @throws CredenceError `GRID_TOO_LARGE`, and the errors of `answer` except `CYCLIC_QUERY`
 */
export function bruteForce(
  model: TruthModel,
  query: Query | string,
  options: BruteForceOptions = {},
): Float64Array {
  const { logic = product, reading = "dnf", maxAssignments = 1e7 } = options;
  checkLogic(logic);
  const asked = asQuery(query);
  if (reading !== "dnf" && reading !== "tree") {
    throw new InvalidArgumentError("reading", reading, '"dnf" or "tree"');
  }
  const formulas = reading === "tree" ? [asked.formula] : toDnf(asked, options).map(asFormula);
  checkGrid(formulas, asked.free.name, model.entities.size, maxAssignments);
  const truthOf = atomTruth(asked, model);
  const truth = new Float64Array(model.entities.size);
  for (const formula of formulas) {
    const names = existentialNames(formula, asked.free.name);
    for (let entity = 0; entity < truth.length; entity++) {
      const bindings = new Map([[asked.free.name, entity]]);
      let most = 0;
      for (const _ of assignments(names, truth.length, bindings)) {
        most = Math.max(
          most,
          evaluate(formula, logic, (atom) => truthOf(atom, bindings)),
        );
      }
      truth[entity] = logic.or(truth[entity], most);
    }
  }
  return truth;
}

function asFormula(literals: Conjunction): QueryFormula {
  const args = literals.map(
    ({ atom, negated }): QueryFormula => (negated ? { kind: "not", of: atom } : atom),
  );
  return args.length === 1 ? args[0] : { kind: "and", args };
}

function existentialNames(formula: QueryFormula, free: string): string[] {
  return variableNames(atomsOf(formula)).filter((name) => name !== free);
}

/** Sets `bindings` to one assignment after another. */
function* assignments(
  names: readonly string[],
  size: number,
  bindings: Map<string, number>,
): Generator<undefined> {
  const [name, ...rest] = names;
  if (name === undefined) {
    yield undefined;
    return;
  }
  for (let entity = 0; entity < size; entity++) {
    bindings.set(name, entity);
    yield* assignments(rest, size, bindings);
  }
}

function evaluate(formula: QueryFormula, logic: Logic, truthOf: (atom: Atom) => number): number {
  if (formula.kind === "atom") return truthOf(formula);
  if (formula.kind === "not") return logic.not(evaluate(formula.of, logic, truthOf));
  const values = formula.args.map((arg) => evaluate(arg, logic, truthOf));
  return values.reduce((a, b) => (formula.kind === "and" ? logic.and(a, b) : logic.or(a, b)));
}

/** The truth of a query's atom under bindings; all names are looked up at once. */
function atomTruth(query: Query, model: TruthModel) {
  const grounded = new Map(
    Array.from(atomsOf(query.formula), (atom) => [atom, groundLiteral({ atom, negated: false }, model)]),
  );
  const idOf = (term: Term, id: number, bindings: ReadonlyMap<string, number>): number =>
    term.kind === "variable" ? bindings.get(term.name)! : id;
  return (atom: Atom, bindings: ReadonlyMap<string, number>): number => {
    const { relation, head, tail } = grounded.get(atom)!;
    return csrGet(
      model.relation(relation).rows,
      idOf(atom.head, head, bindings),
      idOf(atom.tail, tail, bindings),
    );
  };
}

function checkGrid(formulas: readonly QueryFormula[], free: string, size: number, limit: number): void {
  let count = 0;
  for (const formula of formulas) count += size ** (1 + existentialNames(formula, free).length);
  if (count <= limit) return;
  throw new CredenceError({
    code: "GRID_TOO_LARGE",
    message: `The grid has about ${count.toExponential(1)} assignments.`,
    given: Number.isFinite(count) ? count : String(count),
    expected: `at most ${limit}`,
    hint: "Use answer(...), which needs no grid, or raise maxAssignments.",
  });
}
