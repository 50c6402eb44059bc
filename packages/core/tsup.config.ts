import { recipe } from "../../tsup.base.ts";

export default recipe(
  {
    index: "src/index.ts",
    kernels: "src/kernels/index.ts",
    node: "src/node/index.ts",
  },
  ["seedrandom"],
);
