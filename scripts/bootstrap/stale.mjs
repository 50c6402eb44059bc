/**
 * What has to be done again. Everything is decided by hashes of contents, never by times: a checkout, a branch
 * switch or a copied folder changes times at will. A stamp in node_modules/.credence holds the hash of what was
 * last installed or built, and is removed before the work begins, so that broken-off work counts as not done.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { builtFiles, readManifest } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

/** Where stamps and the lock live: pnpm leaves dot folders of others alone when it rebuilds node_modules. @param {string} root */
export function stateFolder(root) {
  return join(root, "node_modules", ".credence");
}

/** @param {string} path @returns {string[]} the files at or under a path, none if it does not exist */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/**
 * The hash of files, their places and some words. A missing file is not an error: it hashes as absent.
 * @param {string} root
 * @param {readonly string[]} paths files and folders
 * @param {readonly string[]} [words]
 */
export function hashOf(root, paths, words = []) {
  const hash = createHash("sha256");
  for (const word of words) hash.update(`${word.length}:${word}`);
  for (const file of paths.flatMap(filesUnder)) {
    const content = readFileSync(file);
    hash.update(`\n${relative(root, file).split(sep).join("/")}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest("hex");
}

/**
 * The hash of all that decides what an install leaves in node_modules. The platform is part of it because
 * native packages differ: a checkout may be shared with a container.
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 */
export function installKey(root, packages) {
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", "package.json"].map((name) =>
    join(root, name),
  );
  const manifests = packages.map((each) => join(each.folder, "package.json"));
  return hashOf(root, [...files, ...manifests], [process.platform, process.arch]);
}

/**
 * The hash of all that decides a package's dist, by package name; it contains the hashes of the packages that
 * it uses, so that a change in core makes everything above core stale.
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages in dependency order
 * @returns {Map<string, string>}
 */
export function buildKeys(root, packages) {
  const tools = readManifest(root).devDependencies ?? {};
  const shared = ["tsup.base.ts", "tsconfig.base.json", "tsconfig.json", "types"].map((name) =>
    join(root, name),
  );
  /** @type {Map<string, string>} */
  const keys = new Map();
  for (const { name, folder, uses } of packages) {
    const own = ["src", "package.json", "tsup.config.ts"].map((part) => join(folder, part));
    const words = [
      tools["tsup"] ?? "",
      tools["typescript"] ?? "",
      ...uses.map((used) => keys.get(used) ?? ""),
    ];
    keys.set(name, hashOf(root, [...shared, ...own], words));
  }
  return keys;
}

/** @param {string} root @param {string} name */
function stampFile(root, name) {
  return join(stateFolder(root), name.replaceAll("/", "+"));
}

/** Whether the stamp of a piece of work holds this key. @param {string} root @param {string} name @param {string} key */
export function isStamped(root, name, key) {
  const file = stampFile(root, name);
  return existsSync(file) && readFileSync(file, "utf8") === key;
}

/** @param {string} root @param {string} name @param {string} key */
export function stamp(root, name, key) {
  mkdirSync(stateFolder(root), { recursive: true });
  writeFileSync(stampFile(root, name), key);
}

/** @param {string} root @param {string} name */
export function unstamp(root, name) {
  rmSync(stampFile(root, name), { force: true });
}

/**
 * Whether node_modules holds what the lockfile says: by the stamp, and by the things that people delete by hand
 * (the folders themselves) or that appear only later (a bin that is linked once its file exists).
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 */
export function isInstalled(root, packages) {
  const rootUses = readManifest(root).devDependencies ?? {};
  const bins = packages
    .filter((each) => each.name in rootUses)
    .flatMap((each) => Object.keys(each.manifest.bin ?? {}))
    .map((bin) => join(root, "node_modules", ".bin", bin));
  const folders = packages
    .filter(
      ({ manifest }) => Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length > 0,
    )
    .map((each) => join(each.folder, "node_modules"));
  const present = [join(root, "node_modules", ".modules.yaml"), ...bins, ...folders].every((path) =>
    existsSync(path),
  );
  return present && isStamped(root, "install", installKey(root, packages));
}

/** Whether a package's dist is that of its sources. @param {string} root @param {WorkspacePackage} each @param {string} key */
export function isBuilt(root, each, key) {
  return (
    isStamped(root, `build-${each.name}`, key) &&
    ["dist", ...builtFiles(each.manifest)].every((path) => existsSync(join(each.folder, path)))
  );
}
