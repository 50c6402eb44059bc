/** numpy and PyTorch as contenders, in a Python process that answers one question at a time. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Asks for the time of one run; undefined where Python, the library or the operation is missing. */
export interface Peer {
  seconds(library: "numpy" | "torch", operation: string): Promise<number | undefined>;
  close(): void;
}

/** Starts `/usr/bin/python3` (Debian's python3-numpy and python3-torch), or the one of CREDENCE_PYTHON. */
export function startPeer(threads: number): Peer {
  const python = process.env["CREDENCE_PYTHON"] ?? "/usr/bin/python3";
  const script = fileURLToPath(new URL("./peer.py", import.meta.url));
  // Settings for older machines would slow OpenBLAS down, and the comparison with it.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...env } = process.env;
  const child: ChildProcessWithoutNullStreams = spawn(python, [script], {
    env: { ...env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let alive = true;
  child.on("error", () => {
    alive = false;
  });
  child.stdin.on("error", () => {
    alive = false;
  });
  return {
    async seconds(library, operation) {
      if (!alive) return undefined;
      child.stdin.write(`${library} ${operation}\n`);
      const { value, done } = await lines.next();
      if (done === true) alive = false;
      const seconds = Number(value);
      return Number.isFinite(seconds) ? seconds : undefined;
    },
    close: () => child.stdin.end(),
  };
}
