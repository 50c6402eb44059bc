import {
  minimizeSdd,
  type SddManager,
  type SddRef,
  sddAnd,
  sddExists,
  sddFalse,
  sddIff,
  sddLiteral,
  sddManager,
  sddModelCount,
  sddOr,
  sddTrue,
  vtreeOf,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { ordersOf, treesOver } from "../vtree/arbitrary.ts";

/** The functions of three of the four variables, by truth tables over these three. */
function functionsOf(manager: SddManager, variables: readonly number[]): SddRef[] {
  const terms = Array.from({ length: 8 }, (_, world) =>
    variables.reduce(
      (term, variable, v) =>
        sddAnd(manager, term, sddLiteral(manager, ((world >> v) & 1) === 1 ? variable : -variable)),
      sddTrue,
    ),
  );
  return Array.from({ length: 256 }, (_, table) =>
    terms.reduce(
      (all, term, world) => (((table >> world) & 1) === 1 ? sddOr(manager, all, term) : all),
      sddFalse,
    ),
  );
}

const shapes = ordersOf([1, 2, 3, 4]).flatMap(treesOver);

describe("all pairs of functions of three variables, on all vtrees of four", () => {
  it(`conjoin to what their truth tables say, on ${shapes.length} vtrees`, () => {
    let wrong = 0;
    for (const shape of shapes) {
      const manager = sddManager(vtreeOf(shape));
      const refs = functionsOf(manager, [1, 2, 3]);
      if (new Set(refs).size !== 256) wrong++;
      for (let a = 0; a < 256; a++) {
        for (let b = 0; b < 256; b++) {
          if (sddAnd(manager, refs[a], refs[b]) !== refs[a & b]) wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
  });

  it("are equivalent, disjoined and quantified as their truth tables say, and stay so in better vtrees", () => {
    let wrong = 0;
    for (const shape of shapes) {
      const manager = sddManager(vtreeOf(shape));
      const refs = functionsOf(manager, [2, 3, 4]);
      for (let a = 0; a < 256; a += 5) {
        for (let b = 0; b < 256; b += 3) {
          if (sddOr(manager, refs[a], refs[b]) !== refs[a | b]) wrong++;
          if (sddIff(manager, refs[a], refs[b]) !== refs[~(a ^ b) & 255]) wrong++;
        }
        // Without its first variable, a table's neighbours agree.
        const low = a | ((a & 0x55) << 1) | ((a & 0xaa) >> 1);
        if (sddExists(manager, refs[a], [2]) !== refs[low]) wrong++;
      }
      minimizeSdd(manager, refs);
      refs.forEach((ref, table) => {
        const ones = table.toString(2).replaceAll("0", "").length;
        if (sddModelCount(manager, ref) !== BigInt(2 * ones)) wrong++;
      });
      if (sddAnd(manager, refs[0b10101100], refs[0b01100110]) !== refs[0b00100100]) wrong++;
    }
    expect(wrong).toBe(0);
  });
});
