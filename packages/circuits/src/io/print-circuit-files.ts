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
import { printVtree } from "../vtree/vtree-file.ts";
import { vtreeOfCircuit } from "./circuit-vtree.ts";
import { inexpressible } from "./inexpressible.ts";

/** A circuit's file and that of the vtree whose nodes it names. */
export interface WithVtree {
  readonly text: string;
  readonly vtree: string;
}

/**
 * A PSDD file: inputs are over two states, sums have products of two factors as children, and all
 * products follow one vtree. A product that is not a child of a sum becomes a decision of one element. O(size), and
 * the search for the vtree.
 * @throws CredenceError `INEXPRESSIBLE` with the first node that a PSDD cannot say
 */
export function printPsdd(circuit: Circuit): WithVtree {
  const found = vtreeOfCircuit(circuit);
  if ("witness" in found) {
    throw inexpressible(`Node ${found.witness}, a product,`, "a PSDD", "products that follow one vtree");
  }
  const { vtree, places } = found;
  const ids = new Int32Array(circuit.size).fill(-1);
  const lines: string[] = [];
  const add = (node: number, line: (id: number) => string): void => {
    ids[node] = lines.push("") - 1;
    lines[ids[node]] = line(ids[node]);
  };
  /** The two factors of a product, that on the vtree's left first. */
  const element = (node: number): string => {
    const factors = childrenOf(circuit, node).sort((a, b) => places[a] - places[b]);
    return factors.map((factor) => ids[factor]).join(" ");
  };
  const alone = productsAlone(circuit);
  for (let node = 0; node < circuit.size; node++) {
    const { inputOf, kinds } = circuit;
    if (inputOf[node] >= 0) {
      const { variable, distribution: d } = circuit.inputs[inputOf[node]];
      const leaf = vtree.leaf[variable + 1];
      const two = arityOf(circuit.domains[variable]) === 2;
      if (two && d.family === "indicator") {
        add(node, (id) => `L ${id} ${leaf} ${literalOf(2 * variable + d.state)}`);
      } else if (two && isWritable(d)) {
        add(node, (id) => `T ${id} ${leaf} ${variable + 1} ${logText(stateLogProbability(d, 1))}`);
      } else throw refusal(circuit, node, "a PSDD", "inputs over two states");
    } else if (kinds[node] === nodeKinds.product) {
      if (childrenOf(circuit, node).length !== 2) {
        throw refusal(circuit, node, "a PSDD", "products of two factors", "Make products binary first.");
      }
      if (alone[node] === 1) add(node, (id) => `D ${id} ${places[node]} 1 ${element(node)} 0`);
    } else {
      const terms = childrenOf(circuit, node);
      if (terms.some((term) => kinds[term] !== nodeKinds.product)) {
        throw refusal(circuit, node, "a PSDD", "sums of products of two factors");
      }
      const elements = terms.map(
        (term, i) => ` ${element(term)} ${logText(circuit.logWeights[circuit.offsets[node] + i])}`,
      );
      add(node, (id) => `D ${id} ${places[node]} ${terms.length}${elements.join("")}`);
    }
  }
  return { text: `${[`psdd ${lines.length}`, ...lines].join("\n")}\n`, vtree: printVtree(vtree) };
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

/** Per node: 1 for products that are the root or a factor of another product. */
function productsAlone(circuit: Circuit): Uint8Array {
  const alone = new Uint8Array(circuit.size);
  alone[circuit.size - 1] = 1;
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.product) continue;
    for (const child of childrenOf(circuit, node)) alone[child] = 1;
  }
  return alone;
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
