/** Numbers on the command line, read strictly: what is not wholly a number is an error, never a guess. */
import { InvalidArgumentError } from "@credence/core";

/** A parser for an option that takes an integer of at least `least`. */
export function integer(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(option, text, `an integer of at least ${least}`);
  };
}

/** A parser for an option that takes a number within bounds. */
export function number(
  option: string,
  expected: string,
  fits: (value: number) => boolean,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && fits(value)) return value;
    throw new InvalidArgumentError(option, text, expected);
  };
}

/** A parser for an option that takes a number above zero. */
export function positiveNumber(option: string): (text: string) => number {
  return number(option, "a number above 0", (value) => value > 0);
}
