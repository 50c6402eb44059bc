/** Writing an artifact; the layout is described in `artifact.ts`. */
import { describe, InvalidArgumentError } from "../errors/credence-error.ts";
import type { Artifact, ArtifactArray, JsonValue } from "./artifact.ts";
import {
  type ArrayEntry,
  byType,
  bytesOf,
  checksumOf,
  dtypeOf,
  FORMAT,
  firstNonFinite,
  HEADER_LIMIT,
  headerText,
  nonFiniteError,
} from "./layout.ts";

/**
 * The file of an artifact. Equal artifacts give equal bytes, whatever the order of their arrays. O(bytes).
 *
 * @throws InvalidArgumentError for shapes that do not fit the data, metadata that JSON cannot say, an empty kind,
 *   a version that is not an integer ≥ 1, the name `__metadata__`, or more than 100 MB of names and metadata
 * @throws CredenceError `NON_FINITE` with the array and the index of the first number that is not finite
 */
export function encodeArtifact(artifact: Artifact): Uint8Array {
  const { kind, version, metadata, arrays } = artifact;
  if (typeof kind !== "string" || kind === "") throw new InvalidArgumentError("kind", kind, "a name");
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidArgumentError("version", version, "an integer of at least 1");
  }
  checkJson("metadata", metadata, 0);
  const entries = place(arrays);
  const data = new Uint8Array(entries.at(-1)?.end ?? 0);
  for (const { name, begin } of entries) data.set(bytesOf(arrays[name].data), begin);

  const texts = { format: FORMAT, kind, version: String(version), json: JSON.stringify(metadata) };
  const header = new TextEncoder().encode(headerText(entries, texts, checksumOf(entries, texts, data)));
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > HEADER_LIMIT) {
    const hint = "Put long lists into arrays of bytes.";
    throw new InvalidArgumentError("the header's length", padded, `at most ${HEADER_LIMIT} bytes`, hint);
  }
  const file = new Uint8Array(8 + padded + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, 8 + padded);
  file.set(data, 8 + padded);
  return file;
}

/** Checks the arrays and gives each its place: by type, widest first, then by name. */
function place(arrays: Artifact["arrays"]): ArrayEntry[] {
  const entries = Object.entries(arrays).map(([name, array]) => ({ name, ...checkArray(name, array) }));
  entries.sort(byType);
  let end = 0;
  return entries.map(({ name, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes;
    return { name, dtype, shape, begin, end };
  });
}

function checkArray(name: string, { shape, data }: ArtifactArray) {
  const label = `arrays[${JSON.stringify(name)}]`;
  if (name === "__metadata__") throw new InvalidArgumentError("an array's name", name, "another name");
  const dtype = dtypeOf(data);
  if (dtype === undefined) {
    throw new InvalidArgumentError(`${label}.data`, data, "a Float32, Float64, Int32 or Uint8 array");
  }
  const sides = shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!sides || shape.reduce((product, side) => product * side, 1) !== data.length) {
    const expected = `sides whose product is the number of entries, ${data.length}`;
    throw new InvalidArgumentError(`${label}.shape`, `[${shape.join(", ")}]`, expected);
  }
  const bad = firstNonFinite(data);
  if (bad >= 0) throw nonFiniteError(name, bad, data[bad]);
  return { dtype, shape: shape.slice(), bytes: data.byteLength };
}

/** JSON.stringify would drop or change what is not JSON without a word. */
function checkJson(path: string, value: JsonValue | undefined, depth: number): void {
  if (depth > 100) throw new InvalidArgumentError(path, value, "nested at most 100 deep");
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkJson(`${path}[${i}]`, value[i], depth + 1);
    return;
  }
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const [key, part] of Object.entries(value)) {
      checkJson(`${path}.${key}`, part as JsonValue, depth + 1);
    }
    return;
  }
  const hint = `JSON has no ${describe(value)}; write it as a text or leave it out.`;
  throw new InvalidArgumentError(
    path,
    value,
    "null, a boolean, a finite number, a text, a list or an object",
    hint,
  );
}
