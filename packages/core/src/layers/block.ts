/**
 * What trainable models are made of. A block is a value without state: the parameters that it needs, by name, and the
 * function of values on a tape that it becomes once it has them. Blocks are made of blocks, down to single matrices
 * ({@link weights}), so that a whole model is one block, its parameters have names such as `cell.input.weight`, and
 * what is used twice is shared by being named once.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import { checkSide } from "../matrix/matrix.ts";
import type { Value } from "../tape/value.ts";
import { type Initialize, zeros } from "./initialize.ts";

/** One matrix of parameters: its shape, and how it begins. */
export interface ParameterSpec {
  readonly rows: number;
  readonly cols: number;
  readonly initialize: Initialize;
}

/** Parameters by name, and the function that they make. */
export interface Block<F> {
  readonly specs: Readonly<Record<string, ParameterSpec>>;
  /** The function over these parameters, which have the names of the specs. */
  on(parameters: Readonly<Record<string, Value>>): F;
}

/** The function that a block makes. */
export type FunctionOf<B> = B extends Block<infer F> ? F : never;

/** Blocks by name. */
export type Parts = Readonly<Record<string, Block<unknown>>>;

/**
 * One matrix of parameters.
 * @param initialize default zeros
 * @throws InvalidArgumentError for sides that are not integers ≥ 0
 */
export function weights(rows: number, cols: number, initialize: Initialize = zeros): Block<Value> {
  checkSide("rows", rows);
  checkSide("cols", cols);
  // A name of its own would only lengthen those of the blocks around it.
  return { specs: { "": { rows, cols, initialize } }, on: (parameters) => parameters[""] };
}

/**
 * A block made of others: `make` gets their functions, by name, and returns its own.
 * @throws InvalidArgumentError for a name that is empty or has a full stop
 */
export function block<P extends Parts, F>(
  parts: P,
  make: (parts: { readonly [K in keyof P]: FunctionOf<P[K]> }) => F,
): Block<F> {
  const specs: Record<string, ParameterSpec> = {};
  for (const [part, { specs: own }] of Object.entries(parts)) {
    if (part === "" || part.includes(".")) {
      throw new InvalidArgumentError("the name of a part", part, "a text without a full stop");
    }
    for (const [name, spec] of Object.entries(own)) specs[joined(part, name)] = spec;
  }
  return {
    specs,
    on(parameters) {
      const functions: Record<string, unknown> = {};
      for (const [part, inner] of Object.entries(parts)) {
        const own: Record<string, Value> = {};
        for (const name of Object.keys(inner.specs)) own[name] = parameters[joined(part, name)];
        functions[part] = inner.on(own);
      }
      return make(functions as { readonly [K in keyof P]: FunctionOf<P[K]> });
    },
  };
}

function joined(part: string, name: string): string {
  return name === "" ? part : `${part}.${name}`;
}
