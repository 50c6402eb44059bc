/** Throw-away folders and workspaces for the bootstrap's tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test, with these files (by path relative to it) in it. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "credence-bootstrap-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

/** Writes files below a folder, making the folders between. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The files of a workspace in which `upper` uses `lower`. */
export const smallWorkspace: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "root", devDependencies: { tsup: "1.0.0", upper: "workspace:*" } }),
  "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
  "tsup.base.ts": "export {};\n",
  "packages/a-upper/package.json": JSON.stringify({
    name: "upper",
    bin: { up: "./bin/up.mjs" },
    exports: { ".": { import: "./dist/index.js" } },
    dependencies: { lower: "workspace:*", other: "1.0.0" },
  }),
  "packages/a-upper/src/index.ts": "export const upper = 1;\n",
  "packages/lower/package.json": JSON.stringify({
    name: "lower",
    exports: { ".": { "@credence/source": "./src/index.ts", require: { default: "./dist/index.cjs" } } },
  }),
  "packages/lower/src/index.ts": "export const lower = 1;\n",
  "packages/lower/src/deep/file.ts": "export const deep = 1;\n",
};
