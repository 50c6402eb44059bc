import { InvalidArgumentError, UnknownNameError } from "@credence/core";
import { answer, truthModelFromMatrices } from "@credence/kg";
import { describe, expect, it } from "vitest";

const names = ["TuringAward", "Hinton", "Pearl", "Canada", "Edinburgh", "Technion"] as const;
const at = (...cells: readonly (readonly [head: string, tail: string, truth: number])[]): number[][] =>
  names.map((head) => names.map((tail) => cells.find(([h, t]) => h === head && t === tail)?.[2] ?? 0));
const model = truthModelFromMatrices(names, {
  won: at(["TuringAward", "Hinton", 1], ["TuringAward", "Pearl", 1]),
  bornIn: at(["Hinton", "Canada", 0.25], ["Pearl", "Canada", 0.0625]),
  graduatedFrom: at(["Hinton", "Edinburgh", 1], ["Pearl", "Technion", 0.5], ["Pearl", "Edinburgh", 0.125]),
});
const text = "?y : won(TuringAward, ?x), !bornIn(?x, Canada), graduatedFrom(?x, ?y)";

describe("explain", () => {
  it("names the witness, every literal there, and where its truth comes from", () => {
    const why = answer(model, text).explain("Edinburgh");
    expect(why).toMatchObject({
      answer: { entity: "Edinburgh", truth: 0.75, rank: 1, observed: true },
      disjunct: 0,
      value: 0.75,
      witness: { x: "Hinton" },
      literals: [
        { text: "won(TuringAward, Hinton)", truth: 1, source: "observed", negated: false },
        { text: "!bornIn(Hinton, Canada)", truth: 0.75, source: "predicted", negated: true },
        { text: "graduatedFrom(Hinton, Edinburgh)", truth: 1, source: "observed", negated: false },
      ],
    });
    expect(why.toString()).toBe(
      [
        `Edinburgh answers ${text} with truth 0.7500 (rank 1, known).`,
        "Best with ?x = Hinton:",
        "  1.0000  won(TuringAward, Hinton)  (observed)",
        "  0.7500  !bornIn(Hinton, Canada)  (predicted to be absent)",
        "  1.0000  graduatedFrom(Hinton, Edinburgh)  (observed)",
        "Together, by the product t-norm: 0.7500.",
      ].join("\n"),
    );
  });

  it("says which alternative is the best, and what was predicted", () => {
    const union = answer(model, "?y : graduatedFrom(Hinton, ?y) | graduatedFrom(Pearl, ?y)");
    const why = union.explain("Technion");
    expect(why).toMatchObject({ disjunct: 1, value: 0.5, witness: {} });
    expect(String(why)).toContain("Best of 2 alternatives: number 2.");
    expect(String(why)).toContain("0.5000  graduatedFrom(Pearl, Technion)  (predicted)");
  });

  it("has a witness for entities that are no answers, and for components of their own", () => {
    const why = answer(model, text).explain("Canada");
    expect(why.value).toBe(0);
    expect(Object.keys(why.witness)).toEqual(["x"]);
    const other = answer(model, "?y : graduatedFrom(Pearl, ?y), bornIn(?who, ?where)").explain("Technion");
    expect(other).toMatchObject({ value: 0.125, witness: { who: "Hinton", where: "Canada" } });
  });

  it("refuses unknown entities with suggestions", () => {
    const set = answer(model, text);
    expect(() => set.explain("Edinburg")).toThrow(UnknownNameError);
    expect(() => set.explain("Edinburg")).toThrow(expect.objectContaining({ suggestions: ["Edinburgh"] }));
    expect(() => set.top(Number.NaN)).toThrow(InvalidArgumentError);
  });
});
