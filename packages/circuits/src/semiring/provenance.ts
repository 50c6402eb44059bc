/**
 * Provenance as minimal witnesses: a value is a set of sets of names, each of which suffices for the answer, none of
 * them containing another (the free distributive lattice, PosBool(X) in Green, Karvounarakis and Tannen, "Provenance
 * semirings", PODS 2007). Give the literals that are facts a witness each, the others `one`; the value of a formula is
 * then the minimal sets of facts that make it true. There may be exponentially many.
 */
import type { Semiring } from "./semiring.ts";

/** Minimal witnesses: names in ascending order, sets by size and then by name. */
export type Provenance = readonly (readonly string[])[];

/** Alternatives and combinations of minimal witnesses. */
export const provenance: Semiring<Provenance> = {
  name: "provenance",
  zero: [],
  one: [[]],
  plus: (a, b) => minimal([...a, ...b]),
  times: (a, b) => minimal(a.flatMap((left) => b.map((right) => [...new Set([...left, ...right])].sort()))),
};

/** The value of a single fact: itself is its only witness. */
export function witness(name: string): Provenance {
  return [[name]];
}

/** Without what contains another one. */
function minimal(sets: readonly (readonly string[])[]): Provenance {
  const bySize = sets
    .map((names) => ({ names, key: JSON.stringify(names) }))
    .sort((a, b) => a.names.length - b.names.length || (a.key < b.key ? -1 : Number(a.key > b.key)));
  const kept: { readonly names: readonly string[]; readonly set: ReadonlySet<string> }[] = [];
  for (const { names } of bySize) {
    const contained = kept.some(({ set }) => {
      let common = 0;
      for (const name of names) if (set.has(name)) common++;
      return common === set.size;
    });
    if (!contained) kept.push({ names, set: new Set(names) });
  }
  return kept.map(({ names }) => names);
}
