/** From names to ids: a plan over the vocabularies of a truth model. */
import type { Vocabulary } from "@credence/core";
import type { Term } from "./ast.ts";
import { UnknownNameInQueryError } from "./errors.ts";
import type { Conjunction, Literal } from "./normalize.ts";
import type { ConjunctionPlan } from "./plan.ts";

/** The vocabularies that give names their ids. */
export interface QueryVocabularies {
  readonly entities: Vocabulary;
  readonly relations: Vocabulary;
}

/** What stands for a variable where a grounded literal has an entity id. */
export const VARIABLE = -1;

/** A literal with ids: `head` and `tail` are entity ids or {@link VARIABLE}. */
export interface GroundedLiteral extends Literal {
  readonly relation: number;
  readonly head: number;
  readonly tail: number;
}

/** A literal with ids. @throws UnknownNameInQueryError */
export function groundLiteral(literal: Literal, { entities, relations }: QueryVocabularies): GroundedLiteral {
  const { atom } = literal;
  const find = (names: Vocabulary, name: string, part: "relation" | "head" | "tail"): number => {
    const id = names.find(name);
    if (id !== undefined) return id;
    const source = atom.source && { text: atom.source.text, offset: atom.source[part] };
    throw new UnknownNameInQueryError(names.kind, name, names.names, source);
  };
  const entity = (term: Term, part: "head" | "tail"): number =>
    term.kind === "variable" ? VARIABLE : find(entities, term.name, part);
  return {
    ...literal,
    relation: find(relations, atom.relation, "relation"),
    head: entity(atom.head, "head"),
    tail: entity(atom.tail, "tail"),
  };
}

/** All literals of a conjunction with ids. @throws UnknownNameInQueryError */
export function groundConjunction(literals: Conjunction, names: QueryVocabularies): GroundedLiteral[] {
  return literals.map((literal) => groundLiteral(literal, names));
}

/** The plan with ids in all its parts. @throws UnknownNameInQueryError */
export function groundPlan(
  plan: ConjunctionPlan,
  names: QueryVocabularies,
): ConjunctionPlan<GroundedLiteral> {
  const grounded = new Map(plan.literals.map((literal) => [literal, groundLiteral(literal, names)]));
  const all = (literals: readonly Literal[]): GroundedLiteral[] => literals.map((l) => grounded.get(l)!);
  return {
    variables: plan.variables,
    roots: plan.roots,
    literals: all(plan.literals),
    scalars: all(plan.scalars),
    unary: plan.unary.map(all),
    eliminations: plan.eliminations.map((step) => ({ ...step, factors: all(step.factors) })),
  };
}
