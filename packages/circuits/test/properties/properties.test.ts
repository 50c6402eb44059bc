import {
  checkCompatible,
  checkNormalized,
  checkStructured,
  circuitBuilder,
  compileRules,
  determinism,
  supports,
} from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { finiteDomains, mixedDomains, nodeValuesAt, randomCircuit } from "../random-circuit.ts";

const variables = vocabulary("variable", ["a", "b", "c"]);

/** Products that split {a, b, c} in the given ways, added up. */
function splitting(...splits: readonly (readonly (readonly ("a" | "b" | "c")[])[])[]) {
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
});

describe("determinism", () => {
  it("is certified or refuted as the worlds say, with a world that shows it", () => {
    for (let seed = 0; seed < 40; seed++) {
      const circuit = randomCircuit(seed, finiteDomains);
      const answer = determinism(circuit);
      if (answer.status === "refuted") {
        const values = nodeValuesAt(circuit, answer.world);
        const edges = circuit.children.subarray(
          circuit.offsets[answer.node],
          circuit.offsets[answer.node + 1],
        );
        const positive = [...edges].filter((child, i) => {
          return (
            values[child] > 0 &&
            circuit.logWeights[circuit.offsets[answer.node] + i] > Number.NEGATIVE_INFINITY
          );
        });
        expect(positive.length).toBeGreaterThanOrEqual(2);
      }
      expect(answer.status).not.toBe("unknown");
      if (circuit.properties.deterministic) expect(answer).toEqual({ status: "certified", by: "syntax" });
    }
  });

  it("is open where numbers are mixed", () => {
    const open = Array.from(
      { length: 10 },
      (_, seed) => determinism(randomCircuit(seed, mixedDomains)).status,
    );
    expect(open).toContain("unknown");
    expect(open).not.toContain("refuted");
  });
});

describe("checkNormalized", () => {
  it("tells distributions from weights", () => {
    expect(checkNormalized(randomCircuit(4, mixedDomains))).toEqual({ holds: true });
    const weighted = compileRules(parseRules("2 a -> b"));
    expect(checkNormalized(weighted).holds).toBe(false);
  });
});

describe("supports", () => {
  it("says how a query is answered, or why it is not", () => {
    const compiled = compileRules(parseRules("2 a -> b\n1 b xor c"));
    for (const query of [
      "logPartition",
      "marginals",
      "batchMarginals",
      "mpe",
      "entropy",
      "klDivergence",
    ] as const) {
      expect(supports(compiled, query)).toMatchObject({ supported: true, normalized: false });
    }
    const mixed = randomCircuit(3, mixedDomains);
    expect(supports(mixed, "marginals")).toEqual({ supported: false, reason: "v1 is real, not binary" });
    expect(supports(mixed, "batchMarginals")).toMatchObject({ supported: false });
    const crossed = splitting([["a", "b"], ["c"]], [["a"], ["b", "c"]]);
    expect(supports(crossed, "innerProduct")).toMatchObject({ supported: false });
    expect(supports(crossed, "entropy")).toMatchObject({ method: "enumeration of all worlds" });
    const builder = circuitBuilder(variables);
    const rough = builder.build(
      builder.sum([
        builder.product([builder.literal("a", true), builder.literal("b", true)]),
        builder.literal("c", true),
      ]),
    );
    expect(supports(rough, "posteriors")).toEqual({ supported: false, reason: "the circuit is not smooth" });
  });
});
