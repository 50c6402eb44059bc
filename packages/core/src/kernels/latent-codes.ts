/**
 * What rows have in common, for the tables of a plan (`latent-plan.ts`): rows get the same code exactly if they agree in
 * every factor of a group, and a group has as many codes as there are different rows in it, not as there could be.
 */

/** By row, the number of what it is. */
export type Codes = Uint8Array | Uint16Array;

/** What a group multiplies: rows of E (kind 0, `target` in counts) or of a table's messages (1, `target` in tables). */
export interface Factor {
  readonly kind: 0 | 1;
  readonly source: number;
  readonly target: number;
  /** Which of `count` rows each row of the data has. */
  readonly codes: Codes;
  readonly count: number;
}

/** Factors that are looked up together: by code, which row of each. */
export interface Group {
  readonly members: readonly { readonly factor: Factor; readonly choices: Int32Array }[];
  readonly codes: Codes;
  readonly count: number;
}

/** Factors in as few groups as their order allows; none has more than `most` codes, but for a single factor. */
export function grouped(factors: readonly Factor[], most: number): Group[] {
  const groups: Group[] = [];
  for (const factor of factors) {
    let g = 0;
    for (; g < groups.length; g++) {
      const together = joined(groups[g], factor, most);
      if (together === undefined) continue;
      groups[g] = together;
      break;
    }
    if (g < groups.length) continue;
    const choices = Int32Array.from({ length: factor.count }, (_, i) => i);
    groups.push({ members: [{ factor, choices }], codes: factor.codes, count: factor.count });
  }
  return groups;
}

/** A group with one more member, unless that has more than `most` codes. */
function joined(group: Group, factor: Factor, most: number): Group | undefined {
  const pairs = differentPairs(group.codes, factor.codes, group.count, factor.count, most);
  if (pairs === undefined) return undefined;
  const { codes, firsts } = pairs;
  const members = group.members.map((member) => ({
    factor: member.factor,
    choices: Int32Array.from(firsts, (r) => member.choices[group.codes[r]]),
  }));
  members.push({ factor, choices: Int32Array.from(firsts, (r) => factor.codes[r]) });
  return { members, codes, count: firsts.length };
}

/** Pairs up to this many are told apart by a table of all of them, more by their hash. */
const mostDirect = 1 << 14;

/** The different pairs of codes: which one each row has, and the first row of each. */
interface Pairs {
  readonly codes: Uint16Array;
  readonly firsts: readonly number[];
}

/**
 * Numbers the different pairs (a[r], b[r]), a below `ofA` and b below `ofB`, in the order in which they come; undefined
 * if there are more than `most`.
 */
function differentPairs(a: Codes, b: Codes, ofA: number, ofB: number, most: number): Pairs | undefined {
  return ofA * ofB <= mostDirect ? pairsByTable(a, b, ofA, ofB, most) : pairsByHash(a, b, most);
}

function pairsByTable(a: Codes, b: Codes, ofA: number, ofB: number, most: number): Pairs | undefined {
  // By pair: its number, from 1.
  const numbers = new Uint16Array(ofA * ofB);
  const firsts: number[] = [];
  const codes = new Uint16Array(a.length);
  for (let r = 0; r < a.length; r++) {
    const pair = a[r] * ofB + b[r];
    let number = numbers[pair];
    if (number === 0) {
      if (firsts.length === most) return undefined;
      number = firsts.push(r);
      numbers[pair] = number;
    }
    codes[r] = number - 1;
  }
  return { codes, firsts };
}

function pairsByHash(a: Codes, b: Codes, most: number): Pairs | undefined {
  // By a hash of the pair, or after it: its number, from 1. At least half of the places stay free.
  const size = 2 ** Math.ceil(Math.log2(2 * most + 2));
  const numbers = new Uint16Array(size);
  const firsts: number[] = [];
  const codes = new Uint16Array(a.length);
  for (let r = 0; r < a.length; r++) {
    const [x, y] = [a[r], b[r]];
    let at = hash(x, y) & (size - 1);
    for (; numbers[at] > 0; at = (at + 1) & (size - 1)) {
      const first = firsts[numbers[at] - 1];
      if (a[first] === x && b[first] === y) break;
    }
    if (numbers[at] === 0) {
      if (firsts.length === most) return undefined;
      numbers[at] = firsts.push(r);
    }
    codes[r] = numbers[at] - 1;
  }
  return { codes, firsts };
}

/** Mixes two numbers below 2^16. */
function hash(a: number, b: number): number {
  const mixed = Math.imul((a << 16) | b, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 1;
}
