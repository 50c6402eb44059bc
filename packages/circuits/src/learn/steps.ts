/** Step generators made of others. */
import type { StepGenerator } from "@credence/core";

/** The steps of another algorithm, its results (and those so far) seen through `f`. */
export function* mapSteps<A, B>(steps: StepGenerator<A>, f: (result: A) => B): StepGenerator<B> {
  for (;;) {
    const next = steps.next();
    if (next.done) return f(next.value);
    const { partial, ...progress } = next.value;
    yield { ...progress, partial: partial === undefined ? undefined : () => f(partial()) };
  }
}
