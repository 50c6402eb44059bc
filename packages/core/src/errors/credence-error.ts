/**
 * The one base of every error that Credence throws: data first (a stable code, what was given, what was
 * expected, one way out), prose second.
 */

/** The facts of an error. All text is for people; `code` is for programs and never changes its meaning. */
export interface ErrorFacts {
  /** Stable identifier in upper snake case, for example `UNKNOWN_NAME`. */
  readonly code: string;
  /** One sentence that says what is wrong, without its way out. */
  readonly message: string;
  /** What the caller gave, in a form fit for printing. */
  readonly given?: unknown;
  /** What would have been right. */
  readonly expected?: string;
  /** One way out: the next thing to try. */
  readonly hint?: string;
  /** The error underneath, if there is one. */
  readonly cause?: unknown;
}

/** What {@link CredenceError.toJSON} returns: the shape that the command prints with `--json`. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly given?: unknown;
  readonly expected?: string;
  readonly hint?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Base class of the library's errors; `String(error)` prints the message, the expectation and the hint. */
export class CredenceError extends Error {
  readonly code: string;
  readonly given: unknown;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = facts.code;
    this.given = facts.given;
    this.expected = facts.expected;
    this.hint = facts.hint;
  }

  toJSON(): ErrorDocument {
    return {
      code: this.code,
      message: this.message,
      ...(this.given === undefined ? {} : { given: this.given }),
      ...(this.expected === undefined ? {} : { expected: this.expected }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }

  override toString(): string {
    const lines = [`${this.message} [${this.code}]`];
    if (this.expected !== undefined) lines.push(`  expected: ${this.expected}`);
    if (this.hint !== undefined) lines.push(`  hint: ${this.hint}`);
    return lines.join("\n");
  }
}

/** An argument outside its domain; every public function checks its arguments once, at the edge. */
export class InvalidArgumentError extends CredenceError {
  /**
   * @param argument the argument's name as the caller knows it
   * @param given the value received
   * @param expected the domain, for example `a number in (0, 1)`
   */
  constructor(argument: string, given: unknown, expected: string, hint?: string) {
    super({
      code: "INVALID_ARGUMENT",
      message: `${argument} is ${describe(given)}, but must be ${expected}.`,
      given: printable(given),
      expected,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** A short text for any value, for messages. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === "object" && value !== null)
    return `an object (${value.constructor?.name ?? "Object"})`;
  if (typeof value === "function") return "a function";
  return String(value);
}

function printable(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  return describe(value);
}
