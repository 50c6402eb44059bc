/** Names and their dense ids: a bijection between n distinct texts and 0..n−1, in order of first appearance. */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { UnknownNameError } from "../errors/unknown-name-error.ts";

/** An immutable bijection of names and ids. Iterating yields the names in the order of their ids. */
export interface Vocabulary<T extends string = string> extends Iterable<T> {
  /** What its names name: `entity`, `relation`, `variable`; used in errors. */
  readonly kind: string;
  readonly size: number;
  /** The id of a name. @throws UnknownNameError with the three closest names */
  id(name: string): number;
  /** The id of a name, or `undefined`. */
  find(name: string): number | undefined;
  /** The name of an id. @throws InvalidArgumentError outside 0..size−1 */
  name(id: number): T;
  has(name: string): name is T;
  /** All names, by id. */
  readonly names: readonly T[];
}

/** A vocabulary of distinct names. @throws CredenceError `DUPLICATE_NAME` */
export function vocabulary<const T extends string>(kind: string, names: Iterable<T>): Vocabulary<T> {
  const builder = vocabularyBuilder<T>(kind);
  for (const name of names) {
    if (builder.find(name) !== undefined) {
      throw new CredenceError({
        code: "DUPLICATE_NAME",
        message: `The ${kind} ${JSON.stringify(name)} is listed twice.`,
        given: name,
        expected: "distinct names",
      });
    }
    builder.add(name);
  }
  return builder.build();
}

/** Collects names as they come. */
export interface VocabularyBuilder<T extends string = string> {
  /** The id of a name, new or old. */
  add(name: T): number;
  find(name: string): number | undefined;
  /** The vocabulary of the names so far; later additions do not reach it. */
  build(): Vocabulary<T>;
}

/** An empty builder; `start` gives it names to begin with, under their ids. */
export function vocabularyBuilder<T extends string = string>(
  kind: string,
  start?: Vocabulary<T>,
): VocabularyBuilder<T> {
  const ids = new Map<string, number>();
  const names: T[] = [];
  const add = (name: T): number => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, names.length);
    names.push(name);
    return names.length - 1;
  };
  for (const name of start ?? []) add(name);
  return {
    add,
    find: (name) => ids.get(name),
    build: () => view(kind, Object.freeze(names.slice()), new Map(ids)),
  };
}

function view<T extends string>(
  kind: string,
  names: readonly T[],
  ids: ReadonlyMap<string, number>,
): Vocabulary<T> {
  return {
    kind,
    names,
    size: names.length,
    id(name) {
      const id = ids.get(name);
      if (id !== undefined) return id;
      if (typeof name !== "string")
        throw new InvalidArgumentError(`A ${kind}`, name, `the name of a ${kind}`);
      throw new UnknownNameError(kind, name, names);
    },
    find: (name) => ids.get(name),
    name(id) {
      const name = names[id];
      if (name === undefined) {
        throw new InvalidArgumentError(`${kind} id`, id, `an integer from 0 to ${names.length - 1}`);
      }
      return name;
    },
    has: (name): name is T => ids.has(name),
    [Symbol.iterator]: () => names[Symbol.iterator](),
  };
}
