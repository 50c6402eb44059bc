/** The native runtime without the native part, for tests. */
import type { OnnxRuntime } from "@credence/core/onnx";
import { interpret, type Tensor } from "./interpret.ts";
import { readOnnx } from "./read-onnx.ts";

/** A runtime that reads the file and interprets it; it has the shape of onnxruntime-node and nothing of its code. */
export function interpreter() {
  const seen: { threads?: number | undefined; released: number } = { released: 0 };
  class FakeTensor {
    constructor(
      readonly type: string,
      readonly data: ArrayLike<number>,
      readonly dims: readonly number[],
    ) {}
  }
  const runtime: OnnxRuntime = {
    Tensor: FakeTensor,
    InferenceSession: {
      async create(bytes, { intraOpNumThreads }) {
        seen.threads = intraOpNumThreads;
        const { graph } = readOnnx(bytes);
        return {
          async run(feeds) {
            const given = Object.fromEntries(
              graph.inputs.map(({ name, type, shape }) => {
                const tensor = feeds[name] as FakeTensor;
                if (tensor.type !== type || tensor.dims.length !== shape.length)
                  throw new Error(`input ${name}`);
                return [name, { dims: tensor.dims, data: Array.from(tensor.data) } satisfies Tensor];
              }),
            );
            const results = Object.entries(interpret(graph, given));
            return Object.fromEntries(
              results.map(([name, { dims, data }]) => {
                const { type } = graph.outputs.find((output) => output.name === name) ?? { type: "" };
                const array = type === "float32" ? Float32Array.from(data) : Float64Array.from(data);
                return [name, new FakeTensor(type, array, dims)];
              }),
            );
          },
          async release() {
            seen.released++;
          },
        };
      },
    },
  };
  return { runtime, seen };
}
