import { circuitBuilder, compileRules, toDot } from "@credence/circuits";
import { parseRules, vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("toDot", () => {
  it("draws every node and edge, with weights on the edges of sums", () => {
    const b = circuitBuilder(vocabulary("variable", ["x", 'a "b"']));
    const [x, nx, y] = [b.literal("x", true), b.literal("x", false), b.literal('a "b"', true)];
    const text = toDot(b.build(b.product([b.sum([x, nx], [Math.log(0.25), -800]), y])));
    expect(text).toBe(
      [
        "digraph circuit {",
        "  node [shape=circle];",
        '  n0 [shape=box, label="x"];',
        '  n1 [shape=box, label="¬x"];',
        '  n2 [shape=box, label="\\"a \\\\\\"b\\\\\\"\\""];',
        '  n3 [label="+"];',
        '  n3 -> n0 [label="0.25"];',
        '  n3 -> n1 [label="e^-800"];',
        '  n4 [label="×"];',
        "  n4 -> n3;",
        "  n4 -> n2;",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("has one line per node and edge of a compiled circuit", () => {
    const circuit = compileRules(parseRules("2 a -> b & c\nexactlyOne(a, c, d)."));
    expect(toDot(circuit).trim().split("\n")).toHaveLength(circuit.size + circuit.edges + 3);
  });
});
