/**
 * Network files of the UAI competitions:
 *
 *   BAYES or MARKOV
 *   number of variables, their cardinalities
 *   number of factors, and for each its number of variables and these (in BAYES the child last)
 *   for each factor its number of values and these, the last variable's state changing fastest
 *
 * and evidence files: the number of observed variables, then pairs of a variable and its state.
 */
import { integerOf, mostIn, realOf, type Scanner, scanner } from "../cnf/scanner.ts";
import {
  type DiscreteVariable,
  type Factor,
  type FactorGraph,
  factorGraph,
} from "../compile/factor-graph.ts";

/** Names for what UAI files only number. */
export interface UaiOptions {
  /** Default: variables and states are called by their numbers from 0. */
  readonly variables?: readonly DiscreteVariable[];
}

/**
 * Parses a UAI network. O(text).
 * @throws ParseError `UAI_HEADER`, `UAI_NUMBER` or `UAI_SIZE` with line and column
 * @throws InvalidArgumentError, CredenceError as {@link factorGraph}
 */
export function parseUai(text: string, options: UaiOptions = {}): FactorGraph {
  const scan = scanner(text);
  const kind = scan.next();
  if (kind !== "BAYES" && kind !== "MARKOV") {
    throw scan.fail("UAI_HEADER", "This is not a UAI network.", "BAYES or MARKOV as the first word");
  }
  const cardinalities = repeat(natural(scan, 0), () => cardinality(scan));
  const variables = options.variables ?? cardinalities.map(numbered);
  if (
    variables.length !== cardinalities.length ||
    variables.some((v, i) => v.states.length !== cardinalities[i])
  ) {
    throw scan.fail(
      "UAI_SIZE",
      "The names do not fit the file.",
      `${cardinalities.length} variables with their states`,
    );
  }
  const scopes = repeat(natural(scan, 0), () => scopeOf(scan, cardinalities));
  const factors = scopes.map((scope): Factor => {
    const size = scope.reduce((product, v) => product * cardinalities[v], 1);
    if (natural(scan, 0) !== size) throw scan.fail("UAI_SIZE", "A table has a wrong size.", `${size} values`);
    return { scope, values: Float64Array.from(repeat(size, () => value(scan))) };
  });
  if (!scan.atEnd()) {
    scan.next();
    throw scan.fail("UAI_SIZE", "The file goes on after its last table.", "the end of the file");
  }
  return factorGraph(variables, factors);
}

/**
 * Parses a UAI evidence file into pairs of variable and state numbers. O(text).
 * @param of a network, or how many states each variable has
 * @throws ParseError `UAI_NUMBER` or `UAI_SIZE`
 */
export function parseUaiEvidence(
  text: string,
  of: FactorGraph | readonly number[],
): [variable: number, state: number][] {
  const scan = scanner(text);
  const cardinalities = "variables" in of ? of.variables.map(({ states }) => states.length) : of;
  const pairs = repeat(natural(scan, 0), (): [number, number] => {
    const variable = variableOf(scan, cardinalities);
    const state = natural(scan, 0);
    if (state < cardinalities[variable]) return [variable, state];
    throw scan.fail(
      "UAI_NUMBER",
      "There is no such state.",
      `a state from 0 to ${cardinalities[variable] - 1}`,
    );
  });
  if (scan.atEnd()) return pairs;
  scan.next();
  throw scan.fail("UAI_SIZE", "The file goes on after its evidence.", "the end of the file");
}

/** The variables of a factor, which differ. */
function scopeOf(scan: Scanner, cardinalities: readonly number[]): number[] {
  const scope = new Set<number>();
  return repeat(natural(scan, 0), () => {
    const variable = variableOf(scan, cardinalities);
    if (scope.size === scope.add(variable).size)
      throw scan.fail("UAI_NUMBER", "A factor speaks of a variable twice.", "distinct variables");
    return variable;
  });
}

/** A table over a variable has a value per state, so that more states than this are a fault. */
function cardinality(scan: Scanner): number {
  const limit = mostIn(scan.text);
  const states = natural(scan, 1);
  if (states <= limit) return states;
  throw scan.fail("UAI_NUMBER", "So many states do not fit this file.", `at most ${limit}`);
}

function numbered(states: number, variable: number): DiscreteVariable {
  return { name: String(variable), states: Array.from({ length: states }, (_, state) => String(state)) };
}

function repeat<T>(count: number, each: () => T): T[] {
  const found: T[] = [];
  for (let i = 0; i < count; i++) found.push(each());
  return found;
}

function natural(scan: Scanner, least: number): number {
  const number = integerOf(scan.next());
  if (number >= least) return number;
  throw scan.fail("UAI_NUMBER", "A number is missing or out of range.", `an integer of at least ${least}`);
}

function variableOf(scan: Scanner, cardinalities: readonly number[]): number {
  const variable = natural(scan, 0);
  if (variable < cardinalities.length) return variable;
  throw scan.fail(
    "UAI_NUMBER",
    "There is no such variable.",
    `a number from 0 to ${cardinalities.length - 1}`,
  );
}

function value(scan: Scanner): number {
  const number = realOf(scan.next());
  if (number >= 0) return number;
  throw scan.fail("UAI_NUMBER", "A value is missing or out of range.", "a finite number of at least 0");
}
