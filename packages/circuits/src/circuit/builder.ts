/**
 * Builds circuits bottom-up. Equal nodes are made once (hash-consing), so that sharing is found wherever it
 * is, and a node's id is always larger than its children's.
 */
import { CredenceError, InvalidArgumentError, type Vocabulary } from "@credence/core";
import { type Circuit, literalCode, nodeKinds } from "./circuit.ts";
import { type CircuitProperties, checkCircuit } from "./properties.ts";

/** Makes nodes and returns their ids. */
export interface CircuitBuilder<V extends string = string> {
  readonly variables: Vocabulary<V>;
  /** Distinct nodes so far. */
  readonly size: number;
  /**
   * [variable = value].
   * @throws UnknownNameError for an unknown name, InvalidArgumentError for an unknown id
   */
  literal(variable: V | number, value: boolean): number;
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
}

/** An empty builder for circuits over `variables`. Every call takes time linear in the node it makes. */
export function circuitBuilder<V extends string>(variables: Vocabulary<V>): CircuitBuilder<V> {
  const ids = new Map<string, number>();
  const nodes: Nodes = { kinds: [], literals: [], offsets: [0], children: [], logWeights: [] };
  const add = (
    key: string,
    kind: number,
    code: number,
    children: readonly number[],
    logWeights?: ArrayLike<number>,
  ): number => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = nodes.kinds.length;
    ids.set(key, id);
    nodes.kinds.push(kind);
    nodes.literals.push(code);
    for (let i = 0; i < children.length; i++) {
      nodes.children.push(children[i]);
      nodes.logWeights.push(logWeights === undefined ? 0 : logWeights[i]);
    }
    nodes.offsets.push(nodes.children.length);
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
    get size() {
      return nodes.kinds.length;
    },
    literal(variable, value) {
      const id = typeof variable === "number" ? variable : variables.id(variable);
      variables.name(id);
      return add(`l${literalCode(id, value)}`, nodeKinds.literal, literalCode(id, value), []);
    },
    product(children) {
      checkChildren(children);
      const factors = children.filter((child) => !isEmpty(child, nodeKinds.product));
      const zero = factors.find((child) => isEmpty(child, nodeKinds.sum));
      if (zero !== undefined) return zero;
      if (factors.length === 1) return factors[0];
      return add(`p${factors.join()}`, nodeKinds.product, -1, factors);
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
      return add(`s${kept.join()}:${weights.join()}`, nodeKinds.sum, -1, kept, weights);
    },
    build(root) {
      checkChildren([root]);
      return assemble(variables, nodes, root);
    },
  };
}

interface Nodes {
  readonly kinds: number[];
  readonly literals: number[];
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
function assemble<V extends string>(variables: Vocabulary<V>, nodes: Nodes, root: number): Circuit<V> {
  const place = reachable(nodes, root);
  let size = 0;
  let edges = 0;
  for (let id = 0; id <= root; id++) {
    if (place[id] < 0) continue;
    place[id] = size++;
    edges += nodes.offsets[id + 1] - nodes.offsets[id];
  }
  const kinds = new Uint8Array(size);
  const literals = new Int32Array(size);
  const offsets = new Int32Array(size + 1);
  const children = new Int32Array(edges);
  const logWeights = new Float64Array(edges);
  let edge = 0;
  for (let id = 0; id <= root; id++) {
    const node = place[id];
    if (node < 0) continue;
    kinds[node] = nodes.kinds[id];
    literals[node] = nodes.literals[id];
    for (let from = nodes.offsets[id]; from < nodes.offsets[id + 1]; from++) {
      children[edge] = place[nodes.children[from]];
      logWeights[edge++] = nodes.logWeights[from];
    }
    offsets[node + 1] = edge;
  }
  checkVariables(variables, literals, kinds[size - 1] === nodeKinds.sum && edges === 0);
  let properties: CircuitProperties | undefined;
  const circuit: Circuit<V> = {
    variables,
    size,
    edges,
    kinds,
    literals,
    offsets,
    children,
    logWeights,
    get properties() {
      properties ??= checkCircuit(circuit).properties;
      return properties;
    },
  };
  return Object.freeze(circuit);
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
function checkVariables(variables: Vocabulary, literals: Int32Array, zero: boolean): void {
  if (zero) return;
  const used = new Uint8Array(variables.size);
  for (const code of literals) if (code >= 0) used[code >> 1] = 1;
  const missing = used.indexOf(0);
  if (missing < 0) return;
  const name = JSON.stringify(variables.name(missing));
  throw new CredenceError({
    code: "UNUSED_VARIABLE",
    message: `The circuit does not speak of the variable ${name}.`,
    given: variables.name(missing),
    expected: "a root whose scope is all variables",
    hint: `Multiply the root by the sum of both literals of ${name}, or leave the variable out.`,
  });
}
