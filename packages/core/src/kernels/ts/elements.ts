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

/** f′(x), from x and y = f(x), where it is worth a multiplication. */
const slopes: Readonly<Record<Exclude<ElementFunction, "relu">, (x: number, y: number) => number>> = {
  exp: (_, y) => y,
  log: (x) => 1 / x,
  sigmoid: (_, y) => y * (1 - y),
  softplus: (x) => logistic(x),
  tanh: (_, y) => 1 - y * y,
  gelu: (x) => geluSlope(x),
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
  if (f === "relu") {
    // Not by multiplication: an infinite gradient times a slope of 0 would be NaN.
    for (let i = 0; i < gradient.length; i++) if (x[i] > 0) out[i] += gradient[i];
    return;
  }
  const slope = slopes[f];
  for (let i = 0; i < gradient.length; i++) out[i] += gradient[i] * slope(x[i], y[i]);
}
