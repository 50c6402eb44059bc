/** Starting a worker thread in Node or in a page, from text. */
import { type HelperData, helperSource } from "./helper-source.ts";

/** A running helper. */
export interface Helper {
  terminate(): void;
}

interface NodeWorker {
  unref(): void;
  terminate(): Promise<number>;
  on(event: "error", listener: () => void): void;
}

interface WorkerThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

interface PageWorker {
  postMessage(data: unknown): void;
  terminate(): void;
}

interface Platform {
  readonly process?: {
    getBuiltinModule?(name: string): unknown;
    readonly versions?: { readonly node?: string };
  };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string) => PageWorker;
}

const platform = (): Platform => globalThis as Platform;

/** Whether this is Node (or something that is like it), where workers are made differently. */
function nodeThreads(): WorkerThreads | undefined {
  const { process } = platform();
  // Not an import: a bundler for pages must not look for it.
  if (process?.versions?.node === undefined) return undefined;
  return process.getBuiltinModule?.("node:worker_threads") as WorkerThreads | undefined;
}

/** What stands in the way of helper threads here, if anything does. */
export function missingForThreads(): string | undefined {
  if (nodeThreads() !== undefined) return undefined;
  const { Worker, crossOriginIsolated } = platform();
  if (Worker === undefined) return "worker threads";
  return crossOriginIsolated === true ? undefined : "cross-origin isolation, which shared memory needs";
}

/** How many threads the machine runs at once, as far as it says. */
export function availableThreads(): number {
  const os = platform().process?.getBuiltinModule?.("node:os") as
    | { availableParallelism?(): number }
    | undefined;
  return os?.availableParallelism?.() ?? platform().navigator?.hardwareConcurrency ?? 1;
}

/** Starts a helper. It does not keep a Node process alive, and one that fails to start is simply not there. */
export function startHelper(data: HelperData): Helper {
  const node = nodeThreads();
  if (node !== undefined) {
    // Without execArgv the helper would load the loaders of the main thread (tsx and the like), which it needs not.
    const worker = new node.Worker(helperSource, { eval: true, workerData: data, execArgv: [] });
    worker.on("error", () => {});
    worker.unref();
    return { terminate: () => void worker.terminate() };
  }
  const { Worker } = platform();
  if (Worker === undefined) throw new TypeError("No workers here; the caller should have looked.");
  const url = URL.createObjectURL(new Blob([helperSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(data);
  return {
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
