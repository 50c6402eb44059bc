/**
 * Circuits in the text formats of other libraries, as circuit-files.ts reads them. Names of variables and states
 * are lost, and ties, which `convertSource` warns of; a categorical variable of two states is read again as a binary
 * one. Otherwise reading gives the same circuit, up to rounding: weights of sums are written as the logs that they are
 * and stay to the bit; probabilities of inputs become logs, and come back within 2^-51 · (1 + |log p|) of themselves.
 * What a format has no words for is refused, with the first node concerned.
 */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { literalOf } from "../cnf/cnf.ts";
import {
  type Distribution,
  type FiniteDistribution,
  isOverStates,
  stateLogProbability,
} from "../inputs/distribution.ts";
import type { Input } from "../inputs/input.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { printVtree } from "../vtree/vtree-file.ts";
import { vtreeOfCircuit } from "./circuit-vtree.ts";
import { inexpressible } from "./inexpressible.ts";
import { psddForm } from "./psdd-form.ts";

/** A circuit's file and that of the vtree whose nodes it names. */
export interface WithVtree {
  readonly text: string;
  readonly vtree: string;
}

/** A PSDD's file, and what it leaves out. */
export interface PsddFile extends WithVtree {
  /** Log of what the circuit's worlds weigh in total: a PSDD is a distribution, so it is divided by that. */
  readonly logPartition: number;
}

/**
 * A PSDD file: the distribution of a circuit over binary variables whose products follow one vtree, and whose sums
 * choose by what lies left of the vtree's nodes. The circuit is brought into the form of a PSDD as far as it is not:
 * products of many factors and variables that are left out follow the vtree, sums of sums become one, weights are
 * normalized, and sums of a variable's inputs become P(true). One that has the form is written as it is. See
 * psdd-form.ts. O(size), the search for the vtree, and the check that the primes of every decision exclude each other.
 * @param vtree over the variables 1 … n, which are the circuit's 0 … n − 1; by default one that the products tell, with
 *   their first factors on the left
 * @throws CredenceError `INEXPRESSIBLE` with the node at fault, and for a circuit that is 0 everywhere
 * @throws InvalidArgumentError for a vtree over another number of variables
 */
export function printPsdd(circuit: Circuit, vtree?: Vtree): PsddFile {
  const form = psddForm(circuit, vtree);
  const lines = form.nodes.map((node, id) => {
    const at = `${id} ${node.place}`;
    if (node.kind === "literal") return `L ${at} ${node.literal}`;
    if (node.kind === "true") return `T ${at} ${node.variable} ${logText(node.logTrue)}`;
    const elements = node.elements.map(({ prime, sub, log }) => ` ${prime} ${sub} ${logText(log)}`);
    return `D ${at} ${elements.length}${elements.join("")}`;
  });
  return {
    text: `${[`psdd ${lines.length}`, ...lines].join("\n")}\n`,
    vtree: printVtree(form.vtree),
    logPartition: form.logPartition,
  };
}

/**
 * A Juice file (jpc): inputs over states, and binomial ones. Its vtree fields name the nodes of a vtree if the
 * circuit follows one, and are 0 otherwise. O(size), and the search for the vtree.
 * @throws CredenceError `INEXPRESSIBLE` for inputs of other families, and for variables of one state or whose last
 *   state no input speaks of
 */
export function printJpc(circuit: Circuit): { readonly text: string; readonly vtree: string | undefined } {
  const found = vtreeOfCircuit(circuit);
  const places = "witness" in found ? new Int32Array(circuit.size) : found.places;
  checkStatesAreSaid(circuit);
  const lines = Array.from({ length: circuit.size }, (_, node) => {
    const terms = childrenOf(circuit, node);
    const at = `${node} ${places[node]}`;
    if (circuit.kinds[node] === nodeKinds.product) return [`P ${at} ${terms.length}`, ...terms].join(" ");
    if (circuit.kinds[node] === nodeKinds.sum) {
      return [`S ${at} ${terms.length}`, ...weighted(circuit, node, terms)].join(" ");
    }
    if (circuit.literals[node] >= 0) return `L ${at} ${literalOf(circuit.literals[node])}`;
    const { variable, distribution: d } = circuit.inputs[circuit.inputOf[node]];
    if (d.family === "indicator") return `I ${at} ${variable + 1} ${d.state}`;
    if (d.family === "binomial") return `B ${at} ${variable + 1} ${d.trials} ${logText(Math.log(d.p))}`;
    if (isWritable(d)) return [`C ${at} ${variable + 1}`, ...logsOf(circuit, node)].join(" ");
    throw refusal(circuit, node, "a jpc file", "inputs over states, and binomial ones");
  });
  return {
    text: `${[`jpc ${lines.length}`, ...lines].join("\n")}\n`,
    vtree: "witness" in found ? undefined : printVtree(found.vtree),
  };
}

/**
 * A Libra file (.spn). The only inputs that it knows are indicators: others over states are written as the weighted
 * sum of their states' indicators, which is the same function. O(size · states).
 * @throws CredenceError `INEXPRESSIBLE` for inputs over numbers
 */
export function printSpn(circuit: Circuit): string {
  const lines: string[] = [];
  const indicators = new Map<string, number>();
  const ids = new Int32Array(circuit.size);
  const add = (line: string): number => lines.push(line) - 1;
  const indicator = (variable: number, state: number): number => {
    const line = `v ${variable} ${state}`;
    const id = indicators.get(line) ?? add(line);
    indicators.set(line, id);
    return id;
  };
  for (let node = 0; node < circuit.size; node++) {
    const terms = childrenOf(circuit, node);
    const places = terms.map((term) => ids[term]);
    if (circuit.kinds[node] === nodeKinds.product) ids[node] = add(["*", ...places].join(" "));
    else if (circuit.kinds[node] === nodeKinds.sum) {
      ids[node] = add(["+", ...weighted(circuit, node, places)].join(" "));
    } else {
      const { variable, distribution: d }: Input = circuit.inputs[circuit.inputOf[node]];
      if (!isWritable(d)) throw refusal(circuit, node, "an spn file", "inputs over states");
      if (d.family === "indicator") ids[node] = indicator(variable, d.state);
      else {
        const parts = logsOf(circuit, node).map((log, state) => `${indicator(variable, state)} ${log}`);
        ids[node] = add(["+", ...parts].join(" "));
      }
    }
  }
  // The last line is the root: an indicator that is one may have been written before.
  if (ids[circuit.size - 1] !== lines.length - 1) add(`+ ${ids[circuit.size - 1]} 0`);
  return `${[`(${circuit.domains.map(arityOf).join(" ")})`, ...lines, "EOF"].join("\n")}\n`;
}

function childrenOf({ children, offsets }: Circuit, node: number): number[] {
  return [...children.subarray(offsets[node], offsets[node + 1])];
}

/** Numbers of children, each with its log weight. */
function weighted(circuit: Circuit, node: number, places: readonly number[]): string[] {
  return places.map((place, i) => `${place} ${logText(circuit.logWeights[circuit.offsets[node] + i])}`);
}

function logText(log: number): string {
  return log === Number.NEGATIVE_INFINITY ? "-Infinity" : String(log);
}

/** Whether an input is a table of probabilities: over states, and bound to numbers. */
function isWritable(d: Distribution): d is FiniteDistribution {
  return isOverStates(d) && d.family !== "external";
}

/** Log probabilities of the states of an input over states. */
function logsOf(circuit: Circuit, node: number): string[] {
  const { variable, distribution: d } = circuit.inputs[circuit.inputOf[node]];
  if (!isWritable(d)) return [];
  const states = Array.from({ length: arityOf(circuit.domains[variable]) }, (_, state) => state);
  return states.map((state) => logText(stateLogProbability(d, state)));
}

/** The format does not say how many states a variable has: its inputs do. */
function checkStatesAreSaid({ domains, inputs, variables }: Circuit): void {
  domains.forEach((domain, variable) => {
    const arity = arityOf(domain);
    if (arity === 2 || domain.kind === "real") return;
    const said = inputs.some(({ variable: own, distribution: d }) => {
      if (own !== variable) return false;
      if (domain.kind === "count") return d.family === "binomial";
      return d.family === "categorical" || (d.family === "indicator" && d.state === arity - 1);
    });
    if (said && arity > 1) return;
    const name = JSON.stringify(variables.name(variable));
    throw inexpressible(
      `The domain of ${name}`,
      "a jpc file",
      "variables of two or more states, all of which the inputs speak of",
    );
  });
}

function refusal(circuit: Circuit, node: number, format: string, expected: string, hint?: string) {
  const input = circuit.inputs[circuit.inputOf[node]];
  const kind = circuit.kinds[node] === nodeKinds.product ? "a product" : "a sum";
  const words = input === undefined ? kind : `an input of the family ${input.distribution.family}`;
  return inexpressible(`Node ${node}, ${words},`, format, expected, hint);
}
