/** Where things are: the root of the clone, and the scripts of the tools installed in it. */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readManifest } from "./workspace.mjs";

/** The root of the clone, absolute. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The script behind a tool's command, to be run by this Node: node_modules/.bin holds shell scripts and `.cmd`
 * files, which only a shell can start on Windows.
 * @param {string} root
 * @param {string} tool name of the package; its command has the package's last name part, or is named
 * @param {string} [command]
 */
export function toolScript(root, tool, command = tool.split("/").at(-1)) {
  const folder = join(root, "node_modules", tool);
  const bin = readManifest(folder).bin;
  const script = typeof bin === "string" ? bin : bin?.[command ?? tool];
  if (script === undefined) throw new Error(`${tool} has no command ${command}`);
  return join(folder, script);
}

/**
 * Arguments with which Node runs a TypeScript file of ours from source: the export condition leads from package
 * names to `src`, and tsx is named by its URL so that the current folder does not matter.
 * @param {string} root
 * @param {string} script relative to the root
 */
export function fromSource(root, script) {
  const loader = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  return ["--conditions=@credence/source", "--import", loader, join(root, script)];
}
