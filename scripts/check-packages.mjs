/**
 * `npm run check:packages`: the packages as published, each through publint (is package.json true to the files?)
 * and attw (do the types resolve as the code does, from ESM and from CommonJS?). It looks at packed tarballs:
 * in the working tree the exports still hold the source condition, which publishing strips.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "./bootstrap/pack.mjs";
import { repositoryRoot, toolScript } from "./bootstrap/paths.mjs";
import { say } from "./bootstrap/progress.mjs";
import { BootstrapError, runNode, stopIfInterrupted } from "./bootstrap/spawn.mjs";

/** @param {string} tarball @returns {[name: string, args: string[]][]} */
const checks = (tarball) => [
  ["publint", [toolScript(repositoryRoot, "publint"), "run", tarball, "--strict"]],
  // node16: the resolution of old Node 10, without an exports map, is not one that we support.
  ["attw", [toolScript(repositoryRoot, "@arethetypeswrong/cli", "attw"), tarball, "--profile", "node16"]],
];

/** @param {string} folder @returns {Promise<number>} how many checks failed */
async function checkAll(folder) {
  let failed = 0;
  for (const [name, tarball] of await packAll(repositoryRoot, folder)) {
    for (const [check, args] of checks(tarball)) {
      const ending = await runNode(args, { cwd: folder, output: "capture" });
      stopIfInterrupted(ending);
      console.log(`${ending.code === 0 ? "ok    " : "FAILED"} ${check.padEnd(8)} ${name}`);
      if (ending.code !== 0) console.log(ending.output);
      failed += ending.code === 0 ? 0 : 1;
    }
  }
  return failed;
}

const folder = mkdtempSync(join(tmpdir(), "credence-check-"));
try {
  process.exitCode = (await checkAll(folder)) === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  if (error.message !== "") say(error.message);
  process.exitCode = error.exitCode;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
