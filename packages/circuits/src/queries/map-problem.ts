/**
 * What a search for the best assignments of some variables needs of a circuit: the values left to each of them,
 * the log weight of every input at each value, and which sums are maxima.
 *
 * With the inputs of the query variables at their largest weight and all others summed out, the root's value is
 * an upper bound of max_q Σ_s C(q, s): circuits are monotone in their inputs. It stays one if a sum whose
 * children exclude each other on the query variables takes its largest term instead of all, since for every q at
 * most one term is positive; where all sums are of this kind the bound is the maximum itself (deterministic
 * circuits with every variable in the query, and Q-deterministic ones with those in Q).
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import { numericFamily } from "../inputs/input.ts";
import { inputMode } from "../inputs/restricted.ts";
import { determinism } from "../properties/determinism.ts";
import { inputLogValue, type Known } from "./evidence.ts";

/** The circuit under evidence, seen from its query variables. */
export interface MapProblem {
  readonly circuit: Circuit;
  /** Per variable the values left to it; empty for variables outside the query and unlisted numbers. */
  readonly choices: readonly (readonly number[])[];
  /** Per input: its log weight with nothing decided, an upper bound for inputs of the query. */
  readonly inputValues: Float64Array;
  /** Per input of a query variable its log weight at each of the variable's choices. */
  readonly choiceValues: readonly Float64Array[];
  /** Per variable its inputs. */
  readonly inputsOf: readonly (readonly number[])[];
  /** The query's variables whose values cannot be listed. */
  readonly numbers: readonly number[];
  /** Per input of such a number, its most probable value. */
  readonly modes: Float64Array;
  /** Per node 1 for sums that may be taken as maxima. */
  readonly maxima: Uint8Array;
}

/** @param query per variable 1 if it is to be maximized; others are summed out */
export function mapProblem(circuit: Circuit, known: readonly Known[], query: Uint8Array): MapProblem {
  const choices = known.map((one, v) => (query[v] === 0 ? [] : choicesOf(circuit, one, v)));
  const inputsOf: number[][] = known.map(() => []);
  const inputValues = new Float64Array(circuit.inputs.length);
  const modes = new Float64Array(circuit.inputs.length);
  const choiceValues = circuit.inputs.map((input, i) => {
    const { variable, distribution: d } = input;
    const one = known[variable];
    inputsOf[variable].push(i);
    if (query[variable] === 0) {
      inputValues[i] = inputLogValue(input, one);
      return new Float64Array(0);
    }
    const logs = Float64Array.from(choices[variable], (value) => {
      if (!isOverStates(d)) return numericFamily(d).logProbability(d, value);
      return Math.log(stateProbability(d, value)) + (one.kind === "weights" ? one.logWeights[value] : 0);
    });
    if (logs.length > 0) inputValues[i] = logs.reduce((a, b) => Math.max(a, b));
    else {
      const mode = inputMode(input, one, arityOf(circuit.domains[variable]));
      inputValues[i] = mode.logValue;
      modes[i] = mode.value;
    }
    return logs;
  });
  const maxima = maximaOf(circuit, query, () => exclusiveSums(circuit, choices, choiceValues, inputsOf));
  const numbers = [...query.keys()].filter((v) => {
    return query[v] === 1 && known[v].kind !== "values" && !Number.isFinite(arityOf(circuit.domains[v]));
  });
  return { circuit, choices, inputValues, choiceValues, inputsOf, numbers, modes, maxima };
}

/** The sums that may be taken as maxima: those found by syntax, and the rest if a closer look shows it. */
function maximaOf(circuit: Circuit, query: Uint8Array, bySyntax: () => Uint8Array): Uint8Array {
  if (query.every((flag) => flag === 1) && circuit.properties.deterministic) {
    return circuit.kinds.map((kind) => Number(kind === nodeKinds.sum));
  }
  const exclusive = bySyntax();
  const open = sumsAbout(circuit, query);
  if (open.every((flag, node) => flag <= exclusive[node]) || circuit.edges > closeLookEdges) return exclusive;
  const variables = circuit.variables.names.filter((_, v) => query[v] === 1);
  return determinism(circuit, { variables }).status === "certified" ? open : exclusive;
}

/** Circuits up to this size are looked at by pairs of nodes, and not by syntax alone. */
const closeLookEdges = 5000;

/** 1 for the sums that speak of a query variable. */
function sumsAbout(circuit: Circuit, query: Uint8Array): Uint8Array {
  const { kinds, inputOf, inputs, offsets, children } = circuit;
  const speaks = new Uint8Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] === nodeKinds.input) speaks[node] = query[inputs[inputOf[node]].variable];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) speaks[node] |= speaks[children[edge]];
  }
  return speaks.map((flag, node) => (kinds[node] === nodeKinds.sum ? flag : 0));
}

/** Whether every sum is a maximum, so that the best trees are the best worlds. */
export function isDeterministic({ circuit, maxima }: MapProblem): boolean {
  return circuit.kinds.every((kind, node) => kind !== nodeKinds.sum || maxima[node] === 1);
}

/** The values left to a variable if they can be listed; none for one that has no value left. */
function choicesOf(circuit: Circuit, known: Known, variable: number): readonly number[] {
  if (known.kind === "values") return known.values;
  const arity = arityOf(circuit.domains[variable]);
  if (!Number.isFinite(arity)) return [];
  const states = Array.from({ length: arity }, (_, state) => state);
  if (known.kind !== "weights") return states;
  return states.filter((state) => known.logWeights[state] > Number.NEGATIVE_INFINITY);
}

/**
 * Log values of all nodes, with maxima where the problem has them. O(edges).
 * @param inputValues the problem's, some of them changed by decisions
 */
export function boundValues({ circuit, maxima }: MapProblem, inputValues: Float64Array): Float64Array {
  const { kinds, inputOf, offsets, children, logWeights } = circuit;
  const values = new Float64Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] === nodeKinds.input) {
      values[node] = inputValues[inputOf[node]];
      continue;
    }
    if (kinds[node] === nodeKinds.product) {
      let total = 0;
      for (let edge = from; edge < to; edge++) total += values[children[edge]];
      values[node] = total;
      continue;
    }
    let max = Number.NEGATIVE_INFINITY;
    for (let edge = from; edge < to; edge++) max = Math.max(max, logWeights[edge] + values[children[edge]]);
    values[node] = max;
    if (maxima[node] === 1 || max === Number.NEGATIVE_INFINITY) continue;
    let sum = 0;
    for (let edge = from; edge < to; edge++) sum += Math.exp(logWeights[edge] + values[children[edge]] - max);
    values[node] = max + Math.log(sum);
  }
  return values;
}

/** How much work the certificate may take; without it sums stay sums, and the bound is looser. */
const workLimit = 2e8;
/** Pairs of children that are kept track of. */
const pairLimit = 5_000_000;

/**
 * 1 for sums of which every two children (of positive weight) have no common value of some query variable: one
 * pass per variable over sets of possible values. O(query variables · (edges + pairs of children)).
 */
function exclusiveSums(
  circuit: Circuit,
  choices: MapProblem["choices"],
  choiceValues: MapProblem["choiceValues"],
  inputsOf: MapProblem["inputsOf"],
): Uint8Array {
  const found = new Uint8Array(circuit.size);
  const variables = [...choices.keys()].filter((v) => choices[v].length > 0 && choices[v].length < 32);
  const sums = sumsWithPairs(circuit);
  if (sums === undefined || variables.length * (circuit.edges + sums.pairs) > workLimit) return found;
  const apart = new Uint8Array(sums.pairs);
  const possible = new Int32Array(circuit.size);
  const inputSets = new Int32Array(circuit.inputs.length);
  for (const v of variables) {
    inputSets.fill(-1);
    for (const i of inputsOf[v]) {
      inputSets[i] = choiceValues[i].reduce(
        (set, log, choice) => (log > Number.NEGATIVE_INFINITY ? set | (1 << choice) : set),
        0,
      );
    }
    possibleValues(circuit, inputSets, possible);
    for (const { children, start } of sums.list) {
      let pair = start;
      for (let i = 0; i < children.length; i++) {
        for (let j = 0; j < i; j++, pair++) {
          if ((possible[children[i]] & possible[children[j]]) === 0) apart[pair] = 1;
        }
      }
    }
  }
  for (const { node, children, start } of sums.list) {
    const pairs = (children.length * (children.length - 1)) / 2;
    found[node] = Number(apart.subarray(start, start + pairs).every((flag) => flag === 1));
  }
  return found;
}

/** Sets of values of one variable per node, as bits; all bits where a node does not speak of the variable. */
function possibleValues(circuit: Circuit, inputSets: Int32Array, possible: Int32Array): void {
  const { kinds, inputOf, offsets, children, logWeights } = circuit;
  for (let node = 0; node < circuit.size; node++) {
    if (kinds[node] === nodeKinds.input) {
      possible[node] = inputSets[inputOf[node]];
      continue;
    }
    const product = kinds[node] === nodeKinds.product;
    let set = product ? -1 : 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (product) set &= possible[children[edge]];
      else if (logWeights[edge] > Number.NEGATIVE_INFINITY) set |= possible[children[edge]];
    }
    possible[node] = set;
  }
}

interface PairedSum {
  readonly node: number;
  /** The children of positive weight. */
  readonly children: Int32Array;
  /** Where its pairs start. */
  readonly start: number;
}

function sumsWithPairs(
  circuit: Circuit,
): { readonly list: readonly PairedSum[]; readonly pairs: number } | undefined {
  const list: PairedSum[] = [];
  let pairs = 0;
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.sum) continue;
    const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
    const children = circuit.children
      .subarray(from, to)
      .filter((_, i) => circuit.logWeights[from + i] > Number.NEGATIVE_INFINITY);
    list.push({ node, children, start: pairs });
    pairs += (children.length * (children.length - 1)) / 2;
    if (pairs > pairLimit) return undefined;
  }
  return { list, pairs };
}
