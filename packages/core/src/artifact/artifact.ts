/**
 * One file format for everything that is saved: named arrays with metadata, in the safetensors layout
 * (huggingface.co/docs/safetensors), so that Python reads the arrays with `safetensors.numpy.load_file`.
 *
 *   8 bytes      length of the header, little-endian
 *   header       JSON: array name → { dtype, shape, data_offsets }, and `__metadata__`: texts by name;
 *                padded with spaces, so that the data start at a multiple of 8
 *   data         the arrays, little-endian, without gaps, F64 first, then F32, I32 and U8: so each is aligned
 *
 * Ours in `__metadata__`: format (`credence`), kind, version, checksum, json (the metadata as JSON text). The
 * checksum is the CRC-32 of the header's content in canonical form, without the checksum, followed by the data:
 * any change to either is found, except to white space and the order of keys. Opening a file runs no code.
 */

/** Anything that JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The element types that an artifact holds. */
export type ArtifactData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array of an artifact: the product of `shape` is the length of `data`; row-major. */
export interface ArtifactArray {
  readonly shape: readonly number[];
  readonly data: ArtifactData;
}

/** Named arrays with metadata. */
export interface Artifact {
  /** What it is, for example `link-predictor`. */
  readonly kind: string;
  /** The version of the kind's own layout, an integer of at least 1. */
  readonly version: number;
  readonly metadata: JsonObject;
  readonly arrays: Readonly<Record<string, ArtifactArray>>;
}
