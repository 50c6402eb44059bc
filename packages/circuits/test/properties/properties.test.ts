import {
  balancedVtree,
  checkCompatible,
  checkFactorized,
  checkNormalized,
  checkRespects,
  checkStructured,
  circuitBuilder,
  compileRules,
  type Distribution,
  leftLinearVtree,
  normalize,
  rightLinearVtree,
  vtreeOf,
  withParameters,
} from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { finiteDomains, mixedDomains, randomCircuit } from "../random-circuit.ts";

const variables = vocabulary("variable", ["a", "b", "c"]);
type Split = readonly (readonly ("a" | "b" | "c")[])[];

/** Products that split {a, b, c} in the given ways, added up. */
function splitting(...splits: readonly Split[]) {
  const builder = circuitBuilder(variables);
  const leaf = (name: "a" | "b" | "c", p: number) => builder.input(name, { family: "bernoulli", p });
  const terms = splits.map((parts, i) => {
    // A sum keeps the parts of a product apart from those of products inside them.
    const children = parts.map((part) =>
      builder.sum(
        [0.2, 0.3].map((p) => builder.product(part.map((name) => leaf(name, p + i / 10)))),
        [Math.log(0.5), Math.log(0.5)],
      ),
    );
    return builder.product(children);
  });
  return builder.build(builder.sum(terms, new Float64Array(terms.length).fill(-Math.log(terms.length))));
}

describe("checkStructured", () => {
  it("finds the vtree that all splits share, coarse and fine ones together", () => {
    expect(checkStructured(splitting([["a", "b"], ["c"]], [["a"], ["b"], ["c"]]))).toEqual({
      holds: true,
      vtree: [["a", "b"], "c"],
    });
    for (const seed of [1, 2, 3]) {
      expect(checkStructured(randomCircuit(seed, finiteDomains, true)).holds).toBe(true);
    }
  });

  it("names a product of splits that cross", () => {
    const circuit = splitting([["a", "b"], ["c"]], [["a"], ["b", "c"]]);
    const check = checkStructured(circuit);
    if (check.holds) expect.unreachable();
    expect(circuit.kinds[check.node]).toBe(1);
    expect(checkCompatible([splitting([["a", "b"], ["c"]]), splitting([["a"], ["b", "c"]])]).holds).toBe(
      false,
    );
    expect(checkCompatible([splitting([["a", "b"], ["c"]]), splitting([["a"], ["b"], ["c"]])]).holds).toBe(
      true,
    );
  });

  it("says which of several circuits has the product at fault", () => {
    const fine = splitting([["a"], ["b"], ["c"]]);
    const check = checkCompatible([fine, splitting([["a", "b"], ["c"]]), splitting([["a", "c"], ["b"]])]);
    // The third is the first that does not fit those before it.
    expect(check).toMatchObject({ holds: false, circuit: 2 });
    expect(() => checkCompatible([])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(() => checkCompatible([fine, randomCircuit(1, finiteDomains)])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

describe("checkRespects", () => {
  const trees = {
    "a (b c)": vtreeOf([1, [2, 3]]),
    "(a b) c": vtreeOf([[1, 2], 3]),
    "(a c) b": vtreeOf([[1, 3], 2]),
  };
  it.each<[Split, readonly (keyof typeof trees)[]]>([
    [[["a", "b"], ["c"]], ["(a b) c"]],
    [[["a"], ["b", "c"]], ["a (b c)"]],
    [[["c", "a"], ["b"]], ["(a c) b"]],
    [
      [["a"], ["b"], ["c"]],
      ["a (b c)", "(a b) c", "(a c) b"],
    ],
  ])("knows which vtrees explain %j", (split, expected) => {
    const circuit = splitting(split);
    for (const [name, vtree] of Object.entries(trees)) {
      const check = checkRespects(circuit, vtree);
      expect(check.holds).toBe(expected.includes(name as keyof typeof trees));
      if (!check.holds) expect(circuit.kinds[check.node]).toBe(1);
    }
  });

  it("agrees with the vtree that checkStructured finds", () => {
    const order = [1, 2, 3, 4, 5];
    for (let seed = 0; seed < 20; seed++) {
      const circuit = randomCircuit(seed, finiteDomains, true);
      // Halves of halves, the first half the larger one: (((1 2) 3) (4 5)).
      expect(
        checkRespects(
          circuit,
          vtreeOf([
            [[1, 2], 3],
            [4, 5],
          ]),
        ).holds,
      ).toBe(true);
      const holds = [balancedVtree, leftLinearVtree, rightLinearVtree].map(
        (shape) => checkRespects(circuit, shape(order)).holds,
      );
      if (holds.includes(true)) expect(checkStructured(circuit).holds).toBe(true);
    }
  });

  it("refuses a vtree over other variables", () => {
    expect(() => checkRespects(splitting([["a"], ["b"], ["c"]]), rightLinearVtree([1, 2]))).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

describe("checkFactorized", () => {
  it("holds of mixtures of independent variables, which go together with any structure", () => {
    const builder = circuitBuilder(variables);
    const leaf = (name: "a" | "b" | "c", p: number): number => {
      const d: Distribution = { family: "bernoulli", p };
      return builder.sum(
        [builder.input(name, d), builder.literal(name, true)],
        [Math.log(0.5), Math.log(0.5)],
      );
    };
    const terms = [0.1, 0.6].map((p) => builder.product([leaf("a", p), leaf("b", p), leaf("c", 1 - p)]));
    const circuit = builder.build(builder.sum(terms, [Math.log(0.3), Math.log(0.7)]));
    expect(checkFactorized(circuit)).toEqual({ holds: true });
    for (const split of [
      [["a", "b"], ["c"]],
      [["a"], ["b", "c"]],
    ] as const) {
      expect(checkCompatible([circuit, splitting(split)]).holds).toBe(true);
    }
  });

  it("names a product with a factor over several variables", () => {
    const circuit = splitting([["a", "b"], ["c"]]);
    const check = checkFactorized(circuit);
    if (check.holds) expect.unreachable();
    expect(circuit.kinds[check.node]).toBe(1);
  });
});

describe("checkNormalized", () => {
  it("tells distributions from weights, and names the first sum at fault", () => {
    const circuit = randomCircuit(4, mixedDomains);
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    const weighted = compileRules(parseRules("2 a -> b"));
    expect(checkNormalized(weighted).holds).toBe(false);
    const first = circuit.kinds.indexOf(2);
    const logWeights = circuit.logWeights.map((w) => w + Math.log(2));
    expect(checkNormalized(withParameters(circuit, { logWeights }))).toEqual({ holds: false, node: first });
    const again = normalize(weighted);
    if (again.kind === "circuit") expect(checkNormalized(again.circuit)).toEqual({ holds: true });
  });
});
