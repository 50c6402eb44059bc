/** The bootstrap: install what is missing, make and build what is stale, run the task, give back its exit code. */
import { buildIfStale, staleBuilds } from "./build.mjs";
import { generateIfStale, staleGenerated } from "./generate.mjs";
import { installIfStale } from "./install.mjs";
import { locked } from "./lock.mjs";
import { repositoryRoot } from "./paths.mjs";
import { say } from "./progress.mjs";
import { BootstrapError, runNode } from "./spawn.mjs";
import { isInstalled } from "./stale.mjs";
import { tasks } from "./tasks.mjs";
import { readWorkspace } from "./workspace.mjs";

/** @param {readonly string[]} argv a task and its arguments @returns {Promise<number>} the exit code */
export async function main([name = "", ...args]) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    say(`Unknown task ${JSON.stringify(name)}. The tasks are: ${Object.keys(tasks).join(", ")}.`);
    return 1;
  }
  try {
    await prepare(repositoryRoot, task.needs);
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    if (error.message !== "") say(error.message);
    return error.exitCode;
  }
  if (task.script === undefined) return 0;
  return (await runNode([...task.script(repositoryRoot), ...args], { cwd: repositoryRoot })).code;
}

/**
 * Makes the clone ready. The usual case, that nothing is stale, takes no lock: tests may run while tests run.
 * @param {string} root
 * @param {import("./tasks.mjs").Need} needs each need includes those before it
 */
export async function prepare(root, needs) {
  const isReady = () =>
    isInstalled(root, readWorkspace(root)) &&
    (needs === "install" || staleGenerated(root).length === 0) &&
    (needs !== "build" || staleBuilds(root).stale.length === 0);
  if (isReady()) return;
  await locked(root, async () => {
    await installIfStale(root);
    if (needs !== "install") await generateIfStale(root);
    if (needs === "build") await buildIfStale(root);
  });
}
