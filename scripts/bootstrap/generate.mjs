/**
 * Sources that are made rather than written. They are not committed (a binary in base64 has no readable diff),
 * so everything that reads sources, from the type-checker to the tests, needs them made first.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { say, timed } from "./progress.mjs";
import { BootstrapError, runNode, stopIfInterrupted } from "./spawn.mjs";
import { hashOf, isStamped, stamp, unstamp } from "./stale.mjs";

/**
 * Something made from sources by a script; paths are relative to the root. `sources` decide whether it is stale.
 * @typedef {{ readonly name: string, readonly script: string, readonly sources: readonly string[], readonly output: string }} Generated
 */

/** @type {readonly Generated[]} */
const generated = [
  {
    name: "kernels",
    script: "packages/core/scripts/build-kernels.mjs",
    // package.json pins the compiler.
    sources: [
      "packages/core/assembly",
      "packages/core/scripts/build-kernels.mjs",
      "packages/core/package.json",
    ],
    output: "packages/core/src/kernels/generated/binaries.ts",
  },
];

/** @param {string} root @param {Generated} each */
function keyOf(root, each) {
  return hashOf(
    root,
    each.sources.map((path) => join(root, path)),
  );
}

/** What has to be made, or made again. @param {string} root @returns {readonly Generated[]} */
export function staleGenerated(root) {
  return generated.filter(
    (each) =>
      !existsSync(join(root, each.output)) || !isStamped(root, `generate-${each.name}`, keyOf(root, each)),
  );
}

/** Outputs that are not there at all: what a tool that was started without the bootstrap should complain of. @param {string} root */
export function missingGenerated(root) {
  return generated.map((each) => each.output).filter((output) => !existsSync(join(root, output)));
}

/** @param {string} root */
export async function generateIfStale(root) {
  for (const each of staleGenerated(root)) {
    const stampName = `generate-${each.name}`;
    const key = keyOf(root, each);
    unstamp(root, stampName);
    await timed(each.name, () => generate(root, each), { doing: "generating", done: "generated" });
    stamp(root, stampName, key);
  }
}

/** @param {string} root @param {Generated} each */
async function generate(root, each) {
  const ending = await runNode([join(root, each.script)], { cwd: root, output: "capture" });
  stopIfInterrupted(ending);
  if (ending.code !== 0) {
    say(ending.output.trimEnd());
    throw new BootstrapError(`Generating ${each.output} failed (exit code ${ending.code}).`, ending.code);
  }
}
