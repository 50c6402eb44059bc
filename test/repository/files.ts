/** The repository's own files: what would be committed, without asking git (an unpacked archive has none). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, absolute. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** .gitignore holds plain names and `*` at the start, no paths: the one syntax that this needs to know. */
const ignored = readFileSync(join(root, ".gitignore"), "utf8")
  .split("\n")
  .map((line) => line.trim().replace(/\/$/, ""))
  .filter((line) => line !== "" && !line.startsWith("#"));

function isIgnored(name: string): boolean {
  return (
    name === ".git" ||
    ignored.some((rule) => (rule.startsWith("*") ? name.endsWith(rule.slice(1)) : name === rule))
  );
}

/** Paths relative to the root, with forward slashes. */
export function repositoryFiles(below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .filter((entry) => !isIgnored(entry.name))
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? repositoryFiles(path) : [path];
    });
}

const BINARY = /\.(png|gz|npy|npz|safetensors|ico|woff2)$/;

/** The text files and what is in them. */
export function repositoryTexts(): { readonly path: string; readonly text: string }[] {
  return repositoryFiles()
    .filter((path) => !BINARY.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
