import { type Vocabulary, vocabularyBuilder } from "@credence/core";

/** Ids of names while triples come in: a closed vocabulary, or one that grows. */
export interface NameIds<T extends string = string> {
  /** The id of a name. @throws UnknownNameError if the vocabulary is closed and lacks it */
  id(name: T): number;
  /** The vocabulary of the names so far. */
  build(): Vocabulary<T>;
}

/** Ids from the given vocabulary, which is closed then, or in order of first appearance. */
export function nameIds<T extends string>(kind: string, closed: Vocabulary<T> | undefined): NameIds<T> {
  if (closed !== undefined) return { id: (name) => closed.id(name), build: () => closed };
  const growing = vocabularyBuilder<T>(kind);
  return { id: growing.add, build: growing.build };
}
