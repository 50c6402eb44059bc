import {
  circuitBuilder,
  conditionalBounds,
  credalBounds,
  credalBoundsAsync,
  type Domain,
  posteriors,
} from "@credence/circuits";
import { AbortedError, type Progress, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomCircuit } from "../random-circuit.ts";
import { contaminated, weightsAt } from "./credal-oracle.ts";

const mixed: readonly Domain[] = [{ kind: "binary" }, { kind: "real" }, { kind: "count" }];

/** A mixture of two products over a and b; inputs of one variable may be tied. */
function mixture(tie?: string) {
  const b = circuitBuilder(vocabulary("variable", ["a", "b"]), { share: false });
  const inputs = (["a", "b", "a", "b"] as const).map((name, i) =>
    b.input(
      name,
      { family: "bernoulli", p: name === "b" ? 0.3 : [0.2, 0, 0.9][i] },
      name === "b" ? tie : undefined,
    ),
  );
  const terms = [b.product(inputs.slice(0, 2)), b.product(inputs.slice(2))];
  return { ...b.buildWithNodes(b.sum(terms, [0.4, 0.6].map(Math.log))), inputs };
}

describe("credalBounds", () => {
  it("has the closed form of one contaminated input", () => {
    const b = circuitBuilder(vocabulary("variable", ["a"]));
    const circuit = b.build(b.input("a", { family: "bernoulli", p: 0.3 }));
    const found = credalBounds(circuit, { contamination: 0.1 });
    if (found.kind !== "bounds") expect.unreachable();
    const [no, yes] = found.byVariable["a"] ?? [];
    expect(close(yes?.low ?? 0, 0.27, tolerance.rounding)).toBe(true);
    expect(close(yes?.high ?? 0, 0.37, tolerance.rounding)).toBe(true);
    expect(close(no?.low ?? 0, 0.63, tolerance.rounding)).toBe(true);
    expect(yes?.tight).toBe(true);
    // Any distribution at all: nothing is known.
    const all = credalBounds(circuit, { contamination: 1 });
    expect(all.kind === "bounds" && all.byVariable["a"]?.[1]).toMatchObject({ low: 0, high: 1 });
  });

  it("takes contamination for what it is: intervals from (1 - ε) w of length ε", () => {
    const { circuit } = mixture();
    const share = 0.07;
    const intervals = new Map(
      Array.from({ length: circuit.size }, (_, node) => node).flatMap((node) => {
        const own = weightsAt(circuit, node);
        return own === undefined
          ? []
          : [[node, own.map((w) => [(1 - share) * w, (1 - share) * w + share] as const)]];
      }),
    );
    const question = { evidence: { b: true } } as const;
    const [one, other] = [
      credalBounds(circuit, { ...question, contamination: share }),
      credalBounds(circuit, { ...question, intervals }),
    ];
    if (one.kind !== "bounds" || other.kind !== "bounds") expect.unreachable();
    expect(one.logEvidence.high).toBeCloseTo(other.logEvidence.high, 12);
    for (const [state, { low, high }] of (one.byVariable["a"] ?? []).entries()) {
      expect(low).toBeCloseTo(other.byVariable["a"]?.[state].low ?? Number.NaN, 12);
      expect(high).toBeCloseTo(other.byVariable["a"]?.[state].high ?? Number.NaN, 12);
    }
    expect(contaminated([0.5, 0.5], share)[0][0]).toBeCloseTo(0.5 + share / 2, 12);
  });

  it("agrees with conditionalBounds where inputs alone move, each in one place", () => {
    const { circuit, nodes, inputs } = mixture();
    const box = [0.1, 0.2, 0.3, 0.4].map((low, i) => [low, low + 0.1 * (i + 1)] as const);
    const evidence = { b: true } as const;
    const search = conditionalBounds(circuit, {
      intervals: new Map(inputs.map((id, i) => [nodes[id], box[i]])),
      evidence,
      target: { variable: "a", value: true },
    });
    const found = credalBounds(circuit, {
      intervals: new Map(
        inputs.map((id, i) => [nodes[id], [[1 - box[i][1], 1 - box[i][0]] as const, box[i]]]),
      ),
      evidence,
    });
    if (found.kind !== "bounds") expect.unreachable();
    const yes = found.byVariable["a"]?.[1];
    expect(yes?.tight).toBe(true);
    expect(yes?.low).toBeCloseTo(search.conditional.low, 12);
    expect(yes?.high).toBeCloseTo(search.conditional.high, 12);
    expect(found.logEvidence.low).toBeCloseTo(search.logEvidence.low, 12);
    expect(found.logEvidence.high).toBeCloseTo(search.logEvidence.high, 12);
  });

  it("does not call bounds tight where tied parameters are moved apart", () => {
    const ofTied = credalBounds(mixture("b").circuit, { contamination: 0.1, evidence: { b: true } });
    const ofOthers = credalBounds(mixture().circuit, { contamination: 0.1, evidence: { b: true } });
    if (ofTied.kind !== "bounds" || ofOthers.kind !== "bounds") expect.unreachable();
    expect([ofTied.logEvidence.tight, ofOthers.logEvidence.tight]).toEqual([false, true]);
    expect([ofTied.byVariable["a"]?.[1].tight, ofOthers.byVariable["a"]?.[1].tight]).toEqual([false, true]);
  });

  it("takes densities and masses of numbers as they are, and shrinks to the posteriors", () => {
    for (let seed = 0; seed < 30; seed++) {
      const circuit = randomCircuit(seed, mixed);
      const evidence = seed % 2 === 0 ? { v1: 0.7, v2: { from: 1, to: 3 } } : { v1: { from: 0 }, v2: 2 };
      const answer = posteriors(circuit, evidence);
      const [point, wide] = [0, 0.05].map((contamination) =>
        credalBounds(circuit, { contamination, evidence }),
      );
      if (answer.kind !== "posteriors" || point.kind !== "bounds" || wide.kind !== "bounds") {
        expect(point.kind).toBe(answer.kind);
        continue;
      }
      const own = answer.byVariable["v0"];
      const p = own.kind === "states" ? own.probabilities[1] : Number.NaN;
      const [narrow, around] = [point, wide].map(({ byVariable }) => byVariable["v0"]![1]);
      expect(
        narrow.low <= p + tolerance.specialAbsolute && p <= narrow.high + tolerance.specialAbsolute,
      ).toBe(true);
      expect(narrow.high - narrow.low).toBeLessThan(tolerance.reference);
      expect(around.low <= narrow.low && narrow.high <= around.high).toBe(true);
      expect(Object.keys(point.byVariable)).toEqual(["v0"]);
    }
  });

  it("knows evidence that no parameters allow, and leaves out those that do not", () => {
    const { circuit } = mixture();
    expect(credalBounds(circuit, { contamination: 0.5, evidence: { a: { in: [] } } }).kind).toBe(
      "contradiction",
    );
    const b = circuitBuilder(vocabulary("variable", ["a", "b"]));
    const own = b.build(
      b.sum(
        [
          b.product([b.literal("a", true), b.literal("b", true)]),
          b.product([b.literal("a", false), b.literal("b", false)]),
        ],
        [0.5, 0.5].map(Math.log),
      ),
    );
    const found = credalBounds(own, { contamination: 1, evidence: { a: true } });
    if (found.kind !== "bounds") expect.unreachable();
    expect(found.logEvidence.low).toBe(Number.NEGATIVE_INFINITY);
    expect(found.byVariable["b"]?.[1].low).toBeGreaterThan(1 - tolerance.rounding);
  });

  it("tells how far it is, and can be stopped", async () => {
    const { circuit } = mixture();
    const seen: Progress[] = [];
    const question = { contamination: 0.1 };
    const found = await credalBoundsAsync(circuit, {
      ...question,
      onProgress: (progress) => seen.push(progress),
    });
    expect(found).toEqual(credalBounds(circuit, question));
    expect(seen[seen.length - 1]).toMatchObject({ step: 2, steps: 2 });
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const error = await credalBoundsAsync(circuit, {
      ...question,
      signal: controller.signal,
      onProgress,
    }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AbortedError);
    const { partial } = error as AbortedError<typeof found>;
    if (found.kind !== "bounds") expect.unreachable();
    expect(partial).toEqual({ ...found, byVariable: { a: found.byVariable["a"] } });
  });

  it.each([
    ["INVALID_ARGUMENT", { contamination: 1.5 }],
    ["INVALID_ARGUMENT", { contamination: Number.NaN }],
    ["UNKNOWN_NAME", { variables: ["z"] }],
    ["INVALID_ARGUMENT", { evidence: { a: 3 } }],
    ["INVALID_ARGUMENT", { intervals: new Map([[999, [[0, 1]]]]) }],
    ["INVALID_ARGUMENT", { intervals: new Map([[0, [[0, 1]]]]) }],
    [
      "INVALID_ARGUMENT",
      {
        intervals: new Map([
          [
            0,
            [
              [0.5, 0.4],
              [0, 1],
            ],
          ],
        ]),
      },
    ],
    [
      "INVALID_ARGUMENT",
      {
        intervals: new Map([
          [
            0,
            [
              [0.1, 0.2],
              [0.3, 0.4],
            ],
          ],
        ]),
      },
    ],
    [
      "INVALID_ARGUMENT",
      {
        intervals: new Map([
          [
            0,
            [
              [0.6, 0.7],
              [0.6, 0.7],
            ],
          ],
        ]),
      },
    ],
  ])("refuses with %s: %o", (code, question) => {
    expect(() => credalBounds(mixture().circuit, question as never)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("refuses to contaminate what is no distribution, products, and to bound numbers", () => {
    const b = circuitBuilder(vocabulary("variable", ["a"]));
    const own = b.build(b.sum([b.literal("a", true), b.literal("a", false)], [0, 0]));
    expect(credalBounds(own, {}).kind).toBe("bounds");
    expect(() => credalBounds(own, { contamination: 0.1 })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_QUERY", hint: expect.stringContaining("normalize") }),
    );
    const numbers = randomCircuit(1, mixed);
    expect(() => credalBounds(numbers, { variables: ["v1"] })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("v1") }),
    );
    const product = numbers.kinds.indexOf(1);
    const gaussian = numbers.inputs.findIndex(({ distribution }) => distribution.family === "gaussian");
    for (const node of [product, numbers.inputOf.indexOf(gaussian)]) {
      expect(() => credalBounds(numbers, { intervals: new Map([[node, []]]) })).toThrow(
        expect.objectContaining({
          code: "INVALID_ARGUMENT",
          message: expect.stringContaining("A node with intervals"),
        }),
      );
    }
  });
});
