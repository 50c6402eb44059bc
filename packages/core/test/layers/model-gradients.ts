/** Gradients of a block's parameters against central finite differences. */
import { rng } from "@credence/core";
import { type Block, gradientOf, model, onTape } from "@credence/core/layers";
import { type Tape, tape, type Value } from "@credence/core/tape";
import { expectDerivatives } from "../tape/finite-differences.ts";

/** A constant of standard normal entries. */
export function normals(t: Tape, rows: number, cols: number, seed: number | string): Value {
  const r = rng(seed);
  return t.constant({ rows, cols, data: Float64Array.from({ length: rows * cols }, () => r.normal()) });
}

/** Checks the gradient of a loss (the same function at every call) in every parameter, away from first values. */
export function checkParameterGradients<F>(
  of: Block<F>,
  lossOf: (run: F, t: Tape) => Value,
  seed: number | string,
): void {
  const own = model(of, { seed, precision: "float64" });
  const r = rng(seed).fork("moved");
  for (let i = 0; i < own.parameters.length; i++) own.parameters[i] += 0.3 * r.normal();
  const gradient = gradientOf(own);
  const t = tape({ precision: "float64" });
  const loss = () => {
    t.begin();
    return lossOf(onTape(t, own, gradient), t);
  };
  t.backward(loss());
  expectDerivatives("parameters", gradient.flat, own.parameters, () => loss().data[0]);
}
