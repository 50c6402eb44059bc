import { runSync, type StepGenerator } from "@credence/core";
import { describe, expect, it } from "vitest";
import { mapSteps } from "../../src/learn/steps.ts";

function* counting(to: number): StepGenerator<number> {
  for (let step = 1; step <= to; step++) {
    yield {
      phase: "counting",
      step,
      steps: to,
      metrics: { step },
      ...(step > 1 ? { partial: () => step } : {}),
    };
  }
  return to;
}

describe("mapSteps", () => {
  it("maps the result and what there is before it, and passes progress on", () => {
    const steps = [...mapSteps(counting(3), (n) => `${n} done`)];
    expect(steps.map(({ partial }) => partial?.())).toEqual([undefined, "2 done", "3 done"]);
    expect(steps[1]).toMatchObject({ phase: "counting", step: 2, steps: 3, metrics: { step: 2 } });
    expect(runSync(mapSteps(counting(4), (n) => n * n))).toBe(16);
  });

  it("makes results so far only when they are asked for", () => {
    let made = 0;
    const steps = mapSteps(counting(3), (n) => {
      made++;
      return n;
    });
    expect(runSync(steps)).toBe(3);
    expect(made).toBe(1);
  });
});
