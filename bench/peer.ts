/** A Python process that answers one question at a time: the other side of a comparison. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The process; questions are words, answers JSON. */
export interface Peer {
  /** The answer; undefined where Python or what it needs is missing. */
  ask(...words: string[]): Promise<unknown>;
  close(): void;
}

/** How the process is started. */
export interface PeerOptions {
  readonly threads: number;
  /**
   * Take OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE out of its environment, so that OpenBLAS chooses kernels for the
   * processor itself; default false: the environment as it stands.
   */
  readonly ownKernels?: boolean;
}

/** Starts a script of this folder with `/usr/bin/python3` (Debian's python3-numpy, python3-torch) or CREDENCE_PYTHON. */
export function startPeer(script: string, options: PeerOptions): Peer {
  const { threads, ownKernels = false } = options;
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...others } = process.env;
  const chosen = { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE };
  const child = spawn(
    process.env["CREDENCE_PYTHON"] ?? "/usr/bin/python3",
    [fileURLToPath(new URL(script, import.meta.url))],
    {
      env: {
        ...others,
        ...(ownKernels ? {} : chosen),
        OMP_NUM_THREADS: String(threads),
        OPENBLAS_NUM_THREADS: String(threads),
      },
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let alive = true;
  const end = (): void => {
    alive = false;
  };
  child.on("error", end);
  child.stdin.on("error", end);
  return {
    async ask(...words) {
      if (!alive) return undefined;
      child.stdin.write(`${words.join("\t")}\n`);
      const { value, done } = await lines.next();
      if (done === true) end();
      return done === true ? undefined : (JSON.parse(value) ?? undefined);
    },
    close: () => child.stdin.end(),
  };
}
