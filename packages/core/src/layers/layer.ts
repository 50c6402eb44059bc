/**
 * What a network is made of. A layer is a value without state: its parameters are a slice of the network's
 * one flat array, and what it computes from a batch (row-major, one example per row) goes where the caller says.
 *
 *     Y = layer(X; θ),   backward: from ∂L/∂Y to ∂L/∂θ and ∂L/∂X
 */
import type { Backend } from "../kernels/backend.ts";
import type { FloatArray } from "../matrix/float-array.ts";
import type { Rng } from "../random/rng.ts";

/** A differentiable map of rows of `inputs` numbers to rows of `outputs` numbers. */
export interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** How many parameters it has; 0 for an activation. */
  readonly parameterCount: number;
  /** Writes initial parameters; `parameters` has `parameterCount` entries. */
  initializeInto(parameters: FloatArray, rng: Rng): void;
  /** `output` (at least rows × outputs) from `input` (at least rows × inputs). */
  forwardInto(
    output: FloatArray,
    input: FloatArray,
    rows: number,
    parameters: FloatArray,
    backend: Backend,
  ): void;
  /** Overwrites the pass's two gradients. */
  backwardInto(pass: BackwardPass): void;
}

/** One layer's part of a backward pass over the first `rows` rows of a batch. */
export interface BackwardPass {
  readonly rows: number;
  /** What the forward pass read. */
  readonly input: FloatArray;
  readonly parameters: FloatArray;
  /** ∂L/∂Y. */
  readonly outputGradient: FloatArray;
  /** Receives ∂L/∂θ. */
  readonly parameterGradient: FloatArray;
  /** Receives ∂L/∂X; absent for the first layer, where nobody needs it. */
  readonly inputGradient?: FloatArray | undefined;
  readonly backend: Backend;
}
