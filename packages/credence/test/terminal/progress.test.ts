import { progressDisplay } from "credence/terminal";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const step = (n: number, phase = "train") => ({
  phase,
  step: n,
  steps: 10,
  metrics: { loss: 0.123456, epoch: 2 },
});

describe("progress without a terminal", () => {
  const { isTTY } = process.stderr;
  beforeEach(() => {
    process.stderr.isTTY = false;
  });
  afterEach(() => {
    process.stderr.isTTY = isTTY;
    vi.restoreAllMocks();
  });

  function lines(quiet: boolean, show: (display: ReturnType<typeof progressDisplay>) => void): string[] {
    let text = "";
    vi.spyOn(process.stderr, "write").mockImplementation((part) => {
      text += String(part);
      return true;
    });
    const display = progressDisplay(quiet);
    show(display);
    display.stop();
    return text.split("\n").filter(Boolean);
  }

  /** Shows a step every so many milliseconds. */
  function every(
    milliseconds: number,
    ...steps: Parameters<ReturnType<typeof progressDisplay>["show"]>[0][]
  ) {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    return lines(false, (display) => {
      for (const each of steps) {
        now += milliseconds;
        display.show(each);
      }
    });
  }
  const steps = Array.from({ length: 10 }, (_, i) => step(i + 1));

  it("is a line after a second, at the end, and now and then between", () => {
    const shown = every(900, ...steps);
    expect(shown).toEqual([2, 8, 10].map((n) => `train ${n}/10 loss 0.1235  epoch 2`));
  });

  it("is nothing for what takes no second", () => {
    expect(every(99, ...steps)).toEqual([]);
  });

  it("counts where the end is not known", () => {
    const open = { ...step(3, "search"), steps: Number.POSITIVE_INFINITY };
    expect(every(1000, open)).toEqual(["search 3 loss 0.1235  epoch 2"]);
  });

  it("is nothing when quiet", () => {
    expect(lines(true, (display) => display.show(step(10)))).toEqual([]);
  });
});
