/**
 * Triples from text: one per line, head, relation, tail, tab- or comma-separated, no header. Core's parser of
 * delimited text serves whole texts and streams alike.
 */
import {
  CredenceError,
  type DelimitedRow,
  delimitedParser,
  InvalidArgumentError,
  rowError,
  UnknownNameError,
  type Vocabulary,
} from "@credence/core";
import { type GraphVocabularies, graphFromIds, type KnowledgeGraph, mergeGraphs } from "./knowledge-graph.ts";
import { type NameIds, nameIds } from "./name-ids.ts";

/** A text, or a text that comes in pieces (a Node stream, a decoded fetch body). */
export type TextSource = string | AsyncIterable<string>;

/** How triples are read. */
export interface ReadOptions extends GraphVocabularies {
  /** One character; by default tab if the first line holds one, else comma. */
  readonly delimiter?: string | undefined;
  /** What the text is, for error messages; default `The input`. */
  readonly name?: string | undefined;
}

/**
 * Reads triples. Repeated triples count once; blank lines are skipped.
 * @throws ParseError with line and column: `TRIPLE_COLUMNS`, `EMPTY_NAME`, `UNKNOWN_NAME` (for a name that a
 *   given vocabulary lacks), `UNCLOSED_QUOTE`, `TEXT_AFTER_QUOTE`
 * @throws CredenceError `EMPTY_INPUT`
 */
export async function readTriples(source: TextSource, options: ReadOptions = {}): Promise<KnowledgeGraph> {
  const { name = "The input", ...others } = options;
  return readTripleSources([{ name, source }], others);
}

/** A source and what it is called in error messages, for example its file name. */
export interface NamedSource {
  readonly name: string;
  readonly source: TextSource;
}

/**
 * Reads several sources, one after the other, into one graph.
 * @throws the errors of {@link readTriples}, with the name of the source that they are about
 * @throws InvalidArgumentError no source
 */
export async function readTripleSources(
  sources: readonly NamedSource[],
  options: Omit<ReadOptions, "name"> = {},
): Promise<KnowledgeGraph> {
  if (sources.length === 0) throw new InvalidArgumentError("sources", sources, "at least one source");
  const entities = nameIds("entity", options.entities);
  const relations = nameIds("relation", options.relations);
  const read: ReturnType<TripleReader["end"]>[] = [];
  for (const { name, source } of sources) {
    const reader = tripleReader(entities, relations, { delimiter: options.delimiter, name });
    await feed(reader, source);
    read.push(reader.end());
  }
  // Graphs are made last, when all names have their ids.
  return mergeGraphs(read.map((one) => one.graph()));
}

/** The same for a text at hand, at once. */
export function parseTriples(text: string, options: ReadOptions = {}): KnowledgeGraph {
  const reader = tripleReader(
    nameIds("entity", options.entities),
    nameIds("relation", options.relations),
    options,
  );
  reader.push(text);
  return reader.end().graph();
}

/** Triples as they come; used by every reader of triples. */
export interface TripleReader {
  push(chunk: string): void;
  /** The text has ended. What is read is kept by id until `graph` is asked for. */
  end(): { graph(): KnowledgeGraph };
}

/** A reader that gives names their ids from `entities` and `relations`, which several readers may share. */
export function tripleReader(
  entities: NameIds,
  relations: NameIds,
  options: Pick<ReadOptions, "delimiter" | "name">,
): TripleReader {
  const name = options.name ?? "The input";
  const headIds: number[] = [];
  const relationIds: number[] = [];
  const tailIds: number[] = [];
  const parser = delimitedParser(options.delimiter, (row) => {
    checkRow(row, name);
    headIds.push(idIn(entities, row, 0));
    relationIds.push(idIn(relations, row, 1));
    tailIds.push(idIn(entities, row, 2));
  });
  return {
    push: parser.push,
    end() {
      parser.end();
      if (headIds.length === 0) throw emptyInput(name);
      const built = (): [Vocabulary, Vocabulary] => [entities.build(), relations.build()];
      return { graph: () => graphFromIds({ headIds, relationIds, tailIds }, ...built()) };
    },
  };
}

/** Pushes all of a source into a reader. */
export async function feed(reader: TripleReader, source: TextSource): Promise<void> {
  if (typeof source === "string") reader.push(source);
  else for await (const chunk of source) reader.push(chunk);
}

function checkRow(row: DelimitedRow, name: string): void {
  const { fields } = row;
  if (fields.length !== 3) {
    throw rowError(row, Math.min(fields.length, 3), {
      code: "TRIPLE_COLUMNS",
      message: `${name} has ${count(fields.length)} on line ${row.line}, not three.`,
      given: row.raw.slice(0, 200),
      expected: "head, relation and tail, separated by tabs or commas",
      hint: columnsHint(row),
    });
  }
  const empty = fields.findIndex((field) => field.trim() === "");
  if (empty >= 0) {
    throw rowError(row, empty, {
      code: "EMPTY_NAME",
      message: `${name} has an empty ${["head", "relation", "tail"][empty]} on line ${row.line}.`,
      given: row.raw.slice(0, 200),
      expected: "a name that is not blank",
      hint: "Write the missing name or delete the line.",
    });
  }
}

function count(columns: number): string {
  return columns === 1 ? "one column" : `${columns} columns`;
}

function columnsHint(row: DelimitedRow): string {
  if (row.fields.length === 2) return "Pairs have no relation: add it as the middle column.";
  if (row.fields.length > 3) {
    const quoted = row.raw.includes(",") && !row.raw.includes("\t");
    return quoted
      ? 'Keep the first three columns; a name that holds a comma stands in quotes: "Paris, Texas".'
      : "Keep the first three columns (a fourth often holds a weight, a date or a graph name).";
  }
  return "Another separator than tab or comma is named by `delimiter`.";
}

function idIn(names: NameIds, row: DelimitedRow, field: number): number {
  try {
    return names.id(row.fields[field]);
  } catch (error) {
    if (!(error instanceof UnknownNameError)) throw error;
    throw rowError(row, field, {
      code: error.code,
      message: error.message,
      given: error.given,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** No records at all. */
function emptyInput(name: string): CredenceError {
  return new CredenceError({
    code: "EMPTY_INPUT",
    message: `${name} holds no triples.`,
    expected: "lines of head, relation, tail",
    hint: "Is it the right file, and did the program that writes it finish?",
  });
}
