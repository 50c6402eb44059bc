/** Rows of states from files, with the names of the variables if the first line gives them. */
import { readStates, type StateTable, weightRows } from "@credence/circuits";
import { CredenceError, delimitedParser, InvalidArgumentError, ParseError } from "@credence/core";
import { readText } from "@credence/core/node";
import { textFrom } from "./input.ts";

/** A table, and what its columns are called. */
export interface NamedRows {
  readonly table: StateTable;
  readonly names: readonly string[] | undefined;
}

/** How {@link rowsFrom} reads. */
export interface RowsOptions {
  /** The option that names the file, for errors. */
  readonly option: string;
  /** Whether the first line holds names, whatever it looks like; otherwise it does if no field is a number. */
  readonly header?: boolean | undefined;
  /** Rows whose states and names these must have. */
  readonly like?: NamedRows | undefined;
}

/**
 * The rows of a file (plain or .gz, - for standard input). Lines are counted with the header.
 * @throws ParseError as `readStates`
 * @throws InvalidArgumentError for a file without rows, or names that do not fit the rows or those of `like`
 */
export async function rowsFrom(path: string, { option, header, like }: RowsOptions): Promise<NamedRows> {
  let names: readonly string[] | undefined;
  async function* body(): AsyncGenerator<string, void, void> {
    // The first line may come in pieces.
    let start: string | undefined = "";
    for await (const piece of readText(path)) {
      if (start === undefined) {
        yield piece;
        continue;
      }
      start += piece;
      if (!start.includes("\n")) continue;
      yield afterNames(start);
      start = undefined;
    }
    if (start !== undefined) yield afterNames(start);
  }
  const afterNames = (text: string): string => {
    const end = text.indexOf("\n") + 1 || text.length;
    names = namesIn(text.slice(0, end), header === true);
    // An empty line in its place, so that lines keep their numbers.
    return names === undefined ? text : `\n${text.slice(end)}`;
  };
  const table = await toldOf(option, path, () =>
    readStates(body(), like === undefined ? {} : { arities: like.table.arities }),
  );
  checkNames(option, names, table.cols, like);
  return { table, names };
}

/** The names in a first line, undefined if it is a row. */
function namesIn(line: string, isHeader: boolean): readonly string[] | undefined {
  const fields = (line.includes(",") ? csvFields(line) : line.trim().split(/\s+/)).map((field) =>
    field.trim(),
  );
  return isHeader || !fields.some(isValue) ? fields : undefined;
}

function csvFields(line: string): readonly string[] {
  let found: readonly string[] = [];
  const parser = delimitedParser(",", ({ fields }) => {
    found = fields;
  });
  parser.push(line);
  parser.end();
  return found;
}

/** Numbers, also those that are no states, and what stands for missing ones. */
function isValue(field: string): boolean {
  return !Number.isNaN(Number(field)) || field === "?" || field === "*" || field === "NaN";
}

function checkNames(
  option: string,
  names: readonly string[] | undefined,
  cols: number,
  like: NamedRows | undefined,
): void {
  if (names === undefined) return;
  const given = names.join(", ");
  if (names.length !== cols || new Set(names).size !== cols)
    throw new InvalidArgumentError(
      `The header of ${option}`,
      given,
      `${cols} distinct names, one per column`,
    );
  if (like === undefined || like.names?.join("\n") === names.join("\n")) return;
  const expected =
    like.names === undefined ? "left out, as in --train" : `${like.names.join(", ")}, as in --train`;
  throw new InvalidArgumentError(`The header of ${option}`, given, expected);
}

/**
 * Rows that count as often as a file (plain or .gz, - for standard input) says: one number from 0 a line, empty lines
 * aside.
 * @throws ParseError with line and column for anything else
 * @throws InvalidArgumentError for another number of lines than rows, and for numbers that are all 0
 */
export async function weightedBy(rows: NamedRows, path: string): Promise<NamedRows> {
  const text = await textFrom(path);
  const weights: number[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const field = line.trim();
    if (field !== "") weights.push(weightOf(field, text, at + line.indexOf(field)));
    at += line.length + 1;
  }
  const table = await toldOf("--weights", path, async () => weightRows(rows.table, weights));
  return { ...rows, table };
}

function weightOf(field: string, text: string, at: number): number {
  const weight = Number(field);
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  throw new ParseError(text, at, {
    code: "INVALID_WEIGHT",
    message: `${JSON.stringify(field)} is not how often a row may count.`,
    given: field,
    expected: "a number from 0 on a line of its own, one line per training row",
    hint: "Weights have no header; write 0 for a row that does not count.",
  });
}

/** Errors that do not know the file name it. */
async function toldOf<T>(option: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new CredenceError({
      code: cause.code,
      message: `${option} ${path}: ${cause.message}`,
      given: path,
      ...(cause.expected === undefined ? {} : { expected: cause.expected }),
      hint: "Check that it is the right file, and is whole.",
      cause,
    });
  }
}
