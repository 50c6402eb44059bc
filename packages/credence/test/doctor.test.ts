import { kernelSupport } from "@credence/core/kernels";
import { expect, it } from "vitest";
import { run } from "./run.ts";

it("credence doctor reports the engine and the backend that it leads to", async () => {
  const { code, stdout } = await run("doctor", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    node: process.versions.node,
    simd: kernelSupport().missing === undefined,
  });
  expect(["ts", "wasm", "wasm-threads"]).toContain(document.backend);
  expect(document.threads).toBeGreaterThanOrEqual(1);
  // The native backend is whoever runs this one's business.
  if (document.native !== null) expect(document.native).toMatch(/^onnxruntime-node /);
  expect((await run("doctor")).stdout).toContain(document.backend);
});
