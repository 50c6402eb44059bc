/** Progress on a terminal's standard error, and Ctrl-C as an abort. */
import type { Progress, RunOptions } from "@credence/core";

/** Run options for a script: one line that is overwritten at most ten times a second (nothing without a terminal). */
export function terminalRun(): Required<Pick<RunOptions, "signal" | "onProgress">> {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort(new Error("interrupted")));
  let last = 0;
  const onProgress = ({ phase, step, steps }: Progress): void => {
    const now = performance.now();
    if (!process.stderr.isTTY || (step < steps && now - last < 100)) return;
    last = now;
    process.stderr.write(`\r\x1b[K${step < steps ? `${phase} ${Math.floor((100 * step) / steps)} %` : ""}`);
  };
  return { signal: controller.signal, onProgress };
}
