import { type ParseError, vocabulary } from "@credence/core";
import { parseTriples, readTripleSources, readTriples, triplesOf } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { rejected, thrown } from "../../../core/test/thrown.ts";

const rows = (text: string, options = {}) => [...triplesOf(parseTriples(text, options))];
/** The error of a text: code, line and column. */
const at = (text: string, options = {}) => {
  const error = thrown(() => parseTriples(text, options)) as ParseError;
  return [error.code, error.line, error.column];
};

describe("tab-separated", () => {
  it("reads triples, with or without a last line end, with CRLF, a byte order mark and blank lines", () => {
    const expected = [
      ["a", "r", "b"],
      ["b", "r", "c"],
    ];
    expect(rows("a\tr\tb\nb\tr\tc\n")).toEqual(expected);
    expect(rows("a\tr\tb\r\nb\tr\tc")).toEqual(expected);
    expect(rows("\ufeff\n  \na\tr\tb\n\r\n\nb\tr\tc\n   \n")).toEqual(expected);
  });

  it("takes fields as they stand: spaces, commas, quotes", () => {
    expect(rows('New York\tsays "hi", twice\t"x\n')).toEqual([["New York", 'says "hi", twice', '"x']]);
  });

  it("keeps names that objects have", () => {
    expect(rows("constructor\t__proto__\ttoString\n")).toEqual([["constructor", "__proto__", "toString"]]);
  });
});

describe("comma-separated", () => {
  it("reads quotes as in RFC 4180", () => {
    expect(rows('"Paris, Texas",in,"the ""Lone Star"" state"\r\n')).toEqual([
      ["Paris, Texas", "in", 'the "Lone Star" state'],
    ]);
    expect(rows('a,r,"two\nlines"\nb,r,c\n')).toEqual([
      ["a", "r", "two\nlines"],
      ["b", "r", "c"],
    ]);
  });

  it("takes a quote inside an unquoted field as it stands", () => {
    expect(rows('6" pipe,fits,b"x"\n')).toEqual([['6" pipe', "fits", 'b"x"']]);
  });

  it("uses another delimiter when told", () => {
    expect(rows('a;r;"b;c"\n', { delimiter: ";" })).toEqual([["a", "r", "b;c"]]);
    expect(rows("a,b\tr\tc\n", { delimiter: "\t" })).toEqual([["a,b", "r", "c"]]);
    expect(rows("a r b\n", { delimiter: " " })).toEqual([["a", "r", "b"]]);
  });

  it.each(["", "ab", '"', "\n", "\r", "\ufeff"])("refuses the delimiter %j", (delimiter) => {
    expect(thrown(() => parseTriples("a,r,b", { delimiter })).code).toBe("INVALID_ARGUMENT");
  });
});

describe("what is wrong, and where", () => {
  it("counts the columns", () => {
    expect(at("a\tr\tb\na\tb\n")).toEqual(["TRIPLE_COLUMNS", 2, 4]);
    expect(at("a\tr\tb\n\na\tr\tb\t0.7\n")).toEqual(["TRIPLE_COLUMNS", 3, 7]);
    expect(at("just words\n")).toEqual(["TRIPLE_COLUMNS", 1, 11]);
    expect(at('"a\nb",r\n')).toEqual(["TRIPLE_COLUMNS", 2, 5]);
  });

  it("says what to do about it", () => {
    const hint = (text: string) => thrown(() => parseTriples(text)).hint;
    expect(hint("a\tb\n")).toContain("middle column");
    expect(hint("a\tr\tb\t0.7\n")).toContain("weight");
    expect(hint("Paris, Texas,in,usa\n")).toContain("in quotes");
    expect(hint("a;r;b\n")).toContain("delimiter");
    expect(thrown(() => parseTriples("a\tr\tb\t0.7\n", { name: "facts.tsv" })).message).toContain(
      "facts.tsv has 4 columns on line 1",
    );
  });

  it("finds empty names", () => {
    expect(at("a\tr\tb\n\tr\tb\n")).toEqual(["EMPTY_NAME", 2, 1]);
    expect(at("a\t\tb\n")).toEqual(["EMPTY_NAME", 1, 3]);
    expect(at("a,r,\n")).toEqual(["EMPTY_NAME", 1, 5]);
    expect(at('a,r,""\n')).toEqual(["EMPTY_NAME", 1, 5]);
    expect(at("\t\t\n")).toEqual(["EMPTY_NAME", 1, 1]);
  });

  it("finds quotes that are not closed, and text after closed ones", () => {
    expect(at('a,r,b\nc,"r,d\ne,r,f\n')).toEqual(["UNCLOSED_QUOTE", 2, 3]);
    expect(at('a,"r"s,b\n')).toEqual(["TEXT_AFTER_QUOTE", 1, 6]);
  });

  it("finds names that a closed vocabulary lacks", () => {
    const entities = vocabulary("entity", ["paris", "france"]);
    expect(at("paris\tin\tfrance\npari\tin\tfrance\n", { entities })).toEqual(["UNKNOWN_NAME", 2, 1]);
    const error = thrown(() => parseTriples("paris\tin\tfrnce\n", { entities }));
    expect(error.hint).toContain('"france"');
    expect(at("paris\tin\tfrance\n", { relations: vocabulary("relation", ["of"]) })).toEqual([
      "UNKNOWN_NAME",
      1,
      7,
    ]);
  });

  it.each(["", "\n\n", "\ufeff", "  \r\n"])("says that %j holds nothing", (text) => {
    const error = thrown(() => parseTriples(text, { name: "facts.tsv" }));
    expect(error).toMatchObject({ code: "EMPTY_INPUT" });
    expect(error.message).toContain("facts.tsv");
  });
});

describe("sources", () => {
  async function* pieces(...texts: unknown[]): AsyncGenerator<string> {
    for (const text of texts) yield text as string;
  }

  it("reads texts and streams", async () => {
    expect((await readTriples("a\tr\tb\n")).size).toBe(1);
    expect((await readTriples(pieces("a\t", "", "r\tb", "\nc\tr\td"))).size).toBe(2);
  });

  it("refuses bytes with a way out", async () => {
    const error = await rejected(readTriples(pieces(new Uint8Array([97]))));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.hint).toContain("setEncoding");
  });

  it("joins several sources and names the one that is wrong", async () => {
    const [first, second] = ["a\tr\tb\n", "b\ts\tc\na\tr\tb\n"];
    const joined = await readTripleSources([
      { name: "one.tsv", source: first },
      { name: "two.csv", source: pieces(second) },
    ]);
    expect([...triplesOf(joined)]).toEqual([
      ["a", "r", "b"],
      ["b", "s", "c"],
    ]);
    const wrong = readTripleSources([
      { name: "one.tsv", source: first },
      { name: "two.csv", source: "x,y\n" },
    ]);
    expect((await rejected(wrong)).message).toContain("two.csv");
    expect((await rejected(readTripleSources([]))).code).toBe("INVALID_ARGUMENT");
  });

  it("passes on what a stream throws", async () => {
    async function* broken(): AsyncGenerator<string> {
      yield "a\tr\tb\n";
      throw new RangeError("no more");
    }
    await expect(readTriples(broken())).rejects.toThrow("no more");
  });
});
