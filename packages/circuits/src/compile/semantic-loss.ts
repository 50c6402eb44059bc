/**
 * The semantic loss of independent probabilities p under a constraint C (J. Xu, Z. Zhang, T. Friedman, Y. Liang,
 * G. Van den Broeck, "A semantic loss function for deep learning with symbolic knowledge", ICML 2018):
 *
 *   loss(p) = − log Σ_{x ⊨ C} Π_v p_v^{x_v} (1 − p_v)^{1 − x_v},
 *
 * one per row of a network's outputs, with its gradients. With q_v the posterior of v given C they are
 *
 *   ∂loss/∂p_v = −(Z_v − Z_¬v) / Z,     ∂loss/∂logit(p_v) = p_v − q_v,
 *
 * Z_v and Z_¬v the counts under v and ¬v without v's own factor. The second one never exceeds 1.
 */
import { InvalidArgumentError, type Matrix, matrix, type RunOptions } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type BatchCounts, batchWeightedCounts, batchWeightedCountsAsync } from "../queries/batch.ts";

/** The semantic loss of a batch. */
export interface SemanticLoss {
  /** Per row; Infinity where the probabilities exclude the constraint. */
  readonly losses: Float64Array;
  /** Mean over the rows. */
  readonly mean: number;
  /** ∂ loss of the row / ∂ p, rows × variables; 0 in rows of Infinity. */
  readonly gradients: Matrix;
  /** ∂ loss of the row / ∂ logit p, for networks that end in a sigmoid; 0 in rows of Infinity. */
  readonly logitGradients: Matrix;
}

/**
 * The semantic loss of every row. O(rows · edges), two passes.
 * @param constraint a smooth, decomposable circuit over literals whose value is 1 or 0: of `compileRules` with hard
 *   rules, or of `nnfToCircuit`. With other circuits it is − log of the expectation of their value
 * @param rows rows × variables probabilities, in the circuit's order
 * @throws InvalidArgumentError for rows of another width or entries outside [0, 1]
 * @throws CredenceError `UNSUPPORTED_QUERY`; AbortedError
 */
export function semanticLoss(constraint: Circuit, rows: Matrix, options: RunOptions = {}): SemanticLoss {
  const weights = weightsOf(constraint, rows);
  return lossesOf(rows, batchWeightedCounts(constraint, weights, { ...options, gradients: true }));
}

/** {@link semanticLoss} that gives the event loop its turn. */
export async function semanticLossAsync(
  constraint: Circuit,
  rows: Matrix,
  options: RunOptions = {},
): Promise<SemanticLoss> {
  const weights = weightsOf(constraint, rows);
  return lossesOf(rows, await batchWeightedCountsAsync(constraint, weights, { ...options, gradients: true }));
}

/** Two weights per probability. */
function weightsOf(constraint: Circuit, rows: Matrix): Matrix {
  const { size } = constraint.variables;
  if (rows.cols !== size) throw new InvalidArgumentError("rows.cols", rows.cols, `${size}, one per variable`);
  const weights = matrix(rows.rows, 2 * size);
  for (let i = 0; i < rows.rows * size; i++) {
    const p = rows.data[i];
    if (!(p >= 0 && p <= 1)) {
      const place = `Entry (${Math.floor(i / size)}, ${i % size}) of the rows`;
      throw new InvalidArgumentError(place, p, "a probability from 0 to 1");
    }
    weights.data[2 * i] = 1 - p;
    weights.data[2 * i + 1] = p;
  }
  return weights;
}

function lossesOf(rows: Matrix, { logCounts, gradients: slopes }: BatchCounts): SemanticLoss {
  const losses = logCounts.map((log) => -log + 0);
  const gradients = matrix(rows.rows, rows.cols);
  const logitGradients = matrix(rows.rows, rows.cols);
  for (let i = 0; i < rows.rows * rows.cols; i++) {
    const p = rows.data[i];
    const slope = slopes!.data[2 * i] - slopes!.data[2 * i + 1];
    gradients.data[i] = slope + 0;
    // p (1 − p) times the slope; where p is 0 or 1 it is 0.
    logitGradients.data[i] = p * (1 - p) * slope + 0;
  }
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / rows.rows;
  return { losses, mean, gradients, logitGradients };
}
