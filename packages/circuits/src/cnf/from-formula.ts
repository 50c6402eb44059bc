/**
 * Formulas to CNFs, in one of three ways:
 *
 *   tseitin              auxiliary variables that are equivalent to parts: as many models as the formulas have
 *   plaisted-greenbaum   fewer clauses, auxiliaries defined on one side: count projected on `projected`
 *   direct               no auxiliaries, by distribution: exponential in the depth of alternation
 */
import {
  CredenceError,
  type Formula,
  foldFormula,
  InvalidArgumentError,
  type Vocabulary,
  variablesOf,
  vocabulary,
} from "@credence/core";
import { type Cnf, cnf } from "./cnf.ts";
import {
  type GateBuilder,
  type GateEncoding,
  type GateLiteral,
  gateBuilder,
  gateFalse,
  gateTrue,
} from "./gates.ts";

/** Options of {@link formulaToCnf}. */
export interface FormulaToCnfOptions<V extends string = string> {
  /** Default `tseitin`. */
  readonly encoding?: GateEncoding | "direct";
  /** The variables of the CNF from 1 on; by default those of the formulas, in order of first appearance. */
  readonly variables?: readonly V[];
  /** Clauses that the direct encoding may make of any part; default 100,000. */
  readonly clauseLimit?: number;
}

/** A CNF with the names of its first variables. */
export interface FormulaCnf<V extends string = string> {
  readonly formula: Cnf;
  /** Variable v of the CNF is the name with id v − 1; auxiliary variables come after. */
  readonly variables: Vocabulary<V>;
  /** The variables with names, 1 … n: what to project on. */
  readonly projected: Int32Array;
}

/**
 * The CNF of one formula or of the conjunction of several. Linear in the formulas but for `direct`, and for
 * cardinalities, which are linear in their parts.
 * @throws CredenceError `CLAUSE_LIMIT` from the direct encoding
 * @throws InvalidArgumentError for malformed formulas; UnknownNameError for names beyond `variables`
 */
export function formulaToCnf<V extends string>(
  formulas: Formula<V> | readonly Formula<V>[],
  options: FormulaToCnfOptions<V> = {},
): FormulaCnf<V> {
  const all: readonly Formula<V>[] = "kind" in formulas ? [formulas] : formulas;
  const names = options.variables ?? variablesOf<V>({ kind: "and", args: all });
  const variables = vocabulary("variable", names);
  const { encoding = "tseitin", clauseLimit = 100_000 } = options;
  if (!(clauseLimit > 0)) throw new InvalidArgumentError("clauseLimit", clauseLimit, "a number above 0");
  const projected = Int32Array.from(names, (_, v) => v + 1);
  const literalOf = (name: V): number => variables.id(name) + 1;
  if (encoding === "direct") {
    const clauses = all.flatMap((each) => directClauses(each, literalOf, clauseLimit));
    return { formula: cnf(variables.size, clauses), variables, projected };
  }
  const builder = gateBuilder(variables.size);
  for (const each of all) builder.assert(gateOf(builder, each, literalOf));
  return { formula: builder.build(encoding), variables, projected };
}

function gateOf<V extends string>(
  builder: GateBuilder,
  formula: Formula<V>,
  literalFor: (name: V) => number,
): GateLiteral {
  return foldFormula<V, GateLiteral>(formula, (part, values) => {
    switch (part.kind) {
      case "var":
        return literalFor(part.name);
      case "constant":
        return part.value ? gateTrue : gateFalse;
      case "not":
        return -values[0];
      case "and":
        return builder.and(values);
      case "or":
        return builder.or(values);
      case "implies":
        return builder.or([-values[0], values[1]]);
      case "iff":
        return -builder.xor(values[0], values[1]);
      case "xor":
        return builder.xor(values[0], values[1]);
      case "exactlyOne":
        return builder.exactly(values, 1);
      case "atMostOne":
        return builder.atMost(values, 1);
    }
  });
}

type Clauses = readonly (readonly number[])[];

/** Clauses of a part and of its negation; undefined where they are too many. */
interface Sides {
  readonly holds: Clauses | undefined;
  readonly fails: Clauses | undefined;
}

function directClauses<V extends string>(
  formula: Formula<V>,
  literalFor: (name: V) => number,
  limit: number,
): number[][] {
  const { both, either } = distribution(limit);
  const { holds } = foldFormula<V, Sides>(formula, (part, values) => {
    const holding = values.map((value) => value.holds);
    const failing = values.map((value) => value.fails);
    const others = <T>(of: readonly T[], i: number): T[] => of.filter((_, j) => j !== i);
    const notTwo = values.flatMap((_, i) => failing.slice(0, i).map((other) => either([other, failing[i]])));
    const [a, b] = values;
    switch (part.kind) {
      case "var": {
        const literal = literalFor(part.name);
        return { holds: [[literal]], fails: [[-literal]] };
      }
      case "constant":
        return part.value ? { holds: [], fails: [[]] } : { holds: [[]], fails: [] };
      case "not":
        return { holds: a.fails, fails: a.holds };
      case "and":
        return { holds: both(holding), fails: either(failing) };
      case "or":
        return { holds: either(holding), fails: both(failing) };
      case "implies":
        return { holds: either([a.fails, b.holds]), fails: both([a.holds, b.fails]) };
      case "iff":
      case "xor": {
        const same = both([either([a.fails, b.holds]), either([a.holds, b.fails])]);
        const different = both([either([a.holds, b.holds]), either([a.fails, b.fails])]);
        return part.kind === "iff" ? { holds: same, fails: different } : { holds: different, fails: same };
      }
      case "atMostOne":
        return {
          holds: both(notTwo),
          // Two hold exactly if, whichever is left out, one of the others does. Of none, none is left out.
          fails: both([either(holding), ...values.map((_, i) => either(others(holding, i)))]),
        };
      case "exactlyOne":
        return {
          holds: both([either(holding), ...notTwo]),
          fails: both(values.map((_, i) => either([failing[i], ...others(holding, i)]))),
        };
    }
  });
  if (holds !== undefined) return holds.map((clause) => [...clause]);
  throw new CredenceError({
    code: "CLAUSE_LIMIT",
    message: `The formula has more than ${limit} clauses without auxiliary variables.`,
    given: limit,
    expected: "a formula with few alternations of ∧ and ∨",
    hint: "Use the encoding `tseitin`.",
  });
}

/** Conjunction and disjunction of sets of clauses, undefined beyond the limit. */
function distribution(limit: number) {
  type Some = Clauses | undefined;
  const both = (sets: readonly Some[]): Some => {
    const out: (readonly number[])[] = [];
    for (const set of sets) {
      if (set === undefined || out.length + set.length > limit) return undefined;
      for (const clause of set) out.push(clause);
    }
    return out;
  };
  const either = (sets: readonly Some[]): Some => {
    let out: Clauses = [[]];
    // Of no clauses the disjunction has none either, however large the others are.
    if (sets.some((set) => set?.length === 0)) return [];
    for (const set of sets) {
      if (set === undefined || out.length * set.length > limit) return undefined;
      out = out.flatMap((clause) => set.map((other) => [...new Set([...clause, ...other])])).filter(isOpen);
    }
    return out;
  };
  return { both, either };
}

function isOpen(clause: readonly number[]): boolean {
  return !clause.some((literal) => clause.includes(-literal));
}
