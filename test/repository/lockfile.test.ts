/** What is installed: exactly the versions that package.json files name, from whatever registry npm is set to. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryFiles, root } from "./files.ts";

const lockfile = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const manifests = repositoryFiles()
  .filter((path) => /^(packages\/[^/]+\/)?package\.json$/.test(path))
  .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest }));

describe("the lockfile", () => {
  it("names no host", () => {
    expect(lockfile.split("\n").filter((line) => /https?:\/\/|tarball:|git\+/.test(line))).toEqual([]);
  });

  it("holds an integrity hash for every package", () => {
    const resolutions = lockfile.split("\n").filter((line) => line.trim().startsWith("resolution:"));
    expect(resolutions.length).toBeGreaterThan(0);
    expect(resolutions.filter((line) => !line.includes("integrity: sha512-"))).toEqual([]);
  });
});

describe("the package.json files", () => {
  it.each(manifests)("$path pins exact versions", ({ manifest }) => {
    const ranges = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
      .flatMap((group) => Object.entries(group ?? {}))
      .filter(([, range]) => range !== "workspace:*" && !EXACT.test(range));
    expect(ranges).toEqual([]);
  });

  it("pin one version of each package throughout the workspace", () => {
    const versions = new Map<string, Set<string>>();
    for (const { manifest } of manifests) {
      for (const group of [manifest.dependencies, manifest.devDependencies]) {
        for (const [name, version] of Object.entries(group ?? {})) {
          versions.set(name, (versions.get(name) ?? new Set()).add(version));
        }
      }
    }
    expect([...versions].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  it("give all packages one version and the license of the repository", () => {
    const packages = manifests.filter(({ path }) => path.startsWith("packages/"));
    expect(new Set(packages.map(({ manifest }) => manifest.version)).size).toBe(1);
    expect(new Set(manifests.map(({ manifest }) => manifest.license))).toEqual(new Set(["Apache-2.0"]));
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toContain(
      "Apache License\n                           Version 2.0",
    );
  });

  it("are cited with that version", () => {
    const citation = readFileSync(join(root, "CITATION.cff"), "utf8");
    const version = manifests.find(({ manifest }) => manifest.name === "@credence/core")?.manifest.version;
    expect(citation).toMatch(/^cff-version: 1\.2\.0$/m);
    expect(citation).toMatch(new RegExp(`^version: ${version}$`, "m"));
    expect(citation).toMatch(/^license: Apache-2\.0$/m);
  });
});
