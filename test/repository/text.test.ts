/** Words that must not be in the repository: traces of one machine, ways around seeds, things left for later. */
import { describe, expect, it } from "vitest";
import { repositoryTexts } from "./files.ts";

/** A word that must not appear in the files that `where` selects. */
interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  readonly where: RegExp;
}

const EVERYWHERE = /./;
const CODE = /\.(ts|mjs|js)$/;
const SOURCE = /^packages\/[^/]+\/(src|bin|assembly)\//;

const bans: readonly Ban[] = [
  { name: "a path of one machine", pattern: /(?<![\w.}*-])\/(work|home|root|Users)\/\w/, where: EVERYWHERE },
  { name: "a path of one machine", pattern: /[A-Z]:\\(Users|work)\\/, where: EVERYWHERE },
  { name: "a registry's host", pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/, where: EVERYWHERE },
  { name: "unseeded randomness", pattern: /\bMath\.random\b/, where: CODE },
  { name: "code from text", pattern: /\beval\s*\(|\bnew Function\b/, where: CODE },
  { name: "a test that hides the others", pattern: /\b(it|test|describe)\.only\b/, where: /\.test\.ts$/ },
  { name: "a test that is switched off", pattern: /\b(it|test)\.(skip|todo|fails)\b/, where: /\.test\.ts$/ },
  { name: "something left for later", pattern: /\b(TODO|FIXME|XXX)\b/, where: SOURCE },
];

/** The lines of a text that hold the banned word. */
function linesWith(text: string, pattern: RegExp): string[] {
  return text
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${index + 1}: ${line.trim()}`] : []));
}

describe("the repository's texts", () => {
  // This file names the words, and generated hashes may spell anything.
  const texts = repositoryTexts().filter(({ path }) => path !== "test/repository/text.test.ts");

  it.each(bans)("have no $name: $pattern", ({ pattern, where }) => {
    const found = texts
      .filter(({ path }) => where.test(path))
      .flatMap(({ path, text }) => linesWith(text, pattern).map((line) => `${path}:${line}`));
    expect(found).toEqual([]);
  });

  it("use line feeds and end with one", () => {
    const wrong = texts.filter(({ text }) => text.includes("\r\n") || (text !== "" && !text.endsWith("\n")));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("the bans themselves", () => {
  const isBanned = (line: string, path = "packages/core/src/a.ts") =>
    bans.some(({ pattern, where }) => where.test(path) && linesWith(line, pattern).length > 0);

  it.each([
    'readFileSync("/home/somebody/file")',
    "see /home/ann/shared",
    "C:\\Users\\somebody",
    "https://registry.example.org/core",
    "const x = Math.random();",
    "eval (text)",
    'new Function("a", "return a")',
    "// TODO: later",
  ])("find %s", (line) => {
    expect(isBanned(line)).toBe(true);
  });

  it.each(["/people/person/born", "https://example.org/home/x", "random()", "evaluate(text)", "../work/x"])(
    "leave %s alone",
    (line) => {
      expect(isBanned(line)).toBe(false);
    },
  );
});
