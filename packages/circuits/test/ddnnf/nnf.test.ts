import {
  boolean,
  cnf,
  compileCnf,
  derivatives,
  evaluateNnf,
  logPartition,
  minPlus,
  modelCount,
  nnfBuilder,
  nnfToCircuit,
  smoothNnf,
} from "@credence/circuits";
import { InvalidArgumentError, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { tolerance } from "../../../../test/tolerance.ts";

describe("nnfBuilder", () => {
  it("makes leaves once and drops what the root does not need", () => {
    const builder = nnfBuilder(2);
    expect(builder.literal(3)).toBe(builder.literal(3));
    expect(builder.literal(2)).not.toBe(builder.free(1));
    const root = builder.and([builder.literal(3), builder.free(0)]);
    const nnf = builder.build(root);
    expect([nnf.size, nnf.edges]).toEqual([3, 2]);
    expect(modelCount(nnf)).toBe(2n);
  });

  it("refuses unknown leaves and children", () => {
    const builder = nnfBuilder(2);
    expect(() => builder.literal(4)).toThrow(InvalidArgumentError);
    expect(() => builder.free(2)).toThrow(InvalidArgumentError);
    expect(() => builder.or([0, 1])).toThrow(InvalidArgumentError);
  });
});

describe("smoothNnf", () => {
  it("adds what branches and the root leave out", () => {
    const builder = nnfBuilder(4);
    const branch = builder.and([builder.literal(1), builder.literal(3)]);
    const rough = builder.build(builder.or([branch, builder.literal(0), builder.or([])]));
    const smooth = smoothNnf(rough);
    // x ∧ y or ¬x, over four variables.
    expect(modelCount(smooth)).toBe(4n + 8n);
    expect(nnfToCircuit(smooth).properties.smooth).toBe(true);
  });

  it("keeps contradictions and tautologies", () => {
    const builder = nnfBuilder(3);
    expect(modelCount(smoothNnf(builder.build(builder.or([]))))).toBe(0n);
    expect(modelCount(smoothNnf(builder.build(builder.and([]))))).toBe(8n);
    const impossible = builder.and([builder.literal(0), builder.or([])]);
    expect(modelCount(smoothNnf(builder.build(impossible)))).toBe(0n);
  });

  it("refuses conjunctions whose children share a variable", () => {
    const builder = nnfBuilder(2);
    const x = builder.literal(1);
    const root = builder.and([builder.and([x, builder.literal(3)]), builder.or([x, builder.literal(0)])]);
    expect(() => smoothNnf(builder.build(root))).toThrow(/share the variable 1/);
  });
});

describe("evaluateNnf", () => {
  const { nnf } = compileCnf(
    cnf(3, [
      [1, 2],
      [2, 3],
    ]),
  );

  it("works in any semiring", () => {
    expect(evaluateNnf(nnf, boolean, () => true)).toBe(true);
    // The fewest true variables.
    expect(evaluateNnf(nnf, minPlus, (code) => code & 1)).toBe(1);
  });

  it("wants one value per node for derivatives", () => {
    expect(() => derivatives(nnf, boolean, [true])).toThrow(InvalidArgumentError);
  });
});

describe("nnfToCircuit", () => {
  const { nnf } = compileCnf(cnf(2, [[1, 2]]));

  it("counts as the formula does", () => {
    const circuit = nnfToCircuit(nnf, vocabulary("variable", ["a", "b"]));
    expect(Math.exp(logPartition(circuit))).toBeCloseTo(3, Math.round(-Math.log10(tolerance.rounding)));
    expect(Math.exp(logPartition(circuit, { a: false }))).toBeCloseTo(1, 12);
  });

  it("wants a name per variable", () => {
    expect(() => nnfToCircuit(nnf, vocabulary("variable", ["a"]))).toThrow(/2 names/);
  });
});
