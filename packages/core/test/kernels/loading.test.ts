import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The files that importing one loads, by their import and export declarations (types alone load nothing). */
function loaded(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const source = readFileSync(fileURLToPath(file), "utf8");
  for (const [, names, path] of source.matchAll(/^(?:import|export)\s([^;]*?)from\s+"(\.[^"]+)";/gms)) {
    if (!/^type\s/.test(names)) loaded(new URL(path, file), seen);
  }
  return seen;
}

const source = (path: string) => new URL(`../../src/${path}`, import.meta.url);

describe("what importing loads", () => {
  it("is no compiled kernel with @credence/core, and all of them with its kernels", () => {
    const binaries = source("kernels/generated/binaries.ts").href;
    expect([...loaded(source("index.ts"))].filter((file) => file.includes("/kernels/"))).toEqual([]);
    expect(loaded(source("kernels/index.ts")).has(binaries)).toBe(true);
  });
});
