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

function c2dLines(nnf: Nnf): string[] {
  const lines: string[] = [];
  const literals = new Map<number, number>();
  const places: number[] = [];
  let edges = 0;
  const add = (line: string): number => lines.push(line) - 1;
  const literal = (code: number): number => {
    if (!literals.has(code)) literals.set(code, add(`L ${literalOf(code)}`));
    return literals.get(code)!;
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
      edges += parts.length;
      const head = kind === nnfKinds.and ? "A" : `O ${label + 1}`;
      places.push(add([head, parts.length, ...parts].join(" ")));
    }
  }
  // The root is the last line: a literal that was written before is said once more.
  if (places[nnf.size - 1] !== lines.length - 1) {
    add(`A 1 ${places[nnf.size - 1]}`);
    edges++;
  }
  return [`nnf ${lines.length} ${edges} ${nnf.variables}`, ...lines];
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
  const builder = nnfBuilder(circuit.variables.size);
  const places = new Int32Array(circuit.size);
  for (let node = 0; node < circuit.size; node++) {
    const parts = childrenOf(circuit, node);
    const code = circuit.literals[node];
    if (circuit.inputOf[node] >= 0) {
      if (code < 0) throw refusal(node, circuit.inputs[circuit.inputOf[node]].distribution.family);
      places[node] = builder.literal(code);
    } else if (circuit.kinds[node] === nodeKinds.product) {
      places[node] = builder.and(parts.map((part) => places[part]));
    } else {
      const weighs = parts.some((_, i) => circuit.logWeights[circuit.offsets[node] + i] !== 0);
      if (weighs) throw refusal(node, "sum with weights");
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

function refusal(node: number, what: string) {
  const expected = "a circuit of literals, products, and sums whose weights are 1";
  return inexpressible(`Node ${node} (${what})`, "an NNF", expected);
}
