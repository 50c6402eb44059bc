import { defineConfig } from "vitest/config";
import { missingGenerated } from "./scripts/bootstrap/generate.mjs";

const missing = missingGenerated(import.meta.dirname);
if (missing.length > 0) throw new Error(`Run npm test once: it makes ${missing.join(", ")}.`);

// Tests run from source: the custom export condition points every package at its src/index.ts.
const source = {
  resolve: { conditions: ["@credence/source"] },
  ssr: { resolve: { conditions: ["@credence/source", "node", "import", "module", "default"] } },
};
const where = (suffix: string) => [`packages/*/test/**/*${suffix}.test.ts`, `test/**/*${suffix}.test.ts`];

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
          exclude: [...where(".laws"), ...where(".slow"), "**/node_modules/**"],
          testTimeout: 60_000,
        },
      },
      { ...source, test: { name: "laws", include: where(".laws"), testTimeout: 120_000 } },
      { ...source, test: { name: "slow", include: where(".slow"), testTimeout: 1_500_000 } },
    ],
  },
});
