/**
 * Circuits in Credence's own binary format (see `encodeArtifact` in core), which Python's safetensors reads too:
 *
 *   kinds, offsets, children   the nodes, in topological order, as in a `Circuit`
 *   logWeights, zeros          the edges of sums; those of weight 0, whose log is no finite number, are listed in
 *                              `zeros` and stand as 0 in `logWeights`
 *   sumGroups, inputGroups     which sums and which inputs are tied (-1: not); absent where none is
 *   inputVariables, inputLayouts, parameters, lengths
 *                              the inputs: variable, form, and the form's numbers one after the other; the lengths
 *                              of lists among them stand in `lengths`
 *
 * The metadata name the variables, their domains, and the forms of inputs: a family and the names of its numbers and
 * lists. All numbers are kept to the bit. Nodes with equal numbers stay apart, as they were.
 */
import {
  type Artifact,
  CredenceError,
  decodeArtifact,
  encodeArtifact,
  type JsonValue,
  vocabulary,
} from "@credence/core";
import { circuitBuilder } from "../circuit/builder.ts";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import type { Distribution } from "../inputs/distribution.ts";

const kind = "circuit";
const version = 1;

/** The form of inputs: their family, and its fields in their order. */
interface Layout {
  readonly family: string;
  readonly fields: readonly { readonly name: string; readonly list: boolean }[];
}

/** The binary file of a circuit. O(size). */
export function circuitToBytes(circuit: Circuit): Uint8Array {
  const layouts = new Map<string, number>();
  const forms: Layout[] = [];
  const [inputLayouts, parameters, lengths]: number[][] = [[], [], []];
  for (const { distribution } of circuit.inputs) {
    const { family, ...own } = distribution;
    const fields = Object.entries(own) as [string, number | readonly number[]][];
    const key = `${family}:${fields.map(([name]) => name).join()}`;
    if (!layouts.has(key)) {
      const described = fields.map(([name, value]) => ({ name, list: typeof value !== "number" }));
      layouts.set(key, forms.push({ family, fields: described }) - 1);
    }
    inputLayouts.push(layouts.get(key) as number);
    for (const [, value] of fields) {
      if (typeof value === "number") parameters.push(value);
      else {
        lengths.push(value.length);
        for (const each of value) parameters.push(each);
      }
    }
  }
  const zeros = [...circuit.logWeights.keys()].filter((edge) => circuit.logWeights[edge] === -Infinity);
  const vector = <T extends { readonly length: number }>(data: T) => ({ shape: [data.length], data });
  return encodeArtifact({
    kind,
    version,
    metadata: {
      variables: circuit.variables.names as readonly string[],
      domains: circuit.domains as readonly JsonValue[],
      layouts: forms as unknown as readonly JsonValue[],
    },
    arrays: {
      kinds: vector(circuit.kinds),
      offsets: vector(circuit.offsets),
      children: vector(circuit.children),
      logWeights: vector(circuit.logWeights.map((log) => (log === -Infinity ? 0 : log))),
      zeros: vector(Int32Array.from(zeros)),
      inputVariables: vector(Int32Array.from(circuit.inputs, ({ variable }) => variable)),
      inputLayouts: vector(Int32Array.from(inputLayouts)),
      parameters: vector(Float64Array.from(parameters)),
      lengths: vector(Int32Array.from(lengths)),
      ...(circuit.sumGroups === undefined ? {} : { sumGroups: vector(circuit.sumGroups) }),
      ...(circuit.inputGroups === undefined ? {} : { inputGroups: vector(circuit.inputGroups) }),
    },
  });
}

/**
 * The circuit in a binary file; equal to the one that was written. O(size).
 * @throws CredenceError as `decodeArtifact` for files that are cut off, damaged, or of another kind or version, and
 *   `INVALID_CIRCUIT` for nodes or inputs that make no circuit
 * @throws InvalidArgumentError for parameters outside their range
 */
export function circuitFromBytes(bytes: Uint8Array): Circuit {
  const artifact = decodeArtifact(bytes, { kind, version });
  const { variables } = artifact.metadata;
  if (!isTexts(variables)) throw fault("it names no variables", "variables");
  const names = vocabulary("variable", variables);
  const builder = circuitBuilder(names, { domains: domainsOf(artifact), share: false });
  const nextInput = inputReader(artifact);
  const sumGroups = groupsOf(artifact, "sumGroups");
  const [kinds, offsets, children] = ["kinds", "offsets", "children"].map((name) => integers(artifact, name));
  const logWeights = logWeightsOf(artifact);
  if (offsets.length !== kinds.length + 1 || offsets[0] !== 0 || logWeights.length !== children.length) {
    throw fault("its arrays do not fit each other", offsets.length);
  }
  const places: number[] = [];
  kinds.forEach((own, node) => {
    const [from, to] = [offsets[node], offsets[node + 1]];
    const below = Array.from(children.subarray(from, to));
    if (!(from <= to && to <= children.length) || below.some((child) => !(child >= 0 && child < node))) {
      throw fault(`the children of node ${node} do not come before it`, node);
    }
    const parts = below.map((child) => places[child]);
    if (own === nodeKinds.input) {
      const [variable, distribution, tie] = nextInput();
      places.push(builder.input(variable, distribution, tie));
    } else if (own === nodeKinds.product) places.push(builder.product(parts));
    else places.push(builder.sum(parts, logWeights.subarray(from, to), sumGroups(node)));
  });
  if (places.length === 0) throw fault("it has no nodes", 0);
  return builder.build(places[places.length - 1]);
}

/** A reader of the inputs, one after the other. */
function inputReader(
  artifact: Artifact,
): () => [variable: number, distribution: Distribution, tie: number | undefined] {
  const groups = groupsOf(artifact, "inputGroups");
  const layouts = layoutsOf(artifact);
  const parameters = numbers(artifact, "parameters");
  const [variables, forms, lengths] = ["inputVariables", "inputLayouts", "lengths"].map((name) =>
    integers(artifact, name),
  );
  let [input, parameter, list] = [0, 0, 0];
  return () => {
    const layout = layouts[forms[input]];
    if (layout === undefined) throw fault(`input ${input} has no form`, input);
    const fields = layout.fields.map(({ name, list: isList }): [string, number | number[]] => {
      const size = isList ? lengths[list++] : 1;
      const own = Array.from(parameters.subarray(parameter, parameter + size));
      parameter += size;
      if (own.length !== size) throw fault(`the numbers of input ${input} are missing`, input);
      return [name, isList ? own : own[0]];
    });
    const made = { family: layout.family, ...Object.fromEntries(fields) } as unknown as Distribution;
    const tie = groups(input);
    return [variables[input++], made, tie];
  };
}

/** The group of a sum or an input, undefined if it is not tied. */
function groupsOf(artifact: Artifact, name: string): (at: number) => number | undefined {
  if (artifact.arrays[name] === undefined) return () => undefined;
  const groups = integers(artifact, name);
  return (at) => (groups[at] >= 0 ? groups[at] : undefined);
}

function layoutsOf({ metadata }: Artifact): readonly Layout[] {
  const { layouts } = metadata as { readonly layouts?: readonly Partial<Layout>[] };
  const good =
    Array.isArray(layouts) &&
    layouts.every(
      (each) => typeof each?.family === "string" && Array.isArray(each.fields) && each.fields.every(isField),
    );
  if (!good) throw fault("it does not say what its inputs are", "layouts");
  return layouts as readonly Layout[];
}

function isField(field: Partial<Layout["fields"][number]> | null): boolean {
  return typeof field?.name === "string" && typeof field.list === "boolean";
}

function domainsOf({ metadata }: Artifact): readonly Domain[] {
  const domains = metadata["domains"] as unknown as readonly (Partial<Domain> | null)[] | undefined;
  const kinds: readonly unknown[] = ["binary", "categorical", "real", "count"];
  if (Array.isArray(domains) && domains.every((each) => kinds.includes(each?.kind))) {
    return domains as readonly Domain[];
  }
  throw fault("it does not say what its variables are", "domains");
}

function logWeightsOf(artifact: Artifact): Float64Array {
  const logWeights = numbers(artifact, "logWeights").slice();
  for (const edge of integers(artifact, "zeros")) {
    if (!(edge >= 0 && edge < logWeights.length))
      throw fault("it weighs an edge that it does not have", edge);
    logWeights[edge] = Number.NEGATIVE_INFINITY;
  }
  return logWeights;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function integers({ arrays }: Artifact, name: string): Int32Array | Uint8Array {
  const data = arrays[name]?.data;
  if (data instanceof Int32Array || data instanceof Uint8Array) return data;
  throw fault(`it has no integers ${name}`, name);
}

function numbers({ arrays }: Artifact, name: string): Float64Array {
  const data = arrays[name]?.data;
  if (data instanceof Float64Array) return data;
  throw fault(`it has no numbers ${name}`, name);
}

function fault(reason: string, given: unknown): CredenceError {
  return new CredenceError({
    code: "INVALID_CIRCUIT",
    message: `The file is no circuit: ${reason}.`,
    given,
    expected: "a file that circuitToBytes has written",
    hint: "Make it again from the circuit's source.",
  });
}
