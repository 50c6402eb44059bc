import { InvalidArgumentError, logit, sigmoid, softplus } from "@credence/core";
import { describe, expect, it } from "vitest";

const infinity = Number.POSITIVE_INFINITY;

describe("sigmoid", () => {
  it("is exact at 0 and at the infinities, and keeps small values", () => {
    expect([sigmoid(0), sigmoid(infinity), sigmoid(-infinity)]).toEqual([0.5, 1, 0]);
    expect(sigmoid(-700)).toBe(Math.exp(-700));
    expect(sigmoid(1000)).toBe(1);
  });
});

describe("softplus", () => {
  it("is the identity far out and exp x far down", () => {
    expect([softplus(0), softplus(1000), softplus(infinity)]).toEqual([Math.LN2, 1000, infinity]);
    expect([softplus(-700), softplus(-infinity)]).toEqual([Math.exp(-700), 0]);
  });
});

describe("logit", () => {
  it("is exact at 0, 1/2 and 1", () => {
    expect([logit(0), logit(0.5), logit(1)]).toEqual([-infinity, 0, infinity]);
  });

  it("keeps its digits near 1/2, where the logarithms cancel", () => {
    // The series 4d + 16d³/3 + ... around one half.
    expect(logit(0.5 + 2 ** -40)).toBe(4 * 2 ** -40);
    expect(logit(0.5 - 2 ** -53)).toBe(-4 * 2 ** -53);
  });
});

it("refuses what has no value", () => {
  expect(() => sigmoid(Number.NaN)).toThrow(InvalidArgumentError);
  expect(() => softplus(Number.NaN)).toThrow(InvalidArgumentError);
  for (const p of [-0.1, 1.1, Number.NaN]) expect(() => logit(p)).toThrow(InvalidArgumentError);
});
