import { AbortedError, runAsync, runSync, type StepGenerator } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";

/** The running sums of a list, with the list so far as the partial result. */
function* sums(list: readonly number[]): StepGenerator<number[]> {
  const out: number[] = [];
  let total = 0;
  for (const [i, value] of list.entries()) {
    total += value;
    out.push(total);
    yield { phase: "sums", step: i, steps: list.length, metrics: {}, partial: () => out.slice() };
  }
  return out;
}

it("both drivers give the same result and the same steps", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer()), async (list) => {
      const [one, other]: number[][] = [[], []];
      const sync = runSync(sums(list), { onProgress: ({ step }) => one.push(step) });
      const later = await runAsync(sums(list), { onProgress: ({ step }) => other.push(step) });
      expect(later).toEqual(sync);
      expect(other).toEqual(one);
    }),
  );
});

it("a run cancelled after any step keeps exactly the work done until then", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(), (list, at) => {
      const controller = new AbortController();
      const last = at % list.length;
      const onProgress = ({ step }: { step: number }) => step === last && controller.abort();
      try {
        runSync(sums(list), { signal: controller.signal, onProgress });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(AbortedError);
        expect((error as AbortedError).partial).toEqual(runSync(sums(list)).slice(0, last + 1));
      }
    }),
  );
});
