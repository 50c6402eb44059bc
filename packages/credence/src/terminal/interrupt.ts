/** Ctrl-C as an AbortSignal: the first one lets the work end in order, another one a second later ends at once. */

const IMPATIENT_MS = 1_000;

/** Runs `work` with a signal that SIGINT and SIGTERM abort. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    // A terminal and a parent process may both pass on one Ctrl-C: those two count as one.
    if (first !== undefined && performance.now() - first > IMPATIENT_MS) process.exit(130);
    first ??= performance.now();
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
