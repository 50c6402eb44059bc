/**
 * The same questions answered by going through all 2^n worlds: slow, obvious, and independent of circuits. It
 * is the definition that everything else is tested against, and handy for checking a small rule set by hand.
 *
 *   weight(x) = Π_v θ_v(x_v) · exp(Σ_r w_r [x ⊨ φ_r]) · Π_hard [x ⊨ φ]
 *
 * Formulas are evaluated on 32 worlds at a time, one per bit. World x is a number whose bit v is variable v.
 */
import {
  CredenceError,
  checkRuleWeight,
  type Formula,
  foldFormula,
  isHard,
  logSumExp,
  type Rule,
  type Vocabulary,
  variablesOf,
  vocabulary,
} from "@credence/core";
import { byName } from "./queries/by-name.ts";
import { type Contradiction, type Evidence, literalLogWeights } from "./queries/evidence.ts";

/**
 * The most variables that {@link enumerateWorlds} takes: 2^24 worlds are 128 MiB of weights and some seconds.
 */
export const enumerationLimit = 24;

/** Everything that can be asked of a small rule set. */
export interface Enumeration<V extends string = string> {
  readonly kind: "posteriors";
  readonly logPartition: number;
  /** P(variable is true | evidence). */
  readonly probabilities: { readonly [K in V]: number };
  /** P(rule holds | evidence), one per rule. */
  readonly ruleExpectations: Float64Array;
  /** A world of the largest weight, and the log of that weight. */
  readonly mpe: { readonly assignment: { readonly [K in V]: boolean }; readonly logWeight: number };
  readonly entropyNats: number;
}

/**
 * Partition, posteriors, rule expectations, most probable world and entropy by enumeration.
 * O(2^n · (n + total size of the rules / 32)) time, 2^n numbers of memory.
 * @param options.variables all variables; default those of the rules, in order of first appearance
 * @returns `kind: "contradiction"` if no world is left
 * @throws CredenceError `TOO_MANY_WORLDS` beyond 24 variables
 * @throws UnknownNameError, InvalidArgumentError as `compileRules` and `marginals`
 */
export function enumerateWorlds<V extends string>(
  rules: readonly Rule<V>[],
  evidence: Evidence<V> = {},
  options: { readonly variables?: readonly V[] } = {},
): Enumeration<V> | Contradiction {
  const variables = vocabulary("variable", options.variables ?? variablesOf(rules));
  if (variables.size > enumerationLimit) throw tooMany(variables.size);
  const masks = rules.map((rule) => truthTable(rule.formula, variables));
  const weightsUnder = (given: Evidence<V>) =>
    worldWeights(rules, masks, literalLogWeights({ variables }, given));
  const weights = weightsUnder(evidence);
  const total = logSumExp(weights);
  if (total === Number.NEGATIVE_INFINITY) {
    const source = logSumExp(weightsUnder({})) === total ? "rules" : "evidence";
    return { kind: "contradiction", source, logPartition: total };
  }
  const held = new Float64Array(variables.size);
  const expectations = new Float64Array(rules.length);
  let entropy = 0;
  let best = 0;
  for (let world = 0; world < weights.length; world++) {
    const p = Math.exp(weights[world] - total);
    if (weights[world] > weights[best]) best = world;
    if (p === 0) continue;
    entropy -= p * (weights[world] - total);
    for (let v = 0; v < held.length; v++) if ((world >>> v) & 1) held[v] += p;
    for (let r = 0; r < masks.length; r++)
      if ((masks[r][world >>> 5] >>> (world & 31)) & 1) expectations[r] += p;
  }
  return {
    kind: "posteriors",
    logPartition: total,
    probabilities: byName({ variables }, (v) => Math.min(1, held[v])),
    ruleExpectations: expectations.map((p) => Math.min(1, p)),
    mpe: { assignment: byName({ variables }, (v) => ((best >>> v) & 1) === 1), logWeight: weights[best] },
    entropyNats: Math.max(0, entropy),
  };
}

/** Log weights of all worlds. */
function worldWeights(
  rules: readonly Rule[],
  masks: readonly Int32Array[],
  literalWeights: Float64Array,
): Float64Array {
  const weights = new Float64Array(2 ** (literalWeights.length / 2));
  for (let v = 0, half = 1; half < weights.length; v++, half *= 2) {
    for (let world = 0; world < half; world++) {
      weights[world + half] = weights[world] + literalWeights[2 * v + 1];
      weights[world] += literalWeights[2 * v];
    }
  }
  rules.forEach((rule, r) => {
    checkRuleWeight(rule.weight);
    for (let world = 0; world < weights.length; world++) {
      const holds = (masks[r][world >>> 5] >>> (world & 31)) & 1;
      if (isHard(rule) ? !holds : holds)
        weights[world] += isHard(rule) ? Number.NEGATIVE_INFINITY : rule.weight;
    }
  });
  return weights;
}

/** Bits of variables 0 to 4 in a word of 32 consecutive worlds. */
const lowBits = [0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000];

/** The truth of a formula in all worlds, bit `world & 31` of word `world >>> 5`. */
function truthTable(formula: Formula, variables: Vocabulary): Int32Array {
  const words = Math.max(1, 2 ** (variables.size - 5));
  const table = new Int32Array(words);
  for (let word = 0; word < words; word++) {
    table[word] = foldFormula<string, number>(formula, (part, values) => {
      if (part.kind !== "var") return combine(part, values);
      const v = variables.id(part.name);
      return v < 5 ? lowBits[v] : -((word >>> (v - 5)) & 1);
    });
  }
  return table;
}

function combine(part: Formula, values: readonly number[]): number {
  switch (part.kind) {
    case "constant":
      return part.value ? -1 : 0;
    case "not":
      return ~values[0];
    case "and":
      return values.reduce((a, b) => a & b, -1);
    case "or":
      return values.reduce((a, b) => a | b, 0);
    case "implies":
      return ~values[0] | values[1];
    case "iff":
      return ~(values[0] ^ values[1]);
    case "xor":
      return values[0] ^ values[1];
    default: {
      let [once, twice] = [0, 0];
      for (const value of values) {
        twice |= once & value;
        once |= value;
      }
      return part.kind === "exactlyOne" ? once & ~twice : ~twice;
    }
  }
}

function tooMany(variables: number): CredenceError {
  return new CredenceError({
    code: "TOO_MANY_WORLDS",
    message: `${variables} variables have 2^${variables} worlds, too many to go through.`,
    given: variables,
    expected: `at most ${enumerationLimit} variables`,
    hint: "Compile the rules and query the circuit: compileRules, then marginals.",
  });
}
