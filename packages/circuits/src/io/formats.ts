/** The names of file formats, and how a file shows which one it is in. */
import { UnknownNameError } from "@credence/core";

/**
 * Formats that are read and written: circuits (`json`, `binary`, `psdd`, `jpc`, `spn`), formulas (`nnf`, which is
 * c2d's form, `d4` and `jlc`), networks (`uai`, `bif`), and what circuits are compiled from (`rules`, `cnf`, `dnf`, `sdd`).
 */
export const circuitFormats = [
  "json",
  "binary",
  "rules",
  "cnf",
  "dnf",
  "nnf",
  "d4",
  "jlc",
  "sdd",
  "psdd",
  "jpc",
  "spn",
  "uai",
  "bif",
] as const;

/** One of {@link circuitFormats}. */
export type CircuitFormat = (typeof circuitFormats)[number];

/** Endings of names, where they are not the format's own name. */
const endings: Readonly<Record<string, CircuitFormat>> = {
  credence: "binary",
  mln: "rules",
  dimacs: "cnf",
  ddnnf: "nnf",
};

/** The format of a name. @throws UnknownNameError */
export function circuitFormatNamed(name: string): CircuitFormat {
  const found = circuitFormats.find((format) => format === name);
  if (found === undefined) throw new UnknownNameError("format", name, circuitFormats);
  return found;
}

/** The format that a file's name tells by its ending, a further `.gz` aside; undefined if it tells none. */
export function circuitFormatOfName(name: string): CircuitFormat | undefined {
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(endings, ending)) return endings[ending];
  return circuitFormats.find((format) => format === ending);
}

/** First words, the comments before them aside. */
const beginnings: readonly (readonly [RegExp, CircuitFormat])[] = [
  [/^\s*\{/, "json"],
  [/^p\s+cnf\b/m, "cnf"],
  [/^p\s+dnf\b/m, "dnf"],
  [/^nnf\s+\d+\s+\d+/m, "nnf"],
  [/^[oatf]\s+\d+\s+0\s*$/m, "d4"],
  [/^psdd\s+\d+\s*$/m, "psdd"],
  [/^jpc\s+\d+\s*$/m, "jpc"],
  [/^jlc\s+\d+\s*$/m, "jlc"],
  [/^sdd\s+\d+\s*$/m, "sdd"],
  [/^\s*\((\s*\d+)+\s*\)\s*$/m, "spn"],
  [/^\s*(BAYES|MARKOV)\b/, "uai"],
  [/^\s*(network|variable|probability)\b[^;]*\{/m, "bif"],
];

/** How much of a file is looked at: comments may come before its first line. */
const looked = 1 << 16;

/**
 * The format of a file's content, from its first words; text that begins like none of the formats is taken for rules.
 */
export function circuitFormatOfContent(content: Uint8Array): CircuitFormat {
  // The header of a binary file follows eight bytes of its length, of which the last four are zero.
  if (content[8] === 0x7b && content[7] === 0 && content[6] === 0) return "binary";
  const text = new TextDecoder().decode(content.subarray(0, looked));
  return beginnings.find(([pattern]) => pattern.test(text))?.[1] ?? "rules";
}
