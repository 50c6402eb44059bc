import {
  type DelimitedRow,
  delimitedParser,
  InvalidArgumentError,
  ParseError,
  rowError,
} from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

function rowsOf(chunks: readonly string[], delimiter?: string): DelimitedRow[] {
  const rows: DelimitedRow[] = [];
  const parser = delimitedParser(delimiter, (row) => {
    rows.push({ fields: [...row.fields], starts: [...row.starts], raw: row.raw, line: row.line });
  });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return rows;
}
const fieldsOf = (text: string, delimiter?: string) => rowsOf([text], delimiter).map((row) => row.fields);

describe("delimitedParser", () => {
  it("takes tab-separated fields as they stand, quotes and all", () => {
    expect(fieldsOf('a "b"\tc,d\t\r\n\r\nx\ty\tz')).toEqual([
      ['a "b"', "c,d", ""],
      ["x", "y", "z"],
    ]);
  });

  it("reads quotes as RFC 4180 has them, over line ends too", () => {
    expect(fieldsOf('"a, b","say ""hi""",c\n"two\nlines",2,""\n')).toEqual([
      ["a, b", 'say "hi"', "c"],
      ["two\nlines", "2", ""],
    ]);
  });

  it("drops a byte order mark and counts lines and places for messages", () => {
    const rows = rowsOf(['\ufeffa,b\n\n"x\ny",zz\nlast,1\n']);
    expect(rows.map((row) => row.line)).toEqual([1, 3, 5]);
    const error = rowError(rows[2], 1, { code: "X", message: "m" });
    expect([error.line, error.column]).toEqual([5, 6]);
    expect(error.frame).toContain("last,1");
  });

  it("refuses unclosed quotes, text after a quote and impossible delimiters", () => {
    expect(thrown(() => fieldsOf('a,"b\nc'))).toMatchObject({ code: "UNCLOSED_QUOTE", line: 1 });
    expect(thrown(() => fieldsOf('a\n"b"c,d'))).toMatchObject({
      code: "TEXT_AFTER_QUOTE",
      line: 2,
      column: 4,
    });
    for (const delimiter of ["", "ab", '"', "\n"]) {
      expect(thrown(() => fieldsOf("a", delimiter))).toBeInstanceOf(InvalidArgumentError);
    }
    expect(thrown(() => rowsOf([7 as never]))).toBeInstanceOf(InvalidArgumentError);
  });

  it("law: writing and reading again is the identity, wherever the text is cut", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", ";", "\n", " ", "7") });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(",", ";"),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (rows, delimiter, cuts) => {
          const text = rows.map((row) => row.map(quoted).join(delimiter)).join("\r\n");
          const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
          const chunks = places.slice(1).map((to, i) => text.slice(places[i], to));
          expect(rowsOf(chunks, delimiter).map((row) => row.fields)).toEqual(rows);
        },
      ),
    );
  });

  it("law: any text gives rows or a ParseError", () => {
    const noise = fc.string({ unit: fc.constantFrom("a", '"', ",", "\t", "\n", "\r", "\ufeff", " ") });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          for (const row of rowsOf([text])) expect(row.fields.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
    );
  });
});
