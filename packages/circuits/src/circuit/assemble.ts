/** From the growing lists of a builder to the flat arrays of a circuit. */
import { CredenceError, type Vocabulary } from "@credence/core";
import type { Input } from "../inputs/input.ts";
import { type Circuit, literalCode, nodeKinds } from "./circuit.ts";
import type { Domain } from "./domain.ts";
import { type CircuitProperties, checkCircuit } from "./properties.ts";
import { checkTies, type Tie } from "./tying.ts";

/** Nodes as a builder has made them, by id. */
export interface Nodes {
  readonly kinds: number[];
  readonly inputs: (Input | undefined)[];
  readonly ties: (Tie | undefined)[];
  readonly offsets: number[];
  readonly children: number[];
  readonly logWeights: number[];
}

/** A circuit, and where the builder's nodes are in it. */
export interface BuiltCircuit<V extends string = string> {
  readonly circuit: Circuit<V>;
  /** By the builder's id: the circuit's node, or -1 for one that the root does not need. */
  readonly nodes: Int32Array;
}

/**
 * The arrays of a circuit as an immutable one: its literals are found, and its properties checked when they are first
 * read.
 */
export function sealed<V extends string>(arrays: Omit<Circuit<V>, "properties" | "literals">): Circuit<V> {
  let properties: CircuitProperties | undefined;
  const literals = arrays.inputOf.map((input) => {
    return input < 0 ? -1 : codeOf(arrays.inputs[input], arrays.domains[arrays.inputs[input].variable]);
  });
  const circuit: Circuit<V> = {
    ...arrays,
    literals,
    get properties() {
      properties ??= checkCircuit(circuit).properties;
      return properties;
    },
  };
  return Object.freeze(circuit);
}

/** Copies what the root needs into flat arrays, in the same order, which is topological. */
export function assemble<V extends string>(
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
  const offsets = new Int32Array(size + 1);
  const children = new Int32Array(edges);
  const logWeights = new Float64Array(edges);
  let edge = 0;
  for (let id = 0; id <= root; id++) {
    const node = place[id];
    if (node < 0) continue;
    kinds[node] = nodes.kinds[id];
    const input = nodes.inputs[id];
    if (input !== undefined) inputOf[node] = inputs.push(input) - 1;
    for (let from = nodes.offsets[id]; from < nodes.offsets[id + 1]; from++) {
      children[edge] = place[nodes.children[from]];
      logWeights[edge++] = nodes.logWeights[from];
    }
    offsets[node + 1] = edge;
  }
  checkVariables(variables, inputs, kinds[size - 1] === nodeKinds.sum && edges === 0);
  const arrays = { variables, domains, size, edges, kinds, inputs, inputOf, offsets, children };
  const groups = groupsOf(nodes, place, kinds, inputOf);
  checkTies({ domains, offsets, ...groups }, logWeights, inputs);
  return { circuit: sealed<V>({ ...arrays, logWeights, ...groups }), nodes: place };
}

/** The groups of ties, numbered as they appear, by node and by input; nothing where nothing is tied. */
function groupsOf(
  nodes: Nodes,
  place: Int32Array,
  kinds: Uint8Array,
  inputOf: Int32Array,
): Pick<Circuit, "sumGroups" | "inputGroups"> {
  const numbers = { sums: new Map<Tie, number>(), inputs: new Map<Tie, number>() };
  const sumGroups = new Int32Array(kinds.length).fill(-1);
  const inputGroups = new Int32Array(inputOf.reduce((max, i) => Math.max(max, i), -1) + 1).fill(-1);
  for (let id = 0; id < place.length; id++) {
    const tie = nodes.ties[id];
    const node = place[id];
    if (node < 0 || tie === undefined) continue;
    const own = inputOf[node] >= 0 ? numbers.inputs : numbers.sums;
    const group = own.get(tie) ?? own.size;
    own.set(tie, group);
    if (inputOf[node] >= 0) inputGroups[inputOf[node]] = group;
    else sumGroups[node] = group;
  }
  return {
    ...(numbers.sums.size > 0 ? { sumGroups } : {}),
    ...(numbers.inputs.size > 0 ? { inputGroups } : {}),
  };
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
