/**
 * The names of query shapes in the BetaE and Real-EFO1 benchmarks (p projection, i intersection, n negation,
 * u union, l existential leaf, m multi-edge, c cycle). Two queries have the same shape if their query graphs are
 * isomorphic: nodes are the free variable, the existential variables and the occurrences of constants; edges are
 * atoms, marked positive or negative. The names of relations do not matter, and neither do directions, since
 * `~r` turns any edge around. `pni` means the existential reading, ∃e: r1(s1,e) ∧ ¬r2(e,f) ∧ r3(s2,f).
 */
import type { Query, Term } from "./ast.ts";
import { type Conjunction, countConjunctions, toDnf, toNnf } from "./normalize.ts";

/** The 24 shapes. */
export type QueryShape = keyof typeof shapeFormulas;

/** The shapes as formula strings for `parseLstr`, in disjunctive normal form. */
export const shapeFormulas = {
  "1p": "r1(s1,f)",
  "2p": "(r1(s1,e1))&(r2(e1,f))",
  "3p": "((r1(s1,e1))&(r2(e1,e2)))&(r3(e2,f))",
  "2i": "(r1(s1,f))&(r2(s2,f))",
  "3i": "((r1(s1,f))&(r2(s2,f)))&(r3(s3,f))",
  ip: "((r1(s1,e1))&(r2(s2,e1)))&(r3(e1,f))",
  pi: "((r1(s1,e1))&(r2(e1,f)))&(r3(s2,f))",
  "2in": "(r1(s1,f))&(!(r2(s2,f)))",
  "3in": "((r1(s1,f))&(r2(s2,f)))&(!(r3(s3,f)))",
  inp: "((r1(s1,e1))&(!(r2(s2,e1))))&(r3(e1,f))",
  pin: "((r1(s1,e1))&(r2(e1,f)))&(!(r3(s2,f)))",
  pni: "((r1(s1,e1))&(!(r2(e1,f))))&(r3(s2,f))",
  "2u": "(r1(s1,f))|(r2(s2,f))",
  up: "((r1(s1,e1))&(r3(e1,f)))|((r2(s2,e1))&(r3(e1,f)))",
  "2il": "(r1(s1,f))&(r2(e1,f))",
  "3il": "((r1(s1,f))&(r2(s2,f)))&(r3(e1,f))",
  "2m": "((r1(s1,e1))&(r2(e1,f)))&(r3(e1,f))",
  "2nm": "((r1(s1,e1))&(r2(e1,f)))&(!(r3(e1,f)))",
  "3mp": "(((r1(s1,e1))&(r2(e1,e2)))&(r3(e2,f)))&(r4(e1,e2))",
  "3pm": "(((r1(s1,e1))&(r2(e1,e2)))&(r3(e2,f)))&(r4(e2,f))",
  im: "(((r1(s1,e1))&(r2(s2,e1)))&(r3(e1,f)))&(r4(e1,f))",
  "3c": "((((r1(s1,e1))&(r2(e1,f)))&(r3(s2,e2)))&(r4(e2,f)))&(r5(e1,e2))",
  "3cm": "(((((r1(s1,e1))&(r2(e1,f)))&(r3(s2,e2)))&(r4(e2,f)))&(r5(e1,e2)))&(r6(e1,f))",
  "3pcp": "(((((r1(s1,e1))&(r2(e1,e3)))&(r3(s2,e2)))&(r4(e2,e3)))&(r5(e1,e2)))&(r6(e3,f))",
} as const;

/** No shape has more existential variables in a conjunction, or more atoms. */
const MAX_EXISTENTIAL = 3;
const MAX_ATOMS = 6;

/** An atom as an edge of the query graph: its ends are "f", "s" (any constant), or an existential's own name. */
interface Edge {
  readonly negated: boolean;
  readonly ends: readonly [string, string];
}

/** The name of the query's shape, or undefined if it is none of the 24. */
export function shapeOf(query: Pick<Query, "free" | "formula">): QueryShape | undefined {
  if (countConjunctions(toNnf(query.formula)) > 2) return undefined;
  const conjunctions = toDnf(query);
  const names = conjunctions.map((literals) => conjunctionShape(literals, query.free.name));
  if (names.length === 1) return names[0];
  if (names.every((name) => name === "1p")) return "2u";
  if (names.every((name) => name === "2p") && sharesLastStep(conjunctions, query.free.name)) return "up";
  return undefined;
}

function conjunctionShape(literals: Conjunction, free: string): QueryShape | undefined {
  if (literals.length > MAX_ATOMS) return undefined;
  const end = (term: Term): string => {
    if (term.kind === "constant") return "s";
    return term.name === free ? "f" : `?${term.name}`;
  };
  return shapesByForm().get(
    canonicalForm(literals.map(({ atom, negated }) => ({ negated, ends: [end(atom.head), end(atom.tail)] }))),
  );
}

/** Whether the step that ends in the free variable is the same atom in all conjunctions (each of shape 2p). */
function sharesLastStep(conjunctions: readonly Conjunction[], free: string): boolean {
  const steps = conjunctions.map((literals) => {
    const { atom } = literals.find(({ atom }) => isFree(atom.head, free) || isFree(atom.tail, free))!;
    return JSON.stringify([atom.relation, isFree(atom.tail, free)]);
  });
  return steps.every((step) => step === steps[0]);
}

function isFree(term: Term, free: string): boolean {
  return term.kind === "variable" && term.name === free;
}

/** A text that isomorphic graphs share: the least one over all ways to number the existential variables. */
function canonicalForm(edges: readonly Edge[]): string {
  const existential = [...new Set(edges.flatMap((edge) => edge.ends))].filter((end) => end.startsWith("?"));
  if (existential.length > MAX_EXISTENTIAL) return "";
  const forms = permutations(existential).map((order) => {
    const label = (end: string): string => (end.startsWith("?") ? `e${order.indexOf(end)}` : end);
    return edges
      .map(({ negated, ends }) => `${negated ? "!" : ""}${ends.map(label).sort().join("-")}`)
      .sort()
      .join(" ");
  });
  return forms.sort()[0];
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}

let forms: ReadonlyMap<string, QueryShape> | undefined;

/** The shapes of single conjunctions by their canonical form; made once. */
function shapesByForm(): ReadonlyMap<string, QueryShape> {
  forms ??= new Map(
    Object.entries(shapeFormulas)
      .filter(([, formula]) => !formula.includes("|"))
      .map(([name, formula]) => [canonicalForm(edgesOf(formula)), name as QueryShape]),
  );
  return forms;
}

/** The edges of one of the strings above. */
function edgesOf(formula: string): Edge[] {
  const end = (term: string): string => (term.startsWith("e") ? `?${term}` : term[0]);
  return Array.from(formula.matchAll(/(!\()?r\d\((\w+),(\w+)\)/g), ([, negation, head, tail]) => ({
    negated: negation !== undefined,
    ends: [end(head), end(tail)],
  }));
}
