/** Helpers for the reference vectors of training. */
import { type FloatArray, type Optimizer, vocabulary } from "@credence/core";
import {
  type Batch,
  type EmbeddingParameters,
  type ModelSpec,
  type Regularizer,
  trainingStep,
} from "@credence/kg";
import { expect } from "vitest";
import { close } from "../../../../test/tolerance.ts";

type Rows = readonly (readonly number[])[];

/** Parameters in double precision. */
export function parametersOf(rows: {
  readonly entities: Rows;
  readonly relations: Rows;
}): EmbeddingParameters {
  return {
    entities: Float64Array.from(rows.entities.flat()),
    relations: Float64Array.from(rows.relations.flat()),
  };
}

/** Triples as columns. */
export function batchOf(triples: readonly (readonly [number, number, number])[]): Batch {
  return {
    heads: triples.map((triple) => triple[0]),
    relations: triples.map((triple) => triple[1]),
    tails: triples.map((triple) => triple[2]),
  };
}

/** A vocabulary of numbers. */
export function numbered(kind: string, size: number) {
  return vocabulary<string>(
    kind,
    Array.from({ length: size }, (_, i) => String(i)),
  );
}

/** Fails unless all numbers agree. */
export function expectAll(actual: FloatArray, expected: Rows, relative: number, absolute: number): void {
  const flat = expected.flat();
  expect(actual.length).toBe(flat.length);
  actual.forEach((value, i) => {
    expect(close(value, flat[i], relative, absolute), `${value} instead of ${flat[i]} at ${i}`).toBe(true);
  });
}

/** Steps of an optimizer over live parameters; each call takes one and returns the loss before it. */
export function descent(
  spec: ModelSpec,
  parameters: EmbeddingParameters,
  optimizer: Optimizer,
  regularizer: Regularizer,
): (batch: Batch) => number {
  const states = {
    entities: optimizer.init(parameters.entities.length, parameters.entities),
    relations: optimizer.init(parameters.relations.length, parameters.relations),
  };
  return (batch) => {
    const { loss, gradients } = trainingStep(spec, parameters, batch, { regularizer });
    optimizer.updateInto(parameters.entities, gradients.entities, states.entities);
    optimizer.updateInto(parameters.relations, gradients.relations, states.relations);
    return loss;
  };
}
