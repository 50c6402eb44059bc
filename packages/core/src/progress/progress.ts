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
  /**
   * Work that goes on elsewhere and must end before the next step; see {@link waitFor}. A step with it is no progress
   * and is not reported.
   */
  readonly until?: Promise<unknown> | undefined;
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

/**
 * For step generators, with `yield*`: the value of a promise, once it is there; what is no promise is there already. If
 * the promise is rejected, its error is thrown here. Only {@link runAsync} can wait.
 */
export function* waitFor<V>(value: V | Promise<V>): Generator<Step<never>, V, void> {
  if (!(value instanceof Promise)) return value;
  const found: { value?: V } = {};
  const until = value.then((settled) => {
    found.value = settled;
  });
  yield { phase: "wait", step: 0, steps: 0, metrics: {}, until };
  return found.value as V;
}

/**
 * Runs a step generator to its end on the caller's thread.
 * @throws AbortedError
 * @throws CredenceError `ASYNC_ONLY` if a step has to wait for work that goes on elsewhere
 */
export function runSync<T>(steps: StepGenerator<T>, options: RunOptions = {}): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    if (next.value.until !== undefined) throw asyncOnly(steps, next.value.until);
    observe(steps, next.value, options);
  }
}

/**
 * Runs a step generator and gives the event loop its turn about every 15 ms, so that signals, timers and the
 * page stay alive. @throws AbortedError
 */
export async function runAsync<T>(steps: StepGenerator<T>, options: RunOptions = {}): Promise<T> {
  let turn = performance.now();
  let next = steps.next();
  for (;;) {
    if (next.done) return next.value;
    if (next.value.until !== undefined) {
      next = await settled(steps, next.value.until);
      continue;
    }
    if (performance.now() - turn > 15) {
      await nextTurn();
      turn = performance.now();
    }
    observe(steps, next.value, options);
    next = steps.next();
  }
}

/** The step after a promise, which gets its error if it is rejected. */
async function settled<T>(
  steps: StepGenerator<T>,
  until: Promise<unknown>,
): Promise<IteratorResult<Step<T>, T>> {
  try {
    await until;
  } catch (error) {
    return steps.throw(error);
  }
  return steps.next();
}

function asyncOnly<T>(steps: StepGenerator<T>, until: Promise<unknown>): CredenceError {
  // Nobody will look at its result any more.
  until.catch(() => {});
  steps.return(undefined as never);
  return new CredenceError({
    code: "ASYNC_ONLY",
    message: "This work cannot be done at once: a part of it goes on outside the calling thread.",
    expected: "a call that may wait",
    hint: "Call the asynchronous twin of the function (train instead of trainSync, for example).",
  });
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
