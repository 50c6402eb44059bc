import {
  type Circuit,
  capabilities,
  cauchySchwarzDivergence,
  circuitBuilder,
  compileRules,
  condition,
  conditionalLogProbability,
  conditionOnFormula,
  crossEntropy,
  entropy,
  formulaProbability,
  gradients,
  hellingerSquared,
  kBest,
  klDivergence,
  l2Distance,
  logInnerProduct,
  logPartition,
  logProbability,
  marginalMap,
  marginals,
  moments,
  mpe,
  multiply,
  mutualInformation,
  normalize,
  pairwiseMarginals,
  posteriors,
  power,
  type QueryName,
  renyiDivergence,
  sample,
  supports,
  totalVariation,
} from "@credence/circuits";
import { CredenceError, parseFormula, parseRules, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { finiteDomains, mixedDomains, randomCircuit, randomDeterministicCircuit } from "../random-circuit.ts";

/** How each query is asked; the circuits below all have a binary variable v0. */
const ask: { readonly [Q in QueryName]?: (circuit: Circuit) => unknown } = {
  logPartition: (c) => logPartition(c),
  logProbability: (c) => logProbability(c, { v0: true }),
  conditionalLogProbability: (c) => conditionalLogProbability(c, { v0: true }),
  posteriors: (c) => posteriors(c),
  marginals: (c) => marginals(c),
  pairwiseMarginals: (c) => pairwiseMarginals(c),
  gradients: (c) => gradients(c),
  sample: (c) => sample(c, 2),
  moments: (c) => moments(c),
  mutualInformation: (c) => mutualInformation(c),
  mpe: (c) => mpe(c),
  kBest: (c) => kBest(c, 2),
  marginalMap: (c) => marginalMap(c, c.variables.names),
  entropy: (c) => entropy(c),
  condition: (c) => condition(c, { v0: true }),
  normalize: (c) => normalize(c),
  formulaProbability: (c) => formulaProbability(c, parseFormula("v0")),
  conditionOnFormula: (c) => conditionOnFormula(c, parseFormula("v0 | !v0")),
  multiply: (c) => multiply(c, c),
  power: (c) => power(c, 2),
  innerProduct: (c) => logInnerProduct(c, c),
  cauchySchwarzDivergence: (c) => cauchySchwarzDivergence(c, c),
  l2Distance: (c) => l2Distance(c, c),
  crossEntropy: (c) => crossEntropy(c, c),
  klDivergence: (c) => klDivergence(c, c),
  totalVariation: (c) => totalVariation(c, c),
  hellingerSquared: (c) => hellingerSquared(c, c),
  renyiDivergence: (c) => renyiDivergence(c, c, 2),
};

const ofPairs: readonly QueryName[] = [
  "multiply",
  "power",
  "innerProduct",
  "cauchySchwarzDivergence",
  "l2Distance",
  "crossEntropy",
  "klDivergence",
];

/** Two components over v0, each with an external input of its own over w. */
function withExternals(seed: number): Circuit {
  const b = circuitBuilder(vocabulary("variable", ["v0", "w"]), {
    domains: [{ kind: "binary" }, { kind: "categorical", arity: 2 + seed }],
  });
  const part = (value: boolean, slot: number) =>
    b.product([b.literal("v0", value), b.input("w", { family: "external", slot })]);
  return b.build(b.sum([part(true, 0), part(false, 1)], [Math.log(0.3), Math.log(0.7)]));
}

/** A deterministic circuit over so many binary variables, each of which decides how likely the next one is. */
function decisionChain(variables: number): Circuit {
  const names = Array.from({ length: variables }, (_, v) => `v${v}`);
  const b = circuitBuilder(vocabulary("variable", names));
  const split = (v: number, p: number, below: readonly number[]) =>
    b.sum(
      [true, false].map((value, i) => b.product([b.literal(v, value), ...below.slice(i, i + 1)])),
      [Math.log(p), Math.log(1 - p)],
    );
  let below: number[] = [];
  for (let v = variables - 1; v >= 0; v--) below = [0.3, 0.8].map((p) => split(v, p, below));
  return b.build(below[0]);
}

describe("supports", () => {
  it("says of every query what the query itself does", () => {
    const circuits = [1, 2, 3, 4].flatMap((seed) => [
      randomCircuit(seed, finiteDomains, true),
      randomCircuit(seed, mixedDomains, true),
      randomDeterministicCircuit(seed, finiteDomains),
      randomCircuit(seed, [{ kind: "binary" }, { kind: "binary" }], true),
      withExternals(seed),
    ]);
    circuits.push(decisionChain(25));
    for (const circuit of circuits) {
      for (const [query, answer] of Object.entries(capabilities(circuit)) as [QueryName, unknown][]) {
        const run = ask[query];
        if (run === undefined) continue;
        const { supported } = answer as { readonly supported: boolean };
        let refused = false;
        try {
          const found = run(circuit) as { readonly exact?: boolean };
          // Heuristic worlds come with bounds instead of a refusal.
          refused = query === "mpe" && found.exact === false;
          // Inputs that do not fit may never meet, which only the recursion itself finds out.
          if (ofPairs.includes(query) && !supported) continue;
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
          refused = true;
        }
        expect({ query, supported }).toEqual({ query, supported: !refused });
      }
    }
  });

  it("tells which circuits answer at once, and which may have to give up", () => {
    const det = randomDeterministicCircuit(3, finiteDomains);
    const mixture = randomCircuit(3, finiteDomains, true);
    for (const query of ["mpe", "kBest", "entropy"] as const) {
      expect(supports(det, query)).toMatchObject({ supported: true, tractable: true, normalized: true });
      expect(supports(mixture, query)).toMatchObject({ supported: true, tractable: false });
    }
    expect(supports(det, "marginalMap")).toMatchObject({ tractable: true });
    // A decision list decides v0 at the top: then on v1 and so on, whether or not these are asked for.
    expect(supports(det, "marginalMap", { variables: ["v4"] })).toMatchObject({ supported: true });
    expect(supports(mixture, "marginalMap", { variables: ["v0"] })).toMatchObject({ supported: true });
    expect(supports(det, "power", { exponent: -0.5 })).toMatchObject({ supported: true });
    expect(supports(mixture, "power", { exponent: 0.5 })).toMatchObject({ supported: false });
  });

  it("looks at both circuits of a product or a divergence", () => {
    const [one, other] = [5, 6].map((seed) => randomCircuit(seed, finiteDomains, true));
    expect(supports(one, "multiply", { other })).toMatchObject({ supported: true, tractable: true });
    const crossing = Array.from({ length: 20 }, (_, seed) => randomCircuit(seed, finiteDomains)).find(
      (circuit) => {
        const found = supports(circuit, "multiply", { other: one });
        return found.supported && !found.tractable;
      },
    );
    if (crossing === undefined) expect.unreachable();
    expect(supports(crossing, "multiply", { other: one })).toMatchObject({
      method: expect.stringContaining("if few suffice: no vtree explains all products, see node"),
    });
    expect(multiply(crossing, one).properties).toMatchObject({ smooth: true, decomposable: true });
    expect(() => supports(one, "innerProduct", { other: randomCircuit(1, mixedDomains) })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    const rules = compileRules(parseRules("1 rain -> wet"));
    expect(supports(one, "multiply", { other: rules })).toMatchObject({ supported: true, tractable: true });
    expect(multiply(one, rules).variables.size).toBe(one.variables.size + 2);
    const shared = compileRules(parseRules("1 wet -> late"));
    expect(supports(rules, "multiply", { other: shared })).toMatchObject({
      supported: true,
      tractable: false,
    });
    expect(multiply(rules, shared).variables.names).toEqual(["rain", "wet", "late"]);
  });

  it("gives the reason, in the words of the circuit", () => {
    const mixed = randomCircuit(3, mixedDomains);
    expect(supports(mixed, "marginals")).toEqual({ supported: false, reason: "v1 is real, not binary" });
    expect(supports(mixed, "batchMarginals")).toEqual({
      supported: false,
      reason: "the circuit has inputs that are not literals",
    });
    const compiled = compileRules(parseRules("2 a -> b\n1 b xor c"));
    expect(supports(compiled, "batchMarginals")).toMatchObject({ supported: true, normalized: false });
    const b = circuitBuilder(vocabulary("variable", ["x", "y"]), {
      domains: [{ kind: "count" }, { kind: "real" }],
    });
    const counts = b.input("x", { family: "poisson", rate: 2 });
    const circuit = b.build(b.product([counts, b.input("y", { family: "gamma", shape: 0.4, rate: 1 })]));
    expect(supports(circuit, "innerProduct")).toMatchObject({
      reason: "y has inputs of the families gamma and gamma, which have no closed form together",
    });
    expect(supports(circuit, "power")).toMatchObject({
      reason: "x has a poisson input, of which that power is in no family",
    });
    expect(supports(circuit, "formulaProbability")).toMatchObject({
      reason: "0 of its variables are binary, and 1 are needed",
    });
    expect(supports(circuit, "kBest")).toMatchObject({ supported: false });
    expect(supports(circuit, "totalVariation")).toMatchObject({ supported: false });
    expect(supports(withExternals(1), "sample")).toEqual({
      supported: false,
      reason: "its external input 0, of w, is not bound (see bindExternals)",
    });
    expect(supports(withExternals(1), "logPartition")).toMatchObject({ supported: true });
    const chain = decisionChain(25);
    expect(supports(chain, "hellingerSquared")).toMatchObject({ tractable: true });
    expect(supports(chain, "totalVariation")).toMatchObject({ supported: false });
  });

  it("asks for smoothness and decomposability first, and knows its queries", () => {
    const b = circuitBuilder(vocabulary("variable", ["a", "b", "c"]));
    const rough = b.build(
      b.sum([b.product([b.literal("a", true), b.literal("b", true)]), b.literal("c", true)]),
    );
    for (const query of ["posteriors", "mpe", "multiply"] as const) {
      expect(supports(rough, query)).toEqual({ supported: false, reason: "the circuit is not smooth" });
    }
    const fine = randomCircuit(1, finiteDomains);
    expect(() => supports(fine, "kl" as QueryName)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
    expect(() => supports(fine, "marginalMap", { variables: ["w"] })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME" }),
    );
  });
});
