import {
  balancedVtree,
  type Cnf,
  compileCnf,
  compileSdd,
  minFillVtree,
  modelCount,
  naturalOrder,
  rightLinearVtree,
  sddManager,
  sddSize,
  sddToNnf,
  type Vtree,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { families } from "../../../../bench/compile/families.ts";

/** Canonical sizes over the natural order: right-linear, balanced; from the C library, in the specification. */
const sizes: Readonly<Record<string, readonly [right: number, balanced: number]>> = {
  "color-grid-5x5-k3": [7406, 7379],
  "indep-grid-10x10": [24176, 226390],
  "indep-grid-8x8": [5704, 22908],
  latin4: [9322, 3375],
  "matchings-6x6": [1738, 2604],
  "matchings-8x8": [11354, 21911],
  "php-8-in-7": [0, 0],
  queens6: [256, 388],
  queens8: [4898, 2323],
  "xor-chain-200": [1594, 5191],
};

function compiled(formula: Cnf, vtree: Vtree): { readonly count: bigint; readonly elements: number } {
  const manager = sddManager(vtree);
  const ref = compileSdd(manager, formula);
  return { count: modelCount(sddToNnf(manager, ref)), elements: sddSize(manager, ref).elements };
}

describe("the generated families", () => {
  // The largest random formula is one for the top-down compiler alone.
  const names = Object.keys(families).filter((name) => name !== "rand3-50-150");

  it.each(names)("%s: the same count from the top down and over three vtrees, canonical sizes", (name) => {
    const formula = families[name]();
    const order = naturalOrder(formula.variables);
    const count = modelCount(compileCnf(formula).nnf);
    const right = compiled(formula, rightLinearVtree(order));
    const balanced = compiled(formula, balancedVtree(order));
    expect([right.count, balanced.count]).toEqual([count, count]);
    expect(compiled(formula, minFillVtree(formula)).count).toBe(count);
    if (sizes[name] !== undefined) expect([right.elements, balanced.elements]).toEqual(sizes[name]);
  });

  it("rand3-50-150: both ways of branching agree", () => {
    const formula = families["rand3-50-150"]();
    const [a, b] = (["separators", "weights"] as const).map((branching) =>
      modelCount(compileCnf(formula, { branching }).nnf),
    );
    expect(a).toBe(b);
  });
});
