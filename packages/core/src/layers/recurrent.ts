/**
 * Cells that carry rows of state from one step of a sequence to the next. The gated recurrent unit (K. Cho et al.,
 * EMNLP 2014, equations 5 to 8, with the reset gate after the product, as PyTorch and cuDNN have it):
 *
 *     r = σ(x W_r + h U_r + b_r),  z = σ(x W_z + h U_z + b_z),
 *     n = tanh(x W_n + b_n + r ⊙ (h U_n + c_n)),  h ← (1 − z) ⊙ n + z ⊙ h
 *
 * and the gated update of memory slots (after M. Henaff et al., "Tracking the world state with recurrent entity
 * networks", ICLR 2017, equations 2 to 5: there the gate is one number made of inner products, the candidate one
 * affine map, and the norm that of the row):
 *
 *     g = σ([h; x] W + b),  c = MLP([h; x]),  h ← LN((1 − g) ⊙ h + g ⊙ c)
 *
 * where b begins at −1, so that a slot begins by keeping what it holds.
 */
import { gelu, sigmoid, tanh } from "../tape/activations.ts";
import { add, mul, sub } from "../tape/arithmetic.ts";
import { concatColumns, sliceColumns } from "../tape/arrange.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block } from "./block.ts";
import { affine } from "./dense.ts";
import { constant, glorotUniform, heUniform } from "./initialize.ts";
import { layerNorm } from "./layer-norm.ts";

/** New state (n × width) from input (n × inputs) and state. */
export type Cell = (input: Value, state: Value) => Value;

/** A gated recurrent unit. O(n · width · (inputs + width)). @throws InvalidArgumentError */
export function gruCell(inputs: number, width: number): Block<Cell> {
  const parts = {
    input: affine(inputs, 3 * width, glorotUniform(inputs, width)),
    state: affine(width, 3 * width, glorotUniform(width, width)),
  };
  return block(parts, ({ input, state }) => (x, h) => {
    const [fromInput, fromState] = [input(x), state(h)];
    const part = (of: Value, i: number) => sliceColumns(of, i * width, (i + 1) * width);
    const gates = sigmoid(add(sliceColumns(fromInput, 0, 2 * width), sliceColumns(fromState, 0, 2 * width)));
    const [reset, update] = [part(gates, 0), part(gates, 1)];
    const candidate = tanh(add(part(fromInput, 2), mul(reset, part(fromState, 2))));
    return add(candidate, mul(update, sub(h, candidate)));
  });
}

/** Options of {@link gatedUpdate}. */
export interface GatedUpdateOptions {
  /** Width of the candidate's hidden layer; default the state's. */
  readonly hidden?: number;
  /** Where the gate's bias begins; default −1. */
  readonly gateBias?: number;
}

/** The gated update of slots, one a row. O(n · (width + inputs) · (width + hidden)). @throws InvalidArgumentError */
export function gatedUpdate(inputs: number, width: number, options: GatedUpdateOptions = {}): Block<Cell> {
  const { hidden = width, gateBias = -1 } = options;
  const all = inputs + width;
  const parts = {
    gate: affine(all, width, glorotUniform(all, width), constant(gateBias)),
    hidden: affine(all, hidden, heUniform(all)),
    candidate: affine(hidden, width, glorotUniform(hidden, width)),
    norm: layerNorm(width),
  };
  return block(parts, ({ gate, hidden: first, candidate, norm }) => (x, h) => {
    const both = concatColumns(h, x);
    const proposed = candidate(gelu(first(both)));
    return norm(add(h, mul(sigmoid(gate(both)), sub(proposed, h))));
  });
}
