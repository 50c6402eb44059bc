/** An input of a circuit: a distribution of one variable; and what every query asks of it, whatever its family. */
import { InvalidArgumentError } from "@credence/core";
import { arityOf, type Domain, describeDomain } from "../circuit/domain.ts";
import { binomial, geometric, negativeBinomial, poisson } from "./count.ts";
import {
  type Distribution,
  type FiniteDistribution,
  isOverStates,
  parameterNames,
  unboundInput,
} from "./distribution.ts";
import type { NumericFamily } from "./family.ts";
import { gamma } from "./gamma.ts";
import { logisticFault } from "./logistic.ts";
import { exponential, gaussian, histogram, uniform } from "./real.ts";

/** The distribution of one variable at a leaf of a circuit. */
export interface Input {
  /** The variable's id. */
  readonly variable: number;
  readonly distribution: Distribution;
}

const numericFamilies = {
  gaussian,
  gamma,
  exponential,
  uniform,
  histogram,
  poisson,
  binomial,
  geometric,
  negativeBinomial,
};

/**
 * The functions of a distribution's family; only for distributions over numbers.
 * @throws CredenceError `UNBOUND_INPUT` for an external one
 */
export function numericFamily(d: Distribution): NumericFamily<Distribution> {
  if (d.family === "external") throw unboundInput(d.slot);
  // The families are keyed by the name that the records carry, so each meets its own records only.
  return numericFamilies[d.family as keyof typeof numericFamilies] as unknown as NumericFamily<Distribution>;
}

/** The fields of a distribution in their order. */
function valuesOf(d: Distribution): unknown[] {
  const fields = d as unknown as Readonly<Record<string, unknown>>;
  return parameterNames[d.family].map((name) => fields[name]);
}

/** Equal distributions have equal keys, and others different ones. */
export function distributionKey(d: Distribution): string {
  // Adding 0 turns -0 into 0, which is the same number.
  const texts = valuesOf(d).map((x) => (Array.isArray(x) ? x.map((y) => y + 0).join() : (x as number) + 0));
  return `${d.family}:${texts.join(";")}`;
}

/** A frozen copy with the family's fields and no others. */
export function frozenCopy<D extends Distribution>(d: D): D {
  const values = valuesOf(d).map((x) => (Array.isArray(x) ? Object.freeze(x.slice()) : x));
  const fields = parameterNames[d.family].map((name, i) => [name, values[i]]);
  return Object.freeze({ family: d.family, ...Object.fromEntries(fields) }) as D;
}

/** @throws InvalidArgumentError for parameters outside their range or a family that the domain does not have */
export function checkDistribution(d: Distribution, domain: Domain): void {
  const known = typeof d === "object" && d !== null && Object.hasOwn(parameterNames, d.family);
  const refuse = (expected: string): never => {
    throw new InvalidArgumentError(
      known ? `The distribution ${distributionKey(d)}` : "The distribution",
      d,
      expected,
    );
  };
  if (
    known &&
    !valuesOf(d)
      .flat()
      .every((x) => typeof x === "number")
  )
    refuse(`numbers: ${parameterNames[d.family].join(", ")}`);
  if (!known) refuse(`of one of the families ${Object.keys(parameterNames).join(", ")}`);
  if (d.family === "external") {
    if (!(Number.isSafeInteger(d.slot) && d.slot >= 0)) refuse("a slot: an integer from 0");
    return;
  }
  if (isOverStates(d)) {
    if (!Number.isFinite(arityOf(domain))) refuse(`one of a variable that is ${describeDomain(domain)}`);
    const fault = finiteFault(d, domain);
    if (fault !== undefined) refuse(fault);
    return;
  }
  const family = numericFamily(d);
  if (family.domain !== domain.kind) refuse(`one of a variable that is ${describeDomain(domain)}`);
  const fault = family.fault(d);
  if (fault !== undefined) refuse(fault);
}

/** What is wrong with a distribution over the states of a domain, if anything is. */
function finiteFault(d: FiniteDistribution, domain: Domain): string | undefined {
  const arity = arityOf(domain);
  switch (d.family) {
    case "bernoulli":
      if (arity !== 2) return `one of ${arity} states`;
      return d.p >= 0 && d.p <= 1 ? undefined : "p from 0 to 1";
    case "indicator":
      return Number.isInteger(d.state) && d.state >= 0 && d.state < arity
        ? undefined
        : describeDomain(domain);
    case "categorical": {
      const ok = Array.isArray(d.probabilities) && d.probabilities.length === arity;
      const total = ok ? d.probabilities.reduce((sum, p) => sum + (p >= 0 ? p : Number.NaN), 0) : Number.NaN;
      return Math.abs(total - 1) < 1e-6 ? undefined : `${arity} probabilities that add up to 1`;
    }
    case "discretizedLogistic":
      return logisticFault(d) ?? (d.states === arity ? undefined : `one of ${arity} states`);
    default:
      return undefined;
  }
}
