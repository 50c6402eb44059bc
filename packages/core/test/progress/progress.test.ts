import { AbortedError, type Progress, runAsync, runSync, type StepGenerator, waitFor } from "@credence/core";
import { describe, expect, it } from "vitest";
import { rejected, thrown } from "../thrown.ts";

/** Sums 1..n, a number a step; notes in `log` that it was closed. */
function* sum(n: number, log: string[] = []): StepGenerator<number> {
  let total = 0;
  try {
    for (let step = 1; step <= n; step++) {
      total += step;
      yield {
        phase: "summing",
        step,
        steps: n,
        metrics: { total },
        ...(step === 1 ? {} : { partial: () => total }),
      };
    }
    return total;
  } finally {
    log.push("closed");
  }
}

const drivers = [
  ["runSync", async (...args: Parameters<typeof runSync<number>>) => runSync(...args)],
  ["runAsync", runAsync<number>],
] as const;

describe.each(drivers)("%s", (_, run) => {
  it("returns the result and reports every step, without the partial result", async () => {
    const seen: Progress[] = [];
    expect(await run(sum(3), { onProgress: (progress) => seen.push(progress) })).toBe(6);
    expect(seen).toEqual(
      [1, 3, 6].map((total, i) => ({ phase: "summing", step: i + 1, steps: 3, metrics: { total } })),
    );
  });

  it("returns without a step, and needs no options", async () => {
    expect(await run(sum(0))).toBe(0);
  });

  it("stops at the next step after the signal, closes the algorithm and hands over the partial result", async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const onProgress = ({ step }: Progress) => {
      if (step === 2) controller.abort("enough");
    };
    const error = await rejected(run(sum(9, log), { signal: controller.signal, onProgress }));
    expect(error).toBeInstanceOf(AbortedError);
    expect([error.code, (error as AbortedError).partial, error.cause]).toEqual(["ABORTED", 3, "enough"]);
    expect(error.message).toContain("summing");
    expect(error.hint).toContain("is kept");
    expect(log).toEqual(["closed"]);
  });

  it("says when there is no partial result yet", async () => {
    const error = await rejected(run(sum(9), { signal: AbortSignal.abort() }));
    expect((error as AbortedError).partial).toBeUndefined();
    expect(error.hint).toContain("run it again");
  });

  it("passes on what the algorithm and the listener throw", async () => {
    function* broken(): StepGenerator<number> {
      yield { phase: "breaking", step: 0, steps: 1, metrics: {} };
      throw new RangeError("broken");
    }
    await expect(run(broken())).rejects.toThrow("broken");
    const onProgress = () => {
      throw new RangeError("listener");
    };
    await expect(run(sum(2), { onProgress })).rejects.toThrow("listener");
  });
});

describe("runAsync", () => {
  /** Keeps the thread busy for about 20 ms a step, longer than one turn may last. */
  function* busy(): StepGenerator<string> {
    for (let step = 0; step < 50; step++) {
      const until = performance.now() + 20;
      while (performance.now() < until);
      yield { phase: "working", step, steps: 50, metrics: {} };
    }
    return "never";
  }

  it("lets timers in, so that they can cancel it", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    expect((await rejected(runAsync(busy(), { signal: controller.signal }))).code).toBe("ABORTED");
  });

  it("does so without setImmediate too, as in browsers", async () => {
    const { setImmediate: kept } = globalThis;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    try {
      (globalThis as { setImmediate?: unknown }).setImmediate = undefined;
      expect((await rejected(runAsync(busy(), { signal: controller.signal }))).code).toBe("ABORTED");
    } finally {
      globalThis.setImmediate = kept;
    }
  });
});

it("runSync cannot be cancelled by a timer, but by a listener", () => {
  const controller = new AbortController();
  const error = thrown(() =>
    runSync(sum(5), { signal: controller.signal, onProgress: () => controller.abort() }),
  );
  expect(error).toBeInstanceOf(AbortedError);
});

describe("waitFor", () => {
  /** Asks somebody for two numbers and adds them. */
  function* asking(ask: () => Promise<number>, log: string[] = []): StepGenerator<number> {
    try {
      const first = yield* waitFor(ask());
      yield { phase: "asking", step: 1, steps: 2, metrics: { first }, partial: () => first };
      return first + (yield* waitFor(ask()));
    } catch (error) {
      log.push(String(error));
      throw error;
    } finally {
      log.push("closed");
    }
  }

  it("is the value of the promise, and no progress", async () => {
    const seen: number[] = [];
    const answers = [2, 3];
    const ask = async () => answers.shift() ?? Number.NaN;
    expect(await runAsync(asking(ask), { onProgress: ({ step }) => seen.push(step) })).toBe(5);
    expect(seen).toEqual([1]);
  });

  it("is what it is given, if that is no promise", () => {
    function* plain(): StepGenerator<string> {
      return `${yield* waitFor("no")} ${yield* waitFor("waiting")}`;
    }
    expect(runSync(plain())).toBe("no waiting");
  });

  it("throws the promise's error where it was waited for", async () => {
    const log: string[] = [];
    const ask = () => Promise.reject(new RangeError("nobody there"));
    await expect(runAsync(asking(ask, log))).rejects.toThrow("nobody there");
    expect(log).toEqual(["RangeError: nobody there", "closed"]);
  });

  it("lets a run be cancelled between two promises", async () => {
    const ask = async () => 2;
    const error = await rejected(runAsync(asking(ask), { signal: AbortSignal.abort() }));
    expect([error.code, (error as AbortedError).partial]).toEqual(["ABORTED", 2]);
  });

  it("cannot be done at once: the run ends with a way out, and the promise's fate is nobody's business", async () => {
    for (const ask of [async () => 1, () => Promise.reject(new Error("unseen"))]) {
      const log: string[] = [];
      const error = thrown(() => runSync(asking(ask, log)));
      expect(error.code).toBe("ASYNC_ONLY");
      expect(error.hint).toContain("asynchronous twin");
      expect(log).toEqual(["closed"]);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  });
});
