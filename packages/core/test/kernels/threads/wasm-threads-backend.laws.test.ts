import { wasmThreadsBackend } from "@credence/core/kernels";
import { afterAll, describe } from "vitest";
import { backendLaws } from "../backend-laws.ts";

describe("wasm-threads, three of them", () => {
  const backend = wasmThreadsBackend({ threads: 3 });
  afterAll(() => backend.close());
  backendLaws(() => backend);
});
