import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { staleBuilds } from "../../scripts/bootstrap/build.mjs";
import {
  buildKeys,
  hashOf,
  installKey,
  isBuilt,
  isInstalled,
  isStamped,
  stamp,
  unstamp,
} from "../../scripts/bootstrap/stale.mjs";
import { readWorkspace } from "../../scripts/bootstrap/workspace.mjs";
import { smallWorkspace, temporaryFolder, writeFiles } from "./temporary.ts";

const keysOf = (root: string) => buildKeys(root, readWorkspace(root));
const staleNames = (root: string) => staleBuilds(root).stale.map(({ name }) => name);

/** A workspace in which everything has been built. */
function builtWorkspace(): string {
  const root = temporaryFolder({
    ...smallWorkspace,
    "packages/a-upper/dist/index.js": "",
    "packages/lower/dist/index.cjs": "",
  });
  for (const [name, key] of keysOf(root)) stamp(root, `build-${name}`, key);
  return root;
}

describe("hashOf", () => {
  it("depends on contents, places and words, not on times", () => {
    const root = temporaryFolder({ "a/one.ts": "1", "a/two.ts": "2" });
    const hash = () => hashOf(root, [join(root, "a")], ["word"]);
    const first = hash();
    utimesSync(join(root, "a/one.ts"), new Date(0), new Date(0));
    expect(hash()).toBe(first);
    writeFiles(root, { "a/one.ts": "2", "a/two.ts": "1" });
    expect(hash()).not.toBe(first);
    writeFiles(root, { "a/one.ts": "1", "a/two.ts": "2" });
    expect(hash()).toBe(first);
    expect(hashOf(root, [join(root, "a")], ["other"])).not.toBe(first);
  });

  it("is not fooled by bytes that move between files or words", () => {
    const one = temporaryFolder({ a: "xy", b: "z" });
    const other = temporaryFolder({ a: "x", b: "yz" });
    const hash = (root: string) => hashOf(root, [join(root, "a"), join(root, "b")]);
    expect(hash(one)).not.toBe(hash(other));
    expect(hashOf(one, [], ["ab", "c"])).not.toBe(hashOf(one, [], ["a", "bc"]));
  });

  it("takes a missing file as absent", () => {
    const root = temporaryFolder();
    const before = hashOf(root, [join(root, "a")]);
    writeFiles(root, { a: "" });
    expect(hashOf(root, [join(root, "a")])).not.toBe(before);
  });
});

describe("stamps", () => {
  it("hold one key each until they are removed", () => {
    const root = temporaryFolder();
    expect(isStamped(root, "build-@scope/name", "k")).toBe(false);
    stamp(root, "build-@scope/name", "k");
    expect(isStamped(root, "build-@scope/name", "k")).toBe(true);
    expect(isStamped(root, "build-@scope/name", "other")).toBe(false);
    unstamp(root, "build-@scope/name");
    unstamp(root, "build-@scope/name");
    expect(isStamped(root, "build-@scope/name", "k")).toBe(false);
  });
});

describe("stale builds", () => {
  it("are all of them in a fresh clone, and none once built", () => {
    expect(staleNames(temporaryFolder(smallWorkspace))).toEqual(["lower", "upper"]);
    expect(staleNames(builtWorkspace())).toEqual([]);
  });

  it.each([
    [
      "a source of the lower one",
      { "packages/lower/src/deep/file.ts": "export const deep = 2;\n" },
      ["lower", "upper"],
    ],
    ["a new source of the upper one", { "packages/a-upper/src/new.ts": "" }, ["upper"]],
    ["the recipe", { "tsup.base.ts": "export const recipe = 1;\n" }, ["lower", "upper"]],
    ["nothing that is built", { "packages/lower/test/a.test.ts": "", "README.md": "" }, []],
  ])("after a change of %s", (_, change, expected) => {
    const root = builtWorkspace();
    writeFiles(root, change as Record<string, string>);
    expect(staleNames(root)).toEqual(expected);
  });

  it("are those whose output is gone", () => {
    const root = builtWorkspace();
    rmSync(join(root, "packages/lower/dist/index.cjs"));
    expect(staleNames(root)).toEqual(["lower"]);
    const [lower] = readWorkspace(root);
    expect(isBuilt(root, lower!, keysOf(root).get("lower") ?? "")).toBe(false);
  });
});

describe("an install", () => {
  /** A workspace as pnpm leaves it. */
  function installedWorkspace(): string {
    const root = temporaryFolder(smallWorkspace);
    writeFiles(root, { "node_modules/.modules.yaml": "", "node_modules/.bin/up": "" });
    mkdirSync(join(root, "packages/a-upper/node_modules"));
    stamp(root, "install", installKey(root, readWorkspace(root)));
    return root;
  }
  const isFresh = (root: string) => isInstalled(root, readWorkspace(root));

  it("is fresh right after it was made", () => {
    expect(isFresh(temporaryFolder(smallWorkspace))).toBe(false);
    expect(isFresh(installedWorkspace())).toBe(true);
  });

  it.each([
    "node_modules",
    "node_modules/.modules.yaml",
    "node_modules/.bin/up",
    "packages/a-upper/node_modules",
  ])("is stale without %s", (path) => {
    const root = installedWorkspace();
    rmSync(join(root, path), { recursive: true });
    expect(isFresh(root)).toBe(false);
  });

  it.each(["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", "package.json", "packages/lower/package.json"])(
    "is stale after a change of %s",
    (path) => {
      const root = installedWorkspace();
      const before = smallWorkspace[path] ?? "";
      writeFileSync(join(root, path), path.endsWith(".json") ? `${before}\n` : `${before}# changed\n`);
      expect(isFresh(root)).toBe(false);
    },
  );

  it("does not depend on sources", () => {
    const root = installedWorkspace();
    writeFiles(root, { "packages/lower/src/index.ts": "export {};\n" });
    expect(isFresh(root)).toBe(true);
  });
});
