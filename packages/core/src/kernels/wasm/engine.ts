/**
 * Runs compiled kernels: writes their arguments into the arena and calls them once for every chunk. Who does which
 * chunk is the business of a `Crew`: here there is one member, and `threads/crew.ts` has more.
 */
import { Arena } from "./arena.ts";
import { kernelBytes } from "./binary.ts";
import type { KernelName } from "./kernel-names.ts";
import { type Kernel, type WasmModule, webAssembly } from "./webassembly.ts";

/** Slots of 8 bytes for the arguments of one call. */
const SLOTS = 32;
/** Bytes that each member of a crew may use for packed blocks. */
export const SCRATCH_BYTES = 1 << 20;

/** Those who do the chunks of a call. */
export interface Crew {
  readonly threads: number;
  /** Does chunks 0 to `chunks` − 1 of a kernel, each exactly once, and returns when all are done. */
  run(kernel: KernelName, args: number, chunks: number): void;
  close(): void;
}

/** A crew's surroundings. */
export interface Workplace {
  readonly arena: Arena;
  /** Kernels of a later module replace those of an earlier one. */
  readonly modules: readonly WasmModule[];
  readonly kernels: Readonly<Record<string, Kernel>>;
}

/** Arena, crew, and the way to call a kernel. */
export interface Engine {
  readonly arena: Arena;
  readonly crew: Crew;
  /**
   * Calls a kernel for all its chunks.
   *
   * @param integers integers and addresses, in the order of the kernel's slots
   * @param reals what follows them
   */
  call(kernel: KernelName, chunks: number, integers: readonly number[], reals?: readonly number[]): void;
}

/** An engine over a new arena. The engine's support is the caller's to check. */
export function engine(fma: boolean, crewOf: (workplace: Workplace) => Crew, allowShared = true): Engine {
  const wasm = webAssembly();
  if (wasm === undefined) throw new TypeError("WebAssembly is missing; the caller should have looked.");
  const arena = new Arena(allowShared);
  const modules = kernelBytes(fma, arena.shared).map((bytes) => new wasm.Module(bytes));
  const imports = { env: { memory: arena.memory } };
  const kernels = Object.assign({}, ...modules.map((module) => new wasm.Instance(module, imports).exports));
  const crew = crewOf({ arena, modules, kernels });
  const args = arena.allocate(SLOTS * 8);
  // Views are made again only where growth has made another buffer: calls may be as short as a microsecond.
  let seen: ArrayBufferLike | undefined;
  let words = new Int32Array(0);
  let numbers = new Float64Array(0);
  const call: Engine["call"] = (kernel, chunks, integers, reals = []) => {
    if (chunks <= 0) return;
    const { buffer } = arena.memory;
    if (buffer !== seen) {
      seen = buffer;
      words = new Int32Array(buffer, args, 2 * SLOTS) as typeof words;
      numbers = new Float64Array(buffer, args, SLOTS) as typeof numbers;
    }
    for (let i = 0; i < integers.length; i++) words[2 * i] = integers[i];
    for (let i = 0; i < reals.length; i++) numbers[integers.length + i] = reals[i];
    crew.run(kernel, args, chunks);
  };
  return { arena, crew, call };
}

/** The crew of one: the calling thread. */
export function soloCrew({ arena, kernels }: Workplace): Crew {
  const scratch = arena.allocate(SCRATCH_BYTES);
  return {
    threads: 1,
    run(kernel, args, chunks) {
      const run = kernels[kernel];
      for (let chunk = 0; chunk < chunks; chunk++) run(args, chunk, scratch);
    },
    close() {},
  };
}
