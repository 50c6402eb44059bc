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

  it("is a line at first, at the end, and now and then between", () => {
    const shown = lines(false, (display) => {
      for (let n = 1; n <= 10; n++) display.show(step(n));
    });
    expect(shown).toEqual(["train 1/10 loss 0.1235  epoch 2", "train 10/10 loss 0.1235  epoch 2"]);
  });

  it("counts where the end is not known", () => {
    const open = { ...step(3, "search"), steps: Number.POSITIVE_INFINITY };
    expect(lines(false, (display) => display.show(open))).toEqual(["search 3 loss 0.1235  epoch 2"]);
  });

  it("is nothing when quiet", () => {
    expect(lines(true, (display) => display.show(step(10)))).toEqual([]);
  });
});
