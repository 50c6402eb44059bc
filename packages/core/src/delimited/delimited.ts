/**
 * One incremental parser of delimited text, record by record. Tab-separated: fields are taken as they stand.
 * Any other delimiter: quotes as in RFC 4180 (a field that begins with `"` ends at the next single `"`, `""`
 * inside it is one `"`, and delimiters and line ends inside it belong to it). Lines end in LF or CRLF; a byte
 * order mark is dropped; blank lines are skipped. Where chunks are cut makes no difference: only whole lines
 * are looked at. O(length) time; memory for the line at hand.
 */
import { type ErrorFacts, InvalidArgumentError } from "../errors/credence-error.ts";
import { ParseError } from "../errors/parse-error.ts";

/** One record, with what is needed to say where something is wrong in it. */
export interface DelimitedRow {
  readonly fields: readonly string[];
  /** Where each field begins in `raw`. */
  readonly starts: readonly number[];
  readonly raw: string;
  /** The line on which the record begins, from 1. */
  readonly line: number;
}

/** Text in, rows out. */
export interface DelimitedParser {
  push(chunk: string): void;
  /** The text has ended. @throws ParseError `UNCLOSED_QUOTE` */
  end(): void;
}

/**
 * A parser that hands every record to `onRow`. Without `delimiter` the first line decides: tab if it holds
 * one, else comma.
 * @throws InvalidArgumentError a delimiter that is not one character, or is a quote or a line end
 */
export function delimitedParser(
  delimiter: string | undefined,
  onRow: (row: DelimitedRow) => void,
): DelimitedParser {
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n\ufeff]/.test(delimiter))) {
    throw new InvalidArgumentError("delimiter", delimiter, "one character, neither a quote nor a line end");
  }
  let separator = delimiter;
  let line = 0;
  let atStart = true;
  let unfinished = "";
  let open: QuotedRecord | undefined;

  const takeLine = (text: string, ended: boolean): void => {
    line += 1;
    if (open === undefined) {
      const content = text.endsWith("\r") ? text.slice(0, -1) : text;
      separator ??= content.includes("\t") ? "\t" : content.trim() === "" ? undefined : ",";
      if (isBlank(content, separator)) return;
      if (separator === "\t" || !content.includes('"')) {
        onRow(plainRow(content, separator as string, line));
        return;
      }
      open = quotedRecord(line);
    }
    if (!scanLine(open, text, separator as string, ended)) return;
    onRow(open);
    open = undefined;
  };

  return {
    push(chunk) {
      if (typeof chunk !== "string") {
        throw new InvalidArgumentError(
          "source",
          chunk,
          "a text, or an async iterable of texts",
          "Decode bytes first: a Node stream does after setEncoding('utf8'), a web stream through TextDecoderStream.",
        );
      }
      if (chunk === "") return;
      let from = atStart && chunk.startsWith("\ufeff") ? 1 : 0;
      atStart = false;
      for (;;) {
        const to = chunk.indexOf("\n", from);
        if (to < 0) break;
        const text = unfinished + chunk.slice(from, to);
        unfinished = "";
        takeLine(text, true);
        from = to + 1;
      }
      unfinished += chunk.slice(from);
    },
    end() {
      if (unfinished !== "") takeLine(unfinished, false);
      unfinished = "";
      if (open !== undefined) {
        throw rowError(open, open.starts.length - 1, {
          code: "UNCLOSED_QUOTE",
          message: `The quote opened on line ${open.line} is never closed.`,
          expected: 'a closing " before the next delimiter or line end',
          hint: 'Close it; a " inside a quoted field is written "".',
        });
      }
    },
  };
}

/** A parse error that points at the beginning of a field (or at the end of the record, past the last one). */
export function rowError(row: DelimitedRow, field: number, facts: ErrorFacts): ParseError {
  const offset = row.starts[field] ?? row.raw.length;
  // Lines already read are gone: blank ones stand for them, so that line and column come out right.
  return new ParseError("\n".repeat(row.line - 1) + row.raw, row.line - 1 + offset, facts);
}

function isBlank(content: string, separator: string | undefined): boolean {
  return content.trim() === "" && (separator === undefined || !content.includes(separator));
}

function plainRow(content: string, separator: string, line: number): DelimitedRow {
  const fields = content.split(separator);
  return {
    fields,
    raw: content,
    line,
    get starts() {
      let at = 0;
      return fields.map((field) => {
        const start = at;
        at += field.length + 1;
        return start;
      });
    },
  };
}

/** A record with quotes in it, as far as it has been read. */
interface QuotedRecord extends DelimitedRow {
  readonly fields: string[];
  readonly starts: number[];
  raw: string;
  field: string;
  /** start: of a field · plain: an unquoted field · inside: quotes · closed: after the closing quote */
  mode: "start" | "plain" | "inside" | "closed";
}

function quotedRecord(line: number): QuotedRecord {
  return { fields: [], starts: [0], raw: "", line, field: "", mode: "start" };
}

/** Reads one more line into the record; true if the record ends with it. */
function scanLine(record: QuotedRecord, text: string, separator: string, ended: boolean): boolean {
  const base = record.raw.length;
  record.raw += text;
  let i = 0;
  while (i < text.length) {
    if (record.mode === "inside") i = scanQuoted(record, text, i);
    else if (text[i] === separator) {
      record.fields.push(record.field);
      record.starts.push(base + i + 1);
      record.field = "";
      record.mode = "start";
      i += 1;
    } else if (text[i] === "\r" && i === text.length - 1) i += 1;
    else if (record.mode === "start" && text[i] === '"') {
      record.mode = "inside";
      i += 1;
    } else if (record.mode === "closed") throw afterQuote(record, base + i);
    else {
      record.mode = "plain";
      const next = text.indexOf(separator, i);
      const end = next < 0 ? text.replace(/\r$/, "").length : next;
      record.field += text.slice(i, end);
      i = end;
    }
  }
  if (record.mode === "inside") {
    if (ended) {
      record.field += "\n";
      record.raw += "\n";
    }
    return false;
  }
  record.fields.push(record.field);
  return true;
}

/** From inside quotes to just after the closing one, or to the end of the line; returns where that is. */
function scanQuoted(record: QuotedRecord, text: string, from: number): number {
  let i = from;
  for (;;) {
    const quote = text.indexOf('"', i);
    if (quote < 0) {
      record.field += text.slice(i);
      return text.length;
    }
    record.field += text.slice(i, quote);
    if (text[quote + 1] !== '"') {
      record.mode = "closed";
      return quote + 1;
    }
    record.field += '"';
    i = quote + 2;
  }
}

function afterQuote(record: QuotedRecord, offset: number): ParseError {
  const at: DelimitedRow = { fields: [], starts: [offset], raw: record.raw, line: record.line };
  return rowError(at, 0, {
    code: "TEXT_AFTER_QUOTE",
    message: "There is text between a closing quote and the next delimiter.",
    expected: "a delimiter or the end of the line after a closing quote",
    hint: 'A " inside a quoted field is written "".',
  });
}
