/** Reading: chunks make no difference, writing and reading give the same, and no text breaks the reader. */
import { CredenceError, ParseError } from "@credence/core";
import { parseTriples, readTriples, triplesOf } from "@credence/kg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Texts that are dense in what matters to the parser. */
const text = fc
  .array(fc.constantFrom("a", "b", "r", ",", "\t", "\n", "\r\n", "\r", '"', '""', " ", "\ufeff", "é", "𝄞"), {
    maxLength: 40,
  })
  .map((parts) => parts.join(""));
/** The same, but mostly sound. */
const soundText = fc
  .array(
    fc.constantFrom("a,r,b\n", '"a ""x""",r,b\r\n', "b,r,a\n", '"two\nlines",s,"c,d"\n', "\n", "a,r,\n"),
    {
      maxLength: 8,
    },
  )
  .map((lines) => lines.join(""));
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((s) => s.trim() !== "");
const triple = fc.tuple(name, name, name);

type Outcome = readonly (readonly string[])[] | string;

function outcome(error: unknown): string {
  if (error instanceof ParseError) return `${error.code} ${error.line}:${error.column} ${error.message}`;
  if (error instanceof CredenceError) return `${error.code} ${error.message}`;
  throw error;
}

function whole(source: string): Outcome {
  try {
    return [...triplesOf(parseTriples(source))];
  } catch (error) {
    return outcome(error);
  }
}

async function chunked(source: string, cuts: readonly number[]): Promise<Outcome> {
  async function* pieces(): AsyncGenerator<string> {
    let from = 0;
    for (const cut of [...cuts.map((c) => c % (source.length + 1)).sort((a, b) => a - b), source.length]) {
      yield source.slice(from, cut);
      from = cut;
    }
  }
  try {
    return [...triplesOf(await readTriples(pieces()))];
  } catch (error) {
    return outcome(error);
  }
}

describe("chunks", () => {
  it("make no difference, wherever they are cut, to results and errors", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(text, soundText),
        fc.array(fc.nat(1000), { maxLength: 12 }),
        async (t, cuts) => {
          expect(await chunked(t, cuts)).toEqual(whole(t));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("writing and reading", () => {
  it("gives the same triples through CSV, whatever the names", () => {
    const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(triple, { minLength: 1, maxLength: 8 }),
        fc.constantFrom("\n", "\r\n"),
        (rows, end) => {
          const csv = rows.map((row) => row.map(quoted).join(",") + end).join("");
          const read = new Set(
            [...triplesOf(parseTriples(csv, { delimiter: "," }))].map((row) => row.join("\0")),
          );
          expect(read).toEqual(new Set(rows.map((row) => row.join("\0"))));
        },
      ),
    );
  });

  it("gives the same triples through TSV, for names without tabs and line ends", () => {
    const plain = triple.map((row) => row.map((s) => s.replace(/[\t\r\n\ufeff]/g, "_")));
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 8 }), (rows) => {
        const tsv = rows.map((row) => `${row.join("\t")}\n`).join("");
        const read = new Set([...triplesOf(parseTriples(tsv))].map((row) => row.join("\0")));
        expect(read).toEqual(new Set(rows.map((row) => row.join("\0"))));
      }),
    );
  });
});

it("any text gives sound triples or an error with a code and a way out", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (t) => {
      try {
        for (const row of triplesOf(parseTriples(t))) {
          expect(row).toHaveLength(3);
          for (const field of row) expect(field.trim()).not.toBe("");
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CredenceError);
        expect((error as CredenceError).hint).toBeDefined();
        if (error instanceof ParseError) {
          const lines = t.replace(/^\ufeff/, "").split("\n");
          expect(error.line).toBeLessThanOrEqual(lines.length);
          expect(error.column).toBeLessThanOrEqual(lines[error.line - 1].length + 1);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
