import { InvalidArgumentError, UnknownNameError, vocabulary, vocabularyBuilder } from "@credence/core";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

describe("vocabulary", () => {
  const people = vocabulary("person", ["Ada", "Grace", "Alan"]);

  it("numbers names in order of appearance", () => {
    expect([...people]).toEqual(["Ada", "Grace", "Alan"]);
    expect([people.kind, people.size, people.id("Grace"), people.name(2)]).toEqual(["person", 3, 1, "Alan"]);
    expect([people.has("Ada"), people.has("Kurt"), people.find("Kurt"), people.find("Ada")]).toEqual([
      true,
      false,
      undefined,
      0,
    ]);
  });

  it("does not take the properties of objects for names", () => {
    for (const name of ["__proto__", "constructor", "toString"]) expect(people.has(name)).toBe(false);
    expect(vocabulary("word", ["__proto__"]).id("__proto__")).toBe(0);
  });

  it("suggests names for an unknown one", () => {
    const error = thrown(() => people.id("Garce"));
    expect(error).toBeInstanceOf(UnknownNameError);
    expect(error.message).toBe('There is no person "Garce".');
    expect(error.hint).toBe('Did you mean "Grace"?');
  });

  it("refuses ids that it has not given", () => {
    for (const id of [-1, 3, 0.5, Number.NaN]) expect(() => people.name(id)).toThrow(InvalidArgumentError);
  });

  it("refuses a name twice", () => {
    const error = thrown(() => vocabulary("person", ["Ada", "Ada"]));
    expect([error.code, error.given]).toEqual(["DUPLICATE_NAME", "Ada"]);
  });

  it("cannot be changed through its names", () => {
    expect(Object.isFrozen(people.names)).toBe(true);
  });
});

describe("vocabularyBuilder", () => {
  it("gives old names their old ids", () => {
    const builder = vocabularyBuilder("word");
    expect(["a", "b", "a"].map((name) => builder.add(name))).toEqual([0, 1, 0]);
    expect([builder.find("b"), builder.find("c")]).toEqual([1, undefined]);
  });

  it("builds vocabularies that later additions do not reach", () => {
    const builder = vocabularyBuilder("word");
    builder.add("a");
    const before = builder.build();
    builder.add("b");
    expect([before.size, before.has("b"), builder.build().size]).toEqual([1, false, 2]);
  });

  it("refuses names that are no text", () => {
    for (const name of [undefined, null, 3]) {
      expect(() => vocabulary("word", ["a"]).id(name as unknown as string)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", expected: "the name of a word" }),
      );
    }
  });

  it("goes on from another vocabulary, whose ids stay", () => {
    const start = vocabulary("word", ["a", "b"]);
    const builder = vocabularyBuilder<string>("word", start);
    expect([builder.add("c"), builder.add("a")]).toEqual([2, 0]);
    expect(start.size).toBe(2);
  });
});
