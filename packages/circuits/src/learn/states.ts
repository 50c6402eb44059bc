/** Data for learning: rows of states, column by column in bytes, with missing values. */
import { InvalidArgumentError, ParseError } from "@credence/core";
import { totalWeight } from "./weights.ts";

/** The code of a missing value. */
export const missing = 255;

/** A table of states. Entry (row r, variable v) is `columns[v * rows + r]`. */
export interface StateTable {
  readonly rows: number;
  readonly cols: number;
  /** How many states each variable has, at most 255. */
  readonly arities: readonly number[];
  /** States by column, {@link missing} for missing values. */
  readonly columns: Uint8Array;
  /** How often each row counts, finite and from 0 (see `weightRows`); default: once. */
  readonly weights?: Float64Array;
}

/** Options of {@link readStates}. */
export interface ReadStatesOptions {
  /**
   * How many states each variable has; larger ones are then refused. Default: one more than the largest in the
   * data, at least 2.
   */
  readonly arities?: readonly number[];
}

/**
 * Reads rows of states, separated by commas or white space: integers from 0, and nothing, `?`, `*` or `NaN` where
 * a value is missing. Empty lines are skipped. Text may come in pieces that end anywhere. O(text) time; one byte
 * a value.
 * @throws ParseError with line and column for anything else, rows of different lengths or states beyond the arity
 * @throws InvalidArgumentError for text without rows
 */
export async function readStates(
  source: string | AsyncIterable<string>,
  options: ReadStatesOptions = {},
): Promise<StateTable> {
  const reader = rowReader(options.arities);
  if (typeof source === "string") reader.add(source);
  else for await (const piece of source) reader.add(piece);
  reader.end();
  return reader.take(reader.rows);
}

/** {@link readStates} of a text. */
export function parseStates(text: string, options: ReadStatesOptions = {}): StateTable {
  const reader = rowReader(options.arities);
  reader.add(text);
  reader.end();
  return reader.take(reader.rows);
}

/** Options of {@link stateBlocks}. */
export interface StateBlocksOptions {
  /** How many states each variable has: one block cannot tell for all. */
  readonly arities: readonly number[];
  /** Rows a block; default 8192. */
  readonly rows?: number;
}

/**
 * {@link readStates} in blocks of equally many rows (the last one may have fewer), so that only one is in memory. How
 * the text comes in pieces makes no difference.
 * @throws ParseError as readStates; InvalidArgumentError for text without rows or an impossible block
 */
export async function* stateBlocks(
  source: string | AsyncIterable<string>,
  options: StateBlocksOptions,
): AsyncGenerator<StateTable, void, void> {
  const { arities, rows = 8192 } = options;
  if (!(Number.isInteger(rows) && rows >= 1))
    throw new InvalidArgumentError("rows", rows, "an integer from 1");
  const reader = rowReader(arities);
  let blocks = 0;
  for await (const piece of typeof source === "string" ? [source] : source) {
    reader.add(piece);
    for (; reader.rows > rows; blocks++) yield reader.take(rows);
  }
  reader.end();
  for (; reader.rows > rows; blocks++) yield reader.take(rows);
  if (blocks === 0 || reader.rows > 0) yield reader.take(reader.rows);
}

function rowReader(arities: readonly number[] | undefined) {
  let rest = "";
  let line = 0;
  let cols = -1;
  let rows = 0;
  let values = new Uint8Array(1 << 16);
  const addLine = (text: string): void => {
    line++;
    if (text.trim() === "") return;
    const commas = text.includes(",");
    const fields = commas ? text.split(",") : text.trim().split(/\s+/);
    if (cols < 0) cols = fields.length;
    if (fields.length !== cols) throw rowLength(text, line, fields.length, cols);
    if ((rows + 1) * cols > values.length) {
      const larger = new Uint8Array(2 * Math.max(values.length, (rows + 1) * cols));
      larger.set(values);
      values = larger;
    }
    for (let v = 0; v < cols; v++)
      values[rows * cols + v] = stateOf(fields[v], text, line, arities?.[v] ?? 255);
    rows++;
  };
  return {
    add(piece: string): void {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() as string;
      for (const text of lines) addLine(text);
    },
    /** Rows that have not been taken yet. */
    get rows() {
      return rows;
    },
    /** The text is at its end. */
    end(): void {
      if (rest !== "") addLine(rest);
      rest = "";
    },
    /** The next rows. */
    take(count: number): StateTable {
      if (count === 0) throw new InvalidArgumentError("The data", "empty", "at least one row of states");
      if (arities !== undefined && arities.length !== cols) {
        throw new InvalidArgumentError("The number of columns", cols, `${arities.length}, one per arity`);
      }
      const table = byColumns(values, count, cols, arities);
      values.copyWithin(0, count * cols, rows * cols);
      rows -= count;
      return table;
    },
  };
}

function stateOf(field: string, text: string, line: number, arity: number): number {
  // The usual case first: one digit.
  const code = field.charCodeAt(0) - 48;
  if (field.length === 1 && code >= 0 && code <= 9 && code < arity) return code;
  const trimmed = field.trim();
  if (trimmed === "" || trimmed === "?" || trimmed === "*" || trimmed === "NaN") return missing;
  if (/^\d+$/.test(trimmed) && Number(trimmed) < Math.min(arity, 255)) return Number(trimmed);
  throw lineError(text, line, text.indexOf(field), {
    code: "INVALID_STATE",
    message: `${JSON.stringify(trimmed)} is not a state.`,
    given: trimmed,
    expected: `an integer from 0 to ${Math.min(arity, 255) - 1}, or ? where a value is missing`,
    hint: "Discretize numbers before learning from them.",
  });
}

function rowLength(text: string, line: number, found: number, expected: number): ParseError {
  return lineError(text, line, 0, {
    code: "ROW_LENGTH",
    message: `Line ${line} has ${found} values, the first row ${expected}.`,
    given: found,
    expected: `${expected} values`,
    hint: "Write ? where a value is missing.",
  });
}

/** An error at a place in one line; the lines before it are only counted. */
function lineError(
  text: string,
  line: number,
  column: number,
  facts: ConstructorParameters<typeof ParseError>[2],
) {
  return new ParseError("\n".repeat(line - 1) + text, line - 1 + Math.max(0, column), facts);
}

function byColumns(
  values: Uint8Array,
  rows: number,
  cols: number,
  given: readonly number[] | undefined,
): StateTable {
  const columns = new Uint8Array(rows * cols);
  const arities = new Array<number>(cols).fill(2);
  for (let r = 0; r < rows; r++) {
    for (let v = 0; v < cols; v++) {
      const state = values[r * cols + v];
      columns[v * rows + r] = state;
      if (state !== missing && state >= arities[v]) arities[v] = state + 1;
    }
  }
  return { rows, cols, arities: given ?? arities, columns };
}

/** Tables that have been checked: training looks at the same one many times. */
const sound = new WeakSet<StateTable>();

/**
 * Checks that a table is one: at least one row and column, arities from 1 to 255, a state within its arity (or
 * {@link missing}) for every entry, weights from 0 if there are any. O(values), once per table; a table is not to be
 * changed afterwards.
 * @throws InvalidArgumentError
 */
export function checkTable(table: StateTable): void {
  if (typeof table !== "object" || table === null)
    throw new InvalidArgumentError("A table of states", table, "a table, as parseStates makes it");
  if (sound.has(table)) return;
  const { rows, cols, arities, columns } = table;
  for (const [name, value] of Object.entries({ rows, cols })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new InvalidArgumentError(`The ${name} of a table of states`, value, "an integer from 1");
  }
  if (!Array.isArray(arities) || arities.length !== cols) {
    throw new InvalidArgumentError("arities", arities, `${cols} numbers, one per column`);
  }
  arities.forEach((arity, v) => {
    if (Number.isInteger(arity) && arity >= 1 && arity <= missing) return;
    throw new InvalidArgumentError(`arities[${v}]`, arity, `an integer from 1 to ${missing}`);
  });
  if (!(columns instanceof Uint8Array) || columns.length !== rows * cols) {
    throw new InvalidArgumentError("columns", columns, `${rows * cols} bytes, ${rows} for each column`);
  }
  arities.forEach((arity, v) => {
    for (let r = 0; r < rows; r++) {
      const state = columns[v * rows + r];
      if (state >= arity && state !== missing) throw noState(state, r, v, arity);
    }
  });
  totalWeight(table.weights, rows);
  sound.add(table);
}

function noState(state: number, row: number, column: number, arity: number): InvalidArgumentError {
  return new InvalidArgumentError(
    `Row ${row} of column ${column}`,
    state,
    `a state from 0 to ${arity - 1}, or ${missing} where it is missing`,
    "Entry (row r, column v) of a table is columns[v * rows + r].",
  );
}

/**
 * Checks that a table is one (see {@link checkTable}) and fits another: as many columns, and no states beyond its own.
 * @throws InvalidArgumentError
 */
export function checkColumns(table: StateTable, other: StateTable | undefined): void {
  if (other === undefined) return;
  checkTable(other);
  if (other.cols !== table.cols) {
    throw new InvalidArgumentError(
      "The number of columns",
      other.cols,
      `${table.cols}, as in the training data`,
    );
  }
  other.arities.forEach((arity, v) => {
    if (arity <= table.arities[v]) return;
    throw new InvalidArgumentError(
      `The states of column ${v}`,
      arity,
      `at most ${table.arities[v]}, as in the training data`,
      "Read all parts with the same arities.",
    );
  });
}

/**
 * Checks that a table fits another (see {@link checkColumns}) and that no value is missing.
 * @throws InvalidArgumentError
 */
export function checkComplete(table: StateTable, other: StateTable): void {
  checkColumns(table, other);
  const at = other.columns.indexOf(missing);
  if (at < 0) return;
  throw new InvalidArgumentError(
    `Row ${at % other.rows} of column ${Math.floor(at / other.rows)}`,
    "missing",
    "a state: decisions need complete rows",
    "Learn an hclt, which sums missing values out.",
  );
}
