import {
  BudgetError,
  compileCnf,
  compileSdd,
  type Nnf,
  naturalOrder,
  nnfBuilder,
  rightLinearVtree,
  sddFalse,
  sddFromNnf,
  sddFromNnfAsync,
  sddLiteral,
  sddManager,
  sddModelCount,
  sddNot,
  sddOr,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError, rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queens, randomClauses } from "../../../../bench/compile/families.ts";
import { cnfs } from "../cnf/arbitrary.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const compiled = cnfs(8)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables)));

/** Any NNF, its conjunctions sharing variables and its disjunctions overlapping; and its truth table. */
function anyNnf(seed: number, variables: number): { nnf: Nnf; holds: (world: number) => boolean } {
  const random = rng(`nnf ${seed}`);
  const builder = nnfBuilder(variables);
  const tables: boolean[][] = [];
  const worlds = Array.from({ length: 1 << variables }, (_, world) => world);
  const ids: number[] = [];
  const add = (id: number, holds: (world: number) => boolean): void => {
    ids.push(id);
    tables[id] = worlds.map(holds);
  };
  for (let v = 0; v < variables; v++) {
    for (const value of [0, 1]) add(builder.literal(2 * v + value), (world) => ((world >> v) & 1) === value);
    add(builder.free(v), () => true);
  }
  for (let i = 0; i < 12; i++) {
    const parts = random.shuffle([...ids]).slice(0, random.int(4));
    const isAnd = random() < 0.5;
    const id = isAnd ? builder.and(parts) : builder.or(parts);
    add(id, (world) => (isAnd ? parts.every((p) => tables[p][world]) : parts.some((p) => tables[p][world])));
  }
  const root = ids[ids.length - 1];
  return { nnf: builder.build(root), holds: (world) => tables[root][world] };
}

describe("sddFromNnf", () => {
  it("gives the function of the formula that the NNF was compiled from", () => {
    fc.assert(
      fc.property(compiled, ([formula, shape]) => {
        const manager = sddManager(vtreeOf(shape));
        expect(sddFromNnf(manager, compileCnf(formula).nnf)).toBe(compileSdd(manager, formula));
      }),
      { numRuns: 150 },
    );
  });

  it("asks nothing of the NNF: its function is that of its truth table", () => {
    fc.assert(
      fc.property(fc.nat(), vtreeShapes(4), (seed, shape) => {
        const { nnf, holds } = anyNnf(seed, 4);
        const manager = sddManager(vtreeOf(shape));
        const ref = sddFromNnf(manager, nnf);
        for (let world = 0; world < 16; world++) {
          const clause = [0, 1, 2, 3].map((v) =>
            sddLiteral(manager, ((world >> v) & 1) === 1 ? -v - 1 : v + 1),
          );
          const without = clause.reduce((a, b) => sddOr(manager, a, b));
          // Excluded from the clause that only this world violates, the function is implied by it or not.
          expect(sddOr(manager, sddNot(manager, ref), without) === sddTrue).toBe(!holds(world));
        }
        expect(sddModelCount(manager, ref)).toBe(BigInt([...Array(16).keys()].filter(holds).length));
      }),
      { numRuns: 150 },
    );
  });

  it("knows constants, and gives the event loop its turn", async () => {
    const manager = sddManager(vtreeOf([1, 2]));
    const [yes, no] = [nnfBuilder(2), nnfBuilder(1)];
    expect(sddFromNnf(manager, yes.build(yes.and([])))).toBe(sddTrue);
    expect(sddFromNnf(manager, no.build(no.or([])))).toBe(sddFalse);
    const { nnf } = compileCnf(queens(4));
    const big = sddManager(rightLinearVtree(naturalOrder(16)));
    expect(await sddFromNnfAsync(big, nnf)).toBe(compileSdd(big, queens(4)));
  });

  it("refuses fewer variables, keeps within its budget, and stops when it is told to", async () => {
    const { nnf } = compileCnf(randomClauses(3, 14, 30, 14, 3));
    const manager = sddManager(rightLinearVtree(naturalOrder(14)));
    expect(() => sddFromNnf(sddManager(vtreeOf([1, 2])), nnf)).toThrow(InvalidArgumentError);
    expect(() => sddFromNnf(manager, nnf, { nodes: 20 })).toThrow(BudgetError);
    await expect(sddFromNnfAsync(manager, nnf, { signal: AbortSignal.abort() })).rejects.toThrow(
      AbortedError,
    );
    // The manager is none the worse for it.
    expect(sddFromNnf(manager, nnf)).toBe(compileSdd(manager, randomClauses(3, 14, 30, 14, 3)));
  });
});
