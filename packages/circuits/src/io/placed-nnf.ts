/** What readers of NNF files share: nodes that know where they were written, limits, and literals. */
import { CredenceError, ParseError } from "@credence/core";
import { variableLimit } from "../cnf/cnf.ts";
import { integerOf, mostIn, type Scanner } from "../cnf/scanner.ts";
import { type Nnf, type NnfBuilder, nnfBuilder } from "../ddnnf/nnf.ts";
import { smoothNnf } from "../ddnnf/smooth.ts";

/** Nodes as they were read. */
export interface ReadNnf {
  readonly builder: PlacedBuilder;
  readonly root: number;
}

/** A builder that remembers where nodes come from. */
export interface PlacedBuilder extends NnfBuilder {
  /** Where the next nodes are written (UTF-16 code units from 0). */
  at: number;
  /** By node where it was written, and its children. */
  readonly origins: ReadonlyMap<number, { readonly start: number; readonly children: readonly number[] }>;
}

/** An empty builder. */
export function placedBuilder(variables: number): PlacedBuilder {
  const builder = nnfBuilder(variables);
  const origins = new Map<number, { start: number; children: readonly number[] }>();
  const placed: PlacedBuilder = {
    ...builder,
    get size() {
      return builder.size;
    },
    at: 0,
    origins,
    and(children) {
      const id = builder.and(children);
      if (children.length !== 1) origins.set(id, { start: placed.at, children });
      return id;
    },
    or(children, decision) {
      const id = builder.or(children, decision);
      if (children.length !== 1) origins.set(id, { start: placed.at, children });
      return id;
    },
  };
  return placed;
}

/** The error about a node of the NNF that was built, at the place where the file has it. */
function atItsPlace(text: string, { builder, root }: ReadNnf, error: CredenceError): ParseError {
  // The NNF keeps the nodes below the root, in the order of their numbers.
  const kept = new Set([root]);
  for (const id of kept) for (const child of builder.origins.get(id)?.children ?? []) kept.add(child);
  const id = Array.from(kept).sort((a, b) => a - b)[error.given as number];
  const { message, expected, hint } = error;
  return new ParseError(text, builder.origins.get(id)!.start, {
    code: error.code,
    message: message.replace(/conjunction \d+/, "this conjunction"),
    given: text.slice(builder.origins.get(id)!.start).split("\n", 1)[0].trim().slice(0, 60),
    ...(expected === undefined ? {} : { expected }),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/**
 * The smooth NNF of what was read.
 * @throws ParseError `NOT_DECOMPOSABLE`, at the conjunction, if its children share a variable
 */
export function smoothAsRead(text: string, read: ReadNnf): Nnf {
  try {
    return smoothNnf(read.builder.build(read.root));
  } catch (error) {
    if (!(error instanceof CredenceError && error.code === "NOT_DECOMPOSABLE")) throw error;
    throw atItsPlace(text, read, error);
  }
}

/** More variables than this are taken for a fault: all of them have to be spoken of in the smooth result. */
export function mostVariables(text: string): number {
  return Math.min(variableLimit, mostIn(text));
}

/** The literal that a word is, by default the next one of the line. @throws ParseError with the code */
export function literalFrom(
  scan: Scanner,
  code: string,
  variables: number,
  word = scan.nextOnLine(),
): number {
  const literal = integerOf(word);
  if (literal !== 0 && Math.abs(literal) <= variables) return literal;
  const expected = `a non-zero integer up to ${variables}, or its negative`;
  throw scan.fail(code, "This is not a literal.", expected);
}
