/** An installed package as its users have it: its sub-paths, and what an import of each one pulls in. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** The part of a published package.json that tests look at. */
export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly import: { readonly default: string } }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** An importable sub-path: the specifier that users write, and the ESM file behind it. */
export interface EntryPoint {
  readonly specifier: string;
  readonly file: string;
}

/** The package.json of an installed package. */
export function manifestIn(folder: string): PublishedManifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PublishedManifest;
}

/** The sub-paths that hold code. */
export function entryPoints(folder: string): EntryPoint[] {
  const { name, exports } = manifestIn(folder);
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [{ specifier: join(name, path).replaceAll("\\", "/"), file: join(folder, target.import.default) }],
  );
}

/** What one ESM file pulls in: files of its package (itself first) and the specifiers of everything else. */
export interface Closure {
  readonly files: readonly string[];
  readonly others: ReadonlySet<string>;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^"';]*?(?:from\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Follows static and dynamic imports within the package; bundled code has them at the start of a line. */
export function closureOf(file: string): Closure {
  const files = [file];
  const others = new Set<string>();
  for (const each of files) {
    for (const [, fixed, dynamic] of readFileSync(each, "utf8").matchAll(IMPORT)) {
      const specifier = fixed ?? dynamic ?? "";
      const next = join(dirname(each), specifier);
      if (!specifier.startsWith(".")) others.add(specifier);
      else if (!files.includes(next)) files.push(next);
    }
  }
  return { files, others };
}

/** What a user downloads for some files, in bytes, each compressed by itself. */
export function gzippedBytes(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}
