/**
 * Factor graphs, Bayesian networks among them, as circuits by way of logic (M. Chavira, A. Darwiche, "On
 * probabilistic inference by weighted model counting", Artificial Intelligence 172, 2008, encoding ENC1):
 *
 *   a variable per state of each variable, exactly one of which is true;
 *   for a combination of states with value 0 a clause that forbids it;
 *   for one with a value other than 0 and 1 a variable that is true exactly there, and weighs the value.
 *
 * The compiled d-DNNF becomes a circuit over the network's own variables: true states become indicators, false
 * ones vanish, and the weights move to the edges. Zeros and ones in the tables make it smaller.
 */
import { type RunOptions, vocabulary } from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import { type Cnf, cnf } from "../cnf/cnf.ts";
import type { Budget } from "../ddnnf/budget.ts";
import { compileCnf, compileCnfAsync } from "../ddnnf/compile-cnf.ts";
import { type Nnf, nnfKinds } from "../ddnnf/nnf.ts";
import type { FactorGraph } from "./factor-graph.ts";

/** Options of {@link compileFactors}. */
export interface CompileFactorsOptions extends RunOptions, Budget {}

/**
 * The circuit whose value at every world is the product of the factors: smooth, decomposable and deterministic,
 * not normalized unless the factors are. Exponential in the graph's treewidth at worst.
 * @throws BudgetError, AbortedError
 */
export function compileFactors(graph: FactorGraph, options: CompileFactorsOptions = {}): Circuit {
  const encoding = encode(graph);
  return circuitOf(graph, encoding, compileCnf(encoding.formula, options).nnf);
}

/** {@link compileFactors} that gives the event loop its turn. */
export async function compileFactorsAsync(
  graph: FactorGraph,
  options: CompileFactorsOptions = {},
): Promise<Circuit> {
  const encoding = encode(graph);
  const { nnf } = await compileCnfAsync(encoding.formula, options);
  return circuitOf(graph, encoding, nnf);
}

function circuitOf(graph: FactorGraph, encoding: Encoding, nnf: Nnf): Circuit {
  const domains = graph.variables.map(({ states }): Domain => {
    return { kind: "categorical", arity: states.length, states };
  });
  const names = vocabulary(
    "variable",
    graph.variables.map(({ name }) => name),
  );
  const builder = circuitBuilder(names, { domains });
  return builder.build(translate(nnf, encoding, builder));
}

interface Encoding {
  readonly formula: Cnf;
  /** Per logical variable (from 0): the variable and the state that it stands for; −1 for those with weights. */
  readonly variables: readonly number[];
  readonly states: readonly number[];
  readonly logWeights: readonly number[];
}

function encode(graph: FactorGraph): Encoding {
  const variables: number[] = [];
  const states: number[] = [];
  const logWeights: number[] = [];
  const clauses: number[][] = [];
  const add = (variable: number, state: number, logWeight: number): number => {
    variables.push(variable);
    states.push(state);
    logWeights.push(logWeight);
    return variables.length;
  };
  const indicators = graph.variables.map(({ states: names }, v) => names.map((_, state) => add(v, state, 0)));
  for (const own of indicators) {
    clauses.push([...own]);
    own.forEach((a, i) => {
      for (const b of own.slice(i + 1)) clauses.push([-a, -b]);
    });
  }
  for (const { scope, values } of graph.factors) {
    const digits = scope.map(() => 0);
    for (const value of values) {
      const literals = scope.map((v, i) => indicators[v][digits[i]]);
      const denied = literals.map((literal) => -literal);
      if (value === 0) clauses.push(denied);
      else if (value !== 1) {
        const weighed = add(-1, -1, Math.log(value));
        clauses.push([...denied, weighed]);
        for (const literal of literals) clauses.push([-weighed, literal]);
      }
      for (let i = scope.length - 1; i >= 0 && ++digits[i] === graph.variables[scope[i]].states.length; i--) {
        digits[i] = 0;
      }
    }
  }
  return { formula: cnf(variables.length, clauses), variables, states, logWeights };
}

/** The root's node. Every node of the d-DNNF becomes a node and a weight that its parents apply. */
function translate(nnf: Nnf, encoding: Encoding, builder: CircuitBuilder): number {
  const nodes = new Int32Array(nnf.size);
  const logs = new Float64Array(nnf.size);
  const one = builder.product([]);
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    const kind = nnf.kinds[node];
    const children = nnf.children.subarray(nnf.offsets[node], nnf.offsets[node + 1]);
    const parts = Array.from(children, (child) => nodes[child]);
    if (kind === nnfKinds.literal) {
      const isTrue = (label & 1) === 1;
      const variable = encoding.variables[label >> 1];
      const isState = isTrue && variable >= 0;
      const state = encoding.states[label >> 1];
      nodes[node] = isState ? builder.input(variable, { family: "indicator", state }) : one;
      logs[node] = isTrue ? encoding.logWeights[label >> 1] : 0;
    } else if (kind === nnfKinds.and) {
      nodes[node] = builder.product(parts);
      for (const child of children) logs[node] += logs[child];
    } else {
      nodes[node] = builder.sum(
        parts,
        Array.from(children, (child) => logs[child]),
      );
    }
  }
  const root = nnf.size - 1;
  return builder.sum([nodes[root]], [logs[root]]);
}
