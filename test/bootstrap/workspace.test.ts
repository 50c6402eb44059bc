import { describe, expect, it } from "vitest";
import { inOrder } from "../../scripts/bootstrap/build.mjs";
import { builtFiles, readWorkspace } from "../../scripts/bootstrap/workspace.mjs";
import { smallWorkspace, temporaryFolder, writeFiles } from "./temporary.ts";

type WorkspacePackage = ReturnType<typeof readWorkspace>[number];

const named = (name: string, ...uses: string[]): WorkspacePackage => ({
  name,
  uses,
  folder: name,
  manifest: { name, version: "1.0.0" },
});

describe("readWorkspace", () => {
  it("puts a package after those that it uses, whatever the folders are called", () => {
    const packages = readWorkspace(temporaryFolder(smallWorkspace));
    expect(packages.map(({ name, uses }) => ({ name, uses }))).toEqual([
      { name: "lower", uses: [] },
      { name: "upper", uses: ["lower"] },
    ]);
  });

  it("names the packages of a cycle, and a package that is not there", () => {
    const root = temporaryFolder(smallWorkspace);
    const manifest = (uses: string) =>
      JSON.stringify({ name: "lower", dependencies: { [uses]: "workspace:*" } });
    writeFiles(root, { "packages/lower/package.json": manifest("upper") });
    expect(() => readWorkspace(root)).toThrow("upper -> lower -> upper");
    writeFiles(root, { "packages/lower/package.json": manifest("absent") });
    expect(() => readWorkspace(root)).toThrow("lower uses absent");
  });
});

describe("builtFiles", () => {
  it("finds the files of dist at any depth of the exports, once each", () => {
    const exports = {
      ".": {
        "@credence/source": "./src/index.ts",
        import: { types: "./dist/a.d.ts", default: "./dist/a.js" },
      },
      "./again": "./dist/a.js",
      "./package.json": "./package.json",
    };
    expect(builtFiles({ name: "x", version: "1.0.0", main: "./dist/a.cjs", exports })).toEqual([
      "dist/a.d.ts",
      "dist/a.js",
      "dist/a.cjs",
    ]);
  });
});

describe("inOrder", () => {
  /** Runs with work that ends when told to, and keeps what happened. */
  async function record(packages: readonly WorkspacePackage[], atOnce: number, failing = "") {
    const events: string[] = [];
    let running = 0;
    let most = 0;
    const ending = inOrder(packages, atOnce, async ({ name }) => {
      events.push(`+${name}`);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (name === failing) throw new Error(`${name} failed`);
      events.push(`-${name}`);
    });
    const error = await ending.then(
      () => undefined,
      (caught: Error) => caught.message,
    );
    return { events, most, error };
  }
  const diamond = [
    named("core"),
    named("kg", "core"),
    named("circuits", "core"),
    named("top", "kg", "circuits"),
  ];

  it("begins a package only when those that it uses are done, as many at once as allowed", async () => {
    for (const atOnce of [1, 2, 4]) {
      const { events, most, error } = await record(diamond, atOnce);
      expect(error).toBeUndefined();
      expect(events.filter((event) => event.startsWith("-"))).toHaveLength(4);
      for (const { name, uses } of diamond) {
        for (const used of uses) expect(events.indexOf(`-${used}`)).toBeLessThan(events.indexOf(`+${name}`));
      }
      expect(most).toBe(Math.min(atOnce, 2));
    }
  });

  it("does not wait for packages that need no work", async () => {
    expect((await record([named("top", "kg", "circuits")], 2)).events).toEqual(["+top", "-top"]);
    expect((await record([], 2)).events).toEqual([]);
  });

  it("after a failure ends what runs, begins nothing, and reports the failure", async () => {
    const { events, error } = await record(diamond, 2, "kg");
    expect(error).toBe("kg failed");
    expect(events).toContain("-circuits");
    expect(events).not.toContain("+top");
  });
});
