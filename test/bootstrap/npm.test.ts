import { symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findNpm } from "../../scripts/bootstrap/npm.mjs";
import { temporaryFolder } from "./temporary.ts";

const CLI = "node_modules/npm/bin/npm-cli.js";

describe("findNpm", () => {
  it("takes the npm that runs us", () => {
    const root = temporaryFolder({ "bin/node": "", "elsewhere/npm-cli.js": "" });
    const running = join(root, "elsewhere/npm-cli.js");
    expect(findNpm({ npm_execpath: running }, join(root, "bin/node"))).toBe(running);
  });

  it("does not take another package manager for npm", () => {
    const root = temporaryFolder({ "bin/node": "", [`lib/${CLI}`]: "", "pnpm/pnpm.cjs": "" });
    const env = { npm_execpath: join(root, "pnpm/pnpm.cjs") };
    expect(findNpm(env, join(root, "bin/node"))).toBe(join(root, "lib", CLI));
  });

  it.each(["bin", "lib"])("finds the one that came with Node, in %s", (place) => {
    const root = temporaryFolder({ "bin/node": "", [`${place}/${CLI}`]: "" });
    expect(findNpm({}, join(root, "bin/node"))).toBe(join(root, place, CLI));
  });

  it.skipIf(process.platform === "win32")("follows a link on the PATH", () => {
    const root = temporaryFolder({ "alone/node": "", [`far/${CLI}`]: "", "links/other": "" });
    symlinkSync(join(root, "far", CLI), join(root, "links/npm"));
    const path = ["", join(root, "absent"), join(root, "links")].join(delimiter);
    expect(findNpm({ PATH: path }, join(root, "alone/node"))).toBe(join(root, "far", CLI));
  });

  it("says so when there is none", () => {
    const root = temporaryFolder({ "bin/node": "" });
    expect(findNpm({ PATH: root }, join(root, "bin/node"))).toBeUndefined();
  });
});
