import { crc32 } from "node:zlib";
import {
  type Artifact,
  decodeArtifact,
  encodeArtifact,
  InvalidArgumentError,
  type JsonObject,
} from "@credence/core";
import { describe, expect, it } from "vitest";
import { thrown } from "../thrown.ts";

const small: Artifact = {
  kind: "small",
  version: 1,
  metadata: { note: "x" },
  arrays: { w: { shape: [2], data: Float32Array.of(1, 2) } },
};

/** A file with the given header text, whole or broken, and data. */
function file(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** The small artifact's file with its header rewritten. */
function edited(edit: (header: string) => string): Uint8Array {
  const bytes = encodeArtifact(small);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const changed = edit(header);
  expect(changed).not.toBe(header);
  return file(changed, bytes.subarray(8 + length));
}

const decode = (bytes: Uint8Array) => thrown(() => decodeArtifact(bytes, small));

describe("the file", () => {
  it("is what the safetensors layout says, byte by byte", () => {
    const bytes = encodeArtifact(small);
    const header =
      '{"__metadata__":{"format":"credence","kind":"small","version":"1","checksum":"178f9cec",' +
      '"json":"{\\"note\\":\\"x\\"}"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded.length));
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
  });

  it("may have its header rewritten by other software, in another order and spacing", () => {
    const rewritten = edited((header) => {
      const { __metadata__: metadata, ...arrays } = JSON.parse(header);
      const turned = Object.fromEntries(Object.entries(metadata).reverse());
      return JSON.stringify({ ...arrays, __metadata__: turned }, undefined, 2);
    });
    expect(decodeArtifact(rewritten, small)).toEqual(small);
  });

  it("keeps names and metadata that look like parts of JavaScript", () => {
    const arrays = JSON.parse('{"__proto__":0,"constructor":0,"10":0,"9":0}');
    for (const name of Object.keys(arrays)) arrays[name] = { shape: [], data: Float64Array.of(1) };
    const metadata = JSON.parse('{"__proto__":{"polluted":true}}');
    const back = decodeArtifact(encodeArtifact({ ...small, metadata, arrays }), small);
    expect(Object.keys(back.arrays).sort()).toEqual(["10", "9", "__proto__", "constructor"]);
    expect(JSON.stringify(back.metadata)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("keeps the order of empty arrays of different widths", () => {
    const none = {
      a: new Uint8Array(0),
      b: new Float64Array(0),
      c: new Float32Array(0),
      d: new Float64Array(0),
    };
    const arrays = Object.fromEntries(
      Object.entries(none).map(([name, data]) => [name, { shape: [0], data }]),
    );
    expect(decodeArtifact(encodeArtifact({ ...small, arrays }), small).arrays).toEqual(arrays);
    expect(decodeArtifact(encodeArtifact({ ...small, arrays: {} }), small).arrays).toEqual({});
  });
});

describe("encodeArtifact refuses", () => {
  const wrong: [string, Partial<Artifact>, string][] = [
    ["an empty kind", { kind: "" }, "kind"],
    ["version 0", { version: 0 }, "version"],
    ["a fractional version", { version: 1.5 }, "version"],
    ["a shape that is not the data's", { arrays: { w: { shape: [3], data: Float32Array.of(1) } } }, "w"],
    ["a negative shape", { arrays: { w: { shape: [-1, -1], data: Float32Array.of(1) } } }, "w"],
    ["our own name", { arrays: { __metadata__: { shape: [0], data: new Uint8Array(0) } } }, "__metadata__"],
    [
      "another element type",
      { arrays: { w: { shape: [1], data: new Int16Array(1) as unknown as Int32Array } } },
      "Float32, Float64, Int32 or Uint8",
    ],
    ["NaN in metadata", { metadata: { a: [0, Number.NaN] } }, "metadata.a[1]"],
    ["undefined in metadata", { metadata: { a: undefined } as unknown as JsonObject }, "metadata.a"],
    ["a date in metadata", { metadata: { a: new Date(0) } as unknown as JsonObject }, "metadata.a"],
    ["a function in metadata", { metadata: { toJSON: () => 1 } as unknown as JsonObject }, "metadata.toJSON"],
  ];
  it.each(wrong)("%s", (_, change, where) => {
    const error = thrown(() => encodeArtifact({ ...small, ...change }));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(where);
  });

  it("metadata without an end", () => {
    const endless: Record<string, unknown> = {};
    endless["self"] = endless;
    expect(() => encodeArtifact({ ...small, metadata: endless as JsonObject })).toThrow("nested at most");
  });

  it("numbers that are not finite, with array and index", () => {
    for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const arrays = { w: { shape: [3], data: Float64Array.of(0, 0, bad) } };
      const error = thrown(() => encodeArtifact({ ...small, arrays }));
      expect(error.code).toBe("NON_FINITE");
      expect(error.message).toContain(`"w" holds ${bad} at index 2`);
    }
  });
});

describe("decodeArtifact refuses", () => {
  it("another kind and another version, naming both", () => {
    const bytes = encodeArtifact(small);
    const kind = thrown(() => decodeArtifact(bytes, { kind: "large", version: 1 }));
    expect([kind.code, kind.given, kind.expected]).toEqual(["ARTIFACT_KIND", "small", "large"]);
    const older = thrown(() => decodeArtifact(bytes, { kind: "small", version: 2 }));
    expect([older.code, older.given, older.expected]).toEqual(["ARTIFACT_VERSION", "1", "2"]);
    expect(older.hint).toContain("Make the file again");
    const newer = encodeArtifact({ ...small, version: 9 });
    expect(decode(newer).hint).toContain("Update");
  });

  it("what is no bytes at all", () => {
    expect(() => decodeArtifact("x" as unknown as Uint8Array, small)).toThrow(InvalidArgumentError);
  });

  it("numbers that are not finite, although the checksum is right", () => {
    const data = new Uint8Array(Float32Array.of(1, Number.NaN).buffer);
    const header = (checksum: string) =>
      `{"__metadata__":{"format":"credence","kind":"small","version":"1",${checksum}"json":"{}"},` +
      '"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    // The independent oracle: zlib's CRC-32 of the header without its checksum, then of the data.
    const crc = crc32(data, crc32(header("")))
      .toString(16)
      .padStart(8, "0");
    const error = decode(file(header(`"checksum":"${crc}",`), data));
    expect(error.code).toBe("NON_FINITE");
    expect(error.message).toContain('"w" holds NaN at index 1');
  });

  it("safetensors files that are not ours", () => {
    const error = decode(file('{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'));
    expect(error.code).toBe("ARTIFACT_CORRUPT");
    expect(error.message).toContain("__metadata__");
    expect(decode(edited((header) => header.replace('"credence"', '"pt"'))).message).toContain('"pt"');
  });

  it.each<[string, (header: string) => string, string]>([
    ["a header that is not JSON", (header) => header.slice(1), "not JSON"],
    ["a header that is a list", () => "[]", "not an object"],
    ["a missing text", (header) => header.replace('"kind"', '"sort"'), "no text kind"],
    ["an entry that is no object", (header) => header.replace(/"w":\{.*?\}/, '"w":3'), "not an object"],
    ["an unknown dtype", (header) => header.replace("F32", "BF16"), "no known dtype"],
    ["a dtype of the prototype", (header) => header.replace("F32", "toString"), "no known dtype"],
    ["a negative side", (header) => header.replace("[2]", "[-2]"), "no shape"],
    ["a shape that is no list", (header) => header.replace("[2]", "2"), "no shape"],
    ["three offsets", (header) => header.replace("[0,8]", "[0,4,8]"), "no data_offsets"],
    ["offsets out of order", (header) => header.replace("[0,8]", "[8,0]"), "bytes for a shape"],
    ["a shape of another size", (header) => header.replace("[2]", "[3]"), "bytes for a shape"],
    [
      "a shape beyond all numbers",
      (header) => header.replace("[2]", `[${"9007199254740991,".repeat(30)}0]`),
      "shape",
    ],
    ["a gap before the data", (header) => header.replace("[0,8]", "[8,16]"), "begins at 8 instead of 0"],
    [
      "overlapping arrays",
      (header) => header.replace(/("w")(:\{.*?\})/, '"v"$2,"w"$2'),
      'the array "w" begins at 0 instead of 8',
    ],
    [
      "data after the last array",
      (header) => header.replace("[2]", "[1]").replace("[0,8]", "[0,4]"),
      "4 bytes follow",
    ],
    ["another name", (header) => header.replace('"w"', '"v"'), "checksum"],
    ["other metadata", (header) => header.replace("note", "nose"), "checksum"],
    ["another checksum", (header) => header.replace(/"checksum":"../, '"checksum":"zz'), "checksum"],
  ])("%s", (_, edit, message) => {
    const error = decode(edited(edit));
    expect(error.code).toBe("ARTIFACT_CORRUPT");
    expect(error.message).toContain(message);
  });

  it("lengths and encodings of headers that cannot be", () => {
    const huge = new Uint8Array(16).fill(0xff);
    expect(decode(huge).message).toContain("length of a header");
    const latin1 = file('{"é":0}');
    latin1[10] = 0xe9;
    expect(decode(latin1).message).toContain("not UTF-8");
    expect(decode(file("")).message).toContain("not JSON");
    expect(decode(file("[".repeat(100_000))).message).toContain("not JSON");
  });

  it("data that end before the header says so", () => {
    const bytes = edited((header) => header.replace("[2]", "[4]").replace("[0,8]", "[0,16]"));
    expect(decode(bytes).code).toBe("ARTIFACT_TRUNCATED");
  });
});
