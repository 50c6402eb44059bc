import {
  type Circuit,
  checkCircuit,
  checkStructured,
  circuitBuilder,
  circuitFromBytes,
  circuitToBytes,
  circuitToNnf,
  compileCnf,
  modelCount,
  nnfToCircuit,
  parseBif,
  parseCircuit,
  parseJlc,
  parseJpc,
  parseNnf,
  parsePsdd,
  parseSpn,
  parseUai,
  parseUaiEvidence,
  parseVtree,
  printBif,
  printCircuit,
  printJlc,
  printJpc,
  printNnf,
  printPsdd,
  printSpn,
  printUai,
  printUaiEvidence,
} from "@credence/circuits";
import { CredenceError, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomClauses } from "../../../../bench/compile/families.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";
import { apart, dataOf, near, randomJpc, randomNetwork, randomPsdd } from "./random-files.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });
const runs = { numRuns: 60 };

/** A circuit with everything: tied parameters, equal nodes that stay apart, zero weights, odd names. */
function oddCircuit(seed: number): Circuit {
  const random = rng(`odd ${seed}`);
  const domains = [
    { kind: "binary" },
    { kind: "real" },
    { kind: "categorical", arity: 2, states: ["é", '"'] },
  ] as const;
  const b = circuitBuilder(vocabulary("variable", ["x", "__proto__", "a,b"]), { domains, share: false });
  const p = random();
  const x = Array.from({ length: 2 }, () => b.input(0, { family: "bernoulli", p }, "tied"));
  const y = Array.from({ length: 2 }, () =>
    b.input(1, { family: "histogram", edges: [0, random(), 2], masses: [0.25, 0.75] }),
  );
  const z = [
    b.input(2, { family: "indicator", state: 1 }),
    b.input(2, { family: "categorical", probabilities: [p, 1 - p] }),
  ];
  const sums = [0, 1].map((i) =>
    b.sum([b.product([x[i], y[i]]), b.product([x[i], y[1 - i]])], [-0.1, -800 * p], 7),
  );
  const terms = sums.map((sum, i) => b.product([sum, z[i]]));
  return b.build(b.sum(terms, [Number.NEGATIVE_INFINITY, Math.log(p)]));
}

describe("reading what was written", () => {
  it("json and binary: gives the same circuit, its names and ties", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const circuit of [
          randomCircuit(seed, mixedDomains),
          randomCircuit(seed, finiteDomains, true),
          oddCircuit(seed),
        ]) {
          const binary = circuitFromBytes(circuitToBytes(circuit));
          expect(dataOf(binary)).toEqual(dataOf(circuit));
          const text = parseCircuit(printCircuit(circuit));
          for (const again of [binary, text]) {
            expect(again.variables.names).toEqual(circuit.variables.names);
            expect(checkCircuit(again)).toEqual(checkCircuit(circuit));
          }
          expect(apart(text)).toEqual(apart(circuit));
        }
      }),
      runs,
    );
  });

  it("psdd: gives the same circuit on a vtree that its own file tells", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 7 }), (seed, variables) => {
        const circuit = randomPsdd(seed, variables);
        const { text, vtree } = printPsdd(circuit);
        const again = parsePsdd(text);
        const [before, after] = [apart(circuit), apart(again)];
        expect(after.nodes).toEqual(before.nodes);
        expect(near(after.numbers, before.numbers)).toBe(true);
        expect(checkStructured(again).holds).toBe(true);
        checkPsdd(text, vtree);
      }),
      runs,
    );
  });

  it("jpc: gives the same circuit up to the rounding of logs", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomJpc(seed);
        const [before, after] = [apart(circuit), apart(parseJpc(printJpc(circuit).text))];
        expect(after.nodes).toEqual(before.nodes);
        expect(near(after.numbers, before.numbers)).toBe(true);
      }),
      runs,
    );
  });

  it("spn: gives the same circuit of indicators, and of others the same function", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const plain = randomJpc(seed, true);
        expect(apart(parseSpn(printSpn(plain)))).toEqual(apart(plain));
        const circuit = randomCircuit(seed, finiteDomains);
        const again = parseSpn(printSpn(circuit));
        for (const world of worldsOf(finiteDomains)) {
          const [before, after] = [valueAt(circuit, world), valueAt(again, world)];
          expect(close(after, before, tolerance.rounding, Number.MIN_VALUE)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("nnf: both forms have the same models, and the circuit of an NNF is one again", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 5, max: 9 }), (seed, variables) => {
        const { nnf } = compileCnf(randomClauses(3, variables, seed % 20, variables, seed));
        const count = modelCount(nnf);
        for (const form of ["c2d", "d4"] as const) {
          expect(modelCount(parseNnf(printNnf(nnf, { form }), { variables }))).toBe(count);
        }
        if (count === 0n) return;
        const circuit = nnfToCircuit(nnf);
        const again = circuitToNnf(circuit);
        expect(apart(nnfToCircuit(again))).toEqual(apart(circuit));
        expect(modelCount(again)).toBe(count);
      }),
      runs,
    );
  });

  it("uai and bif: give the same tables and names", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, bayes) => {
        const graph = randomNetwork(seed, bayes);
        const text = printUai(graph);
        expect(text.startsWith("BAYES")).toBe(bayes || isBayes(graph));
        expect(parseUai(text, { variables: graph.variables })).toEqual(graph);
        if (bayes) expect(parseBif(printBif(graph))).toEqual(graph);
        const pairs = graph.variables.map(({ states }, v): [number, number] => [v, states.length - 1]);
        expect(parseUaiEvidence(printUaiEvidence(pairs), graph)).toEqual(pairs);
      }),
      { numRuns: 200 },
    );
  });
});

/** A random Markov network may happen to be a Bayesian one: then its BIF file says the same. */
function isBayes(graph: Parameters<typeof printBif>[0]): boolean {
  try {
    printBif(graph);
    return true;
  } catch {
    return false;
  }
}

/** Every element's prime lies left and its sub right of the vtree node that the decision names. */
function checkPsdd(text: string, vtreeText: string): void {
  const { vtree, places } = parseVtree(vtreeText);
  const at = new Map<number, number>();
  for (const line of text.trim().split("\n").slice(1)) {
    const [kind, id, node, ...rest] = line.split(" ");
    const place = places.get(Number(node)) as number;
    at.set(Number(id), place);
    if (kind !== "D") {
      expect(vtree.variable[place]).toBe(Math.abs(Number(rest[0])));
      continue;
    }
    for (let i = 1; i < rest.length; i += 3) {
      const [prime, sub] = [at.get(Number(rest[i])), at.get(Number(rest[i + 1]))] as [number, number];
      expect(vtree.first[place] <= prime && prime < place && place < sub && sub <= vtree.last[place]).toBe(
        true,
      );
    }
  }
}

describe("files cut off or damaged anywhere", () => {
  const circuit = randomJpc(1);
  const network = randomNetwork(3, true);
  const { nnf } = compileCnf(randomClauses(3, 6, 9, 6, 1));
  const files: readonly (readonly [string, (text: string) => unknown, string])[] = [
    ["json", parseCircuit, printCircuit(randomCircuit(1, mixedDomains))],
    ["psdd", parsePsdd, printPsdd(randomPsdd(1, 5)).text],
    ["jpc", parseJpc, printJpc(circuit).text],
    ["spn", parseSpn, printSpn(randomJpc(1, true))],
    ["nnf", parseNnf, printNnf(nnf)],
    ["d4", parseNnf, printNnf(nnf, { form: "d4" })],
    ["jlc", parseJlc, printJlc(nnf)],
    ["uai", parseUai, printUai(network)],
    ["bif", parseBif, printBif(network)],
  ];

  it.each(files)("%s either reads or fails with a reason", (_, parse, text) => {
    const attempt = (damaged: string): void => {
      try {
        parse(damaged);
      } catch (error) {
        if (!(error instanceof CredenceError)) throw error;
      }
    };
    fc.assert(
      fc.property(fc.nat(text.length), (cut) => attempt(text.slice(0, cut))),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(4), fc.string({ maxLength: 4 }), (at, gone, put) =>
        attempt(text.slice(0, at) + put + text.slice(at + gone)),
      ),
      { numRuns: 200 },
    );
  });

  it("binary always fails with a reason", () => {
    const bytes = circuitToBytes(circuit);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        for (const wrong of [bytes.slice(0, at), damaged]) {
          expect(() => circuitFromBytes(wrong)).toThrow(CredenceError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
