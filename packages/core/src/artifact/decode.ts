/** Reading an artifact without trusting it; the layout is described in `artifact.ts`. */
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import type { Artifact, ArtifactArray, JsonObject } from "./artifact.ts";
import {
  type ArrayEntry,
  byPlace,
  checksumOf,
  type Dtype,
  dtypes,
  FORMAT,
  firstNonFinite,
  HEADER_LIMIT,
  nonFiniteError,
  widthOf,
} from "./layout.ts";

/**
 * The artifact in a file. Its arrays are copies: the bytes may be reused. O(bytes).
 *
 * @param expected the kind and the version of it that the caller understands
 * @throws InvalidArgumentError unless the bytes are a Uint8Array
 * @throws CredenceError `ARTIFACT_TRUNCATED` if the file ends early, `ARTIFACT_CORRUPT` if it is not one of ours
 *   or has been changed, `ARTIFACT_KIND` and `ARTIFACT_VERSION` if it is another kind or version, `NON_FINITE`
 *   if an array holds NaN or an infinity
 */
export function decodeArtifact(
  bytes: Uint8Array,
  expected: { readonly kind: string; readonly version: number },
): Artifact {
  if (!(bytes instanceof Uint8Array)) throw new InvalidArgumentError("bytes", bytes, "a Uint8Array");
  const { header, data } = split(bytes);
  const { texts, checksum } = readMetadata(header, expected);
  const entries = readEntries(header, data.length);
  const found = checksumOf(entries, texts, data);
  if (found !== checksum) throw corrupt(`its checksum is ${found}, not ${checksum} as it says`);
  return {
    kind: texts.kind,
    version: expected.version,
    metadata: object(parseJson(texts.json, "metadata"), "its metadata") as JsonObject,
    arrays: Object.fromEntries(entries.map((entry) => [entry.name, readArray(entry, data)])),
  };
}

type Unknown = Readonly<Record<string, unknown>>;

function split(bytes: Uint8Array): { header: Unknown; data: Uint8Array } {
  if (bytes.length < 8) throw truncated(8, bytes.length);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > HEADER_LIMIT) throw corrupt("it does not begin with the length of a header");
  if (bytes.length < 8 + length) throw truncated(8 + length, bytes.length);
  const text = decodeText(bytes.subarray(8, 8 + length));
  return { header: object(parseJson(text, "header"), "its header"), data: bytes.subarray(8 + length) };
}

function readMetadata(header: Unknown, expected: { readonly kind: string; readonly version: number }) {
  const metadata = object(header["__metadata__"], "its __metadata__");
  const text = (name: string): string => {
    const value = metadata[name];
    if (typeof value !== "string") throw corrupt(`its __metadata__ has no text ${name}`);
    return value;
  };
  const texts = {
    format: text("format"),
    kind: text("kind"),
    version: text("version"),
    json: text("json"),
  };
  if (texts.format !== FORMAT) throw corrupt(`its format is ${JSON.stringify(texts.format)}`);
  if (texts.kind !== expected.kind) {
    throw new CredenceError({
      code: "ARTIFACT_KIND",
      message: `The file holds a ${JSON.stringify(texts.kind)}, not a ${JSON.stringify(expected.kind)}.`,
      given: texts.kind,
      expected: expected.kind,
      hint: "Give the file of the other kind, or open this one with what wrote it.",
    });
  }
  if (texts.version !== String(expected.version)) throw versionError(texts, expected.version);
  return { texts, checksum: text("checksum") };
}

/** The places of all arrays, in the order of the data, which they fill without gap or overlap. */
function readEntries(header: Unknown, dataLength: number): ArrayEntry[] {
  const entries = Object.keys(header)
    .filter((name) => name !== "__metadata__")
    .map((name) => readEntry(name, object(header[name], `the entry ${JSON.stringify(name)}`)));
  entries.sort(byPlace);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      throw corrupt(`the array ${JSON.stringify(entry.name)} begins at ${entry.begin} instead of ${end}`);
    }
    end = entry.end;
  }
  if (end > dataLength) throw truncated(end, dataLength);
  if (end < dataLength) throw corrupt(`${dataLength - end} bytes follow the last array`);
  return entries;
}

function readEntry(name: string, entry: Unknown): ArrayEntry {
  const { dtype, shape, data_offsets: offsets } = entry;
  const label = `the array ${JSON.stringify(name)}`;
  if (typeof dtype !== "string" || !Object.hasOwn(dtypes, dtype))
    throw corrupt(`${label} has no known dtype`);
  if (!isCounts(shape)) throw corrupt(`${label} has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw corrupt(`${label} has no data_offsets`);
  const [begin, end] = offsets;
  const bytes = shape.reduce((product, side) => product * side, widthOf(dtype as Dtype));
  if (end - begin !== bytes) throw corrupt(`${label} has ${end - begin} bytes for a shape of ${bytes}`);
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function readArray({ name, dtype, shape, begin, end }: ArrayEntry, data: Uint8Array): ArtifactArray {
  // Not `slice`, which gives a view where the bytes are a Buffer.
  const array = new dtypes[dtype](new Uint8Array(data.subarray(begin, end)).buffer);
  const bad = firstNonFinite(array);
  if (bad >= 0) throw nonFiniteError(name, bad, array[bad]);
  return { shape, data: array };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw corrupt("its header is not UTF-8", cause);
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(`its ${what} is not JSON`, cause);
  }
}

function object(value: unknown, what: string): Unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw corrupt(`${what} is not an object`);
  }
  return value as Unknown;
}

function truncated(needed: number, given: number): CredenceError {
  return new CredenceError({
    code: "ARTIFACT_TRUNCATED",
    message: `The file ends early: ${given} of at least ${needed} bytes are there.`,
    given: `${given} bytes`,
    expected: `at least ${needed} bytes`,
    hint: "Copy or download it again; the writer may have been interrupted.",
  });
}

function corrupt(reason: string, cause?: unknown): CredenceError {
  return new CredenceError({
    code: "ARTIFACT_CORRUPT",
    message: `This is not an intact Credence file: ${reason}.`,
    given: reason,
    expected: "a file written by Credence, unchanged",
    hint: "Check that it is the right file, unpacked, and copy or download it again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function versionError(texts: { kind: string; version: string }, known: number): CredenceError {
  const newer = Number(texts.version) > known;
  return new CredenceError({
    code: "ARTIFACT_VERSION",
    message: `The file is version ${texts.version} of ${JSON.stringify(texts.kind)}; this release reads ${known}.`,
    given: texts.version,
    expected: String(known),
    hint: newer ? "Update Credence." : "Make the file again with this release.",
  });
}
