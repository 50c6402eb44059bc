import {
  circuitBuilder,
  type Evidence,
  type Finding,
  logPartition,
  moments,
  mpe,
  posteriors,
  sample,
} from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** Independent: b is true with 0.3, c is one of three named states, x is normal, n is Poisson. */
function independent() {
  const builder = circuitBuilder(vocabulary("variable", ["b", "c", "x", "n"]), {
    domains: [
      { kind: "binary" },
      { kind: "categorical", arity: 3, states: ["low", "middle", "high"] },
      { kind: "real" },
      { kind: "count" },
    ],
  });
  return builder.build(
    builder.product([
      builder.input("b", { family: "bernoulli", p: 0.3 }),
      builder.input("c", { family: "categorical", probabilities: [0.2, 0.3, 0.5] }),
      builder.input("x", { family: "gaussian", mean: 1, std: 2 }),
      builder.input("n", { family: "poisson", rate: 2 }),
    ]),
  );
}

describe("evidence", () => {
  const circuit = independent();
  const mass = (evidence: Evidence<"b" | "c" | "x" | "n">) => Math.exp(logPartition(circuit, evidence));

  it.each<[Evidence<"b" | "c" | "x" | "n">, number]>([
    [{}, 1],
    [{ b: true }, 0.3],
    [{ b: 1 }, 0.3],
    [{ b: 0.25 }, 0.25 * 0.3 + 0.75 * 0.7],
    [{ b: { weights: [2, 4] } }, 2 * 0.7 + 4 * 0.3],
    [{ c: "high" }, 0.5],
    [{ c: 1 }, 0.3],
    [{ c: { in: ["low", 2] } }, 0.7],
    [{ c: { in: [] } }, 0],
    [{ c: { from: 1 } }, 0.8],
    [{ c: { to: 0 } }, 0.2],
    [{ c: { weights: [0, 1, 0.5] } }, 0.55],
    [{ x: { from: 1 } }, 0.5],
    [{ x: { from: -1, to: 3 } }, 0.6826894921370859],
    [{ x: 1 }, 1 / (2 * Math.sqrt(2 * Math.PI))],
    [{ x: { in: [1] } }, 1 / (2 * Math.sqrt(2 * Math.PI))],
    [{ n: 0 }, Math.exp(-2)],
    [{ n: { in: [0, 1, 1] } }, 3 * Math.exp(-2)],
    [{ n: { to: 1 } }, 3 * Math.exp(-2)],
    [{ n: { from: 2 } }, 1 - 3 * Math.exp(-2)],
    [{ b: true, c: "low", n: 0 }, 0.3 * 0.2 * Math.exp(-2)],
    [{ b: undefined }, 1],
  ])("%j weighs %d", (evidence, expected) => {
    expect(close(mass(evidence), expected, tolerance.reference)).toBe(true);
  });

  it.each<["b" | "c" | "x" | "n", unknown]>([
    ["b", 1.5],
    ["b", Number.NaN],
    ["b", "true"],
    ["b", null],
    ["b", { in: [2] }],
    ["b", { weights: [1] }],
    ["b", { weights: [1, -1] }],
    ["c", 3],
    ["c", 0.5],
    ["c", "lowest"],
    ["c", true],
    ["c", { weights: [1, 1] }],
    ["c", {}],
    ["c", { from: 2, to: 1 }],
    ["x", Number.POSITIVE_INFINITY],
    ["x", { in: [1, 2] }],
    ["x", { weights: [1] }],
    ["x", { from: Number.NaN }],
    ["n", -1],
    ["n", 1.5],
    // What compares as a number, has holes, or says two things at once.
    ["c", { weights: ["1", "2", "3"] }],
    ["c", { weights: [1, null, 1] }],
    // biome-ignore lint/suspicious/noSparseArray: that is what is refused.
    ["c", { weights: [1, , 1] }],
    ["c", { in: new Array(1) }],
    ["c", { from: 1, too: 2 }],
    ["c", { from: 0, weights: [1, 1, 1] }],
    ["c", { in: [0], weights: [1, 1, 1] }],
  ])("on %s refuses %j and says what it takes", (name, finding) => {
    expect(() => logPartition(circuit, { [name]: finding as Finding })).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        expected: expect.any(String),
        hint: expect.any(String),
      }),
    );
  });

  it.each([[new Map([["b", true]])], [new Set(["b"])], [[true]], ["b=1"], [null], [() => true]])(
    "is a record by name: refuses %o",
    (evidence) => {
      expect(() => logPartition(circuit, evidence as unknown as Evidence)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", hint: "{} is none." }),
      );
    },
  );

  it("is of a circuit", () => {
    for (const none of [undefined, null, {}]) {
      expect(() => logPartition(none as unknown as typeof circuit)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", expected: "a circuit" }),
      );
    }
  });

  it("suggests names that exist", () => {
    expect(() => logPartition(circuit, { bb: true } as Evidence)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_NAME", suggestions: expect.arrayContaining(["b"]) }),
    );
  });

  it("is kept by every answer", () => {
    const evidence = { b: false, c: { in: ["low", "middle"] }, x: { from: 2 }, n: 3 } as const;
    const [answer, world, drawn] = [
      posteriors(circuit, evidence),
      mpe(circuit, evidence),
      sample(circuit, 50, { evidence }),
    ];
    if (answer.kind !== "posteriors" || world.kind !== "world" || drawn.kind !== "samples")
      expect.unreachable();
    expect(answer.byVariable.b).toEqual({ kind: "states", probabilities: [1, 0] });
    expect(answer.byVariable.c).toMatchObject({
      probabilities: [expect.closeTo(0.4, 12), expect.closeTo(0.6, 12), 0],
    });
    expect(answer.byVariable.x).toMatchObject({ kind: "number" });
    expect(answer.byVariable.n).toEqual({ kind: "number", mean: 3, variance: 0 });
    expect(world.assignment).toEqual({ b: false, c: 1, x: 2, n: 3 });
    for (let r = 0; r < 50; r++) {
      const [b, c, x, n] = drawn.rows.data.subarray(4 * r, 4 * r + 4);
      expect(b === 0 && c < 2 && x >= 2 && n === 3).toBe(true);
    }
    const given = moments(circuit, { n: 3 });
    expect(given.kind === "moments" && given.mean[3]).toBe(3);
  });
});

describe("deep circuits", () => {
  it("of 100,000 nodes over mixed inputs answer every query", () => {
    const builder = circuitBuilder(vocabulary("variable", ["b", "x"]), {
      domains: [{ kind: "binary" }, { kind: "real" }],
    });
    let node = builder.product([
      builder.literal("b", true),
      builder.input("x", { family: "gaussian", mean: 0, std: 1 }),
    ]);
    const half = [Math.log(0.5), Math.log(0.5)];
    for (let depth = 0; depth < 33_000; depth++) {
      const x = builder.input("x", { family: "gaussian", mean: depth % 7, std: 1 });
      node = builder.sum([node, builder.product([builder.literal("b", depth % 2 === 0), x])], half);
    }
    const circuit = builder.build(node);
    expect(circuit.size).toBeGreaterThan(33_000);
    expect(close(logPartition(circuit), 0, tolerance.reference)).toBe(true);
    for (const answer of [
      posteriors(circuit),
      mpe(circuit, { x: 3 }),
      sample(circuit, 10),
      moments(circuit, { b: true }),
    ]) {
      expect(answer.kind).not.toBe("contradiction");
    }
  });
});
