import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { missingGenerated } from "./scripts/bootstrap/generate.mjs";
import { chromiumPath, isolationHeaders, launchOptions } from "./test/browser/chromium.ts";

const missing = missingGenerated(import.meta.dirname);
if (missing.length > 0) throw new Error(`Run npm test once: it makes ${missing.join(", ")}.`);

// Tests run from source: the custom export condition points every package at its src/index.ts.
const source = {
  resolve: { conditions: ["@credence/source"] },
  ssr: { resolve: { conditions: ["@credence/source", "node", "import", "module", "default"] } },
};
const where = (suffix: string) => [`packages/*/test/**/*${suffix}.test.ts`, `test/**/*${suffix}.test.ts`];

// The laws of the kernels again, and what only a page can show, in Chromium.
const browser: TestProjectInlineConfiguration = {
  resolve: { conditions: ["@credence/source", "browser", "import", "module", "default"] },
  server: { headers: isolationHeaders },
  optimizeDeps: { include: ["fast-check"] },
  test: {
    name: "browser",
    include: ["packages/core/test/kernels/**/*.laws.test.ts", ...where(".browser")],
    testTimeout: 120_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: "chromium" }],
    },
  },
};

export default defineConfig({
  test: {
    // All cores: files wait for their imports more than they compute.
    maxWorkers: "100%",
    coverage: { include: ["packages/*/src/**/*.ts"], reporter: ["text-summary", "json-summary"] },
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          include: where(""),
          exclude: [...[".laws", ".slow", ".browser"].flatMap(where), "**/node_modules/**"],
          testTimeout: 60_000,
        },
      },
      { ...source, test: { name: "laws", include: where(".laws"), testTimeout: 120_000 } },
      { ...source, test: { name: "slow", include: where(".slow"), testTimeout: 1_500_000 } },
      ...(chromiumPath === undefined ? [] : [browser]),
    ],
  },
});
