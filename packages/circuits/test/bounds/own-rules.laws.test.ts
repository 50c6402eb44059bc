import {
  binarize,
  type Circuit,
  compileRules,
  logPartition,
  marginalBounds,
  merge,
  normalize,
  prune,
  smooth,
} from "@credence/circuits";
import { isHard, type Rule, rule } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";
import { names, ruleSets } from "../arbitrary.ts";
import { logWeight, refusalOf } from "./refusal.ts";

const variables = [...names];
const box = Object.fromEntries(variables.map((name, v) => [name, [0.1 + 0.05 * v, 0.5] as const]));

const worlds = Array.from({ length: 2 ** names.length }, (_, bits) =>
  Object.fromEntries(names.map((name, v) => [name, ((bits >> v) & 1) === 1])),
);

/** Whether weights differ by one constant, which bounds cannot tell. */
function alike(some: readonly Rule[], others: readonly Rule[]): boolean | undefined {
  const offsets = worlds.flatMap((world) => {
    const [a, b] = [logWeight(some, world), logWeight(others, world)];
    return a === b ? (Number.isFinite(a) ? [0] : []) : [a - b];
  });
  const spread = Math.max(...offsets) - Math.min(...offsets);
  if (offsets.length === 0 || spread === 0) return true;
  // Weights that differ by little more than rounding may pass.
  return Number.isNaN(spread) || spread > tolerance.gradient ? false : undefined;
}

function normalized(circuit: Circuit<string>): Circuit<string> {
  const answer = normalize(circuit);
  if (answer.kind !== "circuit") expect.unreachable();
  return answer.circuit;
}

describe("rules that bounds are given", () => {
  it("are refused exactly where they weigh some world otherwise than the circuit", () => {
    let [refused, accepted] = [0, 0];
    fc.assert(
      fc.property(ruleSets, ruleSets, fc.nat(5), (own, others, kept) => {
        // Often all rules but one, or but a weight.
        const changed = own.map((one, r) =>
          r === kept && !isHard(one) ? rule(one.formula, -one.weight) : one,
        );
        for (const given of [own, others, changed, own.filter((_, r) => r !== kept), [...own].reverse()]) {
          const same = alike(own, given);
          if (same === undefined) continue;
          expect(refusalOf(given, own, variables) === undefined).toBe(same);
          if (same) accepted++;
          else refused++;
        }
      }),
      { numRuns: 150 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(100);
  });

  it("are accepted of circuits that were made otherwise, or transformed", () => {
    fc.assert(
      fc.property(ruleSets, (rules) => {
        const circuit = compileRules<string>(rules, { variables });
        fc.pre(logPartition(circuit) > Number.NEGATIVE_INFINITY);
        const exact = marginalBounds(circuit, box, { rules, effort: 0 });
        const others = [
          compileRules<string>(rules, { variables, order: [...variables].reverse() }),
          ...[smooth, binarize, merge, normalized].map((transform) => transform(circuit)),
          prune(circuit).circuit,
          normalized(binarize(circuit)),
        ];
        for (const other of others) {
          const found = marginalBounds(other, box, { rules, effort: 0 });
          if (found.kind !== "bounds" || exact.kind !== "bounds") {
            expect(found.kind).toBe(exact.kind);
            continue;
          }
          for (const name of names) {
            const [one, same] = [found.byVariable[name], exact.byVariable[name]];
            expect(one.method).toBe(same.method);
            if (!same.tight) continue;
            expect(Math.abs(one.low - same.low)).toBeLessThan(tolerance.reference);
            expect(Math.abs(one.high - same.high)).toBeLessThan(tolerance.reference);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
