/**
 * Progress on standard error: a bar on a terminal; elsewhere a line every few seconds, of what takes more than one;
 * nothing when quiet.
 */
import type { Progress } from "@credence/core";
import { SingleBar } from "cli-progress";

/** Shows progress until it is stopped. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  stop(): void;
}

const FIRST_LINE_MS = 1_000;
const LINE_EVERY_MS = 5_000;

/** The display that suits standard error. */
export function progressDisplay(quiet: boolean): ProgressDisplay {
  if (quiet) return { show() {}, stop() {} };
  return process.stderr.isTTY ? barDisplay() : lineDisplay();
}

function barDisplay(): ProgressDisplay {
  let bar: SingleBar | undefined;
  let phase: string | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show(progress) {
      if (progress.phase !== phase) {
        stop();
        phase = progress.phase;
        bar = new SingleBar({
          format: isBounded(progress) ? "{phase} {bar} {percentage}% {metrics}" : "{phase} {value} {metrics}",
          barsize: 28,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: false,
          linewrap: false,
        });
        bar.start(isBounded(progress) ? progress.steps : 0, 0, { phase, metrics: "" });
      }
      if (isBounded(progress)) bar?.setTotal(progress.steps);
      bar?.update(progress.step, { metrics: metricsText(progress) });
    },
    stop,
  };
}

function lineDisplay(): ProgressDisplay {
  let next = performance.now() + FIRST_LINE_MS;
  let shown = false;
  return {
    show(progress) {
      const now = performance.now();
      const isLast = shown && progress.step >= progress.steps;
      if (now < next && !isLast) return;
      next = now + LINE_EVERY_MS;
      shown = true;
      const of = isBounded(progress) ? `/${progress.steps}` : "";
      process.stderr.write(`${progress.phase} ${progress.step}${of} ${metricsText(progress)}\n`);
    },
    stop() {},
  };
}

/** Searches do not know how many steps they have before them. */
function isBounded({ steps }: Progress): boolean {
  return Number.isFinite(steps);
}

function metricsText(progress: Progress): string {
  return Object.entries(progress.metrics)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toPrecision(4)}`)
    .join("  ");
}
