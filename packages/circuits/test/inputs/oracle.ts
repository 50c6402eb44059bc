/** Independent sums and integrals for the families of inputs. */
import {
  type Circuit,
  circuitBuilder,
  type Distribution,
  type Domain,
  logPartition,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";

export const real: Domain = { kind: "real" };
export const count: Domain = { kind: "count" };

/** A circuit that is one input. */
export function alone(distribution: Distribution, domain: Domain): Circuit<"x"> {
  const builder = circuitBuilder(vocabulary("variable", ["x"]), { domains: [domain] });
  return builder.build(builder.input("x", distribution));
}

/** The density, or probability, as a function. */
export function densityOf(distribution: Distribution, domain: Domain): (x: number) => number {
  const circuit = alone(distribution, domain);
  return (x) => Math.exp(logPartition(circuit, { x }));
}

/** Nodes and weights of Gauss and Legendre's rule of five points on [-1, 1]. */
const rule: readonly (readonly [node: number, weight: number])[] = [
  [0, 128 / 225],
  ...[1, -1].flatMap((sign): [number, number][] => {
    const root = 2 * Math.sqrt(10 / 7);
    return [
      [(sign * Math.sqrt(5 - root)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
      [(sign * Math.sqrt(5 + root)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
    ];
  }),
];

/** ∫ f over pieces on which f is smooth, each cut into 24. */
export function integral(f: (x: number) => number, breaks: readonly number[], panels = 24): number {
  let sum = 0;
  for (let i = 0; i + 1 < breaks.length; i++) {
    const half = (breaks[i + 1] - breaks[i]) / panels / 2;
    for (let panel = 0; panel < panels; panel++) {
      const middle = breaks[i] + half * (2 * panel + 1);
      for (const [node, weight] of rule) sum += half * weight * f(middle + half * node);
    }
  }
  return sum;
}

/** Σ or ∫ of f over all values of a domain; `breaks` are where a density is not smooth, and its effective ends. */
export function total(domain: Domain, breaks: readonly number[], f: (x: number) => number): number {
  if (domain.kind === "real") return integral(f, breaks);
  let sum = 0;
  for (let x = breaks[0]; x <= breaks[breaks.length - 1]; x++) sum += f(x);
  return sum;
}
