/**
 * Training, validation and test graphs over one vocabulary: read, checked and made.
 *
 * Two things silently spoil an evaluation and are therefore reported by name: held-out triples about an entity
 * or relation that training never shows (a model can only guess there), and triples that stand in two splits
 * (a leak).
 */
import { CredenceError, InvalidArgumentError, type RunOptions, rng } from "@credence/core";
import {
  containsTriple,
  graphFromIds,
  type KnowledgeGraph,
  type Triple,
  tripleAt,
} from "./knowledge-graph.ts";
import { nameIds } from "./name-ids.ts";
import { feed, type ReadOptions, type TextSource, type TripleReader, tripleReader } from "./read.ts";

/** The three graphs of a link-prediction task; they share their vocabularies. */
export interface Splits<E extends string = string, R extends string = string> {
  readonly train: KnowledgeGraph<E, R>;
  readonly valid: KnowledgeGraph<E, R>;
  readonly test: KnowledgeGraph<E, R>;
}

/** A name of a split. */
export type SplitName = keyof Splits;

const order: readonly SplitName[] = ["train", "valid", "test"];

/**
 * Reads the files of a task with one vocabulary over all of them: ids by first appearance in train, then
 * valid, then test. A split without source is empty.
 * @throws the errors of {@link readTriples}; messages name the split
 */
export async function readSplits(
  sources: { readonly train: TextSource; readonly valid?: TextSource; readonly test?: TextSource },
  options: Omit<ReadOptions, "name"> = {},
): Promise<Splits> {
  const entities = nameIds("entity", options.entities);
  const relations = nameIds("relation", options.relations);
  const read: Partial<Record<SplitName, ReturnType<TripleReader["end"]>>> = {};
  for (const name of order) {
    const source = sources[name];
    if (source === undefined) continue;
    const reader = tripleReader(entities, relations, {
      delimiter: options.delimiter,
      name: `The ${name} split`,
    });
    await feed(reader, source);
    read[name] = reader.end();
  }
  const none = { headIds: [], relationIds: [], tailIds: [] };
  const graph = (name: SplitName): KnowledgeGraph =>
    read[name]?.graph() ?? graphFromIds(none, entities.build(), relations.build());
  return { train: graph("train"), valid: graph("valid"), test: graph("test") };
}

/** What {@link checkSplits} found. */
export interface SplitReport {
  /** Held-out triples with an entity or a relation that training does not have. */
  readonly unseen: readonly {
    readonly split: SplitName;
    readonly triple: Triple;
    readonly names: string[];
  }[];
  /** Triples that stand in two splits. */
  readonly leaks: readonly { readonly triple: Triple; readonly splits: readonly [SplitName, SplitName] }[];
  readonly toString: () => string;
}

/** Reports held-out triples that training cannot know and triples in two splits. O(n log n). */
export function checkSplits(splits: Splits): SplitReport {
  const seen = occurrences(splits.train);
  const unseen: SplitReport["unseen"][number][] = [];
  const leaks: SplitReport["leaks"][number][] = [];
  for (const split of order.slice(1)) {
    const graph = splits[split];
    for (let i = 0; i < graph.size; i++) {
      const [head, relation, tail] = [graph.headIds[i], graph.relationIds[i], graph.tailIds[i]];
      const names = new Set<string>();
      if (!seen.entities[head]) names.add(graph.entities.name(head));
      if (!seen.relations[relation]) names.add(graph.relations.name(relation));
      if (!seen.entities[tail]) names.add(graph.entities.name(tail));
      if (names.size > 0) unseen.push({ split, triple: tripleAt(graph, i), names: [...names] });
      for (const earlier of order.slice(0, order.indexOf(split))) {
        if (!containsTriple(splits[earlier], head, relation, tail)) continue;
        leaks.push({ triple: tripleAt(graph, i), splits: [earlier, split] });
      }
    }
  }
  return { unseen, leaks, toString: () => reportText(splits, unseen, leaks) };
}

/** How {@link splitTriples} divides: shares of the triples, and a seed. */
export interface SplitOptions extends Pick<RunOptions, "seed"> {
  /** Share for validation, from 0 to below 1. */
  readonly valid: number;
  /** Share for test, from 0 to below 1. */
  readonly test: number;
  /**
   * A key for triples that give each other away, such as the two directions of a symmetric relation: those of
   * one key go to the same split. By default every triple stands alone.
   */
  readonly together?: ((head: string, relation: string, tail: string) => string) | undefined;
}

/**
 * A random split that leaves every entity and every relation of the graph in train: groups of triples are taken
 * in shuffled order, test first, and one whose removal would make a name vanish from train stays there. Names
 * only get rarer, so one pass finds as many as this order allows. A split may exceed its share by what the last
 * group of triples brings. O(n).
 * @throws CredenceError `SPLIT_TOO_LARGE` if so many triples cannot be held out; says how many can
 */
export function splitTriples<E extends string, R extends string>(
  graph: KnowledgeGraph<E, R>,
  options: SplitOptions,
): Splits<E, R> {
  const sizes = { test: heldOut(graph, "test", options.test), valid: heldOut(graph, "valid", options.valid) };
  const wanted = sizes.test + sizes.valid;
  const left = occurrences(graph);
  const groups = rng(options.seed ?? 0)
    .fork("split")
    .shuffle(tripleGroups(graph, options.together));
  const parts: Record<SplitName, number[]> = { train: [], valid: [], test: [] };
  for (const group of groups) {
    const part =
      parts.test.length < sizes.test ? "test" : parts.valid.length < sizes.valid ? "valid" : "train";
    parts[part !== "train" && removable(graph, group, left) ? part : "train"].push(...group);
  }
  const got = parts.test.length + parts.valid.length;
  if (got < wanted) throw splitTooLarge(wanted, got, graph.size);
  const pick = (rows: number[]): KnowledgeGraph<E, R> =>
    graphFromIds(
      {
        headIds: rows.map((i) => graph.headIds[i]),
        relationIds: rows.map((i) => graph.relationIds[i]),
        tailIds: rows.map((i) => graph.tailIds[i]),
      },
      graph.entities,
      graph.relations,
    );
  return { train: pick(parts.train), valid: pick(parts.valid), test: pick(parts.test) };
}

interface Occurrences {
  readonly entities: Int32Array;
  readonly relations: Int32Array;
}

/** How often each name stands in the graph. */
function occurrences(graph: KnowledgeGraph): Occurrences {
  const entities = new Int32Array(graph.entities.size);
  const relations = new Int32Array(graph.relations.size);
  for (let i = 0; i < graph.size; i++) {
    entities[graph.headIds[i]]++;
    entities[graph.tailIds[i]]++;
    relations[graph.relationIds[i]]++;
  }
  return { entities, relations };
}

/** The triples that must stay together, by id, in the graph's order. */
function tripleGroups(graph: KnowledgeGraph, together: SplitOptions["together"]): number[][] {
  if (together === undefined) return Array.from({ length: graph.size }, (_, i) => [i]);
  const groups = new Map<string, number[]>();
  for (let i = 0; i < graph.size; i++) {
    const key = together(...tripleAt(graph, i));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

/** Takes a group of triples out of the counts if every name in it remains; says whether it did. */
function removable(graph: KnowledgeGraph, group: readonly number[], left: Occurrences): boolean {
  const count = (change: number): boolean => {
    let remain = true;
    for (const i of group) {
      const [head, relation, tail] = [graph.headIds[i], graph.relationIds[i], graph.tailIds[i]];
      left.entities[head] += change;
      left.entities[tail] += change;
      left.relations[relation] += change;
      remain &&= left.entities[head] > 0 && left.entities[tail] > 0 && left.relations[relation] > 0;
    }
    return remain;
  };
  if (count(-1)) return true;
  count(1);
  return false;
}

function heldOut(graph: KnowledgeGraph, name: string, share: number): number {
  if (!(share >= 0 && share < 1)) {
    throw new InvalidArgumentError(name, share, "a share of the triples, from 0 to below 1");
  }
  return Math.floor(share * graph.size);
}

function splitTooLarge(wanted: number, got: number, size: number): CredenceError {
  return new CredenceError({
    code: "SPLIT_TOO_LARGE",
    message: `Only ${got} of ${size} triples can be held out if every name is to stay in train, not ${wanted}.`,
    given: wanted,
    expected: `at most ${got} triples for validation and test together`,
    hint: "Ask for smaller shares.",
  });
}

function reportText(splits: Splits, unseen: SplitReport["unseen"], leaks: SplitReport["leaks"]): string {
  const sizes = order.map((name) => `${name} ${splits[name].size}`).join(", ");
  const lines = [`triples: ${sizes}`];
  for (const split of order.slice(1)) {
    const here = unseen.filter((entry) => entry.split === split);
    if (here.length === 0) continue;
    const names = new Set(here.flatMap((entry) => entry.names));
    lines.push(`${split}: ${here.length} triples with ${names.size} names that train does not have`);
  }
  if (leaks.length > 0) lines.push(`leaks: ${leaks.length} triples stand in two splits`);
  return lines.join("\n");
}
