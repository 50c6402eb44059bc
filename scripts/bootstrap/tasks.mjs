/**
 * The tasks behind the root's npm scripts: what each needs first, and the script that Node then runs. Arguments
 * of the user are appended, so `npm test -- packages/kg` and `npm start -- --help` reach the tool.
 */
import { fromSource, toolScript } from "./paths.mjs";

/**
 * How far the clone must be made ready: dependencies; also the sources that are generated; also every package's
 * dist, for what runs it or leaves it behind for the user (`npx credence`).
 * @typedef {"install" | "generate" | "build"} Need
 */

/**
 * `script` gives Node's arguments; without it the preparation is all there is to do.
 * @typedef {{ readonly needs: Need, readonly script?: (root: string) => string[] }} Task
 */

/** @param {...string} projects @returns {(root: string) => string[]} */
const vitest =
  (...projects) =>
  (root) => [toolScript(root, "vitest"), "run", ...projects.flatMap((project) => ["--project", project])];

/** @type {Readonly<Record<string, Task>>} */
export const tasks = {
  tour: { needs: "build", script: (root) => fromSource(root, "examples/tour.ts") },
  test: { needs: "build", script: vitest("unit", "laws", "browser") },
  "test:slow": { needs: "build", script: vitest("slow") },
  vectors: { needs: "generate", script: (root) => fromSource(root, "test/vectors/main.ts") },
  build: { needs: "build" },
  // `biome ci` colors every letter of a diff, wherever it writes to, unless told not to.
  lint: {
    needs: "install",
    script: (root) => [
      toolScript(root, "@biomejs/biome"),
      "ci",
      ...(process.stdout.isTTY ? [] : ["--colors=off"]),
    ],
  },
  format: { needs: "install", script: (root) => [toolScript(root, "@biomejs/biome"), "check", "--write"] },
  typecheck: { needs: "generate", script: (root) => [toolScript(root, "typescript", "tsc"), "-p", root] },
  "check:packages": { needs: "build", script: () => ["scripts/check-packages.mjs"] },
};
