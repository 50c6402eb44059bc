/**
 * Exact arithmetic on decimals. A JavaScript number stands for its shortest decimal: 0.1 means one tenth,
 * although the double is a little more. Ranks that are computed in floating point are off by one for some n
 * and alpha (n = 99 with alpha = 0.45, for example), and libraries have shipped that.
 */
import { InvalidArgumentError } from "@credence/core";

/** numerator / denominator, the denominator a power of ten. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The shortest decimal of a nonnegative finite number, exactly. @throws InvalidArgumentError for other
 * numbers
 */
export function exactDecimal(value: number): Rational {
  const parts = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (parts === null) throw new InvalidArgumentError("value", value, "a nonnegative finite number");
  const [, whole, fraction = "", exponent = "0"] = parts;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0
    ? { numerator: digits, denominator: 10n ** BigInt(scale) }
    : { numerator: digits * 10n ** BigInt(-scale), denominator: 1n };
}

/**
 * a − b on the decimals, as the number whose shortest decimal it is: 0.1 − 0.01 is 0.09. Requires a ≥ b ≥ 0.
 */
export function decimalDifference(a: number, b: number): number {
  const x = exactDecimal(a);
  const y = exactDecimal(b);
  const difference = x.numerator * y.denominator - y.numerator * x.denominator;
  if (difference < 0n) throw new InvalidArgumentError("b", b, `at most a = ${a}`);
  const zeros = String(x.denominator * y.denominator).length - 1;
  return Number(`${difference}e-${zeros}`);
}

/** The smallest integer of at least numerator / denominator, both nonnegative. */
export function ceilingDivision(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
