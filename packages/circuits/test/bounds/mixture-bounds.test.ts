import {
  compileRules,
  decoupledBounds,
  type IntervalEvidence,
  type MixturePart,
  marginalBounds,
  marginals,
  mixtureBounds,
  mixtureBoundsAsync,
} from "@credence/circuits";
import { AbortedError, type Progress, parseRules, rng } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

function part(
  text: string,
  coefficient?: number,
): MixturePart & { readonly rules: ReturnType<typeof parseRules> } {
  const rules = parseRules(text);
  const own = { circuit: compileRules(rules), rules };
  return coefficient === undefined ? own : { ...own, coefficient };
}

const box = { a: [0.2, 0.7], b: [0.3, 0.4], c: [0.1, 0.9], d: 0.5 } as const satisfies IntervalEvidence;

/** The mixture by its definition, at one point. */
function mixtureAt(
  parts: readonly MixturePart[],
  raw: number,
  point: Record<string, number>,
  name: string,
): number {
  const terms = parts.flatMap(({ circuit, coefficient = 1 }) => {
    if (!circuit.variables.has(name)) return [];
    const own = Object.fromEntries(Object.entries(point).filter(([leaf]) => circuit.variables.has(leaf)));
    const answer = marginals(circuit, own);
    if (answer.kind !== "posteriors") throw new Error("no world");
    return [[coefficient, answer.probabilities[name]]];
  });
  if (terms.length === 0) return point[name];
  const total = terms.reduce((sum, [c]) => sum + c, 0);
  return ((1 - raw) * terms.reduce((sum, [c, p]) => sum + c * p, 0)) / total + raw * point[name];
}

/** Extremes over the corners of the box, and points inside of it. */
function extremes(
  parts: readonly MixturePart[],
  raw: number,
  name: string,
  inside: boolean,
): [number, number] {
  const random = rng("points");
  let [least, most] = [1, 0];
  for (let i = 0; i < (inside ? 300 : 16); i++) {
    const point = Object.fromEntries(
      Object.entries(box).map(([leaf, given], v) => {
        const [low, high] = typeof given === "number" ? [given, given] : given;
        return [leaf, inside ? low + random() * (high - low) : (i >> v) & 1 ? high : low];
      }),
    );
    const value = mixtureAt(parts, raw, point, name);
    [least, most] = [Math.min(least, value), Math.max(most, value)];
  }
  return [least, most];
}

describe("mixtureBounds", () => {
  it.each([
    ["alike", [part("2 a -> b"), part("1 b -> c\n1 a -> b")], 0],
    ["with coefficients and the own leaf", [part("2 a -> b", 3), part("1 b -> c\n1 a -> b", 0.5)], 0.25],
    // The second circuit turns the colors of c and d around: what counts is how they agree with the target's.
    ["of other polarities", [part("2 a -> b\n1 !(b & d)"), part("1 !(b & d)\n1 b -> c")], 0],
    ["of which one speaks of it alone", [part("2 a -> b"), part("1 c -> d")], 0.5],
  ])("are exact where all terms move alike: %s", (_, parts, raw) => {
    const found = mixtureBounds(parts, box, { raw });
    if (found.kind !== "bounds") expect.unreachable();
    for (const [name, { low, high, tight, method }] of Object.entries(found.byVariable)) {
      const [least, most] = extremes(parts, raw, name, false);
      expect([tight, method]).toEqual([true, "two evaluations"]);
      expect(close(low, least, tolerance.rounding) && close(high, most, tolerance.rounding)).toBe(true);
      expect(low <= least && most <= high).toBe(true);
    }
  });

  it("are sound, and say that they are not tight, where the terms pull against each other", () => {
    const parts = [part("2 a -> b"), part("2 a -> !b")];
    const found = mixtureBounds(parts, box);
    if (found.kind !== "bounds") expect.unreachable();
    const { low, high, tight, method } = found.byVariable["b"];
    expect([tight, method]).toEqual([false, "two evaluations"]);
    const [least, most] = extremes(parts, 0, "b", true);
    expect(low < least && most < high).toBe(true);
    // Without rules nothing is known of signs, and the circuits' own bounds are added up.
    const blind = mixtureBounds(
      parts.map(({ circuit }) => ({ circuit })),
      box,
    );
    expect(blind.kind === "bounds" && blind.byVariable["b"].method).toBe("vertices");
    const alone = mixtureBounds([{ circuit: parts[0].circuit }], box, { raw: 0.5 });
    expect(alone.kind === "bounds" && alone.byVariable["b"].tight).toBe(true);
  });

  it("gives the leaf where no circuit speaks of a variable", () => {
    const found = mixtureBounds([part("2 a -> b")], box, { variables: ["c"] });
    const [low, high] = box.c;
    if (found.kind !== "bounds") expect.unreachable();
    expect(found.byVariable["c"].tight).toBe(true);
    expect(close(found.byVariable["c"].low, low, tolerance.rounding)).toBe(true);
    expect(close(found.byVariable["c"].high, high, tolerance.rounding)).toBe(true);
  });

  it("knows a box without worlds", () => {
    expect(mixtureBounds([part("a -> b.")], { a: 1, b: 0 }).kind).toBe("contradiction");
  });

  it.each([
    [{ raw: 2 }, [part("2 a -> b")], box],
    [{}, [part("2 a -> b", 0)], box],
    [{}, [part("2 a -> b", Number.NaN)], box],
    [{}, [part("2 a -> b")], { a: [0.5, 0.4] }],
    [{ raw: 0.5 }, [part("2 a -> b")], { a: 0.5 }],
    [{ variables: ["z"] }, [part("2 a -> b")], box],
  ] as const)("refuses %j", (options, parts, intervals) => {
    expect(() => mixtureBounds(parts, intervals as IntervalEvidence, options)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("runs in turns, tells how far it is, and can be stopped", async () => {
    const parts = [part("2 a -> b"), part("2 a -> !b")];
    const seen: Progress[] = [];
    const found = await mixtureBoundsAsync(parts, box, { onProgress: (progress) => seen.push(progress) });
    expect(found).toEqual(mixtureBounds(parts, box));
    expect(seen[seen.length - 1]).toMatchObject({ phase: "Bounding mixtures", step: 4, steps: 4 });
    const stopped = mixtureBoundsAsync(parts, box, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toBeInstanceOf(AbortedError);
  });
});

describe("decoupledBounds", () => {
  it("contain the exact bounds, and are reached by Z_1 and Z_0 apart", () => {
    const { circuit, rules } = part("2 a -> b\n1.5 c -> b\n1 c xor a\n3 d");
    const exact = marginalBounds(circuit, box, { rules });
    const apart = decoupledBounds(circuit, box, { rules });
    if (exact.kind !== "bounds" || apart.kind !== "bounds") expect.unreachable();
    for (const [name, { low, high, tight }] of Object.entries(apart.byVariable)) {
      expect(tight).toBe(false);
      expect(low).toBeLessThanOrEqual(exact.byVariable[name].low + tolerance.rounding);
      expect(high).toBeGreaterThanOrEqual(exact.byVariable[name].high - tolerance.rounding);
    }
    const width = (all: typeof exact) =>
      Object.values(all.byVariable).reduce((sum, one) => sum + one.high - one.low, 0);
    expect(width(apart)).toBeGreaterThan(width(exact) + 0.01);
    // No rule connects d with the others, whose leaves then do not count.
    expect(close(apart.byVariable["d"].high, exact.byVariable["d"].high, tolerance.rounding)).toBe(true);
  });

  it("leave the other leaves where hard rules on them have a world", () => {
    const { circuit, rules } = part("1 a -> b\nc.\n!d.");
    const ends = [0, Number.MIN_VALUE, 1 - 2 ** -53, 1];
    for (const [i, low] of ends.entries()) {
      for (const high of ends.slice(i)) {
        const leaves = { a: [0.2, 0.4], b: 0.5, c: [low, high], d: [1 - high, 1 - low] } as const;
        const [apart, exact] = [decoupledBounds, marginalBounds].map((of) => of(circuit, leaves, { rules }));
        expect(apart.kind).toBe(exact.kind);
        expect(apart.kind).toBe(high === 0 || (1 - low === 1 && 1 - high === 1) ? "contradiction" : "bounds");
        if (apart.kind !== "bounds" || exact.kind !== "bounds") continue;
        expect(close(apart.byVariable["a"].low, exact.byVariable["a"].low, tolerance.rounding)).toBe(true);
      }
    }
  });

  it("answers for what is asked, roughly if it may not search, and knows a box without worlds", () => {
    const { circuit, rules } = part("2 a -> b\n1 !(a & c)");
    const rough = decoupledBounds(circuit, boxOf(["a", "b", "c"]), { rules, effort: 0, variables: ["b"] });
    const fine = decoupledBounds(circuit, boxOf(["a", "b", "c"]), { rules, variables: ["b"] });
    if (rough.kind !== "bounds" || fine.kind !== "bounds") expect.unreachable();
    expect(Object.keys(rough.byVariable)).toEqual(["b"]);
    expect(rough.byVariable["b"].method).toBe("interval arithmetic");
    expect(rough.byVariable["b"].low).toBeLessThanOrEqual(fine.byVariable["b"].low);
    const hard = part("a -> b.");
    expect(decoupledBounds(hard.circuit, { a: 1, b: 0 }, hard).kind).toBe("contradiction");
    expect(() => decoupledBounds(circuit, {}, { rules: parseRules("1 zz") as never })).toThrow(/zz/);
  });
});

function boxOf(leaves: readonly (keyof typeof box)[]): IntervalEvidence {
  return Object.fromEntries(leaves.map((leaf) => [leaf, box[leaf]]));
}
