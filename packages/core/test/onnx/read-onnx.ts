/** Reads an ONNX file again, by the wire format alone: an independent check of the writer. */
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxType, OnnxValue } from "@credence/core/onnx";

/** A field of a message: a number for integers and floats, bytes for everything with a length. */
type Field = readonly [number: number, value: bigint | number | Uint8Array];

/** The fields of a message. @throws Error for bytes that are none */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new Error(`no varint at ${at}`);
      const group = bytes[at++];
      value |= BigInt(group & 127) << shift;
      if (group < 128) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [field, wireType] = [Math.floor(key / 8), key % 8];
    if (wireType === 0) fields.push([field, varint()]);
    else if (wireType === 5) {
      fields.push([field, view.getFloat32(at, true)]);
      at += 4;
    } else if (wireType === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error(`field ${field} ends outside its message`);
      fields.push([field, bytes.subarray(at, at + length)]);
      at += length;
    } else throw new Error(`wire type ${wireType} of field ${field}`);
  }
  return fields;
}

const types: Readonly<Record<number, OnnxType>> = { 1: "float32", 6: "int32", 7: "int64", 11: "float64" };

/** The graph of a file, and what stands beside it. */
export function readOnnx(bytes: Uint8Array): {
  readonly irVersion: number;
  readonly producer: string;
  readonly operators: readonly [domain: string, version: number];
  readonly graph: OnnxGraph;
} {
  const model = fieldsOf(bytes);
  const set = fieldsOf(one(model, 8));
  return {
    irVersion: integer(model, 1),
    producer: text(one(model, 2)),
    operators: [text(one(set, 1)), integer(set, 2)],
    graph: readGraph(fieldsOf(one(model, 7))),
  };
}

function readGraph(graph: Field[]): OnnxGraph {
  return {
    name: text(one(graph, 2)),
    nodes: all(graph, 1).map((each) => readNode(fieldsOf(each))),
    constants: all(graph, 5).map((each) => {
      const tensor = fieldsOf(each);
      const type = types[integer(tensor, 2)];
      const data = numbers(type, one(tensor, 9));
      return { name: text(one(tensor, 8)), type, shape: integers(tensor, 1), data };
    }),
    inputs: all(graph, 11).map((each) => readValue(fieldsOf(each))),
    outputs: all(graph, 12).map((each) => readValue(fieldsOf(each))),
  };
}

function readNode(node: Field[]): OnnxNode {
  const attributes = all(node, 5).map((each): [string, OnnxAttribute] => {
    const fields = fieldsOf(each);
    const kind = integer(fields, 20);
    const value =
      kind === 1
        ? { float: fields.find(([field]) => field === 2)?.[1] as number }
        : kind === 2
          ? integer(fields, 3)
          : kind === 3
            ? text(one(fields, 4))
            : integers(fields, 8);
    return [text(one(fields, 1)), value];
  });
  return {
    inputs: all(node, 1).map(text),
    outputs: all(node, 2).map(text),
    operator: text(one(node, 4)),
    attributes: Object.fromEntries(attributes),
  };
}

function readValue(value: Field[]): OnnxValue {
  const tensor = fieldsOf(one(fieldsOf(one(value, 2)), 1));
  const shape = all(fieldsOf(one(tensor, 2)), 1).map((each) => {
    const side = fieldsOf(each);
    return side[0][0] === 1 ? integer(side, 1) : text(one(side, 2));
  });
  return { name: text(one(value, 1)), type: types[integer(tensor, 1)], shape };
}

function all(fields: Field[], number: number): Uint8Array[] {
  return fields.filter(([field]) => field === number).map(([, value]) => value as Uint8Array);
}

function one(fields: Field[], number: number): Uint8Array {
  const found = all(fields, number);
  if (found.length !== 1) throw new Error(`field ${number} is there ${found.length} times`);
  return found[0];
}

function integers(fields: Field[], number: number): number[] {
  return fields.filter(([field]) => field === number).map(([, value]) => Number(value));
}

function integer(fields: Field[], number: number): number {
  const found = integers(fields, number);
  if (found.length !== 1) throw new Error(`field ${number} is there ${found.length} times`);
  return found[0];
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function numbers(type: OnnxType, bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = type === "float32" || type === "int32" ? 4 : 8;
  return Array.from({ length: bytes.length / size }, (_, i) => {
    if (type === "float32") return view.getFloat32(4 * i, true);
    if (type === "int32") return view.getInt32(4 * i, true);
    return type === "float64" ? view.getFloat64(8 * i, true) : Number(view.getBigInt64(8 * i, true));
  });
}
