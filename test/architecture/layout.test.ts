/** How the sources are laid out: folders of the theory, indexes that only re-export, short files, mirrored tests. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { rules } from "./rules.ts";
import {
  filesBelow,
  isOnlyTypes,
  packageFolders,
  parse,
  root,
  type SourceFile,
  sourcesOf,
  target,
} from "./sources.ts";

const LONGEST = 400;
const isIndex = (file: SourceFile) => posix.basename(file.path) === "index.ts";

/** Statements of an index that are not `export { names } from "./file.ts"`. */
function notReExports(file: SourceFile): string[] {
  return file.tree.statements
    .filter((statement) => {
      if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) return true;
      if (!ts.isNamedExports(statement.exportClause)) return true;
      return statement.moduleSpecifier === undefined && statement.exportClause.elements.length > 0;
    })
    .map((statement) => `${file.place}: ${statement.getText(file.tree).split("\n")[0]}`);
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  if (
    ts.isExportDeclaration(statement) &&
    statement.exportClause &&
    ts.isNamedExports(statement.exportClause)
  ) {
    return statement.exportClause.elements.some((each) => each.name.text === "default");
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
}

/** The files that indexes pass values on from, with those values: what users can call. */
function publicValues(files: readonly SourceFile[]): Map<SourceFile, Set<string>> {
  const indexes = files.filter(isIndex);
  const found = new Map<SourceFile, Set<string>>();
  for (const file of files.filter((each) => !isIndex(each))) {
    const values = indexes.flatMap((index) =>
      index.references
        .filter((each) => target(index, each.specifier) === file.path)
        .flatMap((each) => each.values),
    );
    if (values.length > 0) found.set(file, new Set(values));
  }
  return found;
}

/** A test file of a package: its path below `test`, and the words in it. */
interface TestFile {
  readonly path: string;
  readonly words: ReadonlySet<string>;
}

/**
 * Whether a public file is tested: in a test file of its own at the mirrored path, or, with its neighbours (the
 * two halves of a round trip, a family under one law), in tests of the mirrored folder that use all its values.
 */
function isTested(file: SourceFile, values: ReadonlySet<string>, tests: readonly TestFile[]): boolean {
  const stem = file.path.replace(/\.ts$/, "");
  const mirrored = ["", ".laws", ".slow"].map((kind) => `${stem}${kind}.test.ts`);
  if (tests.some((test) => mirrored.includes(test.path))) return true;
  const beside = tests.filter((test) => posix.dirname(test.path) === posix.dirname(file.path));
  return [...values].every((value) => beside.some((test) => test.words.has(value)));
}

function testsOf(folder: string): TestFile[] {
  const parent = join(root, "packages", folder, "test");
  return filesBelow(parent)
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => ({
      path,
      words: new Set(readFileSync(join(parent, path), "utf8").match(/[\w$]+/g) ?? []),
    }));
}

describe.each(packageFolders())("package %s", (folder) => {
  const files = sourcesOf(folder);
  const written = files.filter((file) => !file.path.includes("/generated/"));
  const tests = testsOf(folder);

  it("has the folders of the design and no others", () => {
    const found = [
      ...new Set(files.filter((file) => file.path.includes("/")).map((file) => file.path.split("/")[0])),
    ];
    expect(found.filter((name) => !rules[folder]?.folders.includes(name ?? ""))).toEqual([]);
  });

  it("has indexes that only re-export, by name", () => {
    expect(files.filter(isIndex).flatMap(notReExports)).toEqual([]);
  });

  it("has no export * and no default export", () => {
    const wrong = files.filter((file) =>
      file.tree.statements.some(
        (statement) =>
          isDefaultExport(statement) ||
          (ts.isExportDeclaration(statement) &&
            statement.moduleSpecifier !== undefined &&
            statement.exportClause === undefined),
      ),
    );
    expect(wrong.map((file) => file.place)).toEqual([]);
  });

  it(`has no file over ${LONGEST} lines, lists of exports aside`, () => {
    const long = files.filter((file) => !isIndex(file) && file.text.trimEnd().split("\n").length > LONGEST);
    expect(long.map((file) => file.place)).toEqual([]);
  });

  it("tests every public file at the mirrored path", () => {
    const untested = [...publicValues(files)].filter(([file, values]) => !isTested(file, values, tests));
    expect(untested.map(([file, values]) => `${file.place}: ${[...values].join(", ")}`)).toEqual([]);
  });

  it("has tests for every folder with code, whether public or not", () => {
    const withCode = written.filter(
      (file) => !isIndex(file) && !isOnlyTypes(file) && file.path.includes("/"),
    );
    const parents = [...new Set(withCode.map((file) => posix.dirname(file.path)))];
    const untested = parents.filter((parent) => !tests.some((test) => test.path.startsWith(`${parent}/`)));
    expect(untested.map((parent) => `packages/${folder}/test/${parent} has no test`)).toEqual([]);
  });
});

describe("the layout rules themselves", () => {
  const index = (code: string) => parse("core", "index.ts", code);

  it("find logic, local exports and stars in an index", () => {
    expect(
      notReExports(index('export { a, type B } from "./a.ts"; export type { C } from "./c.ts";')),
    ).toEqual([]);
    expect(notReExports(index("export {};"))).toEqual([]);
    for (const code of [
      'export * from "./a.ts";',
      "export const a = 1;",
      'import "./a.ts";',
      "export { a };",
    ]) {
      expect(notReExports(index(code)), code).toHaveLength(1);
    }
  });

  it("find default exports however they are written", () => {
    const isDefault = (code: string) => parse("core", "a.ts", code).tree.statements.some(isDefaultExport);
    expect(isDefault("export default 1;")).toBe(true);
    expect(isDefault("export default function f() {}")).toBe(true);
    expect(isDefault("const a = 1; export { a as default };")).toBe(true);
    expect(isDefault("export const a = 1;")).toBe(false);
  });

  it("tell files that compile to nothing and public files", () => {
    const types = parse("core", "t.ts", 'import type { A } from "./a.ts"; export interface B extends A {}');
    const code = parse("core", "c.ts", "export const a = 1;");
    expect(isOnlyTypes(types)).toBe(true);
    expect(isOnlyTypes(code)).toBe(false);
    const files = [index('export { a } from "./c.ts"; export type { B } from "./t.ts";'), types, code];
    expect([...publicValues(files)]).toEqual([[code, new Set(["a"])]]);
  });

  it("count a file as tested by its mirror, or by neighbours that use all its values", () => {
    const file = parse("core", "truth/godel.ts", "export const godel = 1, other = 2;");
    const tested = (path: string, ...words: string[]) =>
      isTested(file, new Set(["godel", "other"]), [{ path, words: new Set(words) }]);
    expect(tested("truth/godel.laws.test.ts")).toBe(true);
    expect(tested("truth/logics.test.ts", "godel", "other")).toBe(true);
    expect(tested("truth/logics.test.ts", "godel")).toBe(false);
    expect(tested("order/logics.test.ts", "godel", "other")).toBe(false);
  });
});
