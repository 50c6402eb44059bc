/**
 * Dropout (N. Srivastava et al., JMLR 15, 2014, section 4, in its inverted form): in training every entry is kept with
 * probability 1 − rate and divided by it, so that its expectation stays; in evaluation nothing happens. O(rows · cols).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Value } from "./value.ts";

/**
 * Drops entries at random, drawn from the tape's generator, one number an entry.
 * @param rate share of entries that become 0, in [0, 1)
 * @throws InvalidArgumentError for a rate outside [0, 1)
 */
export function dropout(x: Value, rate: number): Value {
  if (!(rate >= 0 && rate < 1)) throw new InvalidArgumentError("rate", rate, "a number in [0, 1)");
  const { tape, rows, cols } = x;
  if (!tape.training || rate === 0) return x;
  const factors = tape.allocate(rows * cols);
  for (let i = 0; i < factors.length; i++) factors[i] = tape.rng() < rate ? 0 : 1 / (1 - rate);
  const data = tape.allocate(rows * cols);
  for (let i = 0; i < data.length; i++) data[i] = x.data[i] * factors[i];
  return tape.record({
    name: "dropout",
    rows,
    cols,
    data,
    inputs: [x],
    backward(g) {
      const into = tape.accumulator(x);
      for (let i = 0; i < into.length; i++) into[i] += g[i] * factors[i];
    },
  });
}
