/** Layer norm with a gain (which begins at 1) and a bias (0) for every column. */
import { layerNorm as normalized } from "../tape/rows.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block, weights } from "./block.ts";
import { requireSize } from "./checks.ts";
import { constant } from "./initialize.ts";

/** Layer norm over rows of `width` numbers. @throws InvalidArgumentError */
export function layerNorm(width: number, epsilon = 1e-5): Block<(x: Value) => Value> {
  requireSize("width", width);
  return block(
    { gain: weights(1, width, constant(1)), bias: weights(1, width) },
    ({ gain, bias }) =>
      (x) =>
        normalized(x, gain, bias, epsilon),
  );
}
