import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { defineConfig, type Options } from "tsup";

/**
 * The one build recipe: ESM and CommonJS with declarations for both, nothing minified, dependencies left
 * to the user's package manager except the modules named in `inline` (CommonJS-only ones that browsers cannot
 * load), whose license notices are put beside the code.
 */
export function recipe(entry: Record<string, string>, inline: readonly string[] = []): Options {
  return defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    // Unused names are for the type-check and the linter to refuse: they must not keep npm test from starting.
    dts: { compilerOptions: { noUnusedLocals: false, noUnusedParameters: false } },
    clean: true,
    splitting: true,
    sourcemap: true,
    treeshake: true,
    removeNodeProtocol: false,
    noExternal: [...inline],
    // The neutral platform knows no built-in modules; which files may import them is a test's business.
    external: [/^node:/],
    esbuildOptions(options) {
      options.mainFields = ["module", "main"];
    },
    async onSuccess() {
      if (inline.length > 0) writeFileSync(join("dist", "NOTICES.txt"), inline.map(notice).join("\n"));
    },
  }) as Options;
}

/** The comment that a module opens with: it holds the license there, and bundlers drop it. */
function notice(module: string): string {
  const source = readFileSync(createRequire(join(process.cwd(), "package.json")).resolve(module), "utf8");
  const comment = /^(?:\s*(?:\/\/.*\n|\/\*[\s\S]*?\*\/))+/.exec(source)?.[0].trim() ?? "";
  if (!/license|permission is hereby granted/i.test(comment)) {
    throw new Error(`${module} is bundled, but opens with no license notice.`);
  }
  return `${module}\n\n${comment.replaceAll(/^\/\/ ?/gm, "")}\n`;
}
