import { defineConfig, type Options } from "tsup";

/**
 * The one build recipe: ESM and CommonJS with declarations for both, nothing minified, dependencies left
 * to the user's package manager except those named in `inline` (CommonJS-only ones that browsers cannot load).
 */
export function recipe(entry: Record<string, string>, inline: readonly string[] = []): Options {
  return defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    dts: true,
    clean: true,
    splitting: true,
    sourcemap: true,
    treeshake: true,
    removeNodeProtocol: false,
    noExternal: [...inline],
    esbuildOptions(options) {
      options.mainFields = ["module", "main"];
    },
  }) as Options;
}
