/**
 * Builds circuits bottom-up. Equal nodes are made once (hash-consing), so that sharing is found wherever it
 * is, and a node's id is always larger than its children's.
 */
import { CredenceError, InvalidArgumentError, type Vocabulary } from "@credence/core";
import type { Distribution } from "../inputs/distribution.ts";
import { checkDistribution, distributionKey, type Input } from "../inputs/input.ts";
import { type Circuit, literalCode, nodeKinds } from "./circuit.ts";
import { binary, checkDomain, type Domain } from "./domain.ts";
import { type CircuitProperties, checkCircuit } from "./properties.ts";

/** Options of {@link circuitBuilder}. */
export interface BuilderOptions {
  /** What each variable's values are, by id; default: all are binary. */
  readonly domains?: readonly Domain[];
  /**
   * Make equal nodes once; default true. With false only inputs without parameters (indicators) are shared, so
   * that learning may give different parameters to nodes that start with the same ones.
   */
  readonly share?: boolean;
}

/** A circuit, and where the builder's nodes are in it. */
export interface BuiltCircuit<V extends string = string> {
  readonly circuit: Circuit<V>;
  /** By the builder's id: the circuit's node, or -1 for one that the root does not need. */
  readonly nodes: Int32Array;
}

/** Makes nodes and returns their ids. */
export interface CircuitBuilder<V extends string = string> {
  readonly variables: Vocabulary<V>;
  readonly domains: readonly Domain[];
  /** Distinct nodes so far. */
  readonly size: number;
  /**
   * [variable = value], of a binary variable.
   * @throws UnknownNameError for an unknown name, InvalidArgumentError for an unknown id
   */
  literal(variable: V | number, value: boolean): number;
  /**
   * A distribution of one variable.
   * @throws UnknownNameError, InvalidArgumentError for parameters outside their range or a family that the
   *   variable's domain does not have
   */
  input(variable: V | number, distribution: Distribution): number;
  /** The product of nodes; of none it is the constant 1. A factor 0 makes it 0, factors 1 are left out. */
  product(children: readonly number[]): number;
  /**
   * Σ exp(logWeights[i]) · children[i]; of none it is the constant 0. Children that are 0 are left out.
   * @param logWeights finite or -Infinity; default all 0
   */
  sum(children: readonly number[], logWeights?: ArrayLike<number>): number;
  /**
   * The circuit under `root`, without the nodes that it does not need.
   * @throws CredenceError `UNUSED_VARIABLE` if the root does not speak of every variable
   */
  build(root: number): Circuit<V>;
  /** {@link build}, with the places of the nodes. */
  buildWithNodes(root: number): BuiltCircuit<V>;
}

/** An empty builder for circuits over `variables`. Every call takes time linear in the node it makes. */
export function circuitBuilder<V extends string>(
  variables: Vocabulary<V>,
  options: BuilderOptions = {},
): CircuitBuilder<V> {
  const domains = checkDomains(variables, options.domains);
  const share = options.share ?? true;
  const ids = new Map<string, number>();
  const nodes: Nodes = { kinds: [], inputs: [], offsets: [0], children: [], logWeights: [] };
  const add = (
    key: string | undefined,
    kind: number,
    input: Input | undefined,
    children: readonly number[],
    logWeights?: ArrayLike<number>,
  ): number => {
    const known = key === undefined ? undefined : ids.get(key);
    if (known !== undefined) return known;
    const id = nodes.kinds.length;
    if (key !== undefined) ids.set(key, id);
    nodes.kinds.push(kind);
    nodes.inputs.push(input);
    for (let i = 0; i < children.length; i++) {
      nodes.children.push(children[i]);
      nodes.logWeights.push(logWeights === undefined ? 0 : logWeights[i]);
    }
    nodes.offsets.push(nodes.children.length);
    return id;
  };
  const input = (variable: number, distribution: Distribution): number => {
    const shared = share || distribution.family === "indicator";
    const key = shared ? `i${variable}:${distributionKey(distribution)}` : undefined;
    return add(key, nodeKinds.input, { variable, distribution }, []);
  };
  const idOf = (variable: V | number): number => {
    const id = typeof variable === "number" ? variable : variables.id(variable);
    variables.name(id);
    return id;
  };
  const isEmpty = (id: number, kind: number): boolean =>
    nodes.kinds[id] === kind && nodes.offsets[id] === nodes.offsets[id + 1];
  const checkChildren = (children: readonly number[]): void => {
    for (const child of children) {
      if (!(Number.isInteger(child) && child >= 0 && child < nodes.kinds.length)) {
        throw new InvalidArgumentError("A child", child, "the id of a node that this builder has made");
      }
    }
  };

  return {
    variables,
    domains,
    get size() {
      return nodes.kinds.length;
    },
    literal(variable, value) {
      const id = idOf(variable);
      if (domains[id].kind !== "binary") {
        throw new InvalidArgumentError("The variable of a literal", variables.name(id), "a binary variable");
      }
      return input(id, indicators[Number(value)]);
    },
    input(variable, distribution) {
      const id = idOf(variable);
      checkDistribution(distribution, domains[id]);
      return input(id, Object.freeze({ ...distribution }));
    },
    product(children) {
      checkChildren(children);
      const factors = children.filter((child) => !isEmpty(child, nodeKinds.product));
      const zero = factors.find((child) => isEmpty(child, nodeKinds.sum));
      if (zero !== undefined) return zero;
      if (factors.length === 1) return factors[0];
      return add(share ? `p${factors.join()}` : undefined, nodeKinds.product, undefined, factors);
    },
    sum(children, logWeights = new Float64Array(children.length)) {
      checkChildren(children);
      checkWeights(logWeights, children.length);
      const kept: number[] = [];
      const weights: number[] = [];
      children.forEach((child, i) => {
        if (isEmpty(child, nodeKinds.sum)) return;
        kept.push(child);
        // Adding 0 turns -0 into 0: equal weights are written equally.
        weights.push(logWeights[i] + 0);
      });
      if (kept.length === 1 && weights[0] === 0) return kept[0];
      const key = share ? `s${kept.join()}:${weights.join()}` : undefined;
      return add(key, nodeKinds.sum, undefined, kept, weights);
    },
    build(root) {
      checkChildren([root]);
      return assemble(variables, domains, nodes, root).circuit;
    },
    buildWithNodes(root) {
      checkChildren([root]);
      return assemble(variables, domains, nodes, root);
    },
  };
}

/** The two literals of a binary variable. */
const indicators: readonly Distribution[] = [
  Object.freeze({ family: "indicator", state: 0 }),
  Object.freeze({ family: "indicator", state: 1 }),
];

function checkDomains(variables: Vocabulary, domains?: readonly Domain[]): readonly Domain[] {
  if (domains === undefined) return Array.from({ length: variables.size }, () => binary);
  if (domains.length !== variables.size) {
    throw new InvalidArgumentError("domains", domains, `${variables.size} domains, one per variable`);
  }
  for (const domain of domains) checkDomain(domain);
  return domains;
}

interface Nodes {
  readonly kinds: number[];
  readonly inputs: (Input | undefined)[];
  readonly offsets: number[];
  readonly children: number[];
  readonly logWeights: number[];
}

function checkWeights(logWeights: ArrayLike<number>, length: number): void {
  if (logWeights.length !== length) {
    throw new InvalidArgumentError("logWeights", logWeights, `${length} numbers, one per child`);
  }
  for (let i = 0; i < length; i++) {
    if (!(logWeights[i] < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("A log weight", logWeights[i], "finite, or -Infinity for a weight of 0");
    }
  }
}

/** Copies what the root needs into flat arrays, in the same order, which is topological. */
function assemble<V extends string>(
  variables: Vocabulary<V>,
  domains: readonly Domain[],
  nodes: Nodes,
  root: number,
): BuiltCircuit<V> {
  const place = reachable(nodes, root);
  let size = 0;
  let edges = 0;
  for (let id = 0; id <= root; id++) {
    if (place[id] < 0) continue;
    place[id] = size++;
    edges += nodes.offsets[id + 1] - nodes.offsets[id];
  }
  const kinds = new Uint8Array(size);
  const inputs: Input[] = [];
  const inputOf = new Int32Array(size).fill(-1);
  const literals = new Int32Array(size).fill(-1);
  const offsets = new Int32Array(size + 1);
  const children = new Int32Array(edges);
  const logWeights = new Float64Array(edges);
  let edge = 0;
  for (let id = 0; id <= root; id++) {
    const node = place[id];
    if (node < 0) continue;
    kinds[node] = nodes.kinds[id];
    const input = nodes.inputs[id];
    if (input !== undefined) {
      inputOf[node] = inputs.push(input) - 1;
      literals[node] = codeOf(input, domains[input.variable]);
    }
    for (let from = nodes.offsets[id]; from < nodes.offsets[id + 1]; from++) {
      children[edge] = place[nodes.children[from]];
      logWeights[edge++] = nodes.logWeights[from];
    }
    offsets[node + 1] = edge;
  }
  checkVariables(variables, inputs, kinds[size - 1] === nodeKinds.sum && edges === 0);
  let properties: CircuitProperties | undefined;
  const circuit: Circuit<V> = {
    variables,
    domains,
    size,
    edges,
    kinds,
    inputs,
    inputOf,
    literals,
    offsets,
    children,
    logWeights,
    get properties() {
      properties ??= checkCircuit(circuit).properties;
      return properties;
    },
  };
  return { circuit: Object.freeze(circuit), nodes: place };
}

/** The code of a literal, -1 for other inputs. */
function codeOf({ variable, distribution }: Input, domain: Domain): number {
  if (domain.kind !== "binary" || distribution.family !== "indicator") return -1;
  return literalCode(variable, distribution.state === 1);
}

/** 0 for the nodes under `root`, -1 for others. */
function reachable(nodes: Nodes, root: number): Int32Array {
  const place = new Int32Array(root + 1).fill(-1);
  place[root] = 0;
  for (let id = root; id >= 0; id--) {
    if (place[id] < 0) continue;
    for (let edge = nodes.offsets[id]; edge < nodes.offsets[id + 1]; edge++) place[nodes.children[edge]] = 0;
  }
  return place;
}

/** A variable that the root leaves out would silently count for a factor 1 instead of both of its values. */
function checkVariables(variables: Vocabulary, inputs: readonly Input[], zero: boolean): void {
  if (zero) return;
  const used = new Uint8Array(variables.size);
  for (const input of inputs) used[input.variable] = 1;
  const missing = used.indexOf(0);
  if (missing < 0) return;
  const name = JSON.stringify(variables.name(missing));
  throw new CredenceError({
    code: "UNUSED_VARIABLE",
    message: `The circuit does not speak of the variable ${name}.`,
    given: variables.name(missing),
    expected: "a root whose scope is all variables",
    hint: `Multiply the root by an input of ${name} (the sum of both literals counts both values), or leave it out.`,
  });
}
