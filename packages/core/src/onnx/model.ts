/**
 * Graphs of tensor operations as files of the Open Neural Network Exchange: a graph is a list of nodes, each an
 * operator with the names of what it reads and makes; a model adds the version of the operators. The field numbers
 * are those of onnx.proto, IR version 8 (https://github.com/onnx/onnx).
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { encodeMessage, type MessageWriter } from "./protobuf.ts";

/** What the entries of a tensor are. */
export type OnnxType = "float32" | "float64" | "int32" | "int64";

/** A tensor by name: what it holds and its sides, each a number, or a name where it may be any. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

/** An attribute of a node: an integer, several of them, a float, or a text. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number } | string;

/** One operation. */
export interface OnnxNode {
  /** For example `MatMul`. */
  readonly operator: string;
  /** Names of what it reads. */
  readonly inputs: readonly string[];
  /** Names of what it makes. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A tensor that is part of the graph. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A graph, in an order in which it can be computed. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
}

const IR_VERSION = 8;
/** The version of the operators that graphs here are made of. */
const OPERATORS = 17;
const ELEMENT_TYPES: Readonly<Record<OnnxType, number>> = { float32: 1, int32: 6, int64: 7, float64: 11 };
const ATTRIBUTE_TYPES = { float: 1, integer: 2, text: 3, integers: 7 };

/**
 * The bytes of a model file. O(bytes).
 * @throws InvalidArgumentError for a node or an output that reads what nothing before it makes, or a name made twice
 */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  checkNames(graph);
  return encodeMessage((model) => {
    model.integer(1, IR_VERSION);
    model.text(2, "credence");
    model.message(7, (out) => writeGraph(out, graph));
    model.message(8, (set) => {
      set.text(1, "");
      set.integer(2, OPERATORS);
    });
  });
}

function writeGraph(out: MessageWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) out.message(1, (inner) => writeNode(inner, node));
  out.text(2, graph.name);
  for (const constant of graph.constants) out.message(5, (inner) => writeConstant(inner, constant));
  for (const value of graph.inputs) out.message(11, (inner) => writeValue(inner, value));
  for (const value of graph.outputs) out.message(12, (inner) => writeValue(inner, value));
}

function writeNode(out: MessageWriter, { operator, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) out.text(1, input);
  for (const output of outputs) out.text(2, output);
  out.text(4, operator);
  for (const [name, value] of Object.entries(attributes)) {
    out.message(5, (inner) => writeAttribute(inner, name, value));
  }
}

function writeAttribute(out: MessageWriter, name: string, value: OnnxAttribute): void {
  out.text(1, name);
  if (typeof value === "number") {
    out.integer(3, value);
    out.integer(20, ATTRIBUTE_TYPES.integer);
  } else if (typeof value === "string") {
    out.text(4, value);
    out.integer(20, ATTRIBUTE_TYPES.text);
  } else if ("float" in value) {
    out.float(2, value.float);
    out.integer(20, ATTRIBUTE_TYPES.float);
  } else {
    for (const each of value) out.integer(8, each);
    out.integer(20, ATTRIBUTE_TYPES.integers);
  }
}

function writeConstant(out: MessageWriter, { name, type, shape, data }: OnnxConstant): void {
  for (const side of shape) out.integer(1, side);
  out.integer(2, ELEMENT_TYPES[type]);
  out.text(8, name);
  out.bytes(9, littleEndian(type, data));
}

function writeValue(out: MessageWriter, { name, type, shape }: OnnxValue): void {
  out.text(1, name);
  out.message(2, (typed) =>
    typed.message(1, (tensor) => {
      tensor.integer(1, ELEMENT_TYPES[type]);
      tensor.message(2, (sides) => {
        for (const side of shape) {
          sides.message(1, (own) => (typeof side === "number" ? own.integer(1, side) : own.text(2, side)));
        }
      });
    }),
  );
}

function littleEndian(type: OnnxType, data: ArrayLike<number>): Uint8Array {
  const size = type === "float32" || type === "int32" ? 4 : 8;
  const bytes = new Uint8Array(size * data.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++) {
    if (type === "float32") view.setFloat32(4 * i, data[i], true);
    else if (type === "float64") view.setFloat64(8 * i, data[i], true);
    else if (type === "int32") view.setInt32(4 * i, data[i], true);
    else view.setBigInt64(8 * i, BigInt(data[i]), true);
  }
  return bytes;
}

function checkNames(graph: OnnxGraph): void {
  const known = new Set<string>();
  const make = (name: string) => {
    if (name === "" || known.has(name)) throw new InvalidArgumentError("a name", name, "new, and not empty");
    known.add(name);
  };
  const read = (name: string) => {
    if (!known.has(name)) throw new InvalidArgumentError("a name", name, "one that the graph makes before");
  };
  for (const { name } of [...graph.inputs, ...graph.constants]) make(name);
  for (const { inputs, outputs } of graph.nodes) {
    for (const name of inputs) read(name);
    for (const name of outputs) make(name);
  }
  for (const { name } of graph.outputs) read(name);
}
