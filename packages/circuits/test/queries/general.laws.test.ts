import {
  arityOf,
  type Evidence,
  entropy,
  logPartition,
  moments,
  mpe,
  mutualInformation,
  posteriors,
} from "@credence/circuits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt } from "../random-circuit.ts";
import { oracle, randomEvidence, finiteWorlds as worlds } from "./random-evidence.ts";

const near = (a: number, b: number) => close(a, b, tolerance.reference, tolerance.referenceAbsolute);
const seeds = fc.integer({ min: 0, max: 1e6 });

describe("queries on general circuits over finite variables", () => {
  it("agree with enumeration, whatever the evidence", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, structured) => {
        const circuit = randomCircuit(seed, finiteDomains, structured);
        const { evidence, weigh } = randomEvidence(seed);
        const { weights, total, expectation } = oracle(circuit, weigh);
        expect(near(logPartition(circuit), 0)).toBe(true);
        expect(near(Math.exp(logPartition(circuit, evidence)), total)).toBe(true);
        const answer = posteriors(circuit, evidence);
        if (total === 0) {
          for (const query of [posteriors, mpe, entropy, moments, mutualInformation]) {
            expect(query(circuit, evidence)).toMatchObject({ kind: "contradiction", source: "evidence" });
          }
          return;
        }
        if (answer.kind !== "posteriors") expect.unreachable();
        finiteDomains.forEach((domain, v) => {
          const one = answer.byVariable[`v${v}`];
          for (let s = 0; s < arityOf(domain); s++) {
            expect(
              one.kind === "states" &&
                near(
                  one.probabilities[s],
                  expectation((x) => Number(x[v] === s)),
                ),
            ).toBe(true);
          }
        });
        const world = mpe(circuit, evidence);
        const best = Math.log(Math.max(...weights));
        expect(world.kind === "world" && world.exact && near(world.logWeight, best)).toBe(true);
        const h = entropy(circuit, evidence);
        const nats = weights.reduce((sum, w) => sum - (w === 0 ? 0 : (w / total) * Math.log(w / total)), 0);
        expect(h.kind === "entropy" && near(h.nats, nats)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("have the moments and mutual information of their worlds", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const { evidence, weigh } = randomEvidence(seed);
        const { total, expectation } = oracle(circuit, weigh);
        fc.pre(total > 0);
        const [m, mi] = [moments(circuit, evidence), mutualInformation(circuit, evidence)];
        if (m.kind !== "moments" || mi.kind !== "mutual-information") expect.unreachable();
        const n = finiteDomains.length;
        for (let i = 0; i < n; i++) {
          expect(
            near(
              m.mean[i],
              expectation((x) => x[i]),
            ),
          ).toBe(true);
          for (let j = 0; j < n; j++) {
            const covariance = expectation((x) => (x[i] - m.mean[i]) * (x[j] - m.mean[j]));
            expect(near(m.covariance.data[i * n + j], covariance)).toBe(true);
            if (i !== j) expect(near(mi.nats.data[i * n + j], information(expectation, i, j))).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("bound the best world from both sides even when no effort is allowed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = randomCircuit(seed, finiteDomains);
        const best = Math.log(Math.max(...worlds.map((world) => valueAt(circuit, world))));
        const world = mpe(circuit, {}, { effort: 0 });
        if (world.kind !== "world") expect.unreachable();
        expect(world.logWeight).toBeLessThanOrEqual(best + tolerance.reference);
        expect(world.upperBound).toBeGreaterThanOrEqual(best - tolerance.reference);
        if (world.exact) expect(near(world.logWeight, best)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

function information(
  expectation: (f: (world: readonly number[]) => number) => number,
  i: number,
  j: number,
): number {
  let sum = 0;
  for (let s = 0; s < 4; s++) {
    for (let t = 0; t < 4; t++) {
      const joint = expectation((x) => Number(x[i] === s && x[j] === t));
      const apart = expectation((x) => Number(x[i] === s)) * expectation((x) => Number(x[j] === t));
      if (joint > 0) sum += joint * Math.log(joint / apart);
    }
  }
  return sum;
}

describe("queries on circuits over numbers", () => {
  it("split masses into intervals, and posteriors by the law of total expectation", () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -2, max: 3, noNaN: true }), (seed, at) => {
        const circuit = randomCircuit(seed, mixedDomains);
        const part = (evidence: Evidence) => Math.exp(logPartition(circuit, evidence));
        expect(near(part({ v1: { to: at } }) + part({ v1: { from: at } }), 1)).toBe(true);
        expect(near(part({ v3: { to: 2 } }) + part({ v3: { from: 3 } }), 1)).toBe(true);
        const few = [0, 1, 2].reduce((sum, x) => sum + part({ v3: x }), 0);
        expect(near(few, part({ v3: { in: [0, 1, 2] } }))).toBe(true);
        expect(near(few, part({ v3: { to: 2.5 } }))).toBe(true);
        const whole = moments(circuit);
        if (whole.kind !== "moments") expect.unreachable();
        // E[x1], E[x1 x3] over the states of v2.
        let [mean, cross] = [0, 0];
        for (const v2 of [0, 1, 2]) {
          const given = moments(circuit, { v2 });
          if (given.kind !== "moments") continue;
          mean += part({ v2 }) * given.mean[1];
          cross += part({ v2 }) * (given.covariance.data[1 * 4 + 3] + given.mean[1] * given.mean[3]);
        }
        expect(near(mean, whole.mean[1])).toBe(true);
        expect(near(cross, whole.covariance.data[1 * 4 + 3] + whole.mean[1] * whole.mean[3])).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
