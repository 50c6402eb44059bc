/**
 * Exact samples from a squared circuit, variable after variable: each from its distribution given those drawn before,
 * the ones to come summed out. Both are matrices, so that no conditional is computed anew (for tensor networks: A. Ferris,
 * G. Vidal, "Perfect sampling with unitary tensor networks", Phys. Rev. B 85, 2012). With C the matrix of all that is
 * outside of a step, going down and coming back with the vector s of what was drawn,
 *
 *   dense     C_i = Wᵀ C W                                          s = W s_i
 *   product   C_left = C ∘ G_right, then C_right = C ∘ s_left s_leftᵀ   s = s_left ∘ s_right
 *   table     draw x with probability ∝ λ(x) f(x)ᵀ C f(x)              s = f(x)
 *
 * where G are the Gram matrices given the evidence (gram.ts). Sums have no states to draw here, as the terms of c may
 * cancel each other. O(steps · K³) a sample.
 */
import { InvalidArgumentError, matrix, type Rng, rng } from "@credence/core";
import { type Backend, sharedBackend } from "@credence/core/kernels";
import { draw } from "../inputs/restricted.ts";
import { type Contradiction, knownOf } from "../queries/evidence.ts";
import type { SampleOptions, Samples } from "../queries/sample.ts";
import type { GramPass, LogWeights } from "./gram.ts";
import { contradictionOf, logWeightsOf, withGrams } from "./likelihood.ts";
import { stateMasses } from "./posteriors.ts";
import type { SquaredShape } from "./shape.ts";
import type { SquaredCircuit } from "./squared-circuit.ts";

/**
 * `count` independent worlds from P(world | evidence).
 * @returns `kind: "samples"`, or `kind: "contradiction"` if no world is left
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain or a count below 0
 */
export function squaredSample<V extends string>(
  circuit: SquaredCircuit<V>,
  count: number,
  options: SampleOptions<V> = {},
): Samples | Contradiction {
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new InvalidArgumentError("count", count, "an integer from 0");
  }
  const known = knownOf(circuit, options.evidence ?? {});
  const weights = logWeightsOf(known);
  const { shape } = circuit;
  return withGrams(circuit, (grams) => {
    if (grams.up(weights) === Number.NEGATIVE_INFINITY) return contradictionOf(grams, known);
    const rows = matrix(count, shape.arities.length);
    const walk = sampler(shape, grams, weights, sharedBackend());
    const random = rng(options.seed ?? 0);
    for (let row = 0; row < count; row++) walk(rows.data.subarray(row * rows.cols), random);
    return { kind: "samples", rows };
  });
}

/** Draws one world into `out`. */
function sampler(shape: SquaredShape, grams: GramPass, weights: LogWeights, backend: Backend) {
  const { steps, units, squares } = shape;
  const visits = visitsOf(shape);
  const sideOf = (s: number) => (s === steps.length - 1 ? squares : units);
  const contexts = steps.map((_, s) => new Float64Array(sideOf(s) ** 2));
  const vectors = steps.map(() => new Float64Array(units));
  const half = new Float64Array(Math.max(units, squares) * units);
  const root = contexts[steps.length - 1];
  for (let r = 0; r < squares; r++) root[r * (squares + 1)] = 1;

  const drawState = (s: number, variable: number, random: Rng): number => {
    const [table, own] = [grams.numbers(s), weights[variable]];
    const state = draw(stateMasses(table, contexts[s], own).map(Math.log), random);
    const arity = table.length / units;
    for (let k = 0; k < units; k++) vectors[s][k] = table[k * arity + state];
    return state;
  };

  return (out: { [variable: number]: number }, random: Rng): void => {
    for (const { step: s, turn } of visits) {
      const step = steps[s];
      const own = contexts[s];
      if (step.kind === "table") out[step.variable] = drawState(s, step.variable, random);
      else if (step.kind === "dense") {
        const [m, weight, input] = [step.rows, grams.numbers(s), vectors[step.input]];
        if (turn === 0) {
          backend.gemmInto(half, own, weight, { m, n: units, k: m });
          const shapeOf = { m: units, n: units, k: m, transposeA: true };
          backend.gemmInto(contexts[step.input], weight, half, shapeOf);
          normalize(contexts[step.input], units);
        } else if (s < steps.length - 1) {
          backend.gemmInto(vectors[s], weight, input, { m, n: 1, k: units });
        }
      } else if (turn === 0) {
        const [right, inside] = [grams.gram(step.right), contexts[step.left]];
        for (let i = 0; i < inside.length; i++) inside[i] = own[i] * right[i];
        normalize(inside, units);
      } else if (turn === 1) {
        const [left, inside] = [vectors[step.left], contexts[step.right]];
        for (let i = 0; i < units; i++) {
          for (let j = 0; j < units; j++) inside[i * units + j] = own[i * units + j] * left[i] * left[j];
        }
        normalize(inside, units);
      } else {
        const [left, right] = [vectors[step.left], vectors[step.right]];
        for (let k = 0; k < units; k++) vectors[s][k] = left[k] * right[k];
      }
      if (turn === 2) normalizeVector(vectors[s]);
    }
  };
}

/** One stop of the walk: 0 on the way down, 1 between the parts of a product, 2 on the way back. */
interface Visit {
  readonly step: number;
  readonly turn: 0 | 1 | 2;
}

/** The walk from the root over all steps and back; tables are met once. */
function visitsOf({ steps }: SquaredShape): Visit[] {
  const visits: Visit[] = [];
  const open: Visit[] = [{ step: steps.length - 1, turn: 0 }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    visits.push(visit);
    if (visit.turn > 0) continue;
    const step = steps[visit.step];
    const down = (to: number): Visit => ({ step: to, turn: 0 });
    const again = (turn: 1 | 2): Visit => ({ step: visit.step, turn });
    if (step.kind === "dense") open.push(again(2), down(step.input));
    else if (step.kind === "product") open.push(again(2), down(step.right), again(1), down(step.left));
  }
  return visits;
}

/** Divides a positive semi-definite matrix by its largest diagonal entry. */
function normalize(matrix: Float64Array, side: number): void {
  let max = 0;
  for (let i = 0; i < side; i++) max = Math.max(max, matrix[i * (side + 1)]);
  if (max > 0) for (let i = 0; i < matrix.length; i++) matrix[i] /= max;
}

/** Divides a vector by its largest entry. */
function normalizeVector(vector: Float64Array): void {
  let max = 0;
  for (const x of vector) max = Math.max(max, Math.abs(x));
  if (max > 0) for (let k = 0; k < vector.length; k++) vector[k] /= max;
}
