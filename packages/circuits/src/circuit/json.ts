/**
 * Circuits as JSON documents, for files and for people:
 *
 *   { "variables": [{ "name", "kind", "arity"? }], "nodes": [{ "id", "type", ... }], "root": id }
 *
 * Kinds of variables: `binary`, `categorical` (with `arity`, perhaps `states`), `real` (also read: `gaussian`) and
 * `count` (also read: `poisson`). Types of nodes: `product` (children), `sum` (children, weights or logWeights),
 * and the families of inputs: `bernoulli` (var, p), `categorical` (var, probs), `literal` (var, value),
 * `discretizedLogistic` (var, mean, scale, states), `external` (var, slot), `gaussian` (var, mean, std), `gamma` (var,
 * shape, rate), `exponential` (var, rate), `uniform` (var, low, high), `histogram` (var, edges, masses), `poisson`
 * (var, rate), `binomial` (var, trials, p), `geometric` (var, p) and `negativeBinomial` (var, successes, p). Sums and
 * inputs may have a `tie` (see tying.ts). Nodes may stand in any order; each is kept apart from others with the same
 * numbers, except for literals and external inputs.
 */
import { CredenceError, InvalidArgumentError, vocabulary } from "@credence/core";
import { type Distribution, type FamilyName, parameterNames } from "../inputs/distribution.ts";
import { circuitBuilder } from "./builder.ts";
import { type Circuit, nodeKinds } from "./circuit.ts";
import { checkDomain, type Domain } from "./domain.ts";

/** A circuit's variable in a document. */
export interface JsonVariable {
  readonly name: string;
  readonly kind: string;
  readonly arity?: number | null;
  readonly states?: readonly string[];
}

/** A node in a document: the fields depend on its type. */
export interface JsonNode {
  readonly id: number;
  readonly type: string;
  readonly var?: number;
  readonly children?: readonly number[];
  readonly weights?: readonly number[];
  readonly logWeights?: readonly (number | string)[];
  /** Sums with equal ties share their weights, inputs with equal ties their parameters. */
  readonly tie?: number | string;
  readonly [field: string]: unknown;
}

/** A circuit as a document. */
export interface CircuitDocument {
  readonly variables: readonly JsonVariable[];
  readonly nodes: readonly JsonNode[];
  readonly root: number;
}

/** A circuit, and where the document's nodes are in it. */
export interface ReadCircuit {
  readonly circuit: Circuit;
  /** The circuit's node by the document's id; nodes that the root does not need are missing. */
  readonly nodes: ReadonlyMap<number, number>;
}

/**
 * The circuit of a document. O(size).
 * @throws CredenceError `INVALID_CIRCUIT` for nodes that are missing, doubled, unknown or in a cycle
 * @throws InvalidArgumentError, UnknownNameError for parameters outside their range
 */
export function circuitFromJson(document: CircuitDocument): Circuit {
  return circuitWithNodesFromJson(document).circuit;
}

/** {@link circuitFromJson}, with the places of the nodes. */
export function circuitWithNodesFromJson(document: CircuitDocument): ReadCircuit {
  return readDocument(document, (_, work) => work());
}

/**
 * {@link circuitWithNodesFromJson}, in steps.
 * @param about does the work on a part of the document, so that errors may be told with the part's place
 */
export function readDocument(
  document: CircuitDocument,
  about: <T>(part: JsonVariable | JsonNode, work: () => T) => T,
): ReadCircuit {
  const isRecord = typeof document === "object" && document !== null;
  if (!(isRecord && Array.isArray(document.variables) && Array.isArray(document.nodes))) {
    throw new InvalidArgumentError("A circuit document", document, "a record with variables, nodes and root");
  }
  for (const part of [...document.variables, ...document.nodes] as unknown[]) {
    if (typeof part !== "object" || part === null)
      throw fault("A variable or a node is no record.", part, "records");
  }
  const variables = vocabulary(
    "variable",
    document.variables.map((variable) => about(variable, () => nameOf(variable))),
  );
  const domains = document.variables.map((variable) => about(variable, () => checked(domainOf(variable))));
  const builder = circuitBuilder(variables, { domains, share: false });
  const byId = new Map<number, JsonNode>();
  for (const node of document.nodes) about(node, () => register(node, byId));
  const built = new Map<number, number>();
  for (const node of inOrder(byId, document.root, about)) {
    built.set(
      node.id,
      about(node, () => addNode(builder, node, built)),
    );
  }
  const { circuit, nodes } = builder.buildWithNodes(built.get(document.root) as number);
  const places = new Map<number, number>();
  for (const [id, made] of built) if ((nodes[made] ?? -1) >= 0) places.set(id, nodes[made]);
  return { circuit, nodes: places };
}

function nameOf({ name }: { readonly name?: unknown }): string {
  if (typeof name !== "string") throw fault("A variable has no name.", name, "name: a text");
  return name;
}

function checked(domain: Domain): Domain {
  checkDomain(domain);
  return domain;
}

function register(node: JsonNode, byId: Map<number, JsonNode>): void {
  const { id } = node;
  if (!Number.isFinite(id)) throw fault("A node has no id.", id, "id: a number");
  if (byId.has(id)) throw fault(`Two nodes have the id ${id}.`, id, "distinct ids");
  byId.set(id, node);
}

function childrenOf(node: JsonNode): readonly number[] {
  const { children = [] } = node;
  if (!Array.isArray(children))
    throw fault(`The children of node ${node.id} are no list.`, children, "a list of ids");
  return children;
}

/** The nodes under the root, children before parents; in the order of the document if that is one. */
function inOrder(
  byId: ReadonlyMap<number, JsonNode>,
  root: number,
  about: Parameters<typeof readDocument>[1],
): JsonNode[] {
  const find = (id: number): JsonNode => {
    const node = byId.get(id);
    if (node === undefined) throw fault(`There is no node ${String(id)}.`, id, "the id of a node");
    return node;
  };
  const done: JsonNode[] = [];
  const state = new Map<number, "open" | "done">([[root, "open"]]);
  const stack = [{ node: find(root), next: 0 }];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1];
    const children = about(frame.node, () => childrenOf(frame.node));
    if (frame.next < children.length) {
      const id = children[frame.next++];
      if (state.get(id) === "done") continue;
      const node = about(frame.node, () => {
        if (state.get(id) === "open")
          throw fault(`Node ${id} is among its own descendants.`, id, "no cycles");
        return find(id);
      });
      state.set(id, "open");
      stack.push({ node, next: 0 });
      continue;
    }
    state.set(frame.node.id, "done");
    done.push(frame.node);
    stack.pop();
  }
  const needed = new Set(done);
  const written = [...byId.values()].filter((node) => needed.has(node));
  const place = new Map(written.map((node, i) => [node.id, i]));
  const ascending = written.every((node, i) => childrenOf(node).every((id) => place.get(id)! < i));
  return ascending ? written : done;
}

function addNode(
  builder: ReturnType<typeof circuitBuilder>,
  node: JsonNode,
  built: ReadonlyMap<number, number>,
): number {
  if (node.tie !== undefined && typeof node.tie !== "number" && typeof node.tie !== "string") {
    throw fault(`The tie of node ${node.id} is none.`, node.tie, "a number or a text");
  }
  if (node.type === "product" || node.type === "sum") {
    if (node.children === undefined)
      throw fault(`Node ${node.id} has no children.`, node.id, "a list of ids");
    const children = childrenOf(node).map((id) => built.get(id) as number);
    return node.type === "product"
      ? builder.product(children)
      : builder.sum(children, logWeightsOf(node), node.tie);
  }
  const distribution = distributionOf(node);
  if (typeof node.var !== "number")
    throw fault(`Node ${node.id} has no variable.`, node.var, "var: a number");
  return builder.input(node.var, distribution, node.tie);
}

function logWeightsOf(node: JsonNode): Float64Array {
  const { logWeights } = node;
  if (logWeights !== undefined) {
    const good =
      Array.isArray(logWeights) && logWeights.every((w) => typeof w === "number" || w === "-Infinity");
    if (!good)
      throw fault(`Sum ${node.id} has log weights that are none.`, logWeights, "numbers or -Infinity");
    return Float64Array.from(logWeights, Number);
  }
  if (!Array.isArray(node.weights)) throw fault(`Sum ${node.id} has no weights.`, node.id, "weights from 0");
  const bad = node.weights.find((weight: unknown) => !(typeof weight === "number" && weight >= 0));
  if (bad !== undefined) throw fault(`Sum ${node.id} has a weight that is none.`, bad, "weights from 0");
  return Float64Array.from(node.weights, Math.log);
}

// biome-ignore lint/suspicious/noExplicitAny: fields of foreign documents, checked where inputs are made.
type Fields = Readonly<Record<string, any>>;

/** Types whose fields are not those of the distribution itself, read. */
const ownForms: Readonly<Record<string, (node: Fields) => Distribution>> = {
  categorical: ({ probs }) => ({ family: "categorical", probabilities: probs }),
  literal: ({ value }) => ({
    family: "indicator",
    state: typeof value === "boolean" ? Number(value) : value,
  }),
};

/** The types of nodes that are inputs. */
const inputTypes = [
  "literal",
  ...(Object.keys(parameterNames) as FamilyName[]).filter((family) => family !== "indicator"),
];

/** The distribution of an input; its parameters are checked by the builder. */
function distributionOf(node: JsonNode): Distribution {
  if (!inputTypes.includes(node.type)) {
    const types = ["sum", "product", ...inputTypes].join(", ");
    throw fault(`Node ${node.id} is of an unknown type.`, node.type, `one of ${types}`);
  }
  if (Object.hasOwn(ownForms, node.type)) return ownForms[node.type](node);
  const family = node.type as FamilyName;
  const fields = parameterNames[family].map((name) => [name, node[name]]);
  return { family, ...Object.fromEntries(fields) } as Distribution;
}

function domainOf(variable: JsonVariable): Domain {
  switch (variable.kind) {
    case "binary":
      return { kind: "binary" };
    case "categorical": {
      const { arity, states } = variable;
      return { kind: "categorical", arity: Number(arity), ...(states === undefined ? {} : { states }) };
    }
    case "real":
    case "gaussian":
      return { kind: "real" };
    case "count":
    case "poisson":
      return { kind: "count" };
    default:
      throw fault(
        `The variable ${JSON.stringify(variable.name)} is of an unknown kind.`,
        variable.kind,
        "binary, categorical, real or count",
      );
  }
}

function fault(message: string, given: unknown, expected: string): CredenceError {
  return new CredenceError({
    code: "INVALID_CIRCUIT",
    message,
    given,
    expected,
    hint: "The format is that of circuitToJson.",
  });
}

/**
 * The document of a circuit; ids are node numbers. Reading it again gives an equal circuit, up to the rounding
 * of weights that are not written exactly: sums have `weights` where these survive exp and log, and
 * `logWeights` ("-Infinity" for a weight of 0) otherwise. O(size).
 */
export function circuitToJson(circuit: Circuit): CircuitDocument {
  const variables = circuit.domains.map((domain, v): JsonVariable => {
    const name = circuit.variables.name(v);
    if (domain.kind === "binary") return { name, kind: "binary", arity: 2 };
    return { name, ...domain };
  });
  const nodes = Array.from({ length: circuit.size }, (_, id) => nodeToJson(circuit, id));
  return { variables, nodes, root: circuit.size - 1 };
}

function nodeToJson(circuit: Circuit, id: number): JsonNode {
  const input = circuit.inputOf[id];
  if (input >= 0) {
    const { variable, distribution: d } = circuit.inputs[input];
    const tie = tieOf(circuit.inputGroups, input);
    if (d.family === "indicator") return { id, type: "literal", var: variable, value: d.state, ...tie };
    if (d.family === "categorical") {
      return { id, type: d.family, var: variable, probs: d.probabilities, ...tie };
    }
    const { family, ...parameters } = d;
    return { id, type: family, var: variable, ...parameters, ...tie };
  }
  const [from, to] = [circuit.offsets[id], circuit.offsets[id + 1]];
  const children = [...circuit.children.subarray(from, to)];
  if (circuit.kinds[id] === nodeKinds.product) return { id, type: "product", children };
  const logWeights = [...circuit.logWeights.subarray(from, to)];
  const weights = logWeights.map(Math.exp);
  const exact = weights.every((weight, i) => Math.log(weight) === logWeights[i]);
  const tie = tieOf(circuit.sumGroups, id);
  if (exact) return { id, type: "sum", children, weights, ...tie };
  return {
    id,
    type: "sum",
    children,
    logWeights: logWeights.map((w) => (Number.isFinite(w) ? w : String(w))),
    ...tie,
  };
}

function tieOf(groups: Int32Array | undefined, place: number): { readonly tie?: number } {
  const group = groups?.[place] ?? -1;
  return group < 0 ? {} : { tie: group };
}
