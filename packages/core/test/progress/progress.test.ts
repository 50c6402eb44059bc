import { AbortedError, type Progress, runAsync, runSync, type StepGenerator } from "@credence/core";
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
