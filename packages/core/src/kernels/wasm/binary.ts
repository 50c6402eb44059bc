/** The compiled kernels: base64 text to bytes, and which of them this engine runs. */
import { relaxed, simd } from "../generated/binaries.ts";
import { webAssembly } from "./webassembly.ts";

/** A compiled module as text. */
export interface KernelBinary {
  /** Where the flags of the imported memory are: 3 shared, 1 not. */
  readonly memoryFlag: number;
  readonly base64: string;
}

/** The modules' bytes, for a shared memory or for one that is not; kernels of a later one replace earlier ones. */
export function kernelBytes(fma: boolean, shared: boolean): Uint8Array[] {
  return (fma ? [simd, relaxed] : [simd]).map((binary) => bytesOf(binary, shared));
}

function bytesOf(binary: KernelBinary, shared: boolean): Uint8Array {
  const text = atob(binary.base64);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  bytes[binary.memoryFlag] = shared ? 3 : 1;
  return bytes;
}

/** What the engine can do; the text says what is missing. */
export type KernelSupport = { readonly missing?: undefined } | { readonly missing: string };

/** Whether the engine runs the kernels at all: WebAssembly with 128-bit vectors. */
export function kernelSupport(): KernelSupport {
  const wasm = webAssembly();
  if (wasm === undefined) return { missing: "WebAssembly" };
  return wasm.validate(bytesOf(simd, false)) ? {} : { missing: "WebAssembly SIMD" };
}

/** Whether the engine runs the build with relaxed SIMD, whose multiply-add is fused (Node 20 does not). */
export function hasRelaxedSimd(): boolean {
  return webAssembly()?.validate(bytesOf(relaxed, false)) ?? false;
}
