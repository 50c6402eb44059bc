import { CredenceError, type ErrorDocument, type ErrorFacts } from "./credence-error.ts";

/** Where in a text something is wrong: lines and columns count from 1, columns in UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** The position of `offset` (UTF-16 code units from 0) in `text`. */
export function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

/** The offending line with a caret under the column; long lines are cut around the caret. */
export function caretFrame(text: string, position: TextPosition): string {
  const line = (text.split("\n")[position.line - 1] ?? "").replace(/\r$/, "");
  const width = 96;
  const from = Math.max(0, Math.min(position.column - 1 - width / 2, line.length - width));
  const shown = line.slice(from, from + width).replace(/\t/g, " ");
  const lead = from > 0 ? "…" : "";
  const tail = from + width < line.length ? "…" : "";
  const gutter = `${position.line} | `;
  const blank = " ".repeat(gutter.length + lead.length + position.column - 1 - from);
  return `${gutter}${lead}${shown}${tail}\n${blank}^`;
}

/** Text input that cannot be understood, with the place where understanding ended. */
export class ParseError extends CredenceError {
  readonly line: number;
  readonly column: number;
  readonly frame: string;

  /** @param offset where in `text` (UTF-16 code units from 0) the trouble is */
  constructor(text: string, offset: number, facts: ErrorFacts) {
    super(facts);
    const position = positionAt(text, offset);
    this.line = position.line;
    this.column = position.column;
    this.frame = caretFrame(text, position);
  }

  override toJSON(): ErrorDocument {
    return { ...super.toJSON(), line: this.line, column: this.column };
  }

  override toString(): string {
    return `${super.toString()}\n${this.frame}`;
  }
}
