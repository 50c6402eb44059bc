/**
 * The memory of a WebAssembly backend, and what is where in it.
 *
 * A memory that grows detaches the typed arrays that look into it, unless it is shared. So the arena is shared
 * wherever the engine allows it (Node always; in a page this needs no cross-origin isolation as long as nothing is
 * sent to a worker), and then hands out arrays that stay valid for good. Where it is not shared it hands out none:
 * arrays live outside, and every call copies.
 *
 * Blocks are multiples of 64 bytes, first fit, with neighbors merged when freed: a million equal calls use the
 * same blocks again. The memory itself only ever grows.
 */
import { CredenceError } from "../../errors/credence-error.ts";
import { type WasmMemory, webAssembly } from "./webassembly.ts";

/** What arrays hold: `single` f32, `double` f64, `integer` i32. */
export type ElementKind = "single" | "double" | "integer";

/** An array of one of the kinds. */
export type KernelArray = Float32Array | Float64Array | Int32Array;

const PAGE = 65536;
const ALIGNMENT = 64;

/** Bytes of an element. */
export function elementBytes(kind: ElementKind): number {
  return kind === "double" ? 8 : 4;
}

/** The kind of an array. */
export function kindOf(array: KernelArray): ElementKind {
  if (array instanceof Float64Array) return "double";
  return array instanceof Float32Array ? "single" : "integer";
}

interface Block {
  readonly from: number;
  readonly to: number;
}

/** A memory with its allocator. */
export class Arena {
  readonly memory: WasmMemory;
  readonly shared: boolean;
  /** Blocks that are free, ascending, never touching each other. Address 0 is never handed out. */
  private free: Block[] = [{ from: ALIGNMENT, to: PAGE }];
  /** Length of each block in use, by address. */
  private readonly used = new Map<number, number>();
  /**
   * Every buffer object that arrays were made over. Growth makes new ones over the same bytes, and for shared memory
   * V8 does so once more at some later moment of its own choosing.
   */
  private readonly buffers = new WeakSet<ArrayBufferLike>();
  private latest: ArrayBufferLike | undefined;

  constructor(allowShared = true) {
    const made = (allowShared && makeMemory(true)) || makeMemory(false);
    if (!made) throw exhausted(PAGE);
    this.memory = made;
    this.shared = !(made.buffer instanceof ArrayBuffer);
  }

  /** Bytes of the memory, which never shrinks. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** The address of a new block. @throws CredenceError `KERNEL_MEMORY` when 4 GiB (or what the engine gives) are full */
  allocate(bytes: number): number {
    const length = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let at = this.free.findIndex((block) => block.to - block.from >= length);
    if (at < 0) {
      this.grow(length);
      at = this.free.length - 1;
    }
    const { from, to } = this.free[at];
    if (from + length === to) this.free.splice(at, 1);
    else this.free[at] = { from: from + length, to };
    this.used.set(from, length);
    return from;
  }

  /** Gives a block back; nothing happens if there is none at the address. */
  release(address: number): void {
    const length = this.used.get(address);
    if (length === undefined) return;
    this.used.delete(address);
    this.insert({ from: address, to: address + length });
  }

  /** An array over part of the memory. */
  view(kind: ElementKind, address: number, length: number): KernelArray {
    const { buffer } = this.memory;
    if (buffer !== this.latest) {
      this.latest = buffer;
      this.buffers.add(buffer);
    }
    if (kind === "double") return new Float64Array(buffer, address, length);
    return kind === "single"
      ? new Float32Array(buffer, address, length)
      : new Int32Array(buffer, address, length);
  }

  /** Whether an array lies in this memory. */
  owns(array: KernelArray): boolean {
    return this.buffers.has(array.buffer);
  }

  private insert(block: Block): void {
    let at = this.free.findIndex((other) => other.from > block.from);
    if (at < 0) at = this.free.length;
    const before = this.free[at - 1];
    const after = this.free[at];
    const joinsBefore = before !== undefined && before.to === block.from;
    const joinsAfter = after !== undefined && after.from === block.to;
    const merged = { from: joinsBefore ? before.from : block.from, to: joinsAfter ? after.to : block.to };
    this.free.splice(at - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), merged);
  }

  /** Makes room for a block at the end. */
  private grow(length: number): void {
    const end = this.size;
    const last = this.free.at(-1);
    const there = last?.to === end ? last.to - last.from : 0;
    try {
      this.memory.grow(Math.ceil((length - there) / PAGE));
    } catch {
      throw exhausted(length);
    }
    this.insert({ from: end, to: this.size });
  }
}

/** A memory with the largest maximum that the engine is willing to reserve. */
function makeMemory(shared: boolean): WasmMemory | undefined {
  const wasm = webAssembly();
  if (wasm === undefined) return undefined;
  for (const maximum of [65536, 16384, 4096]) {
    try {
      return new wasm.Memory({ initial: 1, maximum, shared });
    } catch {
      // Too much address space, or no shared memory: the next one is smaller, and the caller has another way.
    }
  }
  return undefined;
}

function exhausted(bytes: number): CredenceError {
  return new CredenceError({
    code: "KERNEL_MEMORY",
    message: `The memory of the WebAssembly kernels has no room for ${bytes} more bytes.`,
    given: bytes,
    expected: "all operands of a call and all allocated arrays within 4 GiB",
    hint: 'Release arrays that are no longer needed, work in parts, or choose backend({ kind: "ts" }).',
  });
}
