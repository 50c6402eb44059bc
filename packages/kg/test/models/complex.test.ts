import { complex, interactionOf } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../../../core/test/thrown.ts";

describe("complex", () => {
  it("counts complex coordinates: a row has twice as many numbers", () => {
    const spec = complex({ rank: 3 });
    expect(spec).toEqual({ kind: "complex", rank: 3 });
    expect(interactionOf(spec).rowLength(3)).toBe(6);
  });

  it.each([0, -1, 1.5, Number.NaN, 1e6])("refuses rank %s", (rank) => {
    expect(thrown(() => complex({ rank })).code).toBe("INVALID_ARGUMENT");
    expect(thrown(() => interactionOf({ kind: "complex", rank })).code).toBe("INVALID_ARGUMENT");
  });

  it.each(["toString", "simple", ""])("knows no model %j, and says which ones it knows", (kind) => {
    const error = thrown(() => interactionOf({ kind: kind as "complex", rank: 1 }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", expected: "one of: complex" });
  });

  it("penalizes moduli, with gradient 0 at 0", () => {
    const row = Float64Array.of(3, 0, 4, 0);
    for (const [power, penalty, gradient] of [
      [3, 125, [45, 0, 60, 0]],
      [2, 25, [6, 0, 8, 0]],
    ] as const) {
      const out = new Float64Array(4);
      expect(interactionOf(complex({ rank: 2 })).penaltyInto(out, row, 0, 2, power, 1)).toBe(penalty);
      expect([...out]).toEqual(gradient);
    }
  });
});

interface ScoresCase {
  readonly id: string;
  readonly model: string;
  readonly rank: number;
  readonly params: { readonly entities: number[][]; readonly relations: number[][] };
  readonly triples: readonly (readonly [number, number, number])[];
  readonly regulariser_factors: readonly (readonly (readonly number[])[])[];
}

describeShared("kbc-scores.json: the factors that the regularizer sees", () => {
  const { cases } = sharedJson<{ cases: ScoresCase[] }>("reference", "kge", "kbc-scores.json");
  for (const one of cases.filter((c) => c.model === "kbc-ComplEx")) {
    it(one.id, () => {
      const { modulusInto } = interactionOf(complex({ rank: one.rank }));
      const moduli = (row: readonly number[]): number[] => {
        const out = new Float64Array(one.rank);
        modulusInto(out, Float64Array.from(row), 0, one.rank);
        return [...out];
      };
      const [heads, relations, tails] = one.regulariser_factors;
      one.triples.forEach(([h, r, t], i) => {
        const factors = [one.params.entities[h], one.params.relations[r], one.params.entities[t]].map(moduli);
        const expected = [heads[i], relations[i], tails[i]];
        factors.flat().forEach((value, k) => {
          expect(close(value, expected.flat()[k], tolerance.reference, tolerance.referenceAbsolute)).toBe(
            true,
          );
        });
      });
    });
  }
});
