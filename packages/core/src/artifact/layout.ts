/** What writing and reading an artifact share: element types, order, canonical header and checksum. */
import { CredenceError } from "../errors/credence-error.ts";
import type { ArtifactData } from "./artifact.ts";
import { crc32 } from "./crc32.ts";

/** The mark of our files among safetensors files. */
export const FORMAT = "credence";
/** The longest header, in bytes, that is written or read: the limit of the safetensors library. */
export const HEADER_LIMIT = 100_000_000;

/** The element types by their safetensors name, in the order in which their arrays are stored. */
export const dtypes = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

/** The safetensors name of an element type. */
export type Dtype = keyof typeof dtypes;

/** Where an array lies in the data, as the header says it. */
export interface ArrayEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The texts of `__metadata__`, without the checksum. */
export interface HeaderTexts {
  readonly format: string;
  readonly kind: string;
  readonly version: string;
  readonly json: string;
}

/** The safetensors name of an array's element type, or `undefined` for other kinds of array. */
export function dtypeOf(data: ArtifactData): Dtype | undefined {
  return (Object.keys(dtypes) as Dtype[]).find((dtype) => data instanceof dtypes[dtype]);
}

/** The order of the data. Empty arrays share their place with a successor: type and name decide, as in writing. */
export function byPlace(a: ArrayEntry, b: ArrayEntry): number {
  return a.begin - b.begin || a.end - b.end || byType(a, b);
}

/**
 * The order in which arrays are given their places: by type, widest first, then by name. The safetensors library
 * has the same order, so that a file which it reads and writes again keeps its checksum.
 */
export function byType(a: Pick<ArrayEntry, "name" | "dtype">, b: Pick<ArrayEntry, "name" | "dtype">): number {
  const order = Object.keys(dtypes);
  return order.indexOf(a.dtype) - order.indexOf(b.dtype) || (a.name < b.name ? -1 : 1);
}

/** Bytes of one element. */
export function widthOf(dtype: Dtype): number {
  return dtypes[dtype].BYTES_PER_ELEMENT;
}

/** The bytes that an array occupies; the machine is little-endian, like every one that browsers run on. */
export function bytesOf(data: ArtifactData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The header's JSON: canonical when `entries` are in the order of the data. */
export function headerText(entries: readonly ArrayEntry[], texts: HeaderTexts, checksum?: string): string {
  const metadata = JSON.stringify({
    format: texts.format,
    kind: texts.kind,
    version: texts.version,
    ...(checksum === undefined ? {} : { checksum }),
    json: texts.json,
  });
  // Written by hand, since an object would lose the order of names that look like numbers.
  const arrays = entries.map(({ name, dtype, shape, begin, end }) => {
    const place = JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
    return `,${JSON.stringify(name)}:${place}`;
  });
  return `{"__metadata__":${metadata}${arrays.join("")}}`;
}

/** The checksum of a header's content and the data, as eight hexadecimal digits. */
export function checksumOf(entries: readonly ArrayEntry[], texts: HeaderTexts, data: Uint8Array): string {
  const header = crc32(new TextEncoder().encode(headerText(entries, texts)));
  return crc32(data, header).toString(16).padStart(8, "0");
}

/** The error for a value that is not finite; the same for writing and reading. */
export function nonFiniteError(name: string, index: number, value: number): CredenceError {
  return new CredenceError({
    code: "NON_FINITE",
    message: `The array ${JSON.stringify(name)} holds ${value} at index ${index}.`,
    given: String(value),
    expected: "finite numbers",
    hint: "A model with such a number has diverged; save one from before that.",
  });
}

/** The index of the first entry that is not finite, or −1. */
export function firstNonFinite(data: ArtifactData): number {
  if (data instanceof Int32Array || data instanceof Uint8Array) return -1;
  for (let i = 0; i < data.length; i++) {
    // The difference of a finite number with itself is 0, of all others NaN.
    if (data[i] - data[i] !== 0) return i;
  }
  return -1;
}
