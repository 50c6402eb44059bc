/** Building the packages whose sources changed: each after those that it uses, two at a time. */
import { toolScript } from "./paths.mjs";
import { say, timed } from "./progress.mjs";
import { BootstrapError, runNode, stopIfInterrupted } from "./spawn.mjs";
import { buildKeys, isBuilt, stamp, unstamp } from "./stale.mjs";
import { readWorkspace } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

/** A build is a type-check and two bundles: two of them fill two cores and about 1 GB. */
const AT_ONCE = 2;

/** The packages whose dist is not that of their sources, and the hashes of their sources. @param {string} root */
export function staleBuilds(root) {
  const packages = readWorkspace(root);
  const keys = buildKeys(root, packages);
  const stale = packages.filter((each) => !isBuilt(root, each, keys.get(each.name) ?? ""));
  return { stale, keys };
}

/** @param {string} root */
export async function buildIfStale(root) {
  const { stale, keys } = staleBuilds(root);
  await inOrder(stale, AT_ONCE, async (each) => {
    const name = `build-${each.name}`;
    unstamp(root, name);
    await timed(each.name, () => build(root, each), { doing: "building", done: "built" });
    // The hash from before the build: a file saved meanwhile must make the package stale again.
    stamp(root, name, keys.get(each.name) ?? "");
  });
}

/** @param {string} root @param {WorkspacePackage} each */
async function build(root, each) {
  const ending = await runNode([toolScript(root, "tsup")], { cwd: each.folder, output: "capture" });
  stopIfInterrupted(ending);
  if (ending.code !== 0) {
    say(ending.output.trimEnd());
    throw new BootstrapError(`Building ${each.name} failed (exit code ${ending.code}).`, ending.code);
  }
}

/**
 * Runs some work for every package, at most `atOnce` at a time, each after the packages that it uses. After a
 * failure nothing new begins, what runs is waited for, and the first failure is thrown.
 * @param {readonly WorkspacePackage[]} packages
 * @param {number} atOnce
 * @param {(each: WorkspacePackage) => Promise<void>} work
 */
export async function inOrder(packages, atOnce, work) {
  const waiting = new Set(packages);
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  /** @type {unknown[]} */
  const failures = [];
  const isFree = (/** @type {WorkspacePackage} */ each) =>
    !each.uses.some((name) => running.has(name) || [...waiting].some((other) => other.name === name));

  while (running.size > 0 || (waiting.size > 0 && failures.length === 0)) {
    for (const each of [...waiting].filter(isFree)) {
      if (running.size >= atOnce || failures.length > 0) break;
      waiting.delete(each);
      const done = work(each)
        .catch((error) => void failures.push(error))
        .finally(() => running.delete(each.name));
      running.set(each.name, done);
    }
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}
