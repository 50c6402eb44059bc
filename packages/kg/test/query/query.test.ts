import { and, atom, makeQuery, not, or, parseQuery, type Query, variables } from "@credence/kg";
import { describe, expect, it } from "vitest";

const { x, y } = variables("x", "y");
const [a, b, c] = ["a", "b", "c"].map((name) => atom(name, "s", y));
const printed = (query: Query): string => query.toString();

describe("a query", () => {
  it("prints with as few parentheses and quotes as it can", () => {
    expect(printed(makeQuery(y, or(and(a, not(b)), c)))).toBe("?y : a(s, ?y), !b(s, ?y) | c(s, ?y)");
    expect(printed(makeQuery(y, and(or(a, b), not(or(b, c)))))).toBe(
      "?y : (a(s, ?y) | b(s, ?y)), !(b(s, ?y) | c(s, ?y))",
    );
    expect(printed(makeQuery(y, and(and(a, b), c)))).toBe("?y : (a(s, ?y), b(s, ?y)), c(s, ?y)");
    expect(printed(makeQuery(y, or(or(a, b), not(not(c)))))).toBe("?y : (a(s, ?y) | b(s, ?y)) | !!c(s, ?y)");
    expect(printed(makeQuery(y, atom("born in", 'the "Big" Apple\\', y)))).toBe(
      '?y : "born in"("the \\"Big\\" Apple\\\\", ?y)',
    );
    expect(printed(parseQuery('?y:"bornIn"( "Canada",?y )&~r( ?y,?x )'))).toBe(
      "?y : bornIn(Canada, ?y), r(?x, ?y)",
    );
  });

  it("keeps what was written, and is plain data otherwise", () => {
    const text = '?y:"bornIn"(Canada,?y)';
    const query = parseQuery(text);
    expect(query.text).toBe(text);
    expect(JSON.parse(JSON.stringify(query))).toMatchObject({
      free: { kind: "variable", name: "y" },
      formula: { kind: "atom", relation: "bornIn" },
      shape: "1p",
    });
    expect(makeQuery(x, atom("r", x, y)).text).toBe("?x : r(?x, ?y)");
    expect(makeQuery(x, atom("r", x, y), "as written").text).toBe("as written");
  });
});
