/**
 * Squared circuits: a circuit c with weights of either sign whose square is the density (L. Loconte et al.,
 * "Subtractive mixture models via squaring: representation and learning", ICLR 2024),
 *
 *   P(x) = Σ_r c_r(x)² / Z,      Z = Σ_x Σ_r c_r(x)².
 *
 * Subtraction lets them cut holes into a density, which sums with non-negative weights can only build around. With
 * R > 1 outputs, whose squares add up, they are the "sum of squares" of the same authors (AAAI 2025); R = 2 is what one
 * circuit with complex weights gives at the root.
 *
 * Z needs no circuit for c². On a tree of steps (shape.ts) the square of a vector summed over its variables is a Gram
 * matrix, and these follow from each other (gram.ts). The same matrices give marginals, conditionals, posteriors,
 * samples and the gradient of log Z. Weights enter as they are, so they are plain numbers here, not logs; vectors and
 * matrices are scaled by their largest entry at every step, so that nothing underflows.
 *
 * Unlike a `Circuit`, c is no mixture: it has no latent states, flows or expected counts, and no EM.
 */
import { InvalidArgumentError, type JsonObject, type Vocabulary, vocabulary } from "@credence/core";
import type { Domain } from "../circuit/domain.ts";
import { type SquaredShape, type SquaredStep, shapeOfSteps } from "./shape.ts";

/** An immutable squared circuit over binary and categorical variables. */
export interface SquaredCircuit<V extends string = string> {
  readonly variables: Vocabulary<V>;
  readonly domains: readonly Domain[];
  readonly shape: SquaredShape;
  /** Tables and matrices, where the steps of the shape say; of either sign. */
  readonly parameters: Float64Array;
}

/**
 * A squared circuit with these parameters, which are copied.
 * @param names of the variables; default x0, x1, ...
 * @throws InvalidArgumentError for parameters that are not as many numbers as the shape has, each 0 or of a size from
 *   1e-120 to 1e120 (their squares have to be numbers, too), and for another number of names
 */
export function squaredCircuit<V extends string = string>(
  shape: SquaredShape,
  parameters: ArrayLike<number>,
  names: readonly V[] = shape.arities.map((_, v) => `x${v}` as V),
): SquaredCircuit<V> {
  const { arities, parameterCount } = shape;
  if (names.length !== arities.length)
    throw new InvalidArgumentError("names", names, `${arities.length} names, one per variable`);
  if (parameters.length !== parameterCount) {
    throw new InvalidArgumentError(
      "parameters.length",
      parameters.length,
      `${parameterCount}, as the shape has`,
    );
  }
  const copy = Float64Array.from(parameters);
  const bad = copy.findIndex((x) => x !== 0 && !(Math.abs(x) >= 1e-120 && Math.abs(x) <= 1e120));
  if (bad >= 0)
    throw new InvalidArgumentError(
      `parameters[${bad}]`,
      parameters[bad],
      "0, or a number of a size from 1e-120 to 1e120",
    );
  const domains = arities.map(
    (arity): Domain => (arity === 2 ? { kind: "binary" } : { kind: "categorical", arity }),
  );
  return Object.freeze({
    variables: vocabulary("variable", names),
    domains,
    shape,
    parameters: copy,
  });
}

/** The same circuit with other parameters. @throws InvalidArgumentError as {@link squaredCircuit} */
export function withSquaredParameters<V extends string>(
  circuit: SquaredCircuit<V>,
  parameters: ArrayLike<number>,
): SquaredCircuit<V> {
  return squaredCircuit(circuit.shape, parameters, circuit.variables.names);
}

/** A squared circuit as a JSON document: numbers are kept to the bit. O(parameters). */
export function squaredToJson({ variables, shape, parameters }: SquaredCircuit): JsonObject {
  const { arities, units, squares, steps } = shape;
  return {
    kind: "squared-circuit",
    version: 1,
    variables: variables.names.map((name, v) => ({ name, arity: arities[v] })),
    units,
    squares,
    steps: steps.map((step): JsonObject => {
      if (step.kind === "table") return { table: step.variable };
      if (step.kind === "product") return { product: [step.left, step.right] };
      return { dense: step.input };
    }),
    parameters: [...parameters],
  };
}

/**
 * The squared circuit of a document.
 * @throws InvalidArgumentError for anything that is no such document: steps that are not a tree over the variables,
 *   or numbers that do not fit
 */
export function squaredFromJson(document: unknown): SquaredCircuit {
  const refuse = (what: string, given: unknown, expected: string): never => {
    throw new InvalidArgumentError(what, given, expected, "squaredToJson writes such documents.");
  };
  const whole = recordOf(document) ?? refuse("The document", document, "a record");
  if (whole["kind"] !== "squared-circuit" || whole["version"] !== 1)
    refuse(
      "The document",
      { kind: whole["kind"], version: whole["version"] },
      "a squared-circuit of version 1",
    );
  const list = (field: string): readonly unknown[] => {
    const found = whole[field];
    return Array.isArray(found) ? found : refuse(field, found, "a list");
  };
  const integer = (what: string, value: unknown, from: number, to: number): number =>
    Number.isInteger(value) && (value as number) >= from && (value as number) <= to
      ? (value as number)
      : refuse(what, value, `an integer from ${from} to ${to}`);
  const named = list("variables").map((each, v) => {
    const { name, arity } = recordOf(each) ?? refuse(`variables[${v}]`, each, "a record with name and arity");
    if (typeof name !== "string") return refuse(`variables[${v}].name`, name, "a text");
    return { name, arity: integer(`variables[${v}].arity`, arity, 1, 255) };
  });
  const units = integer("units", whole["units"], 1, 1024);
  const squares = integer("squares", whole["squares"], 1, units);
  const parameters = list("parameters");
  if (!parameters.every((x) => typeof x === "number")) refuse("parameters", "something else", "numbers");
  const raw = list("steps");
  const steps = raw.map((each, s): SquaredStep => {
    const step = recordOf(each) ?? refuse(`steps[${s}]`, each, "a record");
    const earlier = (value: unknown) => integer(`A step that steps[${s}] reads`, value, 0, s - 1);
    if ("table" in step) {
      return {
        kind: "table",
        variable: integer(`steps[${s}].table`, step["table"], 0, named.length - 1),
        at: 0,
      };
    }
    if ("dense" in step) {
      return {
        kind: "dense",
        input: earlier(step["dense"]),
        rows: s === raw.length - 1 ? squares : units,
        at: 0,
      };
    }
    const pair = step["product"];
    if (!(Array.isArray(pair) && pair.length === 2))
      return refuse(`steps[${s}]`, each, "a table, product or dense");
    return { kind: "product", left: earlier(pair[0]), right: earlier(pair[1]) };
  });
  const arities = named.map(({ arity }) => arity);
  const fault = treeFault(arities.length, steps);
  if (fault !== undefined)
    refuse("steps", fault, "a tree of steps over the variables that ends in a dense one");
  const shape = shapeOfSteps(arities, { units, squares }, steps);
  return squaredCircuit(
    shape,
    parameters as number[],
    named.map(({ name }) => name),
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** What keeps steps from being a tree with one table per variable and a dense root. */
function treeFault(variables: number, steps: readonly SquaredStep[]): string | undefined {
  const reads = new Uint8Array(steps.length);
  const tables = new Uint8Array(variables);
  for (const step of steps) {
    if (step.kind === "table") {
      if (++tables[step.variable] > 1) return `variable ${step.variable} has two tables`;
    } else {
      for (const read of step.kind === "product" ? [step.left, step.right] : [step.input]) {
        if (++reads[read] > 1) return `step ${read} is read twice`;
      }
    }
  }
  const loose = reads.findIndex((count, s) => count === 0 && s < steps.length - 1);
  if (loose >= 0) return `step ${loose} is not read`;
  if (tables.includes(0)) return `variable ${tables.indexOf(0)} has no table`;
  return steps.at(-1)?.kind === "dense" ? undefined : "the last step is not a dense one";
}
