import { encodeOnnx, graphBuilder, type OnnxGraph } from "@credence/core/onnx";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";
import { interpret } from "./interpret.ts";
import { fieldsOf, readOnnx } from "./read-onnx.ts";

function example(): OnnxGraph {
  const b = graphBuilder("example");
  const x = b.input("x", "float64", ["batch", 4]);
  const [left, right] = b.nodes("Split", [x], 2, { axis: -1 });
  const two = b.constant("float64", [], [2]);
  const sum = b.node("Add", [left, b.node("Mul", [right, two])]);
  b.node("Unknown", [sum], { alpha: { float: 0.5 }, mode: "größer", axes: [0, -1, 300] });
  b.output("y", sum, "float64", ["batch", 2]);
  return b.graph();
}

describe("encodeOnnx", () => {
  it("writes a graph that reads back the same, with its versions", () => {
    const { graph, irVersion, producer, operators } = readOnnx(encodeOnnx(example()));
    expect(graph).toEqual(example());
    expect([irVersion, producer, operators]).toEqual([8, "credence", ["", 17]]);
  });

  it("keeps every number of every type, negative and large ones included", () => {
    const b = graphBuilder("numbers");
    const integers = [0, 1, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31)];
    b.constant("int32", [7], integers);
    b.constant("int64", [2, 2], [2 ** 53 - 1, -(2 ** 53) + 1, 0, 5]);
    b.constant("float32", [3], [0.5, -1e-30, Number.POSITIVE_INFINITY].map(Math.fround));
    b.constant("float64", [2, 1], [Math.PI, -1e300]);
    b.constant("float64", [0], []);
    expect(readOnnx(encodeOnnx(b.graph())).graph).toEqual(b.graph());
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (axes) => {
        const own = graphBuilder("axes");
        own.node("A", [], { axes, first: axes[0] ?? 0 });
        expect(readOnnx(encodeOnnx(own.graph())).graph).toEqual(own.graph());
      }),
    );
  });

  it("computes what it was built to, read back and interpreted", () => {
    const graph = { ...example(), nodes: example().nodes.filter(({ operator }) => operator !== "Unknown") };
    const { y } = interpret(readOnnx(encodeOnnx(graph)).graph, { x: { dims: [1, 4], data: [1, 2, 10, 20] } });
    expect(y).toEqual({ dims: [1, 2], data: [21, 42] });
  });

  it("refuses names that nothing makes before, and names made twice", () => {
    const node = (inputs: string[], outputs: string[]) => ({
      operator: "Add",
      inputs,
      outputs,
      attributes: {},
    });
    const graph = (nodes: OnnxGraph["nodes"], output = "x"): OnnxGraph => ({
      name: "g",
      inputs: [{ name: "x", type: "float32", shape: [] }],
      outputs: [{ name: output, type: "float32", shape: [] }],
      constants: [],
      nodes,
    });
    const later = [node(["b"], ["a"]), node(["x"], ["b"])];
    for (const bad of [graph(later), graph([], "y"), graph([node(["x"], ["x"])]), graph([node([], [""])])]) {
      expect(thrown(() => encodeOnnx(bad)).code).toBe("INVALID_ARGUMENT");
    }
  });

  it("is read by a reader that refuses what is no message", () => {
    expect(() => fieldsOf(Uint8Array.of(10, 5, 1))).toThrow(/outside its message/);
    expect(() => fieldsOf(Uint8Array.of(255))).toThrow(/no varint/);
    expect(() => fieldsOf(Uint8Array.of(11))).toThrow(/wire type 3/);
  });
});
