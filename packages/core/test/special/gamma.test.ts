import { InvalidArgumentError, logGamma } from "@credence/core";
import { expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import * as oracle from "./oracle.ts";

const expectClose = (actual: number, expected: number) =>
  expect(close(actual, expected, tolerance.rounding, 0), `${actual} for ${expected}`).toBe(true);

it("agrees with 60 digits, around its zeros at 1 and 2 too", () => {
  for (const [x, value] of oracle.logGamma) expectClose(logGamma(x), value);
});

it("counts: Γ(n) = (n − 1)!", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expectClose(logGamma(n), Math.log(factorial));
    factorial *= n;
  }
});

it("satisfies Γ(x + 1) = x Γ(x) across its ranges", () => {
  for (let x = 0.05; x < 30; x += 0.05) {
    // Both sides vanish near the zeros; there only the absolute error counts.
    expect(close(logGamma(x + 1), logGamma(x) + Math.log(x), tolerance.rounding)).toBe(true);
  }
});

it("refuses what is not positive", () => {
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => logGamma(x)).toThrow(InvalidArgumentError);
  }
});
