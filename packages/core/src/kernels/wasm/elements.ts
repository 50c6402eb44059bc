/** Kernels that work number by number: functions, their ways back, and the steps of optimizers. */
import type { FloatArray } from "../../matrix/float-array.ts";
import { adagrad as adagradOptimizer } from "../../optimizer/adagrad.ts";
import { adamW as adamOptimizer } from "../../optimizer/adam.ts";
import { checkLength, checkMapGradient, checkName, checkSameLength } from "../checks.ts";
import type { AdagradStep, AdamStep, ElementFunction, ElementGradient, SgdStep } from "../shapes.ts";
import { checkSgd, checkStepNumber } from "../ts-backend.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import { withOperands } from "./operands.ts";
import { CHUNK_ELEMENTS, floatKind } from "./partition.ts";

const functionTags = {
  exp: "Exp",
  log: "Log",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  tanh: "Tanh",
  gelu: "Gelu",
  relu: "Relu",
} as const satisfies Record<ElementFunction, string>;

/** {@link Backend.mapInto} */
export function map(engine: Engine, out: FloatArray, x: FloatArray, f: ElementFunction): void {
  const { length } = x;
  checkLength("out", out, length);
  checkName("f", f, Object.keys(functionTags));
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const addresses = [operands.output(out, length, kind, false), operands.input(x, length, kind)];
    const integers = [...addresses, length, CHUNK_ELEMENTS];
    engine.call(kernelName(`map${functionTags[f]}`, kind), Math.ceil(length / CHUNK_ELEMENTS), integers);
  });
}

/** {@link Backend.mapGradientInto} */
export function mapGradient(
  engine: Engine,
  out: FloatArray,
  known: ElementGradient,
  f: ElementFunction,
): void {
  checkMapGradient(out, known);
  checkName("f", f, Object.keys(functionTags));
  const { length } = known.gradient;
  const kind = floatKind(out);
  withOperands(engine.arena, (operands) => {
    const integers = [
      operands.output(out, length, kind, true),
      operands.input(known.gradient, length, kind),
      operands.input(known.x, length, kind),
      operands.input(known.y, length, kind),
      ...[length, CHUNK_ELEMENTS],
    ];
    const chunks = Math.ceil(length / CHUNK_ELEMENTS);
    engine.call(kernelName(`mapGradient${functionTags[f]}`, kind), chunks, integers);
  });
}

/** {@link Backend.sgdInto} */
export function sgd(
  engine: Engine,
  parameters: FloatArray,
  gradient: FloatArray,
  velocity: FloatArray | undefined,
  step: SgdStep,
): void {
  checkSgd(parameters, gradient, velocity, step);
  const { learningRate, momentum = 0, nesterov = false } = step;
  if (velocity === undefined) update(engine, "Descent", [parameters, gradient], [learningRate]);
  else {
    const settings = [learningRate, momentum, Number(nesterov)];
    update(engine, "Momentum", [parameters, gradient, velocity], settings);
  }
}

/** {@link Backend.adagradInto} */
export function adagrad(
  engine: Engine,
  parameters: FloatArray,
  gradient: FloatArray,
  sums: FloatArray,
  step: AdagradStep,
): void {
  checkSameLength(parameters, { gradient, sums });
  // Making the optimizer checks its settings.
  adagradOptimizer(step);
  update(engine, "Adagrad", [parameters, gradient, sums], [step.learningRate, step.epsilon]);
}

/** {@link Backend.adamInto} */
export function adam(engine: Engine, arrays: readonly FloatArray[], settings: AdamStep): void {
  const [parameters, gradient, mean, meanSquare] = arrays;
  const { learningRate, beta1, beta2, epsilon, weightDecay = 0, step } = settings;
  checkSameLength(parameters, { gradient, mean, meanSquare });
  checkStepNumber(step);
  adamOptimizer({ ...settings, weightDecay });
  const rate = learningRate / (1 - beta1 ** step);
  const root = Math.sqrt(1 - beta2 ** step);
  const kept = 1 - learningRate * weightDecay;
  update(engine, "Adam", arrays, [rate, epsilon, beta1, 1 - beta1, beta2, 1 - beta2, root, kept]);
}

/** One update; all arrays but the second (the gradient) are written. */
function update(
  engine: Engine,
  optimizer: "Adagrad" | "Adam" | "Descent" | "Momentum",
  arrays: readonly FloatArray[],
  settings: readonly number[],
): void {
  const { length } = arrays[0];
  const kind = floatKind(arrays[0]);
  withOperands(engine.arena, (operands) => {
    const addresses = arrays.map((array, i) =>
      i === 1 ? operands.input(array, length, kind) : operands.output(array, length, kind, true),
    );
    while (addresses.length < 4) addresses.push(0);
    const chunks = Math.ceil(length / CHUNK_ELEMENTS);
    const integers = [...addresses, length, CHUNK_ELEMENTS];
    engine.call(kernelName(`update${optimizer}`, kind), chunks, integers, settings);
  });
}
