/**
 * The operands of one call: arrays that live in the arena are used where they are, others are copied in (and results
 * back out), converted to the precision of the call on the way.
 */
import type { Arena, ElementKind, KernelArray } from "./arena.ts";
import { elementBytes, kindOf } from "./arena.ts";

/** Collects operands of a call; `finish` copies results back and frees what was borrowed. */
export class Operands {
  private readonly arena: Arena;
  private readonly borrowed: number[] = [];
  private readonly results: { array: KernelArray; address: number; length: number; kind: ElementKind }[] = [];

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** The address of the first `length` elements of `array` as `kind`, to be read. */
  input(array: KernelArray, length: number, kind: ElementKind): number {
    if (this.resident(array, kind)) return array.byteOffset;
    const address = this.work(length, kind);
    this.arena.view(kind, address, length).set(array.length === length ? array : array.subarray(0, length));
    return address;
  }

  /** The address of `length` elements that the call writes; `reads` if it also reads what was there. */
  output(array: KernelArray, length: number, kind: ElementKind, reads: boolean): number {
    if (this.resident(array, kind)) return array.byteOffset;
    const address = reads ? this.input(array, length, kind) : this.work(length, kind);
    this.results.push({ array, address, length, kind });
    return address;
  }

  /** Memory for the call alone. */
  work(length: number, kind: ElementKind): number {
    const address = this.arena.allocate(length * elementBytes(kind));
    this.borrowed.push(address);
    return address;
  }

  /** Copies results out. */
  finish(): void {
    for (const { array, address, length, kind } of this.results) {
      array.set(this.arena.view(kind, address, length));
    }
  }

  /** Frees what was borrowed; to be called however the call ends. */
  release(): void {
    for (const address of this.borrowed) this.arena.release(address);
  }

  private resident(array: KernelArray, kind: ElementKind): boolean {
    return kindOf(array) === kind && this.arena.owns(array);
  }
}

/** Runs `call` with fresh operands: results are copied out if it returns, memory is freed in any case. */
export function withOperands<T>(arena: Arena, call: (operands: Operands) => T): T {
  const operands = new Operands(arena);
  try {
    const result = call(operands);
    operands.finish();
    return result;
  } finally {
    operands.release();
  }
}
