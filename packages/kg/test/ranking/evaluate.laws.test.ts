/** Evaluation against its definition: one row of scores per triple, known candidates struck out by name. */
import { vocabulary } from "@credence/core";
import {
  containsTriple,
  evaluateSync,
  graphFromIds,
  type KnowledgeGraph,
  type LinkPredictor,
  rankCounts,
} from "@credence/kg";
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomModel } from "../models/samples.ts";

const entities = vocabulary<string>("entity", ["a", "b", "c", "d", "e", "f"]);
const relations = vocabulary<string>("relation", ["r", "s"]);
const graphs = (minLength: number) =>
  fc.array(fc.tuple(fc.nat(5), fc.nat(1), fc.nat(5)), { minLength, maxLength: 20 }).map((rows) =>
    graphFromIds(
      {
        headIds: rows.map((row) => row[0]),
        relationIds: rows.map((row) => row[1]),
        tailIds: rows.map((row) => row[2]),
      },
      entities,
      relations,
    ),
  );
const tasks = fc.record({ train: graphs(0), valid: graphs(0), test: graphs(1), seed: fc.nat(1000) });
const all = [0, 1, 2, 3, 4, 5];

it("gives every triple the filtered rank of its definition, for batch and row predictors", () => {
  fc.assert(
    fc.property(tasks, ({ seed, ...splits }) => {
      const model = randomModel({ entities: 6, relations: 2, rank: 2, seed });
      const { scoreTails, scoreHeads } = model;
      const rowsOnly: LinkPredictor = {
        name: "rows",
        entityCount: 6,
        relationCount: 2,
        scoreTails,
        scoreHeads,
      };
      const known = (h: number, r: number, t: number): boolean =>
        [splits.train, splits.valid, splits.test].some((graph: KnowledgeGraph) =>
          containsTriple(graph, h, r, t),
        );
      const evaluation = evaluateSync(rowsOnly, splits);
      const [tail, head] = evaluation.ranks;
      const row = new Float64Array(6);
      for (let i = 0; i < splits.test.size; i++) {
        const { headIds, relationIds, tailIds } = splits.test;
        const [h, r, t] = [headIds[i], relationIds[i], tailIds[i]];
        scoreTails(h, r, row);
        const tails = rankCounts(
          row,
          t,
          all.filter((e) => known(h, r, e)),
        );
        expect(tails).toEqual({ higher: tail.higher[i], ties: tail.ties[i], candidates: tail.candidates[i] });
        scoreHeads(r, t, row);
        const heads = rankCounts(
          row,
          h,
          all.filter((e) => known(e, r, t)),
        );
        expect(heads).toEqual({ higher: head.higher[i], ties: head.ties[i], candidates: head.candidates[i] });
      }
      expect(evaluateSync(model, splits).mrr).toBe(evaluation.mrr);
    }),
    { numRuns: 50 },
  );
});
