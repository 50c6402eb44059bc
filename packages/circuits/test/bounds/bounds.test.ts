import {
  checkAttractive,
  circuitBuilder,
  compileRules,
  conditionalBounds,
  decoupledBounds,
  logPartition,
  marginalBounds,
  posteriors,
} from "@credence/circuits";
import { parseRules, rng, variablesOf, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { randomPsdd } from "../io/random-files.ts";

function attracts(text: string) {
  const rules = parseRules(text);
  return checkAttractive(rules, vocabulary("variable", variablesOf(rules)));
}

describe("checkAttractive", () => {
  it.each([
    ["2 a -> b", [1, 1]],
    ["2 a -> b & c", [1, 1, 1]],
    ["1 a <-> b", [1, 1]],
    ["1 a & b", [1, 1]],
    ["1 !(a & b)", [-1, 1]],
    ["1 a | b", [-1, 1]],
    ["a -> b.", [1, 1]],
    ["a -> b & c.", [1, 1, 1]],
  ])("accepts %s", (text, signs) => {
    const check = attracts(text);
    if (!check.holds) expect.unreachable();
    const [first] = check.colors;
    // Colors are known up to exchanging them.
    expect([...check.colors].map((color) => color * first)).toEqual(signs.map((sign) => sign * signs[0]));
  });

  it.each([
    "1 a & b -> c",
    "1 a -> b | c",
    "1 a xor b xor c",
    "1 !(a & b)\n1 !(b & c)\n1 !(a & c)",
    "exactlyOne(a, b, c).",
    "1 a -> b\n1 !(a & b)",
    "a | b | c.",
  ])("rejects %s and names the rule", (text) => {
    const check = attracts(text);
    if (check.holds) expect.unreachable();
    expect(check.reason.length).toBeGreaterThan(10);
    expect(check.rule).toBeGreaterThanOrEqual(0);
  });
});

describe("marginalBounds", () => {
  const rules = parseRules("2 stop -> octagon\n1.5 octagon -> red");
  const circuit = compileRules(rules);

  it("takes two evaluations where rules attract, and says how it went", () => {
    const found = marginalBounds(circuit, { stop: [0.4, 0.6], octagon: [0.2, 0.3], red: 0.5 }, { rules });
    if (found.kind !== "bounds") expect.unreachable();
    expect(found.byVariable["stop"]?.method).toBe("two evaluations");
    const corners = marginalBounds(circuit, { stop: [0.4, 0.6], octagon: [0.2, 0.3], red: 0.5 });
    if (corners.kind !== "bounds") expect.unreachable();
    expect(corners.byVariable["stop"]?.method).toBe("vertices");
    expect(
      close(found.byVariable["red"]?.low ?? 0, corners.byVariable["red"]?.low ?? 1, tolerance.rounding),
    ).toBe(true);
  });

  it("answers for the variables that are wanted, and knows a box without worlds", () => {
    const one = marginalBounds(circuit, {}, { variables: ["red"] });
    expect(one.kind === "bounds" && Object.keys(one.byVariable)).toEqual(["red"]);
    const hard = compileRules(parseRules("exactlyOne(a, b)."));
    expect(marginalBounds(hard, { a: true, b: true }).kind).toBe("contradiction");
    const some = marginalBounds(hard, { a: [0, 1], b: [0, 1] });
    expect(some.kind === "bounds" && some.byVariable["a"]).toEqual({
      low: 0,
      high: 1,
      tight: true,
      method: "vertices",
    });
  });

  it.each([null, "0.5", [0.1], [0.1, 0.2, 0.3], ["0.1", "0.2"], [false, true], {}, Number.NaN])(
    "refuses what JavaScript may take for an interval: %j",
    (given) => {
      const call = () => marginalBounds(circuit, { stop: given as unknown as number });
      expect(call).toThrow(
        expect.objectContaining({
          code: "INVALID_ARGUMENT",
          expected: "[low, high] with 0 <= low <= high <= 1",
          hint: "Leave the variable out if it has no leaf.",
        }),
      );
    },
  );

  it.each([[[0.5, 0.4]], [[-0.1, 0.4]], [[Number.NaN, 1]], [2]] as const)(
    "refuses the interval %j",
    (interval) => {
      expect(() => marginalBounds(circuit, { stop: interval })).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    },
  );
});

describe("marginalBounds of circuits with inputs of their own", () => {
  it("weigh them by leaves: what soft evidence at the corners gives, whatever the method", () => {
    for (let seed = 0; seed < 20; seed++) {
      const circuit = randomPsdd(seed, 4);
      const random = rng(`own inputs ${seed}`);
      const { names } = circuit.variables;
      const box = Object.fromEntries(
        names
          .slice(0, 3)
          .map((name) => [name, [random(), random()].sort((x, y) => x - y) as [number, number]]),
      );
      const seen = names.map((): [number, number] => [1, 0]);
      for (let corner = 0; corner < 8; corner++) {
        const point = names.slice(0, 3).map((name, v) => [name, box[name][(corner >> v) & 1]]);
        const answer = posteriors(circuit, Object.fromEntries(point));
        if (answer.kind !== "posteriors") expect.unreachable();
        names.forEach((name, v) => {
          const own = answer.byVariable[name];
          const p = own.kind === "states" ? own.probabilities[1] : Number.NaN;
          seen[v] = [Math.min(seen[v][0], p), Math.max(seen[v][1], p)];
        });
      }
      for (const options of [{}, { vertexLimit: 0 }, { effort: 0 }]) {
        const found = marginalBounds(circuit, box, options);
        if (found.kind !== "bounds") expect.unreachable();
        names.forEach((name, v) => {
          const { low, high, tight } = found.byVariable[name];
          expect(low).toBeLessThanOrEqual(seen[v][0] + tolerance.specialAbsolute);
          expect(high).toBeGreaterThanOrEqual(seen[v][1] - tolerance.specialAbsolute);
          expect(tight).toBe(!("effort" in options));
          if (tight) expect(close(low, seen[v][0], tolerance.rounding)).toBe(true);
          if (tight) expect(close(high, seen[v][1], tolerance.rounding)).toBe(true);
        });
      }
    }
  });

  it("refuse variables that have more than two values", () => {
    const b = circuitBuilder(vocabulary("variable", ["c"]), { domains: [{ kind: "categorical", arity: 3 }] });
    const circuit = b.build(b.input("c", { family: "categorical", probabilities: [0.2, 0.3, 0.5] }));
    expect(() => marginalBounds(circuit, { c: [0.1, 0.2] })).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED_QUERY",
        hint: expect.stringContaining("conditionalBounds"),
      }),
    );
  });
});

it.each([{ effort: -1 }, { effort: Number.NaN }, { vertexLimit: -5 }, { vertexLimit: Number.NaN }])(
  "bounds refuse the option %j",
  (options) => {
    const rules = parseRules("2 stop -> octagon");
    const circuit = compileRules(rules);
    const { effort } = options;
    const target = { variable: "stop" as const, value: true };
    const calls = [
      () => marginalBounds(circuit, { stop: [0.4, 0.6] }, options),
      ...(effort === undefined
        ? []
        : [
            () => decoupledBounds(circuit, { stop: [0.4, 0.6] }, { rules, effort }),
            () => conditionalBounds(circuit, { target, intervals: new Map(), effort }),
          ]),
    ];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  },
);

describe("conditionalBounds", () => {
  it("contain what random inputs in their intervals give, and are reached at corners", () => {
    const variables = vocabulary("variable", ["x", "y"]);
    const make = (p: readonly number[]) => {
      const b = circuitBuilder(variables, { share: false });
      const [x0, x1, y0, y1] = (["x", "x", "y", "y"] as const).map((name, i) =>
        b.input(name, { family: "bernoulli", p: p[i] }),
      );
      const terms = [b.product([x0, y0]), b.product([x1, y1]), b.product([x0, y1])];
      const built = b.buildWithNodes(b.sum(terms, [0.5, 0.2, 0.3].map(Math.log)));
      return { ...built, inputs: [x0, x1, y0, y1].map((id) => built.nodes[id]) };
    };
    const box = [
      [0.1, 0.4],
      [0.5, 0.9],
      [0.2, 0.3],
      [0.6, 0.7],
    ] as const;
    const { circuit, inputs } = make(box.map(([low]) => low));
    const intervals = new Map(inputs.map((node, i) => [node, box[i]]));
    const question = { intervals, evidence: { x: true }, target: { variable: "y", value: true } } as const;
    const found = conditionalBounds(circuit, question);
    const random = rng(1);
    const [seen, evidence] = [
      [1, 0],
      [1, 0],
    ];
    for (let i = 0; i < 400; i++) {
      const p = box.map(([low, high], k) =>
        i < 16 ? ((i >> k) & 1 ? high : low) : low + random() * (high - low),
      );
      const one = make(p).circuit;
      const e = Math.exp(logPartition(one, { x: true }));
      const q = Math.exp(logPartition(one, { x: true, y: true })) / e;
      [seen[0], seen[1]] = [Math.min(seen[0], q), Math.max(seen[1], q)];
      [evidence[0], evidence[1]] = [Math.min(evidence[0], e), Math.max(evidence[1], e)];
    }
    expect(close(found.conditional.low, seen[0], tolerance.reference)).toBe(true);
    expect(close(found.conditional.high, seen[1], tolerance.reference)).toBe(true);
    expect(close(Math.exp(found.logEvidence.low), evidence[0], tolerance.reference)).toBe(true);
    expect(close(Math.exp(found.logEvidence.high), evidence[1], tolerance.reference)).toBe(true);
    expect(found.conditional).toMatchObject({ tight: true, method: "branch and bound" });
    expect(() =>
      conditionalBounds(circuit, { ...question, intervals: new Map([[999, [0, 1] as const]]) }),
    ).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    for (const wrong of [
      [0.5, 0.4],
      [-0.1, 0.5],
      [0.5, 1.1],
      [Number.NaN, 1],
    ] as const) {
      expect(() =>
        conditionalBounds(circuit, { ...question, intervals: new Map([[inputs[0], wrong]]) }),
      ).toThrow(
        expect.objectContaining({
          code: "INVALID_ARGUMENT",
          expected: "[low, high] with 0 <= low <= high <= 1",
        }),
      );
    }
    const never = conditionalBounds(circuit, { ...question, evidence: { x: { in: [] } } });
    expect(never.conditional).toMatchObject({ low: 0, high: 1, tight: false });
    expect(() => conditionalBounds(circuit, { ...question, target: { variable: "y", value: 0.3 } })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => conditionalBounds(circuit, { ...question, target: { variable: "x", value: true } })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
