/**
 * The packages as their users get them: built, packed, installed by npm from the tarballs into an empty project,
 * and then imported, required, type-checked and run there.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepare } from "../../scripts/bootstrap/main.mjs";
import { runNpm } from "../../scripts/bootstrap/npm.mjs";
import { packAll } from "../../scripts/bootstrap/pack.mjs";
import { repositoryRoot, toolScript } from "../../scripts/bootstrap/paths.mjs";
import { type Ending, runNode } from "../../scripts/bootstrap/spawn.mjs";
import { readWorkspace } from "../../scripts/bootstrap/workspace.mjs";
import { filesBelow } from "../architecture/sources.ts";
import { closureOf, entryPoints, gzippedBytes, manifestIn } from "./package-folder.ts";

/**
 * What an import of each sub-path may weigh, gzipped, in bytes: generous while the packages grow, so that what
 * trips it is a mistake (a dependency bundled twice, a table inlined) rather than a feature.
 */
const CEILINGS: Readonly<Record<string, number>> = {
  "@credence/core": 50_000,
  "@credence/core/kernels": 90_000,
  // Layers and tape run over the kernels, and have them within.
  "@credence/core/layers": 115_000,
  "@credence/core/node": 10_000,
  "@credence/core/onnx": 15_000,
  "@credence/core/tape": 105_000,
  // Rules, CNF, SDDs, file formats, queries, bounds and learners: all of it, comments included, tree-shaking not counted.
  "@credence/circuits": 215_000,
  "@credence/conformal": 40_000,
  "@credence/kg": 70_000,
};

const names = readWorkspace(repositoryRoot).map((each) => each.name);
const libraries = names.filter((name) => name.startsWith("@credence/"));
const app = mkdtempSync(join(tmpdir(), "credence-installed-"));
const installed = (name: string) => join(app, "node_modules", name);
const specifiers = () =>
  libraries.flatMap((name) => entryPoints(installed(name)).map((each) => each.specifier));

function succeed(ending: Ending): string {
  expect(ending.code, ending.output).toBe(0);
  return ending.output;
}

async function runFile(name: string, code: string): Promise<string> {
  writeFileSync(join(app, name), code);
  return succeed(await runNode([name], { cwd: app, output: "capture" }));
}

/** Type-checks files of the project; declarations are checked too, and nothing of Node's is known. */
async function typeCheck(
  files: readonly string[],
  resolution: Readonly<Record<string, string>>,
): Promise<void> {
  const common = { noEmit: true, strict: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
  writeFileSync(
    join(app, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...common, ...resolution }, files }),
  );
  const tsc = toolScript(repositoryRoot, "typescript", "tsc");
  succeed(await runNode([tsc, "-p", "."], { cwd: app, output: "capture" }));
}

beforeAll(async () => {
  await prepare(repositoryRoot, "build");
  mkdirSync(join(app, "tarballs"));
  const tarballs = await packAll(repositoryRoot, join(app, "tarballs"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  succeed(await runNpm([...install, ...tarballs.values()], { cwd: app, output: "capture" }));
}, 300_000);

afterAll(() => rmSync(app, { recursive: true, force: true }));

describe.each(names)("%s, installed", (name) => {
  it("names its exports without the source condition, and its siblings by version", () => {
    const manifest = manifestIn(installed(name));
    expect(JSON.stringify(manifest)).not.toMatch(/@credence\/source|workspace:/);
  });

  it("ships its license and what it runs, and neither sources nor tests", () => {
    const files = filesBelow(installed(name)).filter((path) => !path.startsWith("node_modules/"));
    expect(files).toContain("LICENSE");
    if (existsSync(join(repositoryRoot, "README.md"))) expect(files).toContain("README.md");
    const expected = /^(dist\/.*|bin\/credence\.mjs|package\.json|LICENSE|README\.md)$/;
    expect(files.filter((path) => !expected.test(path))).toEqual([]);
  });

  it("ships the notice of every module that is bundled into it", () => {
    const code = filesBelow(installed(name)).filter((path) => /^dist\/.*\.js\.map$/.test(path));
    const bundlesOthers = code.some((path) =>
      readFileSync(join(installed(name), path), "utf8").includes("node_modules/"),
    );
    expect(existsSync(join(installed(name), "dist", "NOTICES.txt"))).toBe(bundlesOthers);
  });
});

describe("an empty project with the packages", () => {
  it("imports every sub-path as an ES module and as CommonJS, with the same names", async () => {
    const list = JSON.stringify(specifiers());
    const esm = await runFile(
      "names.mjs",
      `const all = await Promise.all(${list}.map((each) => import(each)));
       console.log(JSON.stringify(all.map((each) => Object.keys(each).sort())));`,
    );
    const cjs = await runFile(
      "names.cjs",
      `console.log(JSON.stringify(${list}.map((each) => Object.keys(require(each)).sort())));`,
    );
    expect(JSON.parse(cjs)).toEqual(JSON.parse(esm));
    expect((JSON.parse(esm) as string[][]).every((each) => each.length > 0)).toBe(true);
  });

  it("shares one copy of core among the packages", async () => {
    const output = await runFile(
      "copies.mjs",
      `import { createRequire } from "node:module";
       const from = (name) => createRequire(import.meta.resolve(name)).resolve("@credence/core");
       console.log(JSON.stringify(${JSON.stringify(libraries)}.map(from)));`,
    );
    expect(new Set(JSON.parse(output) as string[]).size).toBe(1);
  });

  it("type-checks against every sub-path, from ESM, CommonJS and a bundler, with no types of Node", async () => {
    const imports = specifiers().map((each, i) => `import * as m${i} from "${each}";`);
    const uses = specifiers().map((_, i) => `export const n${i}: object = m${i};`);
    const typed =
      'import { type Rng, rng } from "@credence/core";\nexport const draw: number = rng("a").int(6);\n' +
      "// @ts-expect-error a seed is a number or a text\nexport const wrong: Rng = rng({});\n";
    for (const file of ["use.mts", "use.cts"])
      writeFileSync(join(app, file), [...imports, ...uses, typed].join("\n"));
    await typeCheck(["use.mts", "use.cts"], { module: "nodenext" });
    await typeCheck(["use.mts"], { module: "esnext", moduleResolution: "bundler" });
  });

  it("has the command", async () => {
    const version = await runNpm(["exec", "--offline", "--", "credence", "--version"], {
      cwd: app,
      output: "capture",
    });
    expect(succeed(version).trim()).toBe(manifestIn(installed("credence")).version);
  });
});

describe("the files behind the sub-paths", () => {
  const all = () => libraries.flatMap((name) => entryPoints(installed(name)));

  it("need nothing of Node's, except those that say so", () => {
    const needing = all().filter(({ file }) =>
      [...closureOf(file).others].some((each) => each.startsWith("node:")),
    );
    expect(needing.map((each) => each.specifier)).toEqual(["@credence/core/node"]);
  });

  it("import only packages that are installed with them", () => {
    for (const name of libraries) {
      const allowed = Object.keys(manifestIn(installed(name)).dependencies ?? {});
      const others = entryPoints(installed(name)).flatMap(({ file }) => [...closureOf(file).others]);
      const strange = others.filter(
        (each) =>
          !each.startsWith("node:") &&
          !allowed.some((known) => each === known || each.startsWith(`${known}/`)),
      );
      expect(strange, name).toEqual([]);
    }
  });

  it("stay below their ceilings in size", () => {
    const sizes = all().map(
      ({ specifier, file }) => [specifier, gzippedBytes(closureOf(file).files)] as const,
    );
    expect(Object.keys(CEILINGS).sort()).toEqual(sizes.map(([specifier]) => specifier).sort());
    const over = sizes.filter(([specifier, bytes]) => bytes > (CEILINGS[specifier] ?? 0));
    expect(over).toEqual([]);
  });
});
