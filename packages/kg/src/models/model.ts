/**
 * A trained model: a link predictor that knows its names, how it was trained and how well, and its file.
 *
 * The file is a core artifact of kind `kg-model`: a JSON header with the specification, both vocabularies,
 * settings and metrics, then the two matrices. Saving what was loaded gives the same bytes. Loading runs no
 * code, and refuses rows that do not fit the vocabularies and numbers that are not finite.
 */
import {
  type Artifact,
  CredenceError,
  decodeArtifact,
  encodeArtifact,
  InvalidArgumentError,
  type JsonObject,
  type Vocabulary,
  vocabulary,
} from "@credence/core";
import type { Backend } from "@credence/core/kernels";
import { complex, interactionOf, type ModelSpec } from "./complex.ts";
import { type EmbeddingParameters, type EmbeddingPredictor, embeddingPredictor } from "./embedding.ts";

/** What a trained model consists of. */
export interface ModelParts<E extends string = string, R extends string = string> {
  readonly spec: ModelSpec;
  readonly entities: Vocabulary<E>;
  readonly relations: Vocabulary<R>;
  readonly parameters: EmbeddingParameters;
  /** How it was trained; plain JSON. */
  readonly settings?: JsonObject;
  /** How well it did; plain JSON. */
  readonly metrics?: JsonObject;
}

/** A link predictor with its names and its history. Ids are those of its vocabularies. */
export interface TrainedModel<E extends string = string, R extends string = string>
  extends EmbeddingPredictor,
    Required<ModelParts<E, R>> {}

const kind = "kg-model";
const version = 1;

/**
 * The model of given rows, which it keeps without copying.
 * @throws InvalidArgumentError rows that do not fit the vocabularies and the rank
 */
export function trainedModel<E extends string, R extends string>(
  parts: ModelParts<E, R>,
  options: { readonly backend?: Backend | undefined } = {},
): TrainedModel<E, R> {
  const predictor = embeddingPredictor({
    interaction: interactionOf(parts.spec),
    rank: parts.spec.rank,
    parameters: parts.parameters,
    entityCount: parts.entities.size,
    relationCount: parts.relations.size,
    backend: options.backend,
  });
  const { spec, entities, relations, parameters, settings = {}, metrics = {} } = parts;
  return { ...predictor, spec, entities, relations, parameters, settings, metrics };
}

/**
 * The bytes of a model's file.
 * @throws InvalidArgumentError rows that do not fit the vocabularies and the rank
 * @throws CredenceError `NON_FINITE` a parameter that is not a finite number
 */
export function saveModel(parts: ModelParts): Uint8Array {
  const { spec, entities, relations, parameters, settings, metrics } = trainedModel(parts);
  const width = interactionOf(spec).rowLength(spec.rank);
  return encodeArtifact({
    kind,
    version,
    metadata: {
      model: spec.kind,
      rank: spec.rank,
      entities: [...entities.names],
      relations: [...relations.names],
      settings,
      metrics,
    },
    arrays: {
      entities: { shape: [parameters.entities.length / width, width], data: parameters.entities },
      relations: { shape: [parameters.relations.length / width, width], data: parameters.relations },
    },
  });
}

/**
 * The model of a file.
 * @throws CredenceError the artifact's own codes, and `MODEL_FILE` for a header or matrices that do not make a
 *   model: an unknown kind, a missing field, a repeated name, rows that do not fit the names
 */
export function loadModel(
  bytes: Uint8Array,
  options: { readonly backend?: Backend | undefined } = {},
): TrainedModel {
  const artifact = decodeArtifact(bytes, { kind, version });
  try {
    return trainedModel(partsOf(artifact), options);
  } catch (error) {
    if (!(error instanceof CredenceError)) throw error;
    throw new CredenceError({
      code: "MODEL_FILE",
      message: `The file does not hold a sound model: ${error.message}`,
      expected: "a model as saveModel writes it",
      hint: "Save the model again; its vocabulary must travel with its matrices.",
      cause: error,
    });
  }
}

function partsOf(artifact: Artifact): ModelParts {
  const { metadata, arrays } = artifact;
  const spec = { kind: text(metadata["model"], "model"), rank: metadata["rank"] as number } as ModelSpec;
  interactionOf(spec);
  return {
    spec: complex({ rank: spec.rank }),
    entities: vocabulary("entity", names(metadata["entities"], "entities")),
    relations: vocabulary("relation", names(metadata["relations"], "relations")),
    parameters: { entities: matrix(arrays, "entities"), relations: matrix(arrays, "relations") },
    settings: object(metadata["settings"], "settings"),
    metrics: object(metadata["metrics"], "metrics"),
  };
}

function text(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  throw new InvalidArgumentError(field, value, "a text");
}

function names(value: unknown, field: string): string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "")) return value;
  throw new InvalidArgumentError(field, value, "an array of names");
}

function object(value: unknown, field: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new InvalidArgumentError(field, value, "an object");
}

function matrix(arrays: Artifact["arrays"], name: string): Float32Array | Float64Array {
  const data = Object.hasOwn(arrays, name) ? arrays[name].data : undefined;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new InvalidArgumentError(`the array ${name}`, data, "floating-point numbers");
}
