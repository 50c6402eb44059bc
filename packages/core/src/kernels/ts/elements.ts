/** Functions of single numbers and their slopes, entry by entry, in double precision: see `elementary.ts`. */
import type { FloatArray } from "../../matrix/float-array.ts";
import { exp, gelu, geluSlope, log, logistic, relu, softplusOf, tanhOf } from "../elementary.ts";
import type { ElementFunction, ElementGradient } from "../shapes.ts";

const functions: Readonly<Record<ElementFunction, (x: number) => number>> = {
  exp,
  log,
  sigmoid: logistic,
  softplus: softplusOf,
  tanh: tanhOf,
  gelu,
  relu,
};

/** g · f′(x), from x and y = f(x). */
const shares: Readonly<Record<ElementFunction, (g: number, x: number, y: number) => number>> = {
  exp: (g, _, y) => g * y,
  log: (g, x) => g / x,
  sigmoid: (g, _, y) => g * (y * (1 - y)),
  softplus: (g, x) => g * logistic(x),
  tanh: (g, _, y) => g * (1 - y * y),
  gelu: (g, x) => g * geluSlope(x),
  // Not by multiplication: an infinite gradient times a slope of 0 would be NaN.
  relu: (g, x) => (x > 0 ? g : 0),
};

/** The names of the functions. */
export const elementFunctions = Object.keys(functions);

/** Arguments already checked. */
export function tsMap(out: FloatArray, x: FloatArray, f: ElementFunction): void {
  if (f === "relu") {
    // Its own loop, because a call for every number would cost several times the rest.
    for (let i = 0; i < x.length; i++) out[i] = relu(x[i]);
    return;
  }
  const apply = functions[f];
  for (let i = 0; i < x.length; i++) out[i] = apply(x[i]);
}

/** out += g · f′(x); arguments already checked. */
export function tsMapGradient(
  out: FloatArray,
  { gradient, x, y }: ElementGradient,
  f: ElementFunction,
): void {
  const share = shares[f];
  for (let i = 0; i < gradient.length; i++) out[i] += share(gradient[i], x[i], y[i]);
}
