/**
 * Tables of class probabilities as CSV or TSV: a header with the names of the classes, then a row of
 * probabilities per case; one column, by name, may hold the true label.
 */
import {
  CredenceError,
  type DelimitedRow,
  delimitedParser,
  type Matrix,
  rowError,
  UnknownNameError,
} from "@credence/core";
import { readText } from "@credence/core/node";

/** A table as read. */
export interface ProbabilityTable {
  readonly classes: readonly string[];
  readonly probabilities: Matrix;
  /** The class number of every row, if the table has the label column. */
  readonly labels: Int32Array | undefined;
  /** The line of every row, from 1, for messages. */
  readonly lines: readonly number[];
}

/**
 * Reads a table. Whether rows are probabilities is for the conformal package to say.
 * @param labelColumn the name of the column with the true labels (class names, or class numbers from 0)
 * @throws ParseError `TABLE_COLUMNS`, `NOT_A_NUMBER`, `UNKNOWN_LABEL`; CredenceError `EMPTY_INPUT`;
 *   UnknownNameError for a label column that is not there
 */
export async function readProbabilityTable(
  path: string,
  labelColumn: string | undefined,
): Promise<ProbabilityTable> {
  let columns: Columns | undefined;
  const values: number[] = [];
  const labels: number[] = [];
  const lines: number[] = [];
  const parser = delimitedParser(undefined, (row) => {
    if (columns === undefined) {
      columns = columnsOf(row, labelColumn);
      return;
    }
    readRow(row, columns, values, labels);
    lines.push(row.line);
  });
  for await (const text of readText(path)) parser.push(text);
  parser.end();
  if (columns === undefined || lines.length === 0) throw noRows(path, columns !== undefined);
  const { classes, label } = columns;
  return {
    classes,
    probabilities: { rows: lines.length, cols: classes.length, data: Float64Array.from(values) },
    labels: label === undefined ? undefined : Int32Array.from(labels),
    lines,
  };
}

interface Columns {
  readonly classes: readonly string[];
  /** The position of the label column. */
  readonly label: number | undefined;
  readonly count: number;
}

function columnsOf(header: DelimitedRow, labelColumn: string | undefined): Columns {
  const names = header.fields.map((name) => name.trim());
  const label = labelColumn === undefined ? undefined : names.indexOf(labelColumn);
  if (label !== undefined && label < 0) throw new UnknownNameError("column", labelColumn as string, names);
  const numeric = names.findIndex(
    (name) => name !== "" && Number.isFinite(Number(name)) && name.includes("."),
  );
  if (numeric >= 0) {
    throw rowError(header, numeric, {
      code: "TABLE_HEADER",
      message: "The first line holds numbers, not the names of the classes.",
      given: header.raw.slice(0, 200),
      expected: "a header with one name per class",
      hint: "Put a line such as `cat,dog,bird` on top of the table.",
    });
  }
  return { classes: names.filter((_, i) => i !== label), label, count: names.length };
}

function readRow(row: DelimitedRow, columns: Columns, values: number[], labels: number[]): void {
  const { fields } = row;
  if (fields.length !== columns.count) {
    throw rowError(row, Math.min(fields.length, columns.count), {
      code: "TABLE_COLUMNS",
      message: `Line ${row.line} has ${fields.length} columns, but the header has ${columns.count}.`,
      given: fields.length,
      expected: `${columns.count} columns`,
      hint: "Names that hold a comma stand in quotes; decimal commas are not read.",
    });
  }
  for (let i = 0; i < fields.length; i++) {
    if (i === columns.label) labels.push(labelOf(row, i, columns.classes));
    else values.push(numberOf(row, i));
  }
}

function numberOf(row: DelimitedRow, field: number): number {
  const text = row.fields[field].trim();
  // NaN and infinities are numbers as written; that they are no probabilities is said by who reads them.
  if (text !== "" && (text === "NaN" || !Number.isNaN(Number(text)))) return Number(text);
  throw rowError(row, field, {
    code: "NOT_A_NUMBER",
    message: `Line ${row.line} has ${JSON.stringify(text)} where a probability should be.`,
    given: text,
    expected: "a number from 0 to 1",
    hint: "If this column holds the true labels, name it with --label-column.",
  });
}

function labelOf(row: DelimitedRow, field: number, classes: readonly string[]): number {
  const text = row.fields[field].trim();
  const named = classes.indexOf(text);
  if (named >= 0) return named;
  const number = Number(text);
  if (text !== "" && Number.isInteger(number) && number >= 0 && number < classes.length) return number;
  const known = new UnknownNameError("class", text, classes);
  throw rowError(row, field, {
    code: "UNKNOWN_LABEL",
    message: `Line ${row.line} has the label ${JSON.stringify(text)}, which is no class of the header.`,
    given: text,
    expected: `a class name, or a class number from 0 to ${classes.length - 1}`,
    hint: known.suggestions.length > 0 ? (known.hint as string) : "Check the spelling of the class.",
    cause: known,
  });
}

function noRows(path: string, header: boolean): CredenceError {
  return new CredenceError({
    code: "EMPTY_INPUT",
    message: `${path} holds ${header ? "a header but no rows" : "nothing"}.`,
    expected: "a header with the class names, then rows of probabilities",
    hint: "Is it the right file, and did the program that writes it finish?",
  });
}
