/** Who may import whom: the packages' direction, external packages in their places, no cycles of code. */
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isIn, rules } from "./rules.ts";
import { packageFolders, packageOf, parse, root, type SourceFile, sourcesOf, target } from "./sources.ts";

const folders = packageFolders();
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
const isNode = (specifier: string) => specifier.startsWith("node:") || builtinModules.includes(specifier);

/** What is wrong with a file's imports, one line each. */
function wrongImports(file: SourceFile): string[] {
  const allowed = rules[file.package];
  if (allowed === undefined) return [`${file.place}: the package has no rules in test/architecture/rules.ts`];
  return file.references.flatMap(({ specifier }) => {
    const place = `${file.place} imports ${specifier}`;
    const inside = target(file, specifier);
    if (inside !== undefined) {
      if (inside === "../package.json") return [];
      if (inside.startsWith("..")) return [`${place}: outside its package's src`];
      return inside.endsWith(".ts") ? [] : [`${place}: without the extension .ts`];
    }
    if (isNode(specifier)) {
      if (!specifier.startsWith("node:")) return [`${place}: without the prefix node:`];
      return isIn(file.path, allowed.node) ? [] : [`${place}: the package runs in browsers`];
    }
    const name = packageOf(specifier);
    if (allowed.uses.includes(name)) return [];
    const places = allowed.only[name];
    if (places === undefined) return [`${place}: not a dependency that the package may have`];
    return isIn(file.path, places) ? [] : [`${place}: only ${places.join(", ")} may`];
  });
}

/**
 * The cycles among a package's files as they run, each as a path of names. Types may refer to each other across
 * files: a type and the function that makes it often live apart, and nothing of it is left when compiled.
 */
function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: SourceFile, trail: readonly string[]): void => {
    const at = trail.indexOf(file.path);
    if (at >= 0) found.push([...trail.slice(at), file.path].join(" -> "));
    if (at >= 0 || done.has(file.path)) return;
    for (const { specifier, typeOnly } of file.references) {
      if (typeOnly) continue;
      const next = byPath.get(target(file, specifier) ?? "");
      if (next !== undefined) visit(next, [...trail, file.path]);
    }
    done.add(file.path);
  };
  for (const file of files) visit(file, []);
  return found;
}

describe.each(folders)("package %s", (folder) => {
  const files = sourcesOf(folder);

  it("imports only what its place in the architecture allows", () => {
    expect(files.flatMap(wrongImports)).toEqual([]);
  });

  it("has no cycle of files", () => {
    expect(cycles(files)).toEqual([]);
  });

  it("declares the packages that it imports, and no workspace package that it does not", () => {
    const { dependencies = {}, peerDependencies = {} } = manifestOf(folder);
    const imported = new Set(
      files.flatMap((file) =>
        file.references
          .map((each) => each.specifier)
          .filter((each) => !each.startsWith(".") && !isNode(each)),
      ),
    );
    const names = new Set([...imported].map(packageOf));
    // Packages that are bundled into dist are development dependencies; tsup.config.ts names them.
    const bundled = readFileSync(join(root, "packages", folder, "tsup.config.ts"), "utf8");
    const undeclared = [...names].filter(
      (name) => !(name in dependencies) && !(name in peerDependencies) && !bundled.includes(`"${name}`),
    );
    expect(undeclared).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("the rules themselves", () => {
  const importing = (folder: string, path: string, code: string) => wrongImports(parse(folder, path, code));

  it.each([
    ["core", "truth/a.ts", 'import "@credence/kg";'],
    ["kg", "query/a.ts", 'import { x } from "@credence/circuits";'],
    ["kg", "query/a.ts", 'type T = import("@credence/conformal").T;'],
    ["conformal", "split/a.ts", 'const m = await import("@credence/circuits");'],
    ["core", "order/a.ts", 'import alea from "seedrandom/lib/alea.js";'],
    ["core", "order/a.ts", 'import { readFileSync } from "node:fs";'],
    ["core", "node/a.ts", 'import { readFileSync } from "fs";'],
    ["circuits", "io/a.ts", 'export { x } from "../../../core/src/index.ts";'],
    ["circuits", "io/a.ts", 'import { x } from "./b.js";'],
  ])("refuse in %s/src/%s: %s", (folder, path, code) => {
    expect(importing(folder, path, code)).toHaveLength(1);
  });

  it.each([
    ["core", "random/a.ts", 'import alea from "seedrandom/lib/alea.js";'],
    ["core", "node/a.ts", 'import { readFileSync } from "node:fs";'],
    ["conformal", "colep/a.ts", 'import { x } from "@credence/circuits";'],
    ["kg", "query/a.ts", 'import { x } from "@credence/core/kernels"; import { y } from "../graph/b.ts";'],
  ])("allow in %s/src/%s: %s", (folder, path, code) => {
    expect(importing(folder, path, code)).toEqual([]);
  });

  it("see a cycle through re-exports, and none through types", () => {
    const files = (third: string) => [
      parse("core", "a.ts", 'export { b } from "./b.ts";'),
      parse("core", "b.ts", 'import { type C, c } from "./c.ts";'),
      parse("core", "c.ts", third),
    ];
    expect(cycles(files('import "./a.ts";'))).toEqual(["a.ts -> b.ts -> c.ts -> a.ts"]);
    expect(cycles(files('import type { A } from "./a.ts"; import { type B } from "./b.ts";'))).toEqual([]);
  });
});
