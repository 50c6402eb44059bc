/**
 * Compiles the AssemblyScript kernels (`assembly/`) into `src/kernels/generated/binaries.ts`, which holds the two
 * WebAssembly modules as base64 text, so that bundlers, browsers and CDNs need to know nothing about them:
 * `simd` (multiply, round, add, round: the same bits on every engine) and `relaxed` (those kernels again that multiply
 * and add, fused where the engine has it).
 *
 *     node packages/core/scripts/build-kernels.mjs
 *
 * Both import a shared memory. `memoryFlag` is the place of the one byte that makes it an unshared one, for pages
 * that are not cross-origin isolated.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What decides the output: hash these to know whether it is stale. */
export const kernelSources = [join(packageFolder, "assembly"), fileURLToPath(import.meta.url)];

/** What is made. */
export const kernelOutput = join(packageFolder, "src", "kernels", "generated", "binaries.ts");

const flags = [
  "--runtime=stub",
  "--optimizeLevel=3",
  "--shrinkLevel=0",
  "--noAssert",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=1",
  "--maximumMemory=65536",
  // Vectors in signatures are no concern: what is exported takes integers only.
  "--disableWarning=112",
];

/** @param {string} entry @param {string} features @returns {Promise<Buffer>} the module */
async function compile(entry, features) {
  const { default: asc } = await import("assemblyscript/asc");
  /** @type {Buffer | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [entry, "--outFile=kernels.wasm", `--enable=${features}`, ...flags],
    {
      readFile: (name, base) => read(join(base, name)),
      writeFile: (_, contents) => {
        binary = Buffer.from(contents);
      },
      listFiles: () => [],
    },
  );
  const warnings = stderr.toString();
  if (error || warnings !== "" || binary === undefined) {
    throw new Error(`The kernels (${features}) do not compile.\n${warnings}`, { cause: error });
  }
  return binary;
}

/** @param {string} file @returns {string | null} */
function read(file) {
  try {
    return readFileSync(join(packageFolder, "assembly", file), "utf8");
  } catch {
    return null;
  }
}

/** The place of the flags of the memory that a module imports as env.memory. @param {Buffer} module */
function memoryFlag(module) {
  const name = Buffer.concat([Buffer.from([3]), Buffer.from("env"), Buffer.from([6]), Buffer.from("memory")]);
  const at = module.indexOf(name) + name.length;
  // 2: a memory; 3: shared, with a maximum.
  if (at < name.length || module[at] !== 2 || module[at + 1] !== 3) {
    throw new Error("The compiled kernels do not import a shared memory env.memory.");
  }
  return at + 1;
}

/** Compiles and writes. Takes about 5 seconds. */
export async function buildKernels() {
  const entries = [];
  for (const [name, entry, features] of /** @type {const} */ ([
    ["simd", "index.ts", "simd,threads"],
    ["relaxed", "fused.ts", "simd,relaxed-simd,threads"],
  ])) {
    const module = await compile(entry, features);
    entries.push(
      `/** ${module.length} bytes, compiled with --enable ${features}. */\n` +
        `export const ${name}: KernelBinary = {\n  memoryFlag: ${memoryFlag(module)},\n` +
        `  base64: "${module.toString("base64")}",\n};\n`,
    );
  }
  const text = [
    "// Made by scripts/build-kernels.mjs from assembly/: do not edit.\n",
    'import type { KernelBinary } from "../wasm/binary.ts";\n',
    ...entries,
  ].join("\n");
  mkdirSync(dirname(kernelOutput), { recursive: true });
  // Renamed into place, so that nobody ever reads half of it.
  const unfinished = `${kernelOutput}.${process.pid}.tmp`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, kernelOutput);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildKernels();
