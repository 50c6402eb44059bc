import { type Circuit, checkCircuit, circuitBuilder, nodeKinds } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const variables = vocabulary("variable", ["a", "b", "c", "d"]);
const many = vocabulary(
  "variable",
  Array.from({ length: 200 }, (_, v) => `v${v}`),
);
type Recipe = readonly { readonly sum: boolean; readonly parts: readonly number[] }[];

/** Random circuits: some have the properties, most do not. */
const recipes: fc.Arbitrary<Recipe> = fc.array(
  fc.record({ sum: fc.boolean(), parts: fc.array(fc.nat(30), { minLength: 2, maxLength: 3 }) }),
  { minLength: 1, maxLength: 8 },
);

/** @param places the four variables that the recipe is about */
function cook(
  recipe: Recipe,
  all: typeof many = variables,
  places: readonly number[] = [0, 1, 2, 3],
): Circuit {
  const b = circuitBuilder(all);
  const nodes: { id: number; scope: number[] }[] = [];
  for (const v of places) {
    for (const value of [true, false]) nodes.push({ id: b.literal(v, value), scope: [v] });
  }
  for (const { sum, parts } of recipe) {
    const children = parts.map((part) => nodes[part % nodes.length]);
    const ids = children.map((child) => child.id);
    nodes.push({ id: sum ? b.sum(ids) : b.product(ids), scope: children.flatMap((child) => child.scope) });
  }
  const last = nodes.at(-1)!;
  // The root speaks of all variables, whatever the recipe does.
  const missing = Array.from(all.names.keys()).filter((v) => !last.scope.includes(v));
  const rest = missing.map((v) => b.sum([b.literal(v, true), b.literal(v, false)]));
  return b.build(b.product([last.id, ...rest]));
}

/** Scopes and supports of all nodes by brute force: bit x of a support is the world x. */
function byBruteForce(circuit: Circuit) {
  const scopes: Set<number>[] = [];
  const supports: number[] = [];
  let [smooth, decomposable, deterministic] = [true, true, true];
  for (let node = 0; node < circuit.size; node++) {
    const children = [...circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1])];
    const code = circuit.literals[node];
    if (code >= 0) {
      scopes.push(new Set([code >> 1]));
      let support = 0;
      for (let world = 0; world < 16; world++)
        if (((world >> (code >> 1)) & 1) === (code & 1)) support |= 1 << world;
      supports.push(support);
      continue;
    }
    const union = new Set(children.flatMap((child) => [...scopes[child]]));
    scopes.push(union);
    if (circuit.kinds[node] === nodeKinds.product) {
      const sizes = children.reduce((sum, child) => sum + scopes[child].size, 0);
      decomposable &&= sizes === union.size;
      supports.push(children.reduce((all, child) => all & supports[child], 0xffff));
    } else {
      smooth &&= children.every((child) => scopes[child].size === union.size);
      let seen = 0;
      for (const child of children) {
        if ((seen & supports[child]) !== 0) deterministic = false;
        seen |= supports[child];
      }
      supports.push(seen);
    }
  }
  return { smooth, decomposable, deterministic };
}

describe("checkCircuit", () => {
  it("decides smoothness and decomposability, and never certifies what is not deterministic", () => {
    const met = { smooth: 0, decomposable: 0, deterministic: 0 };
    fc.assert(
      fc.property(recipes, (recipe) => {
        const circuit = cook(recipe);
        const truth = byBruteForce(circuit);
        const { properties, witnesses } = checkCircuit(circuit);
        expect(properties.smooth).toBe(truth.smooth);
        expect(properties.decomposable).toBe(truth.decomposable);
        if (properties.deterministic) expect(truth.deterministic).toBe(true);
        for (const property of ["smooth", "decomposable", "deterministic"] as const) {
          met[property] += properties[property] ? 1 : 0;
          expect(witnesses[property] === undefined).toBe(properties[property]);
        }
        expect(circuit.properties).toEqual(properties);
      }),
      { numRuns: 500 },
    );
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(0);
  });

  it("is the same wherever the variables stand among others", () => {
    const places = fc.uniqueArray(fc.nat(199), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(recipes, places, (recipe, scattered) => {
        expect(cook(recipe, many, scattered).properties).toEqual(cook(recipe).properties);
      }),
      { numRuns: 300 },
    );
  });

  it("holds for a long chain of which one end is fixed", () => {
    const names = Array.from({ length: 20_000 }, (_, v) => `v${v}`);
    const b = circuitBuilder(vocabulary("variable", names));
    let at = b.literal(0, true);
    for (let v = 1; v < names.length; v++)
      at = b.sum([true, false].map((value) => b.product([at, b.literal(v, value)])));
    expect(b.build(at).properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
  });

  it("is not told otherwise by what weighs 0", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]), { share: false });
    const bit = (p: number) => b.input("x", { family: "bernoulli", p });
    const never = b.sum([bit(1), bit(0.5)], [0, Number.NEGATIVE_INFINITY]);
    const branch = (x: number, y: boolean) => b.product([x, b.literal("y", y)]);
    const circuit = b.build(b.sum([branch(never, true), branch(bit(0), true)], [-1, -0.5]));
    expect(circuit.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
    // Scopes are another matter: smooth is what every summand is.
    const rough = b.sum([bit(1), b.literal("y", true)], [0, Number.NEGATIVE_INFINITY]);
    expect(checkCircuit(b.build(rough)).witnesses).toHaveProperty("smooth");
  });

  it("names the node at fault", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]));
    const [x, y] = [b.literal("x", true), b.literal("y", true)];
    const { witnesses } = checkCircuit(b.build(b.sum([x, y])));
    expect(witnesses).toEqual({ smooth: 2, deterministic: 2 });
    expect(checkCircuit(b.build(b.product([x, x, y]))).witnesses).toEqual({ decomposable: 2 });
  });
});
