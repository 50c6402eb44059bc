/** Random splits: a partition of the triples that leaves every name in train, the same for the same seed. */
import { CredenceError } from "@credence/core";
import { checkSplits, fromTriples, type KnowledgeGraph, splitTriples, triplesOf } from "@credence/kg";
import fc from "fast-check";
import { expect, it } from "vitest";

const entity = fc.constantFrom("a", "b", "c", "d", "e", "f");
const graphs = fc
  .array(fc.tuple(entity, fc.constantFrom("r", "s"), entity), { minLength: 1, maxLength: 50 })
  .map((rows) => fromTriples(rows));
const share = fc.double({ min: 0, max: 0.6, noNaN: true });
const written = (graph: KnowledgeGraph): string[] => [...triplesOf(graph)].map((row) => row.join(" "));

it("splits into parts of the asked sizes that partition the graph and leave every name in train", () => {
  fc.assert(
    fc.property(graphs, share, share, fc.nat(), (graph, valid, test, seed) => {
      try {
        const splits = splitTriples<string, string>(graph, { valid, test, seed });
        expect(splits.valid.size).toBe(Math.floor(valid * graph.size));
        expect(splits.test.size).toBe(Math.floor(test * graph.size));
        const parts = [splits.train, splits.valid, splits.test].flatMap(written);
        expect(parts.sort()).toEqual(written(graph).sort());
        expect(checkSplits(splits)).toMatchObject({ unseen: [], leaks: [] });
        const again = splitTriples<string, string>(graph, { valid, test, seed });
        expect(written(again.test)).toEqual(written(splits.test));
        expect(written(again.valid)).toEqual(written(splits.valid));
      } catch (error) {
        if (!(error instanceof CredenceError)) throw error;
        expect(error.code).toBe("SPLIT_TOO_LARGE");
      }
    }),
  );
});
