/**
 * Words of a text with their places, for the line-oriented formats of knowledge compilation: words are separated
 * by blanks, and ends of line count where a format says so.
 */
import { CredenceError, ParseError } from "@credence/core";

/** Reads a text word by word. */
export interface Scanner {
  readonly text: string;
  /** Where the last word began (UTF-16 code units from 0). */
  readonly start: number;
  /** The next word on any line, or "" at the end of the text. */
  next(): string;
  /** The next word of the current line, or "" at its end. */
  nextOnLine(): string;
  /** What {@link nextOnLine} would return, without moving on. */
  peekOnLine(): string;
  /** Whether only blanks are left. */
  atEnd(): boolean;
  /** Leaves the rest of the current line unread and returns it. */
  skipLine(): string;
  /** The error at the last word. */
  fail(code: string, message: string, expected: string, hint?: string): ParseError;
}

/** A scanner at the start of `text`. Every call takes time linear in what it reads. */
export function scanner(text: string): Scanner {
  let at = 0;
  let start = 0;
  const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13;
  const word = (): string => {
    start = at;
    while (at < text.length && !isBlank(text.charCodeAt(at)) && text.charCodeAt(at) !== 10) at++;
    return text.slice(start, at);
  };
  const skipBlanks = (linesToo: boolean): void => {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (!isBlank(code) && !(linesToo && code === 10)) return;
    }
  };
  return {
    text,
    get start() {
      return start;
    },
    next() {
      skipBlanks(true);
      return word();
    },
    nextOnLine() {
      skipBlanks(false);
      return word();
    },
    peekOnLine() {
      const [beforeAt, beforeStart] = [at, start];
      skipBlanks(false);
      const found = word();
      [at, start] = [beforeAt, beforeStart];
      return found;
    },
    atEnd() {
      skipBlanks(true);
      return at >= text.length;
    },
    skipLine() {
      const end = text.indexOf("\n", at);
      const from = at;
      at = end < 0 ? text.length : end + 1;
      return text.slice(from, end < 0 ? at : end);
    },
    fail(code, message, expected, hint) {
      const given = text.slice(start, at);
      return new ParseError(text, Math.min(start, Math.max(0, text.length)), {
        code,
        message,
        given: given === "" ? "the end of the text" : given.slice(0, 60),
        expected,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  };
}

/**
 * What `work` returns. What it finds wrong is told with the place in the text that it works on (UTF-16 code units
 * from 0), and otherwise as it is.
 */
export function placed<T>(text: string, start: number | (() => number), work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof CredenceError) || cause instanceof ParseError) throw cause;
    const { code, message, given, expected, hint } = cause;
    throw new ParseError(text, typeof start === "number" ? start : start(), {
      code,
      message,
      given,
      ...(expected === undefined ? {} : { expected }),
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
}

/**
 * The most variables or states of a variable that a text of this length is believed to speak of: tables have an entry
 * for each, and a few wrong digits must not make them enormous.
 */
export function mostIn(text: string): number {
  return 2 ** 16 + text.length;
}

/**
 * The error at the end of a text whose header `name N` is missing (N is NaN), or announces other nodes than came.
 */
export function wrongCount(scan: Scanner, name: string, count: number, what?: string): ParseError {
  scan.next();
  const code = `${name.toUpperCase()}_HEADER`;
  if (Number.isNaN(count)) return scan.fail(code, "The file has no header.", `a line \`${name} N\``);
  const message = what ?? "The nodes are not as many as announced.";
  const hint = "The file may be cut off: copy or download it again.";
  return scan.fail(code, message, count === 0 ? "at least 1 node" : `${count} nodes`, hint);
}

/** The natural number that the next word of the line is. @throws ParseError with the code */
export function natural(scan: Scanner, code: string): number {
  const value = integerOf(scan.nextOnLine());
  if (value >= 0) return value;
  throw scan.fail(code, "A number is missing or cannot be understood.", "a natural number");
}

/**
 * Reads a format with a header `name N` and one node a line, `kind id …`, comments (c…) aside.
 * @param read reads the rest of a node's line; `start` is where the line begins
 * @throws ParseError `NAME_HEADER`, `NAME_LINE` or `NAME_NODE`, and what `read` throws
 */
export function readNumberedLines(
  scan: Scanner,
  name: string,
  read: (kind: string, id: number, start: number) => void,
): void {
  const code = (part: string): string => `${name.toUpperCase()}_${part}`;
  const ids = new Set<number>();
  let count = Number.NaN;
  while (!scan.atEnd()) {
    const word = scan.next();
    if (word.startsWith("c")) {
      scan.skipLine();
      continue;
    }
    if (Number.isNaN(count) !== (word === name)) {
      const expected = `a line \`${name} N\``;
      throw scan.fail(code("HEADER"), "The file has one header, and it comes first.", expected);
    }
    const { start } = scan;
    if (word === name) count = natural(scan, code("HEADER"));
    else {
      const id = natural(scan, code("NODE"));
      if (ids.has(id)) throw scan.fail(code("NODE"), "This node comes twice.", "a new number");
      ids.add(id);
      read(word, id, start);
    }
    if (scan.skipLine().trim() !== "")
      throw scan.fail(code("LINE"), "The line goes on.", "the end of the line");
  }
  if (ids.size !== count || count === 0) throw wrongCount(scan, name, count);
}

/** The integer that `word` is, or NaN. Only decimal digits and a sign count as one. */
export function integerOf(word: string): number {
  return /^[+-]?\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
}

/** The real number that `word` is, or NaN; fractions `a/b` of numbers are accepted, infinities are not. */
export function realOf(word: string): number {
  const slash = word.indexOf("/");
  if (slash > 0) {
    const value = realOf(word.slice(0, slash)) / realOf(word.slice(slash + 1));
    return Number.isFinite(value) ? value : Number.NaN;
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return Number.NaN;
  const value = Number(word);
  return Number.isFinite(value) ? value : Number.NaN;
}
