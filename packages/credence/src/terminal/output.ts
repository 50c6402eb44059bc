/** What the command prints: one JSON document or text on standard output, everything else on standard error. */
import { CredenceError, type ErrorDocument } from "@credence/core";
import Table from "cli-table3";
import { interruptCode } from "./interrupt.ts";

/** JSON text in which non-finite numbers are strings and big integers are decimal strings. */
export function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, entry: unknown) => {
      if (typeof entry === "number" && !Number.isFinite(entry)) return String(entry);
      if (typeof entry === "bigint") return entry.toString();
      return entry;
    },
    2,
  );
}

/** Prints a result: the document with `--json`, otherwise the text made from it. */
export function printResult(json: boolean, document: unknown, text: () => string): void {
  process.stdout.write(`${json ? jsonText(document) : text()}\n`);
}

/** A plain table: headers, then rows; numbers are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  const made = new Table({
    head: [...head],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) made.push(row.map(String));
  return made.toString();
}

/** A share or a truth value with four decimals: enough to rank by, few enough to read. */
export function decimal(value: number, digits = 4): string {
  return value.toFixed(digits);
}

/**
 * Prints an error on standard error, as a document with `--json`, and returns the exit code: 1 where the user
 * can do something about it, 2 where only we can, and that of the signal if one has ended the work.
 */
export function printError(error: unknown, json: boolean): number {
  const ours = !(error instanceof CredenceError);
  const document: ErrorDocument = ours
    ? {
        code: "INTERNAL",
        message: error instanceof Error ? error.message : String(error),
        hint: "This is a fault of credence, not yours. Please report it with the command that led here.",
      }
    : error.toJSON();
  if (json) process.stderr.write(`${jsonText({ error: document })}\n`);
  else if (ours)
    process.stderr.write(`error: ${document.message} [INTERNAL]\n  ${document.hint}\n${stackOf(error)}\n`);
  else process.stderr.write(`error: ${String(error)}\n`);
  return ours ? 2 : (interruptCode() ?? 1);
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : "";
}
