/**
 * Whether rules are those of a circuit. Certificates are read off the rules and used on the circuit, so that wrong
 * rules would make wrong certificates. The rules are compiled again, to g, and compared with the circuit f:
 *
 *   the same arrays   settles it: f is what the rules compile to
 *   all worlds        f(x) = c · g(x) with one factor c (which normalizing moves) settles it, too, for few variables
 *   random leaves     Z_f(θ) = c · Z_g(θ) at seeded leaf weights θ, from flat ones to such that hardly a world but the
 *                     heaviest counts. Both sides are multilinear in θ: where they differ at all, they do almost
 *                     everywhere (Schwartz, 1980), and by more than rounding unless the worlds at fault have less
 *                     than some 1e-12 of the weight at every one of the points
 *
 * Rounding (see rounding.ts) is allowed for on both sides, and for circuits of other arrays what normalizing may have
 * done. Where the two differ, a world is named: variable by variable the half of the worlds in which they differ more.
 * What was verified is remembered for as long as the circuit lives.
 */
import { CredenceError, InvalidArgumentError, type Rule, rng } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { compileRules } from "../compile/rules.ts";
import { inputLogValues, type Known } from "../queries/evidence.ts";
import { logValues } from "../queries/passes.ts";
import { compilationError, logError } from "./rounding.ts";

/** What {@link verifyRules} finds. */
export interface VerifiedRules {
  /** Whether they are known to be the circuit's; not if compiling them takes far more nodes than the circuit has. */
  readonly verified: boolean;
  /** How far the circuit's log values may be off from those of the rules. */
  readonly slack: number;
}

/** What was compared last, in copies of its own. */
interface Memory {
  readonly rules: readonly Pick<Rule, "formula" | "weight">[];
  readonly found: VerifiedRules;
}

const memory = new WeakMap<Circuit, Memory>();

/**
 * Compares rules with the circuit that is said to be compiled from them, once per circuit: the time of compiling and
 * up to 4,096 evaluations, or none if the circuit is as compileRules makes it.
 * @throws InvalidArgumentError that names a world if they differ; UnknownNameError for other variables
 */
export function verifyRules(circuit: Circuit, rules: readonly Rule[]): VerifiedRules {
  const known = memory.get(circuit);
  if (known !== undefined && sameRules(known.rules, rules)) return known.found;
  const found = compare(circuit, rules);
  memory.set(circuit, { rules: rules.map(({ formula, weight }) => ({ formula, weight })), found });
  return found;
}

function sameRules(known: Memory["rules"], rules: readonly Rule[]): boolean {
  return (
    known.length === rules.length &&
    known.every(({ formula, weight }, r) => rules[r].formula === formula && rules[r].weight === weight)
  );
}

function compare(circuit: Circuit, rules: readonly Rule[]): VerifiedRules {
  const slack = compilationError(rules, circuit.variables.size);
  const made = compiledAgain(circuit, rules);
  if (made === undefined) return { verified: false, slack };
  if (sameCircuit(circuit, made)) return { verified: true, slack };
  const pair = pairOf(circuit, made, slack);
  let widest = 0;
  for (const point of pointsFor(circuit, made)) {
    const { excess, tolerance } = pair.differenceAt(point);
    if (excess > 0) throw differentAt(pair, point);
    widest = Math.max(widest, tolerance);
  }
  return { verified: true, slack: slack + widest };
}

/** Undefined if that takes far more nodes than the circuit has: it then comes from a better compiler than ours. */
function compiledAgain(circuit: Circuit, rules: readonly Rule[]): Circuit | undefined {
  try {
    return compileRules(rules, {
      variables: circuit.variables.names,
      nodeLimit: 8 * circuit.size + 10_000,
    });
  } catch (error) {
    if (error instanceof CredenceError && error.code === "NODE_LIMIT") return undefined;
    throw error;
  }
}

function sameCircuit(a: Circuit, b: Circuit): boolean {
  const same = (x: ArrayLike<number>, y: ArrayLike<number>): boolean => {
    if (x.length !== y.length) return false;
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
    return true;
  };
  return (["kinds", "literals", "offsets", "children", "logWeights"] as const).every((key) =>
    same(a[key], b[key]),
  );
}

/** Log weights of true against false, by variable. */
type Point = readonly number[];

/** All worlds of few variables, else points of growing steepness. */
function* pointsFor({ variables, edges }: Circuit, made: Circuit): Generator<Point, void, void> {
  const random = rng("the circuit's own rules");
  for (let i = 0; i < 40; i++) {
    const steepness = 4 ** ((i % 8) - 2);
    yield Array.from({ length: variables.size }, () => (2 * random() - 1) * steepness);
  }
  if (variables.size > 12 || 2 ** variables.size * (edges + made.edges) > 1e7) return;
  for (let world = 0; world < 2 ** variables.size; world++) {
    yield Array.from({ length: variables.size }, (_, v) => ((world >> v) & 1 ? Infinity : -Infinity));
  }
}

/** How far two circuits differ at points. */
interface Pair {
  readonly circuit: Circuit;
  /** The log of the factor with which errors compare the two. */
  readonly namedFactor: number;
  /** Log values, the second one times a factor (by default that at flat leaves), and by how much more they differ than rounding explains. */
  differenceAt(
    point: Point,
    factor?: number,
  ): { own: number; rules: number; excess: number; tolerance: number };
}

function pairOf(circuit: Circuit, made: Circuit, slack: number): Pair {
  const at = (of: Circuit, point: Point): { log: number; error: number } => {
    const known = point.map((t): Known => {
      return { kind: "weights", logWeights: Float64Array.of(Math.min(0, -t), Math.min(0, t)) };
    });
    const values = logValues(of, inputLogValues(of, known));
    return { log: values[of.size - 1], error: logError(of, values) };
  };
  const [ownFlat, rulesFlat] = [circuit, made].map((of) => at(of, flatPoint(circuit)));
  const possible = ownFlat.log > -Infinity && rulesFlat.log > -Infinity;
  const flatFactor = possible ? ownFlat.log - rulesFlat.log : 0;
  // Normalizing subtracts one node's log value from another's at every edge of a world's tree.
  const size = circuit.logWeights.reduce((max, w) => (w === -Infinity ? max : Math.max(max, Math.abs(w))), 1);
  const fixed = 2 * slack + ownFlat.error + rulesFlat.error + 2 ** -50 * circuit.variables.size * size;
  return {
    circuit,
    // Unless the circuit is normalized people can compare the weights themselves.
    namedFactor: Math.abs(ownFlat.log) <= fixed ? flatFactor : 0,
    differenceAt(point, factor = flatFactor) {
      const [one, other] = [at(circuit, point), at(made, point)];
      const [own, rules] = [one.log, other.log + factor];
      const tolerance = fixed + one.error + other.error + 2 ** -50 * Math.abs(factor);
      return { own, rules, excess: own === rules ? 0 : Math.abs(own - rules) - tolerance, tolerance };
    },
  };
}

const flatPoint = ({ domains }: Circuit): Point => domains.map(() => 0);

/** The error that names a world; from a point where the two differ. */
function differentAt({ circuit, namedFactor, differenceAt }: Pair, point: Point): InvalidArgumentError {
  const excessAt = (at: Point): number => differenceAt(at, namedFactor).excess;
  // With another factor they may agree at this point, but then not at the flat one.
  const world = excessAt(point) > 0 ? [...point] : [...flatPoint(circuit)];
  for (const v of world.keys()) {
    const [no, yes] = [-Infinity, Infinity].map((value) => excessAt(world.with(v, value)));
    world[v] = yes > no ? Infinity : -Infinity;
  }
  const { own, rules } = differenceAt(world, namedFactor);
  const yes = circuit.variables.names.filter((_, v) => world[v] > 0);
  const whatIsTrue = yes.length === 0 ? "nothing is true" : `only ${yes.join(", ")} is true`;
  const normalized = namedFactor === 0 ? "" : "normalized ";
  return new InvalidArgumentError(
    `The ${normalized}log weight that the rules give to the world in which ${whatIsTrue}`,
    rules,
    `${own}, as in the circuit: its own rules, all of them`,
    "Pass the rules that the circuit was compiled from, or none.",
  );
}
