import {
  aps,
  lac,
  margin,
  raps,
  saps,
  scoreNamed,
  scoreNames,
  scoreRows,
  topKScore,
} from "@credence/conformal";
import { type CredenceError, InvalidArgumentError, rng, UnknownNameError } from "@credence/core";
import { describe, expect, it } from "vitest";

const all = [
  lac(),
  aps(),
  raps({ penalty: 0.1, kreg: 2 }),
  saps({ weight: 0.2 }),
  topKScore({ randomized: true }),
  margin(),
];

describe("ties", () => {
  it("go by the smaller label in every ranked score", () => {
    const row = [[0.25, 0.25, 0.25, 0.25]];
    expect([...scoreRows(aps({ randomized: false }), row).data]).toEqual([0.25, 0.5, 0.75, 1]);
    expect([...scoreRows(topKScore(), row).data]).toEqual([1, 2, 3, 4]);
    expect([...scoreRows(margin(), row).data]).toEqual([0, 0, 0, 0]);
    expect([...scoreRows(saps({ weight: 1, randomized: false }), row).data]).toEqual([
      0.25, 1.25, 2.25, 3.25,
    ]);
  });
});

describe("draws", () => {
  const rows = [
    [0.5, 0.5],
    [0.75, 0.25],
  ];

  it("may be one number, one per row, or a generator", () => {
    expect([...scoreRows(aps(), rows, { u: 0.5 }).data]).toEqual([0.25, 0.75, 0.375, 0.875]);
    expect([...scoreRows(aps(), rows, { u: [0, 1] }).data]).toEqual([0.5, 1, 0, 0.75]);
    const stream = rng("scores");
    const u = [stream(), stream()];
    expect(scoreRows(aps(), rows, { rng: rng("scores") })).toEqual(scoreRows(aps(), rows, { u }));
    expect(scoreRows(aps(), rows, { u, rng: rng("ignored") })).toEqual(scoreRows(aps(), rows, { u }));
  });

  it("are refused when absent, outside [0, 1] or too few", () => {
    const code = (options: object) => {
      try {
        scoreRows(aps(), rows, options);
      } catch (error) {
        return (error as CredenceError).code;
      }
      return undefined;
    };
    expect(code({})).toBe("MISSING_RANDOMNESS");
    expect(code({ u: 1.5 })).toBe("INVALID_ARGUMENT");
    expect(code({ u: [0.5, Number.NaN] })).toBe("INVALID_ARGUMENT");
    expect(code({ u: [0.5] })).toBe("LENGTH_MISMATCH");
    expect(code({ u: 1 })).toBeUndefined();
  });

  it("do not matter to a score that is not randomized", () => {
    expect(scoreRows(aps({ randomized: false }), rows, { u: 0.7 })).toEqual(
      scoreRows(aps({ randomized: false }), rows),
    );
  });
});

describe("scores by name", () => {
  it("come back from their descriptions", () => {
    for (const score of all) {
      const { name, randomized, parameters } = score;
      const again = scoreNamed({ name, randomized, ...(parameters === undefined ? {} : { parameters }) });
      const row = [[0.5, 0.3, 0.2]];
      expect(scoreRows(again, row, { u: 0.3 })).toEqual(scoreRows(score, row, { u: 0.3 }));
      expect([again.name, again.randomized, again.parameters]).toEqual([name, randomized, parameters]);
    }
    expect(all.map((score) => score.name)).toEqual([...scoreNames]);
  });

  it("are refused with help when unknown or incomplete", () => {
    expect(() => scoreNamed({ name: "app" })).toThrow(UnknownNameError);
    expect(() => scoreNamed({ name: "raps", parameters: { kreg: 1 } })).toThrow(
      expect.objectContaining({ code: "MISSING_PARAMETER" }),
    );
  });
});

it("parameters outside their domain are refused", () => {
  for (const call of [
    () => raps({ penalty: -1, kreg: 2 }),
    () => raps({ penalty: 0.1, kreg: 1.5 }),
    () => raps({ penalty: Number.NaN, kreg: 1 }),
    () => saps({ weight: 0 }),
    () => saps({ weight: Infinity }),
  ]) {
    expect(call).toThrow(InvalidArgumentError);
  }
});
