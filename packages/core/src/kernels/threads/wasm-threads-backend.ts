/** The WebAssembly kernels on several threads over one shared memory. */
import { InvalidArgumentError } from "../../errors/credence-error.ts";
import type { Backend } from "../backend.ts";
import { engine } from "../wasm/engine.ts";
import { backendOver, checkSupport, unavailable } from "../wasm/wasm-backend.ts";
import { threadCrew } from "./crew.ts";
import { availableThreads, missingForThreads } from "./start-helper.ts";

/** Options of {@link wasmThreadsBackend}. */
export interface WasmThreadsOptions {
  /** How many threads share the work, the calling one included; default what the machine runs at once, at most 8. */
  readonly threads?: number;
  /** As in {@link WasmOptions}; default false. */
  readonly fma?: boolean;
}

/** More threads than this would mostly wait for memory. */
const MOST_THREADS = 8;

/**
 * The kernels on several threads. Results are bit for bit those of {@link wasmBackend}, whatever the number. Helper
 * threads start with the first call that is worth sharing, in the background, and never keep a process alive; `close`
 * ends them. In a page this needs cross-origin isolation. The calling thread works along and, while it waits for the
 * last chunks, sleeps where it may and spins in the main thread of a page.
 *
 * @throws CredenceError `BACKEND_UNAVAILABLE` where something that it needs is missing
 * @throws InvalidArgumentError for threads that are not an integer from 1 to 64
 */
export function wasmThreadsBackend(options: WasmThreadsOptions = {}): Backend {
  const { threads = Math.min(MOST_THREADS, availableThreads()), fma = false } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new InvalidArgumentError("threads", threads, "an integer from 1 to 64");
  }
  checkSupport(fma);
  const missing = missingForThreads();
  if (missing !== undefined) throw unavailable(missing, 'Use backend(), which then chooses "wasm".');
  const shared = engine(fma, (workplace) => threadCrew(workplace, threads));
  if (!shared.arena.shared) throw unavailable("shared WebAssembly memory", 'Use backend({ kind: "wasm" }).');
  return backendOver("wasm-threads", shared);
}
