/** The packages as they would be published: packed by pnpm, which applies `publishConfig` and adds the licence. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runPnpm } from "./npm.mjs";
import { BootstrapError } from "./spawn.mjs";
import { builtFiles, readWorkspace } from "./workspace.mjs";

/**
 * Packs every package into a folder; the tarballs by package name, in dependency order.
 * @param {string} root
 * @param {string} destination an existing folder, absolute
 * @returns {Promise<Map<string, string>>}
 */
export async function packAll(root, destination) {
  const packages = readWorkspace(root);
  for (const { name, folder, manifest } of packages) {
    // Packing takes whatever is there: without this, an unbuilt package would be an empty tarball.
    const missing = ["dist", ...builtFiles(manifest)].filter((file) => !existsSync(join(folder, file)));
    if (missing.length > 0) throw new BootstrapError(`${name} lacks ${missing.join(", ")}: npm run build`, 1);
  }
  const packing = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", destination];
  const ending = await runPnpm(packing, { cwd: root, output: "capture" });
  if (ending.code !== 0) throw new BootstrapError(`Packing failed:\n${ending.output}`, ending.code);
  return new Map(
    packages.map(({ name, manifest }) => [name, tarballOf(destination, name, manifest.version)]),
  );
}

/** @param {string} folder @param {string} name @param {string} version */
function tarballOf(folder, name, version) {
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  if (!existsSync(join(folder, file))) {
    throw new BootstrapError(`Packing ${name} left no ${file} but: ${readdirSync(folder).join(", ")}`, 1);
  }
  return join(folder, file);
}
