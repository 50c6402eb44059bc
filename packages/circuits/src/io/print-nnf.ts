/** NNF files of both forms, as nnf-file.ts reads them, and circuits that are formulas as NNFs. */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { literalOf } from "../cnf/cnf.ts";
import { type Nnf, nnfBuilder, nnfKinds } from "../ddnnf/nnf.ts";
import { inexpressible } from "./inexpressible.ts";

/** Options of {@link printNnf}. */
export interface PrintNnfOptions {
  /**
   * `c2d` (the default): the number of variables is in the header. `d4`: it is not, and `parseNnf` has to be told
   * it where the last variables do not occur; the variables that disjunctions decide are lost as well.
   */
  readonly form?: "c2d" | "d4";
}

/** The file of an NNF; a free variable is written as a disjunction of its literals. O(edges). */
export function printNnf(nnf: Nnf, { form = "c2d" }: PrintNnfOptions = {}): string {
  return `${(form === "c2d" ? c2dLines(nnf) : d4Lines(nnf)).join("\n")}\n`;
}

function childrenOf({ children, offsets }: Pick<Nnf, "children" | "offsets">, node: number): number[] {
  return [...children.subarray(offsets[node], offsets[node + 1])];
}

/** How a format writes a node on the line of its number. */
interface Words {
  readonly literal: (literal: number, id: number) => string;
  /** @param decided the variable that tells the parts of a disjunction apart, from 1, or 0 */
  readonly gate: (isAnd: boolean, parts: readonly number[], decided: number, id: number) => string;
}

const c2dWords: Words = {
  literal: (literal) => `L ${literal}`,
  gate: (isAnd, parts, decided) => [isAnd ? "A" : `O ${decided}`, parts.length, ...parts].join(" "),
};

const jlcWords: Words = {
  literal: (literal, id) => `L ${id} 0 ${literal}`,
  gate(isAnd, parts, _, id) {
    if (parts.length === 0) return `${isAnd ? "T" : "F"} ${id}`;
    return [isAnd ? "A" : "O", id, 0, parts.length, ...parts].join(" ");
  },
};

/** One node a line, numbered from 0, the root last; and how many children they have. */
function numberedLines(
  nnf: Nnf,
  words: Words,
): { readonly lines: readonly string[]; readonly edges: number } {
  const lines: string[] = [];
  const literals = new Map<number, number>();
  const places: number[] = [];
  let edges = 0;
  const literal = (code: number): number => {
    const known = literals.get(code) ?? lines.push(words.literal(literalOf(code), lines.length)) - 1;
    literals.set(code, known);
    return known;
  };
  const gate = (isAnd: boolean, parts: readonly number[], decided: number): number => {
    edges += parts.length;
    return lines.push(words.gate(isAnd, parts, decided, lines.length)) - 1;
  };
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    const kind = nnf.kinds[node];
    if (kind === nnfKinds.literal) places.push(literal(label));
    else {
      const free = kind === nnfKinds.free;
      const parts = free
        ? [literal(2 * label + 1), literal(2 * label)]
        : childrenOf(nnf, node).map((id) => places[id]);
      places.push(gate(kind === nnfKinds.and, parts, label + 1));
    }
  }
  // The root is the last line: a literal that was written before is said once more.
  if (places[nnf.size - 1] !== lines.length - 1) gate(true, [places[nnf.size - 1]], 0);
  return { lines, edges };
}

function c2dLines(nnf: Nnf): string[] {
  const { lines, edges } = numberedLines(nnf, c2dWords);
  return [`nnf ${lines.length} ${edges} ${nnf.variables}`, ...lines];
}

/** A jlc file, which `parseJlc` reads; its vtree fields are 0, as Juice writes circuits that follow none. O(edges). */
export function printJlc(nnf: Nnf): string {
  const { lines } = numberedLines(nnf, jlcWords);
  return `${[`jlc ${lines.length}`, ...lines].join("\n")}\n`;
}

/** Literals stand on arcs, to a node that is true; the root is node 1, the others follow from the top down. */
function d4Lines(nnf: Nnf): string[] {
  const root = nnf.size - 1;
  const nodes: string[] = [];
  const arcs: string[] = [];
  const ids = new Map<number, number>();
  const add = (kind: string): number => nodes.push(`${kind} ${nodes.length + 1} 0`);
  // A root that is a literal hangs below a conjunction of its own.
  const top = nnf.kinds[root] === nnfKinds.literal ? add("a") : 0;
  for (let node = root; node >= 0; node--) {
    const kind = nnf.kinds[node];
    if (kind === nnfKinds.literal) continue;
    const empty = kind !== nnfKinds.free && nnf.offsets[node] === nnf.offsets[node + 1];
    const conjunction = kind === nnfKinds.and;
    ids.set(node, add(empty ? (conjunction ? "t" : "f") : conjunction ? "a" : "o"));
  }
  const truth = add("t");
  const arc = (from: number, to: number): void => {
    const id = ids.get(to);
    arcs.push(id === undefined ? `${from} ${truth} ${literalOf(nnf.labels[to])} 0` : `${from} ${id} 0`);
  };
  if (top > 0) arc(top, root);
  for (const [node, id] of ids) {
    if (nnf.kinds[node] === nnfKinds.free) {
      const variable = nnf.labels[node] + 1;
      arcs.push(`${id} ${truth} ${variable} 0`, `${id} ${truth} ${-variable} 0`);
    } else for (const child of childrenOf(nnf, node)) arc(id, child);
  }
  return [...nodes, ...arcs];
}

/**
 * The NNF of a circuit whose inputs are literals and whose weights are 1: products are conjunctions, sums
 * disjunctions, and a sum of both literals of a variable is that variable, free. `nnfToCircuit` gives the same
 * circuit again. O(edges).
 * @throws CredenceError `INEXPRESSIBLE` with the first node that has a weight or is another input
 */
export function circuitToNnf(circuit: Circuit): Nnf {
  return formulaOfCircuit(circuit, "an NNF");
}

/** {@link circuitToNnf} on the way to another format, which errors name. */
export function formulaOfCircuit(circuit: Circuit, format: string): Nnf {
  const builder = nnfBuilder(circuit.variables.size);
  const places = new Int32Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const parts = childrenOf(circuit, node);
    const code = circuit.literals[node];
    if (circuit.inputOf[node] >= 0) {
      if (code < 0) throw refusal(format, node, circuit.inputs[circuit.inputOf[node]].distribution.family);
      places[node] = builder.literal(code);
    } else if (circuit.kinds[node] === nodeKinds.product) {
      places[node] = builder.and(parts.map((part) => places[part]));
    } else {
      const weighs = parts.some((_, i) => circuit.logWeights[circuit.offsets[node] + i] !== 0);
      if (weighs) throw refusal(format, node, "sum with weights");
      const free = freeVariable(circuit, parts);
      places[node] = free < 0 ? builder.or(parts.map((part) => places[part])) : builder.free(free);
    }
  }
  return builder.build(places[circuit.size - 1]);
}

/** The variable whose two literals, true first as in `nnfToCircuit`, the parts are; -1 if they are not. */
function freeVariable({ literals }: Circuit, parts: readonly number[]): number {
  const [yes, no] = parts.map((part) => literals[part]);
  return parts.length === 2 && no >= 0 && yes === no + 1 && (no & 1) === 0 ? no >> 1 : -1;
}

function refusal(format: string, node: number, what: string) {
  const expected = "a circuit of literals, products, and sums whose weights are 1";
  return inexpressible(`Node ${node} (${what})`, format, expected);
}
