import { vocabulary, vocabularyBuilder } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";

const names = fc.uniqueArray(
  fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "valueOf", "")),
);

it("is a bijection between names and 0..n−1", () => {
  fc.assert(
    fc.property(names, (list) => {
      const words = vocabulary("word", list);
      expect(words.size).toBe(list.length);
      list.forEach((name, id) => {
        expect(words.id(name)).toBe(id);
        expect(words.name(id)).toBe(name);
      });
    }),
  );
});

it("is what a builder makes of any repetition of its names", () => {
  fc.assert(
    fc.property(names, fc.array(fc.nat()), (list, repeats) => {
      const builder = vocabularyBuilder("word");
      list.forEach((name, id) => {
        expect(builder.add(name)).toBe(id);
        for (const repeat of repeats) {
          const old = repeat % (id + 1);
          expect(builder.add(list[old])).toBe(old);
        }
      });
      expect(builder.build().names).toEqual(vocabulary("word", list).names);
    }),
  );
});
