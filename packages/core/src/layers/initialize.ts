/** How parameters begin. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import type { Rng } from "../random/rng.ts";

/** Fills parameters with their first values. */
export type Initialize = (data: FloatArray, rng: Rng) => void;

/** All 0. */
export const zeros: Initialize = (data) => {
  data.fill(0);
};

/** All the same number. @throws InvalidArgumentError unless it is finite */
export function constant(value: number): Initialize {
  if (!Number.isFinite(value)) throw new InvalidArgumentError("value", value, "a finite number");
  return (data) => {
    data.fill(value);
  };
}

/** Uniform in ±bound. @throws InvalidArgumentError for a bound that is not finite or below 0 */
export function uniform(bound: number): Initialize {
  requireSpread("bound", bound);
  return (data, rng) => {
    for (let i = 0; i < data.length; i++) data[i] = (2 * rng() - 1) * bound;
  };
}

/** Normal with mean 0. @throws InvalidArgumentError for a standard deviation that is not finite or below 0 */
export function normal(standardDeviation: number): Initialize {
  requireSpread("standardDeviation", standardDeviation);
  return (data, rng) => {
    for (let i = 0; i < data.length; i++) data[i] = rng.normal() * standardDeviation;
  };
}

/**
 * For weights before a rectifier: uniform in ±√(6 / inputs) (K. He et al., "Delving deep into rectifiers", ICCV 2015,
 * equation 10, in its uniform form).
 */
export function heUniform(inputs: number): Initialize {
  return uniform(Math.sqrt(6 / inputs));
}

/**
 * For weights before a sigmoid or nothing at all: uniform in ±√(6 / (inputs + outputs)) (X. Glorot, Y. Bengio,
 * AISTATS 2010, equation 16).
 */
export function glorotUniform(inputs: number, outputs: number): Initialize {
  return uniform(Math.sqrt(6 / (inputs + outputs)));
}

function requireSpread(name: string, value: number): void {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return;
  throw new InvalidArgumentError(name, value, "a finite number of at least 0");
}
