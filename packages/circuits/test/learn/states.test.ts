import { missing, parseStates, readStates } from "@credence/circuits";
import { describe, expect, it } from "vitest";

describe("readStates", () => {
  it("reads rows by column, with what is missing, from pieces that end anywhere", async () => {
    const text = "0,1,2\n1,?,0\r\n\n,0,10\n";
    async function* pieces() {
      for (const character of text) yield character;
    }
    const table = parseStates(text);
    expect(table).toMatchObject({ rows: 3, cols: 3, arities: [2, 2, 11] });
    expect([...table.columns]).toEqual([0, 1, missing, 1, missing, 0, 2, 0, 10]);
    expect(await readStates(pieces())).toEqual(table);
    expect(await readStates(text)).toEqual(table);
    expect(parseStates("0 1\n1 *", { arities: [2, 5] }).arities).toEqual([2, 5]);
  });

  it.each([
    ["0,1\n0,x", "INVALID_STATE", 2, 3],
    ["0,1\n0,-1", "INVALID_STATE", 2, 3],
    ["0,1\n0,255", "INVALID_STATE", 2, 3],
    ["0,1\n\n0", "ROW_LENGTH", 3, 1],
  ])("refuses %j with line and column", (text, code, line, column) => {
    expect(() => parseStates(text)).toThrow(expect.objectContaining({ code, line, column }));
  });

  it("refuses states beyond the arity, other numbers of columns, and nothing at all", () => {
    expect(() => parseStates("0,3", { arities: [2, 3] })).toThrow(
      expect.objectContaining({ code: "INVALID_STATE" }),
    );
    expect(() => parseStates("0,1", { arities: [2] })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => parseStates("\n")).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
