/**
 * Seeded random numbers: the Alea generator of J. Baagøe (through `seedrandom`), 53 bits a draw, with named
 * forks. A fork's seed is the parent's seed and the fork's label, so that it depends on neither how many
 * numbers the parent has drawn nor which other forks exist: adding a consumer never moves another one.
 */
import alea from "seedrandom/lib/alea.js";
import { InvalidArgumentError } from "../errors/credence-error.ts";

/** A seeded stream of uniform numbers in [0, 1). Calling it draws one. */
export interface Rng {
  (): number;
  /** The seed that makes this stream again: `rng(stream.seed)`. */
  readonly seed: string;
  /** A uniform integer in [0, below), unbiased; `below` is an integer from 1 to 2^53. */
  int(below: number): number;
  /** A draw from the standard normal distribution (Marsaglia's polar method). */
  normal(): number;
  /** Fisher–Yates, in place; returns its argument. */
  shuffle<A extends { readonly length: number; [index: number]: unknown }>(items: A): A;
  /** An independent stream of its own, the same whenever it is made. */
  fork(label: string): Rng;
}

/** The generator of a seed. The numbers 1 and the text "1" are the same seed. */
export function rng(seed: number | string): Rng {
  if (typeof seed === "number" && !Number.isFinite(seed)) {
    throw new InvalidArgumentError("seed", seed, "a finite number or a text");
  }
  const name = String(seed);
  const source = alea(name);
  let spare: number | undefined;

  const draw = (): number => source.double();
  const int = (below: number): number => {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 53) {
      throw new InvalidArgumentError("below", below, "an integer from 1 to 2^53");
    }
    const limit = 2 ** 53 - (2 ** 53 % below);
    for (;;) {
      const bits = draw() * 2 ** 53;
      if (bits < limit) return bits % below;
    }
  };
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * draw() - 1;
      const y = 2 * draw() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
  const shuffle: Rng["shuffle"] = (items) => {
    for (let i = items.length - 1; i > 0; i--) {
      const j = int(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  };
  return Object.assign(draw, {
    seed: name,
    int,
    normal,
    shuffle,
    // The length of the parent's seed keeps ("a", "b/c") and ("a/b", "c") apart.
    fork: (label: string) => rng(`${name}/${name.length}:${label}`),
  });
}
