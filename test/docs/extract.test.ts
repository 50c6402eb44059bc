import { describe, expect, it } from "vitest";
import { docCommentSnippets, markdownSnippets } from "./extract.ts";

describe("markdownSnippets", () => {
  it("finds TypeScript fences with their lines, and no others", () => {
    const text =
      "# A\n\n```ts\nconst a = 1;\n```\n\n```sh\nnpm start\n```\n\n```typescript no-run\nb();\n```\n";
    expect(markdownSnippets("A.md", text)).toEqual([
      { path: "A.md", line: 4, code: "const a = 1;", run: true },
      { path: "A.md", line: 12, code: "b();", run: false },
    ]);
  });

  it("refuses a fence that is never closed", () => {
    expect(() => markdownSnippets("A.md", "text\n```ts\nconst a = 1;\n")).toThrow("A.md:2");
  });
});

describe("docCommentSnippets", () => {
  it("finds plain and fenced examples up to the next tag", () => {
    const source = [
      "const before = 1;",
      "/**",
      " * Adds.",
      " *",
      " * @example",
      " * const sum = add(1,",
      " *   2);",
      " * @returns the sum",
      " */",
      "export function add() {}",
      "/**",
      " * @example Two at once.",
      " * ```ts",
      " * add();",
      " * ```",
      " */",
    ].join("\n");
    expect(docCommentSnippets("a.ts", source)).toEqual([
      { path: "a.ts", line: 6, code: "const sum = add(1,\n  2);", run: true },
      { path: "a.ts", line: 14, code: "add();", run: true },
    ]);
  });

  it("leaves comments without examples alone", () => {
    expect(docCommentSnippets("a.ts", "/** See `@example`. */\n/* @example */\n// @example\n")).toEqual([]);
  });
});
