/**
 * Whether rules attract: whether some choice of polarities makes the weight of worlds log-supermodular (MTP2),
 *
 *   f(x ∨ y) f(x ∧ y) >= f(x) f(y)   for all worlds x, y, after negating the variables of one color.
 *
 * Then all influences have known signs, under any evidence and any leaf probabilities (Fortuin, Kasteleyn and Ginibre,
 * 1971): P(x_i | ...) grows with the leaf of x_j if their colors agree, and falls otherwise, so that posteriors take
 * their extremes at two corners of a box of leaf probabilities.
 *
 * Products of log-supermodular factors are log-supermodular, so every rule is tested for itself, as a table over its
 * variables. A soft rule is positive everywhere, and then the sign of
 *
 *   w · ([φ at 11] + [φ at 00] - [φ at 10] - [φ at 01])
 *
 * for every pair of variables and every setting of the others decides: always >= 0, the pair has to have one color;
 * always <= 0, different ones; both, no polarities will do. The colors of all rules must agree: the signed graph of
 * pairs must be balanced. A hard rule is tested like a soft one of positive weight: [φ] is then supermodular after
 * negating, [φ at x ∨ y] + [φ at x ∧ y] >= [φ at x] + [φ at y], so that with x and y it allows their join and meet.
 * That is more than a hard rule has to be: some of several variables are refused although they attract. O(2^k k²) for
 * a rule of k variables; longer ones count as not attracting.
 */
import { evaluate, isHard, type Rule, UnknownNameError, type Vocabulary, variablesOf } from "@credence/core";

/** Polarities that make the rules attract, or the first rule that rules them out. */
export type AttractiveCheck =
  /**
   * Per variable 1 or -1: influences have the sign of the product of two colors. Variables of different components
   * have no influence on each other.
   */
  | { readonly holds: true; readonly colors: Int8Array; readonly components: Int32Array }
  | { readonly holds: false; readonly rule: number; readonly reason: string };

/** The most variables of a rule that is tested. */
const longest = 14;

/**
 * Tests the rules; see the head of this file.
 * @throws UnknownNameError for variables that are not among `variables`
 */
export function checkAttractive(rules: readonly Rule[], variables: Vocabulary): AttractiveCheck {
  const graph = signedGraph(variables.size);
  const tables = rules.map((rule) => tableOf(rule, variables));
  for (const [r, rule] of rules.entries()) {
    const table = tables[r];
    const k = table.support.length;
    if (rule.weight === 0) continue;
    if (k > longest) {
      return { holds: false, rule: r, reason: `it has ${k} variables, too many to test` };
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < i; j++) {
        const sign = pairSign(table, i, j, isHard(rule) ? 1 : Math.sign(rule.weight));
        if (sign === undefined)
          return { holds: false, rule: r, reason: "two of its variables pull both ways" };
        if (sign !== 0 && !graph.join(table.support[i], table.support[j], sign)) {
          return {
            holds: false,
            rule: r,
            reason: "it closes a circle of rules that pull against each other",
          };
        }
      }
    }
  }
  return { holds: true, colors: graph.colors(), components: graph.components() };
}

/** A formula as the list of its truth values; bit i of an index is the value of variable support[i]. */
interface Table {
  readonly support: readonly number[];
  readonly truth: Uint8Array;
}

function tableOf({ formula }: Rule, variables: Vocabulary): Table {
  const names = variablesOf(formula);
  for (const name of names)
    if (!variables.has(name)) throw new UnknownNameError("variable", name, variables.names);
  const support = names.map((name) => variables.id(name));
  if (support.length > longest) return { support, truth: new Uint8Array() };
  const truth = Uint8Array.from({ length: 2 ** support.length }, (_, index) => {
    const world = Object.fromEntries(names.map((name, i) => [name, ((index >> i) & 1) === 1]));
    return Number(evaluate(formula, world));
  });
  return { support, truth };
}

/** The sign with which a pair of positions pulls together, whatever the others are; undefined if it varies. */
function pairSign({ support, truth }: Table, i: number, j: number, weightSign: number): number | undefined {
  let sign = 0;
  const [a, b] = [1 << i, 1 << j];
  for (let rest = 0; rest < 1 << support.length; rest++) {
    if ((rest & a) !== 0 || (rest & b) !== 0) continue;
    const pull =
      Math.sign(truth[rest | a | b] + truth[rest] - truth[rest | a] - truth[rest | b]) * weightSign;
    if (pull === 0) continue;
    if (sign !== 0 && pull !== sign) return undefined;
    sign = pull;
  }
  return sign;
}

/** A graph with edges of two signs, kept 2-colored by union-find with parities. */
function signedGraph(size: number) {
  const parent = Int32Array.from({ length: size }, (_, v) => v);
  const parity = new Int8Array(size).fill(1);
  const find = (v: number): { root: number; sign: number } => {
    let [root, sign] = [v, 1];
    while (parent[root] !== root) {
      sign *= parity[root];
      root = parent[root];
    }
    return { root, sign };
  };
  return {
    /** Demands that the colors' product be `sign`; false if what was demanded before forbids it. */
    join(v: number, w: number, sign: number): boolean {
      const [a, b] = [find(v), find(w)];
      if (a.root === b.root) return a.sign * b.sign === sign;
      parent[a.root] = b.root;
      parity[a.root] = a.sign * b.sign * sign;
      return true;
    },
    colors: (): Int8Array => Int8Array.from({ length: size }, (_, v) => find(v).sign),
    components: (): Int32Array => Int32Array.from({ length: size }, (_, v) => find(v).root),
  };
}
