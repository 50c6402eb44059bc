import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packages = new URL("../../../", import.meta.url);

/** The file that a specifier means in a file: relative, or a package of ours by its source. */
function resolved(specifier: string, from: URL): URL | undefined {
  if (specifier.startsWith(".")) return new URL(specifier, from);
  const [, name, path] = /^@credence\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  const folder = new URL(`${name}/`, packages);
  const manifest = JSON.parse(readFileSync(fileURLToPath(new URL("package.json", folder)), "utf8"));
  return new URL(manifest.exports[`.${path ?? ""}`]["@credence/source"], folder);
}

/** The files that importing one loads, by their import and export declarations (types alone load nothing). */
function loaded(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  expect(existsSync(fileURLToPath(file))).toBe(true);
  const source = readFileSync(fileURLToPath(file), "utf8");
  for (const [, names, path] of source.matchAll(/^(?:import|export)\s([^;]*?)from\s+"([^"]+)";/gms)) {
    const next = /^type\s/.test(names) ? undefined : resolved(path, file);
    if (next !== undefined) loaded(next, seen);
  }
  return seen;
}

const source = (path: string) => new URL(path, packages);
const binaries = source("core/src/kernels/generated/binaries.ts").href;

describe("what importing loads", () => {
  it.each(["core/src/index.ts", "conformal/src/index.ts"])("is no kernel with %s", (entry) => {
    const files = [...loaded(source(entry))];
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => file.includes("/generated/") || file.includes("/kernels/wasm/"))).toEqual(
      [],
    );
  });

  it.each(["kernels", "tape", "layers"])("is the compiled kernels with @credence/core/%s", (folder) => {
    expect(loaded(source(`core/src/${folder}/index.ts`)).has(binaries)).toBe(true);
  });
});

describe("what importing runs", () => {
  it("is no WebAssembly, not even with the kernels themselves", () => {
    const names = ["core", "conformal", "kg", "circuits", "core/kernels", "core/tape", "core/layers"];
    const specifiers = names.map((name) => `@credence/${name}`);
    const script = fileURLToPath(new URL("./import-only.ts", import.meta.url));
    const options = ["--conditions=@credence/source", "--import", "tsx", script, ...specifiers];
    const cwd = fileURLToPath(new URL("../", packages));
    const output = execFileSync(process.execPath, options, { cwd, encoding: "utf8", timeout: 60_000 });
    expect(JSON.parse(output)).toEqual(Object.fromEntries(specifiers.map((name) => [name, []])));
  });
});
