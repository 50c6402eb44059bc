/**
 * The few parts of WebAssembly that we use, typed here because they belong to neither Node's types nor our `lib`,
 * and looked up at run time because an engine may lack them.
 */

/** A linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** A compiled module: opaque, and cheap to send to a worker. */
export type WasmModule = object;

/** A kernel: see `assembly/lanes.ts`. */
export type Kernel = (args: number, chunk: number, scratch: number) => void;

interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: object,
  ) => { readonly exports: Record<string, Kernel> };
  validate(bytes: Uint8Array): boolean;
}

/** The engine's WebAssembly, if it has one. */
export function webAssembly(): WebAssemblyApi | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}
