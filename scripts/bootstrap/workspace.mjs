/** The packages of the workspace, read from their package.json files: no second list to keep true. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} [bin]
 * @property {string} [main]
 * @property {Record<string, unknown>} [exports]
 * @property {{ exports?: Record<string, unknown> }} [publishConfig]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * A package of ours. `uses` are the workspace packages that it depends on.
 * @typedef {{ readonly name: string, readonly folder: string, readonly manifest: Manifest, readonly uses: readonly string[] }} WorkspacePackage
 */

/** @param {string} folder @returns {Manifest} */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The packages under `packages/`, each after those that it uses. @param {string} root @returns {WorkspacePackage[]} */
export function readWorkspace(root) {
  const parent = join(root, "packages");
  const packages = readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => {
      const manifest = readManifest(folder);
      const uses = Object.entries(manifest.dependencies ?? {})
        .filter(([, range]) => range.startsWith("workspace:"))
        .map(([name]) => name);
      return { name: manifest.name, folder, manifest, uses };
    });
  return inDependencyOrder(packages);
}

/** @param {readonly WorkspacePackage[]} packages @returns {WorkspacePackage[]} */
function inDependencyOrder(packages) {
  const byName = new Map(packages.map((each) => [each.name, each]));
  /** @type {Set<WorkspacePackage>} */
  const ordered = new Set();
  /** @param {WorkspacePackage} each @param {readonly string[]} path */
  const visit = (each, path) => {
    if (path.includes(each.name))
      throw new Error(`packages use each other: ${[...path, each.name].join(" -> ")}`);
    for (const name of each.uses) {
      const used = byName.get(name);
      if (used === undefined) throw new Error(`${each.name} uses ${name}, which is not in packages/`);
      visit(used, [...path, each.name]);
    }
    ordered.add(each);
  };
  for (const each of packages) visit(each, []);
  return [...ordered];
}

/** The sub-paths that a package exports and the built files that they lead to. @param {Manifest} manifest */
export function builtFiles(manifest) {
  /** @type {Set<string>} */
  const files = new Set();
  /** @param {unknown} target */
  const collect = (target) => {
    if (typeof target === "string") {
      if (target.startsWith("./dist/")) files.add(target.slice(2));
    } else if (target !== null && typeof target === "object") Object.values(target).forEach(collect);
  };
  collect(manifest.exports);
  collect(manifest.main);
  return [...files];
}
