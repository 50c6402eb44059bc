import {
  evaluateNnf,
  modelCount,
  models,
  type Nnf,
  type NnfBuilder,
  nnfBuilder,
  nnfKinds,
  nnfToCircuit,
  real,
  smoothNnf,
} from "@credence/circuits";
import { CredenceError } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** How a random decision-DNNF is made: what to do with each variable in turn. */
interface Choice {
  readonly keep: readonly [boolean, boolean];
  readonly skip: boolean;
  readonly split: boolean;
}

const choices: fc.Arbitrary<Choice> = fc.record({
  keep: fc.tuple(fc.boolean(), fc.boolean()),
  skip: fc.boolean(),
  split: fc.boolean(),
});

/** A decision-DNNF over some variables that leaves variables out wherever it likes. */
function build(
  builder: NnfBuilder,
  variables: readonly number[],
  plan: readonly Choice[],
  at: number,
): number {
  if (variables.length === 0) return builder.and([]);
  const { keep, skip, split } = plan[at % plan.length];
  const [first, ...rest] = variables;
  if (skip) return build(builder, rest, plan, at + 1);
  if (split && variables.length > 1) {
    const half = variables.length >> 1;
    return builder.and([
      build(builder, variables.slice(0, half), plan, at + 1),
      build(builder, variables.slice(half), plan, at + 3),
    ]);
  }
  const branches = [0, 1].map((value) => {
    if (!keep[value]) return value === 0 ? builder.or([]) : builder.literal(2 * first + 1);
    return builder.and([builder.literal(2 * first + value), build(builder, rest, plan, at + 2 + value)]);
  });
  return builder.or(branches, first);
}

/** Whether the formula under a node holds in a world, by its definition. */
function holds(nnf: Nnf, world: number): boolean {
  const truth: boolean[] = [];
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    const children = [...nnf.children.subarray(nnf.offsets[node], nnf.offsets[node + 1])];
    const kind = nnf.kinds[node];
    if (kind === nnfKinds.literal) truth.push(((world >> (label >> 1)) & 1) === (label & 1));
    else if (kind === nnfKinds.free) truth.push(true);
    else if (kind === nnfKinds.and) truth.push(children.every((child) => truth[child]));
    else truth.push(children.some((child) => truth[child]));
  }
  return truth[nnf.size - 1];
}

const formulas = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.array(choices, { minLength: 1, maxLength: 12 }))
  .map(([variables, plan]) => {
    const builder = nnfBuilder(variables);
    const root = build(builder, [...Array(variables).keys()], plan, 0);
    return builder.build(root);
  });

const worldsOf = (nnf: Nnf): number[] =>
  [...Array(2 ** nnf.variables).keys()].filter((world) => holds(nnf, world));

describe("smoothNnf", () => {
  it("keeps the formula, and makes it countable", () => {
    fc.assert(
      fc.property(formulas, (nnf) => {
        const smooth = smoothNnf(nnf);
        const expected = worldsOf(nnf);
        expect(worldsOf(smooth)).toEqual(expected);
        expect(modelCount(smooth)).toBe(BigInt(expected.length));
        const listed = [...models(smooth)].map((world) => world.reduce((bits, x, v) => bits + x * 2 ** v, 0));
        expect(listed.sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it("weighs worlds as their literals do", () => {
    fc.assert(
      fc.property(formulas, fc.infiniteStream(fc.integer({ min: 0, max: 5 })), (nnf, stream) => {
        const weights = Array.from({ length: 2 * nnf.variables }, () => stream.next().value as number);
        const expected = worldsOf(nnf).reduce((sum, world) => {
          let product = 1;
          for (let v = 0; v < nnf.variables; v++) product *= weights[2 * v + ((world >> v) & 1)];
          return sum + product;
        }, 0);
        // Integers: both sides are exact.
        expect(evaluateNnf(smoothNnf(nnf), real, (code) => weights[code])).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("changes nothing a second time, and gives circuits that are smooth and decomposable", () => {
    fc.assert(
      fc.property(formulas, (nnf) => {
        const once = smoothNnf(nnf);
        const twice = smoothNnf(once);
        expect([twice.size, twice.edges]).toEqual([once.size, once.edges]);
        expect(nnfToCircuit(once).properties).toMatchObject({ smooth: true, decomposable: true });
      }),
      { numRuns: 200 },
    );
  });

  it("finds the variable that a conjunction's children share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (variables, which) => {
        const shared = which % variables;
        const builder = nnfBuilder(variables);
        const side = (value: number): number =>
          builder.or([builder.literal(2 * shared + value), builder.and([])], -1);
        const nnf = builder.build(builder.and([side(0), side(1)]));
        let error: unknown;
        try {
          smoothNnf(nnf);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(CredenceError);
        expect((error as CredenceError).code).toBe("NOT_DECOMPOSABLE");
        expect((error as CredenceError).message).toContain(`variable ${shared + 1}.`);
      }),
      { numRuns: 100 },
    );
  });
});
