/**
 * The built packages as a page without a bundler has them: every sub-path for browsers imported in Chromium from `dist`,
 * a job done with each, and every kernel computed, to the same results as in Node.
 */
import { relative, sep } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepare } from "../../scripts/bootstrap/main.mjs";
import { repositoryRoot } from "../../scripts/bootstrap/paths.mjs";
import { readWorkspace } from "../../scripts/bootstrap/workspace.mjs";
import { closureOf, entryPoints } from "../exports/package-folder.ts";
import { chromiumPath, launchOptions } from "./chromium.ts";
import * as inNode from "./jobs.ts";
import { type PageServer, servePages } from "./serve.ts";

const libraries = readWorkspace(repositoryRoot).filter((each) => each.name.startsWith("@credence/"));
const forBrowsers = () =>
  libraries
    .flatMap(({ folder }) => entryPoints(folder))
    .filter(({ file }) => [...closureOf(file).others].every((each) => each.startsWith("@credence/")));

const urlPath = (file: string) => `/${relative(repositoryRoot, file).split(sep).join("/")}`;

let server: PageServer;
let browser: Browser;

async function start(): Promise<void> {
  await prepare(repositoryRoot, "build");
  const imports = forBrowsers().map(({ specifier, file }) => [specifier, urlPath(file)]);
  server = await servePages(repositoryRoot, Object.fromEntries(imports));
  browser = await chromium.launch(launchOptions);
}

/** The value of an expression in a page, in which `jobs` is the module of that name; errors there are errors here. */
async function inPage(kind: "isolated" | "plain", expression: string): Promise<unknown> {
  const page: Page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(`${server.origin}/${kind}`);
  const value = await page.evaluate(`import("/test/browser/jobs.ts").then((jobs) => ${expression})`);
  expect(problems).toEqual([]);
  await page.close();
  return value;
}

function suite(): void {
  beforeAll(start, 300_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it("are all but those for Node", () => {
    const all = libraries.flatMap(({ folder }) => entryPoints(folder)).map(({ specifier }) => specifier);
    const kept = new Set(forBrowsers().map(({ specifier }) => specifier));
    expect(all.filter((specifier) => !kept.has(specifier))).toEqual(["@credence/core/node"]);
  });

  it("export the same names as in Node", async () => {
    const specifiers = forBrowsers().map(({ specifier }) => specifier);
    const names = await inPage(
      "plain",
      `Promise.all(${JSON.stringify(specifiers)}.map(async (each) => Object.keys(await import(each)).sort()))`,
    );
    const own = specifiers.map(async (each) => Object.keys((await import(each)) as object).sort());
    expect(names).toEqual(await Promise.all(own));
  });

  it("do a job each, to the same numbers as in Node", async () => {
    const here = inNode.jobs();
    expect(Object.keys(here)).toEqual(
      forBrowsers()
        .map(({ specifier }) => specifier)
        .sort(),
    );
    expect(await inPage("isolated", "jobs.jobs()")).toEqual(JSON.parse(JSON.stringify(here)));
    expect(await inPage("plain", "jobs.jobs()")).toEqual(JSON.parse(JSON.stringify(here)));
  });

  it("have threads in an isolated page, and in others one notice and one thread", async () => {
    expect(await inPage("isolated", "jobs.chosenBackend()")).toEqual({ name: "wasm-threads", notices: [] });
    expect(await inPage("plain", "jobs.chosenBackend()")).toEqual({
      name: "wasm",
      notices: [expect.stringContaining("no cross-origin isolation")],
    });
    expect(await inPage("plain", "jobs.refusalOfThreads()")).toBe("BACKEND_UNAVAILABLE");
  });

  it("compute every compiled kernel to the same bits as in Node, on one thread and on several", async () => {
    const here = await inNode.kernelFingerprints(true);
    expect(await inPage("isolated", "jobs.kernelFingerprints(true)")).toEqual(here);
    expect(await inPage("plain", "jobs.kernelFingerprints(false)")).toEqual({ wasm: here["wasm"] });
  });
}

const name = "the built packages in Chromium";
if (chromiumPath !== undefined) describe(name, suite);
else if (process.env["CREDENCE_REQUIRE_CHROMIUM"]) {
  throw new Error(
    `${name} need it, and CREDENCE_REQUIRE_CHROMIUM is set. Install it, or set CREDENCE_CHROMIUM.`,
  );
} else {
  console.warn("Nothing is tested in pages: there is no Chromium. Install it, or set CREDENCE_CHROMIUM.");
  describe.skip(name, suite);
}
