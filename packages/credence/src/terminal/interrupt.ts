/**
 * Ctrl-C as an AbortSignal: the first one lets the work end in order, print and save what it has reached; another one
 * ends at once. Either way the exit code is 128 and the number of the signal, by which shells know to stop, too.
 */
import { constants } from "node:os";

/** A terminal and a parent process may both pass on one Ctrl-C: what comes that soon counts as one. */
const ECHO_MS = 200;

let received: NodeJS.Signals | undefined;

/** Runs `work` with a signal that SIGINT and SIGTERM abort. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    const isEcho = first === undefined || performance.now() - first <= ECHO_MS;
    if (!isEcho) process.exit(codeOf(name));
    first ??= performance.now();
    received ??= name;
    controller.abort(name);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** The exit code if a signal has ended work before its time: 130 after SIGINT, 143 after SIGTERM. */
export function interruptCode(): number | undefined {
  return received === undefined ? undefined : codeOf(received);
}

/** Begins anew, for a process that runs more than one command. */
export function forgetInterrupt(): void {
  received = undefined;
}

function codeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
