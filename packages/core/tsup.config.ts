import { recipe } from "../../tsup.base.ts";

export default recipe(
  {
    index: "src/index.ts",
    kernels: "src/kernels/index.ts",
    layers: "src/layers/index.ts",
    node: "src/node/index.ts",
    onnx: "src/onnx/index.ts",
    tape: "src/tape/index.ts",
  },
  ["seedrandom/lib/alea.js"],
);
