/** Embedding: a row of numbers for each of so many things. The gradient touches the rows that were read. */
import { gatherRows } from "../tape/indices.ts";
import type { Value } from "../tape/value.ts";
import { type Block, block, weights } from "./block.ts";
import { requireSize } from "./checks.ts";
import { type Initialize, normal } from "./initialize.ts";

/**
 * Rows by number: `ids` of n things give n × width.
 *
 * @param initialize default normal with standard deviation 1 / √width, so that rows begin about as long as 1
 * @throws InvalidArgumentError for sizes that are not positive integers
 */
export function embedding(
  count: number,
  width: number,
  initialize: Initialize = normal(1 / Math.sqrt(width)),
): Block<(ids: ArrayLike<number>) => Value> {
  requireSize("count", count);
  requireSize("width", width);
  return block(
    { table: weights(count, width, initialize) },
    ({ table }) =>
      (ids) =>
        gatherRows(table, ids),
  );
}
