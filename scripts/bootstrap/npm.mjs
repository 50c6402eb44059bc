/**
 * pnpm, at the one version that the lockfile is made with, run through npm: whoever has Node has npm, and a
 * pnpm that happens to be on the PATH would hide a bootstrap that works for nobody else. npm is started as a
 * script of this Node (no `.cmd` file, no shell, so no quoting rules of three platforms).
 */
import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { BootstrapError, runNode } from "./spawn.mjs";

const PNPM = "pnpm@10.34.9";

/** npm's entry script, or undefined. @param {NodeJS.ProcessEnv} env @param {string} node path of the Node binary */
export function findNpm(env, node) {
  // Under `pnpm test` or `yarn test` the variable names that tool instead, which has no `exec --package`.
  const running = env["npm_execpath"];
  if (running !== undefined && basename(running) === "npm-cli.js" && existsSync(running)) return running;
  const cli = join("npm", "bin", "npm-cli.js");
  const besideNode = [node, realpathSync(node)].map(dirname).flatMap((folder) => [
    join(folder, "node_modules", cli), // Windows
    join(folder, "..", "lib", "node_modules", cli), // nodejs.org archives, nvm, Homebrew
    join(folder, "..", "share", "nodejs", cli), // Debian
  ]);
  const onPath = (env["PATH"] ?? env["Path"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => {
      const link = join(folder, "npm");
      const target = existsSync(link) ? realpathSync(link) : "";
      return [...(basename(target) === "npm-cli.js" ? [target] : []), join(folder, "node_modules", cli)];
    });
  return [...besideNode, ...onPath].find((path) => existsSync(path));
}

/**
 * @param {readonly string[]} args arguments of npm
 * @param {{ cwd: string, output?: "inherit" | "stderr" | "capture" }} options
 */
export function runNpm(args, options) {
  const npm = findNpm(process.env, process.execPath);
  if (npm === undefined) {
    throw new BootstrapError(
      `Credence needs npm, which comes with Node, and found none beside ${process.execPath} or on the PATH. ` +
        "Run the task through npm instead: npm start, npm test, npm run build.",
      1,
    );
  }
  // `npm run --silent` is about the task's output: an install that fails must still say why.
  const { npm_config_loglevel: _, ...env } = process.env;
  return runNode([npm, ...args], { ...options, env });
}

/**
 * @param {readonly string[]} args arguments of pnpm
 * @param {{ cwd: string, output?: "inherit" | "stderr" | "capture" }} options
 */
export function runPnpm(args, options) {
  // The version is exact, so what npm has cached of it is as good as what the registry says now.
  const exec = ["exec", "--yes", "--prefer-offline", `--package=${PNPM}`];
  return runNpm([...exec, "--", "pnpm", ...args], options);
}
