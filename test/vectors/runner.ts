/**
 * Runs reference vectors: a folder of one domain, or a folder of such folders. The domain is the name of the
 * folder that holds a file, the kind its base name without a trailing `-[A-Z]`. Every case counts once.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { CredenceError } from "@credence/core";
import { type CaseCheck, caseCheck, type FieldFailure, Unsupported } from "./case-check.ts";

/** One case of a file: its id and the check of all the fields that count. */
export interface VectorCase {
  readonly id: string;
  /** Compares through the public API; throws {@link Unsupported} where the library lacks what the case needs. */
  readonly run: (check: CaseCheck) => void;
}

/** Reads one kind of file: the parsed JSON in, its cases out. */
export type VectorReader = (document: never) => VectorCase[];

/** All readers, by domain and kind. */
export type VectorReaders = Readonly<Record<string, Readonly<Record<string, VectorReader>>>>;

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly failures: readonly FieldFailure[];
}

export interface VectorsResult {
  readonly files: readonly FileResult[];
  readonly totals: { readonly passed: number; readonly failed: number; readonly unsupported: number };
}

/** Runs every JSON file below `folder` (one or two levels), in the order of their names. */
export function runVectors(folder: string, readers: VectorReaders): VectorsResult {
  const files = jsonFiles(folder).map((path) => runFile(path, relative(folder, path), readers));
  const total = (key: "passed" | "failed" | "unsupported"): number =>
    files.reduce((sum, file) => sum + file[key], 0);
  return {
    files,
    totals: { passed: total("passed"), failed: total("failed"), unsupported: total("unsupported") },
  };
}

/** The cases of one file, as `runVectors` and the tests run them. */
export function vectorCases(path: string, readers: VectorReaders): VectorCase[] {
  const domain = basename(dirname(path));
  const kind = basename(path, ".json").replace(/-[A-Z]$/, "");
  const document = JSON.parse(readFileSync(path, "utf8")) as { cases?: unknown[] };
  const reader = readers[domain]?.[kind];
  if (reader !== undefined) return reader(document as never);
  return (document.cases ?? [{}]).map((_, index) => unsupportedCase(`${kind}/${index}`));
}

/** A case that the library cannot run yet. */
export function unsupportedCase(id: string): VectorCase {
  return {
    id,
    run() {
      throw new Unsupported(id);
    },
  };
}

function runFile(path: string, file: string, readers: VectorReaders): FileResult {
  const counts = { passed: 0, failed: 0, unsupported: 0 };
  const failures: FieldFailure[] = [];
  for (const one of vectorCases(path, readers)) {
    const check = caseCheck(one.id);
    try {
      one.run(check);
    } catch (error) {
      if (error instanceof Unsupported) {
        counts.unsupported++;
        continue;
      }
      const actual = error instanceof CredenceError ? error.toJSON() : String(error);
      check.holds("(no exception)", "a result", actual, false);
    }
    failures.push(...check.failures);
    counts[check.failures.length > 0 ? "failed" : "passed"]++;
  }
  return { file, ...counts, failures };
}

function jsonFiles(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...jsonFiles(path));
    else if (name.endsWith(".json")) found.push(path);
  }
  return found;
}
