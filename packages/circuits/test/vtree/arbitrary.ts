/** Random and exhaustive vtrees for laws. */
import type { NestedPairs } from "@credence/circuits";
import fc from "fast-check";

/** All binary trees over the variables in the given order. */
export function treesOver(order: readonly number[]): NestedPairs[] {
  if (order.length === 1) return [order[0]];
  return order.slice(1).flatMap((_, i) => {
    const rights = treesOver(order.slice(i + 1));
    return treesOver(order.slice(0, i + 1)).flatMap((left) =>
      rights.map((right): NestedPairs => [left, right]),
    );
  });
}

/** All orders of some numbers. */
export function ordersOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** A vtree over `variables` variables, as nested pairs. */
export function vtreeShapes(variables: number): fc.Arbitrary<NestedPairs> {
  const order = fc.shuffledSubarray(
    Array.from({ length: variables }, (_, i) => i + 1),
    { minLength: variables },
  );
  const cuts = fc.array(fc.nat(), { minLength: variables, maxLength: variables });
  return fc.tuple(order, cuts).map(([variablesInOrder, at]) => {
    let next = 0;
    const build = (part: readonly number[]): NestedPairs => {
      if (part.length === 1) return part[0];
      const cut = 1 + (at[next++ % at.length] % (part.length - 1));
      return [build(part.slice(0, cut)), build(part.slice(cut))];
    };
    return build(variablesInOrder);
  });
}
