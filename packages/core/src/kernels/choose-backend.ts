/** Which backend: the fastest that the engine runs, or the one that is asked for. */
import type { Backend } from "./backend.ts";
import { checkName } from "./checks.ts";
import { availableThreads, missingForThreads } from "./threads/start-helper.ts";
import { wasmThreadsBackend } from "./threads/wasm-threads-backend.ts";
import { tsBackend } from "./ts-backend.ts";
import { hasRelaxedSimd, kernelSupport } from "./wasm/binary.ts";
import { wasmBackend } from "./wasm/wasm-backend.ts";

/** Options of {@link backend}. */
export interface BackendOptions {
  /** Default `auto`: the first of wasm-threads, wasm and ts that works here. */
  readonly kind?: "auto" | "ts" | "wasm" | "wasm-threads";
  /** For wasm-threads, the calling thread included; default what the machine has, at most 8. 1 means no helpers. */
  readonly threads?: number;
  /**
   * Multiply and add with one rounding: faster, and not the same bits on every machine. With `auto` a wish, otherwise
   * a condition. Default false.
   */
  readonly fma?: boolean;
  /** Called once, with one sentence, if `auto` has to do without something that the engine lacks. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * A backend. `auto` never fails for what the engine lacks: it takes the next best and says so through `onNotice`.
 *
 * @throws CredenceError `BACKEND_UNAVAILABLE` if a kind is asked for by name that the engine cannot run
 * @throws InvalidArgumentError for an unknown kind or a wrong number of threads
 */
export function backend(options: BackendOptions = {}): Backend {
  const { kind = "auto", threads, fma = false, onNotice } = options;
  checkName("kind", kind, ["auto", "ts", "wasm", "wasm-threads"]);
  if (kind === "ts") return tsBackend;
  if (kind === "wasm") return wasmBackend({ fma });
  if (kind === "wasm-threads")
    return wasmThreadsBackend({ fma, ...(threads === undefined ? {} : { threads }) });

  const { missing } = kernelSupport();
  if (missing !== undefined) {
    onNotice?.(`This engine has no ${missing}, so the kernels run in TypeScript, about ten times slower.`);
    return tsBackend;
  }
  const lacking: string[] = [];
  const fused = fma && hasRelaxedSimd();
  if (fma && !fused) lacking.push("relaxed SIMD (products are rounded twice)");
  const wanted = threads ?? availableThreads();
  const missingThreads = wanted === 1 ? undefined : missingForThreads();
  if (missingThreads !== undefined) lacking.push(`${missingThreads} (the kernels run on one thread)`);
  if (lacking.length > 0) onNotice?.(`This engine has no ${lacking.join(" and no ")}.`);
  if (wanted === 1 || missingThreads !== undefined) return wasmBackend({ fma: fused });
  return wasmThreadsBackend({ fma: fused, ...(threads === undefined ? {} : { threads }) });
}

let shared: Backend | undefined;

/**
 * The backend that the packages use where the caller names none: `backend()`, made when first asked for, one for the
 * whole program. Its threads do not keep a program from ending. Not to be closed.
 */
export function sharedBackend(): Backend {
  shared ??= backend();
  return shared;
}
