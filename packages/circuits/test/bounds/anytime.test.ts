import {
  circuitBuilder,
  compileRules,
  conditionalBounds,
  conditionalBoundsAsync,
  type MarginalBounds,
  marginalBounds,
  marginalBoundsAsync,
} from "@credence/circuits";
import { AbortedError, type Progress, parseRules, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";

// Sums modulo 2 attract nobody: only a search settles them.
const rules = parseRules("3 a xor b\n2 b xor c\n2 a xor c\n1 c -> d\n1 d -> e\n2 e xor a\n1 b xor e\n");
const circuit = compileRules(rules);
const box = Object.fromEntries(circuit.variables.names.map((name) => [name, [0.1, 0.8] as const]));
const search = { vertexLimit: 0 };

function aborting(after: number): { signal: AbortSignal; onProgress: (progress: Progress) => void } {
  const controller = new AbortController();
  let seen = 0;
  return {
    signal: controller.signal,
    onProgress() {
      if (++seen === after) controller.abort("enough");
    },
  };
}

describe("marginalBoundsAsync", () => {
  it("gives what the synchronous call gives, and tells how far it is", async () => {
    const seen: Progress[] = [];
    const options = { ...search, onProgress: (progress: Progress) => seen.push(progress) };
    expect(await marginalBoundsAsync(circuit, box, options)).toEqual(marginalBounds(circuit, box, search));
    expect(seen.map(({ step }) => step)).toEqual([...seen.map(({ step }) => step)].sort((a, b) => a - b));
    expect(seen[seen.length - 1]).toMatchObject({ step: 5, steps: 5 });
    const widths = seen.flatMap(({ step, metrics }) =>
      step === 0 && "width" in metrics ? [metrics["width"]] : [],
    );
    expect(widths.length).toBeGreaterThan(2);
    // Anytime: what is known of a bound only becomes narrower.
    widths.slice(1).forEach((width, i) => {
      expect(width).toBeLessThanOrEqual(widths[i] + tolerance.rounding);
    });
  });

  it.each([1, 2, 5, 20, 60])(
    "stopped at step %d still knows sound bounds of all variables",
    async (after) => {
      const exact = marginalBounds(circuit, box);
      if (exact.kind !== "bounds") expect.unreachable();
      const error = await marginalBoundsAsync(circuit, box, { ...search, ...aborting(after) }).catch(
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(AbortedError);
      const { byVariable } = (error as AbortedError<MarginalBounds>).partial as MarginalBounds;
      expect(Object.keys(byVariable)).toEqual(circuit.variables.names);
      for (const [name, { low, high, tight }] of Object.entries(byVariable)) {
        const truth = exact.byVariable[name];
        expect(low).toBeLessThanOrEqual(truth.low + tolerance.rounding);
        expect(high).toBeGreaterThanOrEqual(truth.high - tolerance.rounding);
        if (tight) expect(low).toBeGreaterThanOrEqual(truth.low - tolerance.reference);
      }
    },
  );
});

describe("conditionalBoundsAsync", () => {
  const b = circuitBuilder(vocabulary("variable", ["x", "y", "z"]), { share: false });
  const inputs = Array.from({ length: 12 }, (_, i) => b.input(i % 3, { family: "bernoulli", p: 0.5 }));
  const terms = [0, 3, 6, 9].map((i) => b.product(inputs.slice(i, i + 3)));
  const built = b.buildWithNodes(b.sum(terms, [0.4, 0.3, 0.2, 0.1].map(Math.log)));
  const intervals = new Map(
    inputs.map((id, i) => [built.nodes[id], [0.05 + 0.03 * i, 0.6 + 0.02 * i] as const]),
  );
  const question = { intervals, evidence: { z: true }, target: { variable: "x", value: true } } as const;

  it("gives what the synchronous call gives, and sound bounds when it is stopped", async () => {
    const exact = conditionalBounds(built.circuit, question);
    expect(exact.conditional).toMatchObject({ tight: true, method: "branch and bound" });
    expect(await conditionalBoundsAsync(built.circuit, question)).toEqual(exact);
    const error = await conditionalBoundsAsync(built.circuit, { ...question, ...aborting(3) }).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(AbortedError);
    const { conditional, logEvidence } = (error as AbortedError<typeof exact>).partial as typeof exact;
    expect(conditional.low).toBeLessThanOrEqual(exact.conditional.low);
    expect(conditional.high).toBeGreaterThanOrEqual(exact.conditional.high);
    expect(conditional.tight).toBe(false);
    expect(logEvidence.low).toBeLessThanOrEqual(exact.logEvidence.low);
    expect(logEvidence.high).toBeGreaterThanOrEqual(exact.logEvidence.high);
  });

  it("by interval arithmetic alone is wider, and says so", () => {
    const plain = conditionalBounds(built.circuit, { ...question, effort: 0 });
    const exact = conditionalBounds(built.circuit, question);
    expect(plain.conditional).toMatchObject({ tight: false, method: "interval arithmetic" });
    expect(plain.conditional.low).toBeLessThanOrEqual(exact.conditional.low);
    expect(plain.conditional.high).toBeGreaterThanOrEqual(exact.conditional.high);
  });
});
