/** Dropout as a block, without parameters. */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { dropout as dropped } from "../tape/dropout.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block } from "./block.ts";

/** Drops entries at this rate in training, and nothing in evaluation. @throws InvalidArgumentError outside [0, 1) */
export function dropout(rate: number): Block<(x: Value) => Value> {
  if (!(rate >= 0 && rate < 1)) throw new InvalidArgumentError("rate", rate, "a number in [0, 1)");
  return block({}, () => (x) => dropped(x, rate));
}
