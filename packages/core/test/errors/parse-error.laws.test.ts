import { caretFrame, positionAt } from "@credence/core";
import fc from "fast-check";
import { expect, it } from "vitest";

const text = fc.string({
  unit: fc.constantFrom("a", "b", "\n", "\r\n", "\t", "é", "\u{1f600}"),
  maxLength: 300,
});

it("a position leads back to its offset", () => {
  fc.assert(
    fc.property(text, fc.nat(), (source, pick) => {
      const offset = pick % (source.length + 1);
      const { line, column } = positionAt(source, offset);
      const before = source.split("\n").slice(0, line - 1);
      expect(before.reduce((sum, part) => sum + part.length + 1, 0) + column - 1).toBe(offset);
    }),
  );
});

it("the caret stands under the character at the offset, and the frame stays narrow", () => {
  fc.assert(
    fc.property(text, fc.nat(), (source, pick) => {
      const offset = pick % (source.length + 1);
      const [shown, caret, ...more] = caretFrame(source, positionAt(source, offset)).split("\n");
      expect(more).toEqual([]);
      expect(caret).toMatch(/^ +\^$/);
      expect(shown.length).toBeLessThanOrEqual(`${source.length} | `.length + 98);
      const under = source[offset];
      if (under !== undefined && under !== "\n" && under !== "\r") {
        expect(shown[caret.length - 1]).toBe(under === "\t" ? " " : under);
      }
    }),
  );
});
