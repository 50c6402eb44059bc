/**
 * Bounds on posteriors when a circuit's own parameters are only known to lie in sets: a credal circuit (D. D. Mauá,
 * F. G. Cozman, D. Conaty, C. P. de Campos, "Credal sum-product networks", ISIPTA 2017). Every sum's weights, and every
 * input's distribution over states, range over a set of their own (see credal-sets.ts).
 *
 * The largest value of the evidence is found from the inputs to the root: values are positive and grow with those of
 * all children, so that every node takes its own largest; and so for the smallest. Nodes with several parents do not
 * stand in the way. For a posterior, with N and M the values with and without the finding, both given the evidence,
 *
 *   N / M <= t   for all parameters   iff   G(t) = max (N - t M) <= 0.
 *
 * Below a product only one child speaks of the variable: it has a value of either sign, and the others, E, are
 * positive. So max (n - t m) E = (max (n - t m)) · (max E, or min E where that is negative), and at a sum the maximum
 * is the linear program again: G(t) takes one pass. The root of G is found by J. W. Dinkelbach's iteration ("On
 * nonlinear fractional programming", 1967): t becomes the ratio N / M at the maximum, until it grows no more; then a t
 * is taken for which G, rounded up, is certainly not positive.
 *
 * This is exact where no node with parameters below it has two parents. Else a node may be used at its largest by one
 * parent and at its smallest by another, and the same for tied parameters: bounds are sound, but may be wide. (Finding
 * the exact ones is NP-hard.)
 */
import { InvalidArgumentError, type RunOptions, runAsync, runSync, type StepGenerator } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import {
  type Contradiction,
  type Evidence,
  inputLogValue,
  type Known,
  knownOf,
  requireProperties,
} from "../queries/evidence.ts";
import { contradictionOf } from "../queries/likelihood.ts";
import {
  type CredalSets,
  credalSets,
  type LocalProgram,
  localProgram,
  type WeightIntervals,
} from "./credal-sets.ts";
import { inputError, probabilityAbove, probabilityBelow } from "./rounding.ts";

/** What {@link credalBounds} is asked. */
export interface CredalQuestion<V extends string = string> extends RunOptions {
  /**
   * ε from 0 to 1: the weights w of every sum, and of every input over states that is no indicator, may be
   * (1 - ε) w + ε v with any distribution v. Default 0.
   */
  readonly contamination?: number;
  /** By node, instead of contamination: one interval per edge of a sum, or per state of an input. */
  readonly intervals?: WeightIntervals;
  /** Default: nothing is known. */
  readonly evidence?: Evidence<V>;
  /** The variables whose bounds are wanted, which must have finitely many values; default all of those. */
  readonly variables?: readonly V[];
}

/** Bounds of one probability. */
export interface CredalInterval {
  readonly low: number;
  readonly high: number;
  /** Whether some parameters in the sets reach both ends (up to rounding). */
  readonly tight: boolean;
}

/** The answer of {@link credalBounds}. */
export interface CredalBounds<V extends string = string> {
  readonly kind: "bounds";
  /** Log of the total weight of the evidence. */
  readonly logEvidence: CredalInterval;
  /** P(variable = state | evidence), by state, over all parameters under which the evidence is possible. */
  readonly byVariable: { readonly [K in V]?: readonly CredalInterval[] };
}

/**
 * Sound bounds over all parameters in the sets. O(edges) per state and iteration, of which there are about ten.
 * @returns `kind: "contradiction"` if the evidence is impossible under all parameters
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain, a contamination that is not from 0 to
 *   1, intervals that no weights fit, or variables that have infinitely many values
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable, or contaminated sums
 *   whose weights do not add up to 1
 * @throws AbortedError whose `partial` has the bounds of the variables that were done
 */
export function credalBounds<V extends string>(
  circuit: Circuit<V>,
  question: CredalQuestion<V>,
): CredalBounds<V> | Contradiction {
  return runSync(credalSteps(circuit, question), question);
}

/** {@link credalBounds} that lets the event loop run in between. */
export function credalBoundsAsync<V extends string>(
  circuit: Circuit<V>,
  question: CredalQuestion<V>,
): Promise<CredalBounds<V> | Contradiction> {
  return runAsync(credalSteps(circuit, question), question);
}

function* credalSteps<V extends string>(
  circuit: Circuit<V>,
  question: CredalQuestion<V>,
): StepGenerator<CredalBounds<V> | Contradiction> {
  requireProperties(circuit, "credalBounds", ["smooth", "decomposable"]);
  const { contamination = 0, intervals = new Map(), evidence = {} } = question;
  if (!(contamination >= 0 && contamination <= 1))
    throw new InvalidArgumentError("contamination", contamination, "a share from 0 to 1");
  const wanted = wantedOf(circuit, question.variables);
  const known = knownOf(circuit, evidence);
  const sets = credalSets(circuit, contamination, intervals);
  const credal: Credal = { circuit, known, sets, program: localProgram(sets), ...ends(circuit, known, sets) };
  const { least, most } = credal;
  const root = circuit.size - 1;
  if (most[root] === Number.NEGATIVE_INFINITY) return contradictionOf(circuit);
  const { tied, shared } = structureOf(circuit, sets);
  const byVariable: { [K in V]?: readonly CredalInterval[] } = {};
  const logEvidence = { low: least[root], high: most[root], tight: !tied };
  const answer: CredalBounds<V> = { kind: "bounds", logEvidence, byVariable };
  for (const [done, v] of wanted.entries()) {
    const speaks = speaking(circuit, v);
    byVariable[circuit.variables.name(v) as V] = Array.from(
      { length: arityOf(circuit.domains[v]) },
      (_, state) => {
        const [above, below] = [true, false].map((kept) => largestOdds(credal, v, speaks, state, kept));
        return { low: probabilityBelow(-below), high: probabilityAbove(above), tight: !tied && !shared };
      },
    );
    const metrics = {};
    yield {
      phase: "Bounding probabilities",
      step: done + 1,
      steps: wanted.length,
      metrics,
      partial: () => answer,
    };
  }
  return answer;
}

function wantedOf<V extends string>(circuit: Circuit<V>, names: readonly V[] | undefined): readonly number[] {
  const hasStates = (v: number): boolean => Number.isFinite(arityOf(circuit.domains[v]));
  if (names === undefined) return circuit.domains.flatMap((_, v) => (hasStates(v) ? [v] : []));
  return names.map((name) => {
    const v = circuit.variables.id(name);
    if (hasStates(v)) return v;
    throw new InvalidArgumentError("variables", name, "variables with finitely many values");
  });
}

/** A circuit, its sets, and the least and the largest log value of every node. */
interface Credal {
  readonly circuit: Circuit;
  readonly known: readonly Known[];
  readonly sets: CredalSets;
  readonly program: LocalProgram;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** The least and the largest values of all nodes, rounded outward. */
function ends(circuit: Circuit, known: readonly Known[], sets: CredalSets): Pick<Credal, "least" | "most"> {
  const program = localProgram(sets);
  const end = (sign: 1 | -1): Float64Array => {
    const values = new Float64Array(circuit.size);
    for (let node = 0; node < circuit.size; node++) {
      if (circuit.kinds[node] === nodeKinds.product) {
        values[node] = productOf(circuit, node, (child) => values[child], sign);
        continue;
      }
      if (!itemsInto(program, { circuit, known, sets }, node, (child) => values[child])) {
        values[node] = numberAt(circuit, known, node, sign);
        continue;
      }
      program.signs.fill(sign);
      program.solve(node);
      values[node] = program.sign === sign ? program.log : Number.NEGATIVE_INFINITY;
    }
    return values;
  };
  return { most: end(1), least: end(-1) };
}

/** The value of an input over numbers, moved by its rounding. */
function numberAt(circuit: Circuit, known: readonly Known[], node: number, sign: 1 | -1): number {
  const input = circuit.inputs[circuit.inputOf[node]];
  const value = inputLogValue(input, known[input.variable]);
  return value === Number.NEGATIVE_INFINITY
    ? value
    : value + sign * inputError(circuit, node, Math.abs(value));
}

/** The sum of the factors' logs, moved by its rounding. */
function productOf(circuit: Circuit, node: number, logOf: (child: number) => number, sign: 1 | -1): number {
  const { offsets, children } = circuit;
  let [total, size] = [0, 0];
  for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
    const log = logOf(children[edge]);
    total += log;
    size += Math.abs(log);
  }
  if (total === Number.NEGATIVE_INFINITY) return total;
  return total + sign * 2 ** -53 * (offsets[node + 1] - offsets[node]) * size;
}

/** Writes the logs of a node's items: of the children of a sum, of the findings on states; false if it has none. */
function itemsInto(
  { logs }: LocalProgram,
  { circuit, known, sets }: Pick<Credal, "circuit" | "known" | "sets">,
  node: number,
  logOf: (child: number) => number,
): boolean {
  const { offsets, children, kinds, inputs, inputOf } = circuit;
  if (kinds[node] === nodeKinds.sum) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++)
      logs[edge - offsets[node]] = logOf(children[edge]);
    return true;
  }
  const count = sets.offsets[node + 1] - sets.offsets[node];
  const finding = known[inputs[inputOf[node]].variable];
  for (let state = 0; state < count; state++)
    logs[state] = finding.kind === "weights" ? finding.logWeights[state] : 0;
  return count > 0;
}

/** By node: whether the variable is in its scope. */
function speaking(
  { size, kinds, inputs, inputOf, offsets, children }: Circuit,
  variable: number,
): Uint8Array {
  const speaks = new Uint8Array(size);
  for (let node = 0; node < size; node++) {
    if (kinds[node] === nodeKinds.input) speaks[node] = Number(inputs[inputOf[node]].variable === variable);
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) speaks[node] |= speaks[children[edge]];
  }
  return speaks;
}

/** Whether parameters are tied, and whether nodes with parameters below them have several parents. */
function structureOf(circuit: Circuit, { budgets }: CredalSets): { tied: boolean; shared: boolean } {
  const { size, kinds, offsets, children, sumGroups, inputGroups, inputOf } = circuit;
  const [moves, parents] = [new Uint8Array(size), new Int32Array(size)];
  let [tied, shared] = [false, false];
  for (let node = 0; node < size; node++) {
    moves[node] = Number(budgets[node] > 0);
    const group = kinds[node] === nodeKinds.input ? inputGroups?.[inputOf[node]] : sumGroups?.[node];
    if (moves[node] === 1 && (group ?? -1) >= 0) tied = true;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      moves[node] |= moves[children[edge]];
      if (++parents[children[edge]] > 1 && moves[children[edge]] === 1) shared = true;
    }
  }
  return { tied, shared };
}

/** One pass: the sign of max (N - t M), rounded up, and log N and log M where it is reached. */
interface Gain {
  readonly sign: number;
  readonly logN: number;
  readonly logM: number;
}

/** The log of an upper bound of the odds of the finding: of the state, or of all others if it is not `kept`. */
function largestOdds(
  credal: Credal,
  variable: number,
  speaks: Uint8Array,
  state: number,
  kept: boolean,
): number {
  const at = gainPass(credal, variable, speaks, (s) => (s === state) === kept);
  let logT = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const { logN, logM } = at(logT);
    if (logN === Number.NEGATIVE_INFINITY) break;
    if (logM === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    if (!(logN - logM > logT)) break;
    logT = logN - logM;
  }
  if (at(logT).sign <= 0) return logT;
  for (let margin = 2 ** -50; margin < 64; margin *= 2) {
    if (at(logT + margin).sign <= 0) return logT + margin;
  }
  return Number.POSITIVE_INFINITY;
}

function gainPass(
  { circuit, known, sets, program, least, most }: Credal,
  variable: number,
  speaks: Uint8Array,
  inFinding: (state: number) => boolean,
): (logT: number) => Gain {
  const { size, kinds, offsets, children } = circuit;
  const signs = new Int8Array(size);
  const [logs, logN, logM] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const product = (node: number): void => {
    let own = -1;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++)
      if (speaks[children[edge]] === 1) own = children[edge];
    const others = signs[own] < 0 ? least : most;
    const without = (value: number) => (child: number) => (child === own ? value : others[child]);
    logs[node] = productOf(circuit, node, without(logs[own]), signs[own] < 0 ? -1 : 1);
    logN[node] = productOf(circuit, node, without(logN[own]), 1);
    logM[node] = productOf(circuit, node, without(logM[own]), 1);
    signs[node] = logs[node] === Number.NEGATIVE_INFINITY ? 0 : signs[own];
  };
  const mixture = (node: number, logT: number): void => {
    const isInput = kinds[node] === nodeKinds.input;
    itemsInto(program, { circuit, known, sets }, node, (child) => logs[child]);
    const count = sets.offsets[node + 1] - sets.offsets[node];
    for (let i = 0; i < count; i++) {
      program.signs[i] = isInput ? (inFinding(i) ? 1 : -1) : signs[children[offsets[node] + i]];
      if (isInput && !inFinding(i)) program.logs[i] += logT;
    }
    program.solve(node);
    signs[node] = program.sign;
    logs[node] = program.log;
    [logN[node], logM[node]] = [true, false].map((counted) =>
      mixed(program.chosen, count, (i) => {
        if (!isInput) return (counted ? logN : logM)[children[offsets[node] + i]];
        if (inFinding(i) !== counted) return Number.NEGATIVE_INFINITY;
        const finding = known[variable];
        return finding.kind === "weights" ? finding.logWeights[i] : 0;
      }),
    );
  };
  return (logT) => {
    for (let node = 0; node < size; node++) {
      if (speaks[node] === 0) continue;
      if (kinds[node] === nodeKinds.product) product(node);
      else mixture(node, logT);
    }
    const root = size - 1;
    return { sign: signs[root], logN: logN[root], logM: logM[root] };
  };
}

/** log Σ_i exp(weights_i + values_i). */
function mixed(weights: Float64Array, count: number, logOf: (item: number) => number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) max = Math.max(max, weights[i] + logOf(i));
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp(weights[i] + logOf(i) - max);
  return max + Math.log(sum);
}
