/**
 * How long algorithms run: each is written once, as a generator that yields after every batch of work, and is
 * driven either synchronously or asynchronously. Cancellation and progress live in the drivers alone.
 */
import { CredenceError } from "../errors/credence-error.ts";

/** How far a long algorithm has come. `metrics` are the algorithm's own numbers, by name. */
export interface Progress {
  readonly phase: string;
  /** Steps done, from 0. */
  readonly step: number;
  /** Steps in all, as far as known. */
  readonly steps: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Options that every long-running call takes. */
export interface RunOptions<P = Progress> {
  /** Seed of everything random in the call; default 0. */
  readonly seed?: number | string;
  /** Aborting it ends the call with an {@link AbortedError} at the next step. */
  readonly signal?: AbortSignal;
  /** Called after every step. */
  readonly onProgress?: (progress: P) => void;
}

/** What a step generator yields: progress, and a way to what the algorithm would return if it ended here. */
export interface Step<T> extends Progress {
  /** The result so far, made only when asked for; absent while there is none. */
  readonly partial?: (() => T) | undefined;
}

/** A long algorithm: yields a {@link Step} after each batch of work and returns its result. */
export type StepGenerator<T> = Generator<Step<T>, T, void>;

/** The call was cancelled through its `signal`. */
export class AbortedError<T = unknown> extends CredenceError {
  /** What the algorithm had reached, if that is of use (for training: the best weights so far). */
  readonly partial: T | undefined;

  constructor(phase: string, partial: T | undefined, reason: unknown) {
    super({
      code: "ABORTED",
      message: `${phase} was cancelled before it was done.`,
      hint:
        partial === undefined
          ? "Nothing had been reached yet; run it again."
          : "The best result so far is kept.",
      cause: reason,
    });
    this.partial = partial;
  }
}

/** Runs a step generator to its end on the caller's thread. @throws AbortedError */
export function runSync<T>(steps: StepGenerator<T>, options: RunOptions = {}): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    observe(steps, next.value, options);
  }
}

/**
 * Runs a step generator and gives the event loop its turn about every 15 ms, so that signals, timers and the
 * page stay alive. @throws AbortedError
 */
export async function runAsync<T>(steps: StepGenerator<T>, options: RunOptions = {}): Promise<T> {
  let turn = performance.now();
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    if (performance.now() - turn > 15) {
      await nextTurn();
      turn = performance.now();
    }
    observe(steps, next.value, options);
  }
}

function observe<T>(steps: StepGenerator<T>, step: Step<T>, options: RunOptions): void {
  const { phase, step: done, steps: all, metrics } = step;
  options.onProgress?.({ phase, step: done, steps: all, metrics });
  if (options.signal?.aborted) {
    const partial = step.partial?.();
    steps.return(undefined as never);
    throw new AbortedError(phase, partial, options.signal.reason);
  }
}

/** A macrotask: unlike a promise it lets input and timers in, and unlike `setTimeout` it is not clamped. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else {
      const channel = new MessageChannel();
      const port = channel.port1 as unknown as { onmessage: (() => void) | null; close(): void };
      port.onmessage = () => {
        port.close();
        resolve();
      };
      channel.port2.postMessage(0);
    }
  });
}
