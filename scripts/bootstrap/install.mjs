/** Installing what the lockfile says, when node_modules is not that already. */
import { runPnpm } from "./npm.mjs";
import { timed } from "./progress.mjs";
import { BootstrapError, stopIfInterrupted } from "./spawn.mjs";
import { installKey, isInstalled, stamp, unstamp } from "./stale.mjs";
import { readWorkspace } from "./workspace.mjs";

/** @param {string} root */
export async function installIfStale(root) {
  const packages = readWorkspace(root);
  if (isInstalled(root, packages)) return;
  unstamp(root, "install");
  const key = installKey(root, packages);
  await timed("dependencies", () => install(root), { doing: "installing", done: "installed" });
  stamp(root, "install", key);
}

/** @param {string} root */
async function install(root) {
  const ending = await runPnpm(
    // Without a terminal pnpm refuses to replace a node_modules made by another version; its being ours to
    // replace is the point of a bootstrap.
    ["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
    { cwd: root, output: "stderr" },
  );
  stopIfInterrupted(ending);
  if (ending.code !== 0) {
    throw new BootstrapError(
      `Credence could not install its dependencies (exit code ${ending.code}; the lines above are npm's and ` +
        "pnpm's). The first run, and the first after a dependency changed, needs the npm registry: check the " +
        "network, or the proxy and registry in npm's configuration, and run the command again. If a " +
        "package.json was edited, update the lockfile first: npx --yes pnpm@10.34.9 install",
      ending.code,
    );
  }
}
