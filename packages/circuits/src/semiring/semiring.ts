/**
 * Commutative semirings: what a circuit can be summed up in. Any record {zero, one, plus, times} will do where
 *
 *   plus and times are associative and commutative, times distributes over plus,
 *   zero + a = a,  one · a = a,  zero · a = zero.
 *
 * Source: A. Kimmig, G. Van den Broeck, L. De Raedt, "Algebraic model counting", Journal of Applied Logic 22,
 * 2017.
 */
import { logAddExp } from "@credence/core";

/** A commutative semiring over values of type T; the laws are the caller's promise. */
export interface Semiring<T> {
  readonly name: string;
  readonly zero: T;
  readonly one: T;
  plus(a: T, b: T): T;
  times(a: T, b: T): T;
}

/** Exact counting: integers of any size. */
export const counting: Semiring<bigint> = {
  name: "counting",
  zero: 0n,
  one: 1n,
  plus: (a, b) => a + b,
  times: (a, b) => a * b,
};

/** Sums and products of doubles: probabilities, or weights of any sign. */
export const real: Semiring<number> = {
  name: "real",
  zero: 0,
  one: 1,
  plus: (a, b) => a + b,
  times: (a, b) => a * b,
};

/** The same for non-negative numbers held as natural logarithms: neither over- nor underflows. */
export const logReal: Semiring<number> = {
  name: "log-real",
  zero: Number.NEGATIVE_INFINITY,
  one: 0,
  plus: logAddExp,
  times: (a, b) => a + b,
};

/** The largest total of log weights (the tropical semiring): the weight of a most probable world. */
export const maxPlus: Semiring<number> = {
  name: "max-plus",
  zero: Number.NEGATIVE_INFINITY,
  one: 0,
  plus: (a, b) => Math.max(a, b),
  times: (a, b) => a + b,
};

/** The least total cost; with cost 1 per true variable, the minimum cardinality. */
export const minPlus: Semiring<number> = {
  name: "min-plus",
  zero: Number.POSITIVE_INFINITY,
  one: 0,
  plus: (a, b) => Math.min(a, b),
  times: (a, b) => a + b,
};

/** Satisfiability. */
export const boolean: Semiring<boolean> = {
  name: "boolean",
  zero: false,
  one: true,
  plus: (a, b) => a || b,
  times: (a, b) => a && b,
};

/** A number and its derivative. */
export interface Dual {
  readonly value: number;
  readonly slope: number;
}

/** Forward derivatives: the value and its slope in one direction. */
export const gradient: Semiring<Dual> = {
  name: "gradient",
  zero: { value: 0, slope: 0 },
  one: { value: 1, slope: 0 },
  plus: (a, b) => ({ value: a.value + b.value, slope: a.slope + b.slope }),
  times: (a, b) => ({ value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope }),
};
