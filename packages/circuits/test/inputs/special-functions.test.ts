import { type Distribution, entropy, logPartition } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { alone, count, real } from "./oracle.ts";

const near = (a: number, b: number) => close(a, b, tolerance.special, tolerance.special);
const logMass = (d: Distribution, from: number, to: number) =>
  logPartition(alone(d, d.family === "gamma" ? real : count), { x: { from, to } });

describe("the tails of the gamma law, against 50-digit arithmetic", () => {
  it.each([
    [0.01, 1e-30, -0.6850852199521441, -0.701274664984798],
    [0.01, 0.5, -0.005642646020085002, -5.180222167358926],
    [0.5, 2, -0.046567912292390164, -3.0900371531220867],
    [1, 3, -0.05106918094270159, -3.0],
    [3, 0.001, -22.515775287423423, -1.6654171666664883e-10],
    [3, 100, -1.8976107553741788e-40, -91.46280812207708],
    [9.5, 9.5, -0.6103442100890579, -0.783430539721863],
    [10, 10, -0.6123596078537547, -0.781039568496278],
    [10, 25, -0.0002215011678213136, -8.415193444701623],
    [250.5, 200, -8.043546046741467, -0.0003212196370560821],
    [250.5, 400, -4.033642617599329e-16, -35.44669164486064],
    [1000, 1000, -0.6847718632903101, -0.7015932366459725],
    [1000, 700, -59.85147851292524, -1.0158583345333217e-26],
    [1e5, 1.01e5, -0.0008087484618170922, -7.12042696105511],
    [1e5, 98000, -23.057255413113108, -9.690835158630048e-11],
  ])("shape %d at %d", (shape, x, lower, upper) => {
    for (const rate of [1, 1 / 1024]) {
      const d = { family: "gamma", shape, rate } as const;
      expect(near(logMass(d, 0, x / rate), lower)).toBe(true);
      expect(near(logMass(d, x / rate, Number.POSITIVE_INFINITY), upper)).toBe(true);
    }
  });

  it("take in differences from the side where they are small", () => {
    const d = { family: "gamma", shape: 3, rate: 1 } as const;
    // Far out the mass of [a, ∞) is that of [a, a + 200] to all digits.
    for (const a of [50, 100, 400]) {
      expect(near(logMass(d, a, a + 200), logMass(d, a, Number.POSITIVE_INFINITY))).toBe(true);
    }
    expect(logMass(d, 5, 5)).toBe(Number.NEGATIVE_INFINITY);
    expect(logMass(d, -3, -1)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("tails of counts, against 40-digit sums", () => {
  it.each<[Distribution, from: number, to: number, log: number]>([
    [{ family: "negativeBinomial", successes: 2.5, p: 0.01 }, 300, 20000, -1.197855580454111],
    [{ family: "negativeBinomial", successes: 2.5, p: 0.01 }, 100, 300, -0.6055920848086427],
    [{ family: "negativeBinomial", successes: 2.5, p: 0.3 }, 7, 7, -2.6271674291270317],
    [{ family: "negativeBinomial", successes: 0.4, p: 0.05 }, 3, 3, -2.848282019711345],
    [{ family: "negativeBinomial", successes: 40, p: 0.5 }, 60, 60, -5.440446370734183],
    [{ family: "poisson", rate: 1000 }, 1100, 3000, -6.945841014365213],
    [{ family: "poisson", rate: 1000 }, 800, 950, -2.8501387949973616],
    [{ family: "binomial", trials: 1000, p: 0.1 }, 150, 1000, -14.616367041658313],
    [{ family: "binomial", trials: 1000, p: 0.1 }, 0, 80, -4.039198941060225],
    [{ family: "binomial", trials: 1000, p: 0.1 }, 600, 1000, -754.2663154783294],
  ])("%j from %d to %d", (d, from, to, log) => {
    expect(near(logMass(d, from, to), log)).toBe(true);
  });

  it("measure far tails in logs", () => {
    const circuit = alone({ family: "poisson", rate: 2 }, count);
    // P(X >= 200) is its first term up to about 1 %.
    const tail = logPartition(circuit, { x: { from: 200 } });
    expect(tail).toBeGreaterThan(logPartition(circuit, { x: 200 }));
    expect(tail).toBeLessThan(logPartition(circuit, { x: 200 }) + 0.011);
  });

  it("know the ends of their supports", () => {
    const none = Number.NEGATIVE_INFINITY;
    expect(logMass({ family: "binomial", trials: 200, p: 1 }, 0, 199)).toBe(none);
    expect(logMass({ family: "binomial", trials: 200, p: 1 }, 100, 1e6)).toBe(0);
    expect(logMass({ family: "binomial", trials: 200, p: 0 }, 1, 1e6)).toBe(none);
    expect(logMass({ family: "geometric", p: 1 }, 1, 1e6)).toBe(none);
    expect(logMass({ family: "negativeBinomial", successes: 3, p: 1 }, 0, 100)).toBe(0);
    expect(logMass({ family: "poisson", rate: 3 }, 2.2, 2.8)).toBe(none);
  });
});

describe("the digamma function", () => {
  it.each([
    [0.6, 2, -0.31116100804798663],
    [3.5, 0.5, 2.6362291812939116],
    [120, 7, 1.8639906843359042],
    [1, 3, -0.09861228866810968],
  ])("gives the entropy of gamma(%d, %d)", (shape, rate, nats) => {
    const answer = entropy(alone({ family: "gamma", shape, rate }, real));
    if (answer.kind !== "entropy") expect.unreachable();
    expect(near(answer.nats, nats)).toBe(true);
  });
});
