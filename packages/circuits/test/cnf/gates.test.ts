import { compileCnf, gateBuilder, gateFalse, gateTrue, modelCount } from "@credence/circuits";
import { InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";

const bits = (world: number): number => world.toString(2).replaceAll("0", "").length;
const inputs = [1, 2, 3, 4, 5, 6];

describe("gateBuilder", () => {
  it.each([0, 1, 2, 3, 5, 6, 9])("counts up to %d, on both sides", (k) => {
    const worlds = Array.from({ length: 64 }, (_, world) => bits(world));
    for (const [make, expected] of [
      ["atMost", worlds.filter((ones) => ones <= k).length],
      ["exactly", worlds.filter((ones) => ones === k).length],
    ] as const) {
      for (const sign of [1, -1]) {
        const builder = gateBuilder(6);
        builder.assert(sign * builder[make](inputs, k));
        const count = sign > 0 ? expected : 64 - expected;
        expect(modelCount(compileCnf(builder.build()).nnf)).toBe(BigInt(count));
        const onesided = compileCnf(builder.build("plaisted-greenbaum"), { projected: inputs });
        expect(modelCount(onesided.nnf)).toBe(BigInt(count));
      }
    }
  });

  it("counts negated literals, gates and constants like inputs", () => {
    const builder = gateBuilder(3);
    const both = builder.and([1, 2]);
    builder.assert(builder.exactly([-1, both, 3, gateTrue, gateFalse], 2));
    const expected = [...Array(8).keys()].filter((world) => {
      const [a, b, c] = [world & 1, (world >> 1) & 1, (world >> 2) & 1];
      return 1 - a + (a & b) + c + 1 === 2;
    });
    expect(modelCount(compileCnf(builder.build()).nnf)).toBe(BigInt(expected.length));
  });

  it("simplifies constants, repetitions and contradictions", () => {
    const { and, or, xor } = gateBuilder(2);
    expect([and([]), and([1, gateTrue]), and([1, -1]), and([1, gateFalse])]).toEqual([
      gateTrue,
      1,
      gateFalse,
      gateFalse,
    ]);
    expect([or([]), or([2, 2]), or([1, -1])]).toEqual([gateFalse, 2, gateTrue]);
    expect([xor(1, 1), xor(1, -1), xor(1, gateTrue), xor(gateFalse, 2)]).toEqual([
      gateFalse,
      gateTrue,
      -1,
      2,
    ]);
    expect(xor(1, -2)).toBe(-xor(2, 1));
    expect(and([1, 2])).toBe(and([2, 1, 2]));
  });

  it("gives an empty clause for what cannot be, and no clause for what must", () => {
    const builder = gateBuilder(1);
    builder.assert(gateTrue);
    expect(builder.build().clauses).toBe(0);
    builder.assert(gateFalse);
    expect([...builder.build().offsets]).toEqual([0, 0]);
  });

  it("refuses literals, counts and encodings that cannot be", () => {
    const builder = gateBuilder(2);
    for (const literal of [0, 3, 1.5, Number.NaN]) {
      expect(() => builder.and([1, literal])).toThrow(InvalidArgumentError);
      expect(() => builder.assert(literal)).toThrow(InvalidArgumentError);
    }
    expect(() => builder.atMost([1], -1)).toThrow(InvalidArgumentError);
    expect(() => builder.exactly([1], 0.5)).toThrow(InvalidArgumentError);
    expect(() => builder.build("none" as never)).toThrow(InvalidArgumentError);
    expect(() => gateBuilder(-1)).toThrow(InvalidArgumentError);
  });
});
