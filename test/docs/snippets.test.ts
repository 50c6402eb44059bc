/** Documentation that is true: every example in the READMEs and doc comments type-checks and runs as it stands. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromSource, repositoryRoot, toolScript } from "../../scripts/bootstrap/paths.mjs";
import { runNode } from "../../scripts/bootstrap/spawn.mjs";
import { repositoryTexts } from "../repository/files.ts";
import { docCommentSnippets, markdownSnippets, type Snippet } from "./extract.ts";

const texts = repositoryTexts();
const snippets: readonly Snippet[] = [
  ...texts
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ path, text }) => markdownSnippets(path, text)),
  ...texts
    .filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path))
    .flatMap(({ path, text }) => docCommentSnippets(path, text)),
];

// Below the root, so that package names resolve as they do in a program of the user's; `out` is git-ignored.
mkdirSync(join(repositoryRoot, "out"), { recursive: true });
const folder = mkdtempSync(join(repositoryRoot, "out", "snippets-"));
const fileOf = (snippet: Snippet) => `${snippet.path.replaceAll(/[^\w]/g, "-")}-${snippet.line}.ts`;
/** Type errors by file, with the documentation's own line numbers. */
const errors = new Map<string, string[]>();

beforeAll(async () => {
  for (const snippet of snippets)
    writeFileSync(join(folder, fileOf(snippet)), `${snippet.code}\nexport {};\n`);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ["*.ts", "../../types"],
    }),
  );
  const args = [toolScript(repositoryRoot, "typescript", "tsc"), "-p", folder, "--pretty", "false"];
  const { output } = await runNode(args, { cwd: folder, output: "capture" });
  for (const [, name = "", line = "", message] of output.matchAll(/^([\w-]+\.ts)\((\d+),\d+\): (.*)$/gm)) {
    const snippet = snippets.find((each) => fileOf(each) === name);
    const place = `${snippet?.path}:${Number(line) + (snippet?.line ?? 1) - 1}`;
    errors.set(name, [...(errors.get(name) ?? []), `${place}: ${message}`]);
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(snippets.map((snippet) => ({ place: `${snippet.path}:${snippet.line}`, snippet })))(
  "the example at $place",
  ({ snippet }) => {
    it("type-checks", () => {
      expect(errors.get(fileOf(snippet)) ?? []).toEqual([]);
    });

    it.runIf(snippet.run)("runs", async () => {
      const script = relative(repositoryRoot, join(folder, fileOf(snippet)));
      const ending = await runNode(fromSource(repositoryRoot, script), { cwd: folder, output: "capture" });
      expect(ending.code, ending.output).toBe(0);
    });
  },
);

describe("the documentation", () => {
  it("has a README with examples", () => {
    expect(snippets.some(({ path }) => path === "README.md")).toBe(true);
  });

  it("links only to files that exist", () => {
    const pages = texts.filter(({ path }) => path.endsWith(".md"));
    const known = new Set(texts.map(({ path }) => path));
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, link = ""]) => join(path, "..", link).replaceAll("\\", "/"))
        .filter(
          (link) =>
            !known.has(link) && !texts.some((each) => each.path.startsWith(`${link.replace(/\/$/, "")}/`)),
        )
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("names only npm scripts that there are", () => {
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const pages = texts.filter(({ path }) => path.endsWith(".md"));
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
        .filter(([, script = ""]) => !(script in manifest.scripts))
        .map(([command]) => `${path}: ${command}`),
    );
    expect(unknown).toEqual([]);
  });
});
