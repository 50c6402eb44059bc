/** Random truth models and queries for the laws of the query folder. */
import { godel, type Logic, logicOf, lukasiewicz, product } from "@credence/core";
import {
  type Atom,
  and,
  atom,
  makeQuery,
  not,
  or,
  type Query,
  type QueryFormula,
  type Term,
  type TruthModel,
  truthModelFromMatrices,
} from "@credence/kg";
import fc from "fast-check";
import { expect } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** The three built-in logics and one of a user: Hamacher's product. */
export const logics: readonly Logic[] = [
  product,
  godel,
  lukasiewicz,
  logicOf("hamacher", (a, b) => (a === 0 && b === 0 ? 0 : (a * b) / (a + b - a * b))),
];

export const logicArbitrary = fc.constantFrom(...logics);

const truthValue = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
);
const crispValue = fc.constantFrom(0, 0, 1);

/** A model of n entities e0.. and three relations r0..r2. */
export function modelArbitrary(
  options: { crisp?: boolean; sizes?: readonly [number, number] } = {},
): fc.Arbitrary<TruthModel> {
  const [min, max] = options.sizes ?? [4, 7];
  return fc.integer({ min, max }).chain((n) => {
    const row = fc.array(options.crisp ? crispValue : truthValue, { minLength: n, maxLength: n });
    const matrix = fc.array(row, { minLength: n, maxLength: n });
    const names = Array.from({ length: n }, (_, i) => `e${i}`);
    return fc
      .tuple(matrix, matrix, matrix)
      .map(([r0, r1, r2]) => truthModelFromMatrices(names, { r0, r1, r2 }));
  });
}

const variable = (name: string): Term => ({ kind: "variable", name });
/** Constants that every model above has. */
const constant = fc.constantFrom("e0", "e1", "e2", "e3");

function literal(head: fc.Arbitrary<string | Term>, tail: fc.Arbitrary<string | Term>) {
  return fc
    .tuple(fc.constantFrom("r0", "r1", "r2"), head, tail, fc.boolean(), fc.integer({ min: 0, max: 2 }))
    .map(([relation, a, b, turned, negation]): QueryFormula => {
      const made: Atom = turned ? atom(relation, b, a) : atom(relation, a, b);
      return negation === 0 ? not(made) : made;
    });
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: arbitrary.map((made) => [made]) },
  );
}

/**
 * A conjunction whose variables ?f, ?x1.. form a forest: constant and scalar literals, self-loops, multi-edges in
 * both directions, existential leaves, components without ?f.
 */
function forestConjunction(existential: number): fc.Arbitrary<QueryFormula> {
  const names = ["f", ...Array.from({ length: existential }, (_, i) => `x${i + 1}`)];
  const parts = names.flatMap((name, i) => {
    const self = fc.constant(variable(name));
    const own = [fc.array(literal(self, constant), { maxLength: 2 }), rarely(literal(self, self))];
    if (i === 0) return own;
    const parent = fc.integer({ min: -1, max: i - 1 });
    const edges = parent.chain((p) =>
      p < 0
        ? fc.constant<QueryFormula[]>([])
        : fc.array(literal(self, fc.constant(variable(names[p]))), { minLength: 1, maxLength: 3 }),
    );
    return [...own, edges];
  });
  const scalar = rarely(literal(constant, constant));
  return fc.tuple(scalar, ...parts).map((lists) => {
    const literals = lists.flat();
    return literals.length === 0 ? atom("r0", "e0", variable("f")) : and(...literals);
  });
}

/** A union of forests; the free variable is in at least one. */
export const forestQueryArbitrary: fc.Arbitrary<Query> = fc
  .array(
    fc.integer({ min: 0, max: 3 }).chain((k) => forestConjunction(k)),
    { minLength: 1, maxLength: 3 },
  )
  .map((disjuncts) => withFree(or(...disjuncts)));

/** Any formula over ?f and one existential variable, with negation anywhere: never cyclic. */
export const nestedQueryArbitrary: fc.Arbitrary<Query> = fc
  .letrec<{ formula: QueryFormula }>((tie) => {
    const term = fc.oneof(constant, fc.constantFrom(variable("f"), variable("x")));
    const several = fc.array(tie("formula"), { minLength: 2, maxLength: 3 });
    return {
      formula: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        literal(term, term),
        several.map((args) => and(...args)),
        several.map((args) => or(...args)),
        tie("formula").map(not),
      ),
    };
  })
  .formula.map(withFree);

function withFree(formula: QueryFormula): Query {
  const free = { kind: "variable", name: "f" } as const;
  try {
    return makeQuery(free, formula);
  } catch {
    return makeQuery(free, and(formula, atom("r0", free, free)));
  }
}

/** A formula without the places in texts where its atoms were written. */
export function withoutSources(formula: QueryFormula): QueryFormula {
  if (formula.kind === "atom") {
    const { kind, relation, head, tail } = formula;
    return { kind, relation, head, tail };
  }
  if (formula.kind === "not") return not(withoutSources(formula.of));
  return { kind: formula.kind, args: formula.args.map(withoutSources) };
}

/** Equal vectors, up to the order of the operations in them. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, within?: number): void {
  const limit = within ?? tolerance.rounding;
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (close(actual[i], expected[i], limit)) continue;
    expect(Array.from(actual), `entry ${i}`).toEqual(Array.from(expected));
  }
}
