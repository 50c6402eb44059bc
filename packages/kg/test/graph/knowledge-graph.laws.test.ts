/** A graph against the plainest model of it: a set of triples written out as text. */
import { csrGet, vocabulary } from "@credence/core";
import { containsTriple, graphFromIds, triplesOf } from "@credence/kg";
import fc from "fast-check";
import { expect, it } from "vitest";

const entities = vocabulary("entity", ["a", "b", "c", "d", "e"]);
const relations = vocabulary("relation", ["r", "s", "t"]);
const ids = fc.array(fc.tuple(fc.nat(4), fc.nat(2), fc.nat(4)), { maxLength: 60 });

function graphOf(rows: readonly (readonly [number, number, number])[]) {
  const columns = {
    headIds: rows.map((row) => row[0]),
    relationIds: rows.map((row) => row[1]),
    tailIds: rows.map((row) => row[2]),
  };
  return graphFromIds(columns, entities, relations);
}

it("contains exactly the triples given, by every way of asking", () => {
  fc.assert(
    fc.property(ids, (rows) => {
      const graph = graphOf(rows);
      const facts = new Set(rows.map((row) => row.join()));
      expect(graph.size).toBe(facts.size);
      for (let h = 0; h < 5; h++) {
        for (let r = 0; r < 3; r++) {
          for (let t = 0; t < 5; t++) {
            const there = facts.has([h, r, t].join());
            const [head, relation, tail] = [entities.name(h), relations.name(r), entities.name(t)];
            expect(containsTriple(graph, h, r, t)).toBe(there);
            expect(graph.has(head, relation, tail)).toBe(there);
            expect(graph.tails(head, relation).includes(tail)).toBe(there);
            expect(graph.heads(relation, tail).includes(head)).toBe(there);
            expect(csrGet(graph.adjacency(r).byHead, h, t)).toBe(there ? 1 : 0);
            expect(csrGet(graph.adjacency(r).byTail, t, h)).toBe(there ? 1 : 0);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});

it("does not depend on the order or the repetition of its triples", () => {
  fc.assert(
    fc.property(ids, fc.nat(), (rows, shift) => {
      const turned = rows.map((_, i) => rows[(i + shift) % rows.length]);
      expect([...triplesOf(graphOf([...turned, ...rows]))]).toEqual([...triplesOf(graphOf(rows))]);
    }),
  );
});

it("lists its columns in order of relation, head, tail", () => {
  fc.assert(
    fc.property(ids, (rows) => {
      const { headIds, relationIds, tailIds, size } = graphOf(rows);
      const key = (i: number): number => (relationIds[i] * 5 + headIds[i]) * 5 + tailIds[i];
      for (let i = 1; i < size; i++) expect(key(i)).toBeGreaterThan(key(i - 1));
    }),
  );
});
