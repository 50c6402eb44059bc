/** An input of a circuit: a distribution of one variable; and what every query asks of it, whatever its family. */
import { InvalidArgumentError } from "@credence/core";
import { arityOf, type Domain, describeDomain } from "../circuit/domain.ts";
import { binomial, geometric, poisson } from "./count.ts";
import { type Distribution, isOverStates } from "./distribution.ts";
import type { NumericFamily } from "./family.ts";
import { exponential, gaussian, histogram, uniform } from "./real.ts";

/** The distribution of one variable at a leaf of a circuit. */
export interface Input {
  /** The variable's id. */
  readonly variable: number;
  readonly distribution: Distribution;
}

const numericFamilies = { gaussian, exponential, uniform, histogram, poisson, binomial, geometric };

/** The functions of a distribution's family; only for distributions over numbers. */
export function numericFamily(d: Distribution): NumericFamily<Distribution> {
  // The families are keyed by the name that the records carry, so each meets its own records only.
  return numericFamilies[d.family as keyof typeof numericFamilies] as NumericFamily<Distribution>;
}

/** Equal distributions have equal keys, and others different ones. */
export function distributionKey(d: Distribution): string {
  const { family, ...parameters } = d;
  return `${family}:${Object.values(parameters).flat().join()}`;
}

/** @throws InvalidArgumentError for parameters outside their range or a family that the domain does not have */
export function checkDistribution(d: Distribution, domain: Domain): void {
  const arity = arityOf(domain);
  const refuse = (expected: string): never => {
    throw new InvalidArgumentError(`The distribution ${distributionKey(d)}`, d, expected);
  };
  if (isOverStates(d)) {
    if (!Number.isFinite(arity)) refuse(`one of a variable that is ${describeDomain(domain)}`);
    if (d.family === "bernoulli") {
      if (arity !== 2) refuse(`one of ${arity} states`);
      if (!(d.p >= 0 && d.p <= 1)) refuse("p from 0 to 1");
    } else if (d.family === "indicator") {
      if (!(Number.isInteger(d.state) && d.state >= 0 && d.state < arity)) refuse(describeDomain(domain));
    } else {
      const total = d.probabilities.reduce((sum, p) => sum + (p >= 0 ? p : Number.NaN), 0);
      const good = d.probabilities.length === arity && Math.abs(total - 1) < 1e-6;
      if (!good) refuse(`${arity} probabilities that add up to 1`);
    }
    return;
  }
  if (!Object.hasOwn(numericFamilies, d.family)) {
    refuse(
      `of one of the families bernoulli, categorical, indicator, ${Object.keys(numericFamilies).join(", ")}`,
    );
  }
  const family = numericFamily(d);
  if (family.domain !== domain.kind) refuse(`one of a variable that is ${describeDomain(domain)}`);
  const fault = family.fault(d);
  if (fault !== undefined) refuse(fault);
}
