/**
 * CNFs from gates. A gate is a conjunction or a parity of signed literals; negation is a sign, so that these two are
 * enough. Gates that are asserted become clauses; the others get an auxiliary variable g with clauses for
 *
 *   g ↔ gate                   (G. Tseitin, 1968), or only
 *   g → gate, or gate → g      as far as g occurs positively or negatively
 *                              (D. Plaisted, S. Greenbaum, "A structure-preserving clause form translation", 1986)
 *
 * With equivalences every model of the gates' inputs extends to exactly one model of the CNF, and counts stay. With
 * one-sided definitions it extends to at least one: project on the inputs to count. Equal gates are made once.
 */
import { InvalidArgumentError } from "@credence/core";
import { type Cnf, cnf, variableLimit } from "./cnf.ts";

/** How auxiliary variables are defined. */
export type GateEncoding = "tseitin" | "plaisted-greenbaum";

/** A signed literal of an input or a gate, or a constant. */
export type GateLiteral = number;

/** The constants among literals. */
export const gateTrue: GateLiteral = 2 ** 30;
export const gateFalse: GateLiteral = -gateTrue;

/** Makes gates over the inputs 1 … n, and the CNF of what is asserted. */
export interface GateBuilder {
  readonly inputs: number;
  and(literals: readonly GateLiteral[]): GateLiteral;
  or(literals: readonly GateLiteral[]): GateLiteral;
  xor(a: GateLiteral, b: GateLiteral): GateLiteral;
  /** At most k of the literals hold: a sequential counter (C. Sinz, CP 2005) of about k · n gates. */
  atMost(literals: readonly GateLiteral[], k: number): GateLiteral;
  /** Exactly k of the literals hold; one counter for both sides. */
  exactly(literals: readonly GateLiteral[], k: number): GateLiteral;
  /** Demands that a literal holds. */
  assert(literal: GateLiteral): void;
  /**
   * The CNF of all that was asserted: inputs keep their numbers, and auxiliary variables come after them. Linear in
   * the gates that are needed. @throws InvalidArgumentError beyond 2^24 variables
   */
  build(encoding?: GateEncoding): Cnf;
}

/** A gate: the parity of two literals, or the conjunction of some. */
interface Gate {
  readonly isXor: boolean;
  readonly literals: readonly GateLiteral[];
}

/**
 * An empty builder. All operations but counters take time about linear in their literals.
 * @throws InvalidArgumentError for a number of inputs or a literal that cannot be
 */
export function gateBuilder(inputs: number): GateBuilder {
  if (!(Number.isInteger(inputs) && inputs >= 0 && inputs <= variableLimit)) {
    throw new InvalidArgumentError("inputs", inputs, `an integer from 0 to ${variableLimit}`);
  }
  const gates: Gate[] = [];
  const known = new Map<string, number>();
  const asserted: GateLiteral[] = [];
  const check = (literal: GateLiteral): void => {
    const variable = Math.abs(literal);
    const exists = variable >= 1 && variable <= inputs + gates.length;
    if (Number.isInteger(literal) && (exists || variable === gateTrue)) return;
    throw new InvalidArgumentError("A literal", literal, "an input or a gate, with a sign, or a constant");
  };
  const gateOf = (isXor: boolean, literals: readonly GateLiteral[]): GateLiteral => {
    const key = `${isXor ? "x" : "a"}${literals.join()}`;
    let number = known.get(key);
    if (number === undefined) {
      gates.push({ isXor, literals });
      number = inputs + gates.length;
      known.set(key, number);
    }
    return number;
  };
  const and = (given: readonly GateLiteral[]): GateLiteral => {
    given.forEach(check);
    const set = new Set(given);
    set.delete(gateTrue);
    for (const literal of set) if (literal === gateFalse || set.has(-literal)) return gateFalse;
    if (set.size === 0) return gateTrue;
    const literals = [...set].sort((a, b) => Math.abs(a) - Math.abs(b));
    return literals.length === 1 ? literals[0] : gateOf(false, literals);
  };
  const or = (given: readonly GateLiteral[]): GateLiteral => -and(given.map((literal) => -literal));
  const xor = (a: GateLiteral, b: GateLiteral): GateLiteral => {
    check(a);
    check(b);
    if (Math.abs(a) === gateTrue) return a === gateTrue ? -b : b;
    if (Math.abs(b) === gateTrue) return b === gateTrue ? -a : a;
    if (Math.abs(a) === Math.abs(b)) return a === b ? gateFalse : gateTrue;
    const sign = Math.sign(a) * Math.sign(b);
    const [low, high] = [Math.abs(a), Math.abs(b)].sort((x, y) => x - y);
    return sign * gateOf(true, [low, high]);
  };
  /** Per j from 0 to `most`: at least j of the literals hold. */
  const counter = (literals: readonly GateLiteral[], most: number): GateLiteral[] => {
    let reached = [gateTrue, ...new Array<GateLiteral>(most).fill(gateFalse)];
    for (const literal of literals) {
      reached = reached.map((before, j) => (j === 0 ? before : or([before, and([reached[j - 1], literal])])));
    }
    return reached;
  };
  return {
    inputs,
    and,
    or,
    xor,
    atMost(literals, k) {
      checkCount(k);
      return k >= literals.length ? gateTrue : -counter(literals, k + 1)[k + 1];
    },
    exactly(literals, k) {
      checkCount(k);
      if (k > literals.length) return gateFalse;
      const reached = counter(literals, k + 1);
      return and([reached[k], -reached[k + 1]]);
    },
    assert(literal) {
      check(literal);
      asserted.push(literal);
    },
    build: (encoding = "tseitin") => emit(inputs, gates, asserted, encoding),
  };
}

function checkCount(k: number): void {
  if (Number.isInteger(k) && k >= 0) return;
  throw new InvalidArgumentError("k", k, "an integer of at least 0");
}

/** Polarities in which a gate occurs. */
const positive = 1;
const negative = 2;

/** The clauses of what is asserted, and the definitions that they need. */
function emit(
  inputs: number,
  gates: readonly Gate[],
  asserted: readonly GateLiteral[],
  encoding: GateEncoding,
): Cnf {
  if (encoding !== "tseitin" && encoding !== "plaisted-greenbaum") {
    throw new InvalidArgumentError("encoding", encoding, "tseitin or plaisted-greenbaum");
  }
  const clauses: number[][] = [];
  const numbers = new Map<number, number>();
  const defined = new Map<number, number>();
  const open: { readonly gate: number; readonly polarity: number }[] = [];
  /** The literal in the CNF; its gate will be defined in this polarity. */
  const use = (literal: GateLiteral): number => {
    const variable = Math.abs(literal);
    if (variable <= inputs) return literal;
    let number = numbers.get(variable);
    if (number === undefined) {
      number = inputs + numbers.size + 1;
      numbers.set(variable, number);
    }
    open.push({ gate: variable, polarity: encoding === "tseitin" ? 3 : literal > 0 ? positive : negative });
    return Math.sign(literal) * number;
  };
  const clause = (literals: readonly GateLiteral[]): void => {
    clauses.push(literals.map(use));
  };
  const holding = [...asserted];
  for (let literal = holding.pop(); literal !== undefined; literal = holding.pop()) {
    const gate = gates[Math.abs(literal) - inputs - 1];
    if (literal === gateTrue) continue;
    if (literal === gateFalse) clauses.push([]);
    else if (gate === undefined) clause([literal]);
    else if (gate.isXor) for (const each of parityClauses(gate.literals, literal > 0)) clause(each);
    else if (literal > 0) holding.push(...gate.literals);
    else clause(gate.literals.map((each) => -each));
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const done = defined.get(next.gate) ?? 0;
    const polarity = next.polarity & ~done;
    defined.set(next.gate, done | polarity);
    const { isXor, literals } = gates[next.gate - inputs - 1];
    if ((polarity & positive) !== 0) {
      if (isXor) for (const each of parityClauses(literals, true)) clause([-next.gate, ...each]);
      else for (const each of literals) clause([-next.gate, each]);
    }
    if ((polarity & negative) !== 0) {
      if (isXor) for (const each of parityClauses(literals, false)) clause([next.gate, ...each]);
      else clause([next.gate, ...literals.map((each) => -each)]);
    }
  }
  return cnf(inputs + numbers.size, clauses);
}

/** Clauses for a ⊕ b, or for its negation. */
function parityClauses([a, b]: readonly GateLiteral[], odd: boolean): GateLiteral[][] {
  return odd
    ? [
        [a, b],
        [-a, -b],
      ]
    : [
        [a, -b],
        [-a, b],
      ];
}
