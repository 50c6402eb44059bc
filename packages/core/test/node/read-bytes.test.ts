import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { InvalidArgumentError, rng } from "@credence/core";
import { readBytes } from "@credence/core/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { rejected } from "../thrown.ts";
import { temporaryFolder } from "./folder.ts";

const folder = temporaryFolder();
const r = rng("bytes");
const noise = Uint8Array.from({ length: 600_000 }, () => r.int(256));

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("readBytes", () => {
  it("reads plain files of any length, also those that begin like gzip", async () => {
    for (const bytes of [
      noise,
      Uint8Array.of(),
      Uint8Array.of(0x1f),
      Uint8Array.of(0x1f, 0x8c),
      noise.slice(0, 1),
    ]) {
      expect(await readBytes(put("plain.bin", bytes))).toEqual(bytes);
    }
  });

  it("unpacks gzip by its magic bytes, whatever the name, and several members in one file", async () => {
    const packed = gzipSync(noise);
    expect(await readBytes(put("packed.gz", packed))).toEqual(noise);
    expect(await readBytes(put("packed.bin", packed))).toEqual(noise);
    const members = Buffer.concat([gzipSync("one "), gzipSync("two")]);
    expect(new TextDecoder().decode(await readBytes(put("members.gz", members)))).toBe("one two");
    expect(await readBytes(put("empty.gz", gzipSync("")))).toEqual(new Uint8Array(0));
  });

  it("takes a file named .gz that somebody has unpacked already", async () => {
    expect(await readBytes(put("unpacked.gz", "text"))).toEqual(new TextEncoder().encode("text"));
  });

  it("refuses a gzip file that ends early, wherever that is", async () => {
    const packed = gzipSync(noise.subarray(0, 300));
    for (let length = 0; length < packed.length; length++) {
      const error = await rejected(readBytes(put("cut.gz", packed.subarray(0, length))));
      expect([length, error.code]).toEqual([length, "GZIP_TRUNCATED"]);
    }
  });

  it("refuses a damaged gzip file, or reads what it held", async () => {
    const packed = gzipSync(noise.subarray(0, 300));
    const codes = new Set<string>();
    for (let at = 2; at < packed.length; at += 7) {
      const damaged = Uint8Array.from(packed);
      damaged[at] ^= 0x55;
      const path = put("damaged.gz", damaged);
      // The header's time stamp and the like may change without harm.
      if (at < 10) await readBytes(path).catch((error) => codes.add(error.code));
      else codes.add((await rejected(readBytes(path))).code);
    }
    expect([...codes].filter((code) => code !== "GZIP_TRUNCATED")).toEqual(["GZIP_CORRUPT"]);
  });

  it("says which files are there when one is not", async () => {
    put("train.tsv", "");
    const error = await rejected(readBytes(join(folder, "trian.tsv")));
    expect(error.code).toBe("FILE_NOT_FOUND");
    expect(error.hint).toContain('"train.tsv"');
    const stranger = await rejected(readBytes(join(folder, "0123456789abcdef")));
    expect(stranger.hint).toContain("nothing of a similar name");
    mkdirSync(join(folder, "models"));
    const deeper = await rejected(readBytes(join(folder, "modles", "x")));
    expect(deeper.code).toBe("FILE_NOT_FOUND");
    expect(deeper.hint).toContain('"models"');
  });

  it("refuses folders, paths through files and paths that cannot be", async () => {
    expect((await rejected(readBytes(folder))).code).toBe("NOT_A_FILE");
    const through = await rejected(readBytes(join(put("file", ""), "inside")));
    expect(through.code).toBe("NOT_A_FOLDER");
    for (const path of ["", "a\0b", 3 as unknown as string]) {
      expect(await rejected(readBytes(path))).toBeInstanceOf(InvalidArgumentError);
    }
  });
});

describe("standard input", () => {
  afterEach(() => vi.restoreAllMocks());
  const feed = (...pieces: Uint8Array[]) => {
    const stream = Readable.from(pieces) as unknown as typeof process.stdin;
    vi.spyOn(process, "stdin", "get").mockReturnValue(stream);
  };

  it("is read for -, plain or packed, however it is cut", async () => {
    feed(noise.subarray(0, 1), noise.subarray(1));
    expect(await readBytes("-")).toEqual(noise);
    const packed = Uint8Array.from(gzipSync(noise));
    feed(packed.subarray(0, 1), new Uint8Array(0), packed.subarray(1, 5), packed.subarray(5));
    expect(await readBytes("-")).toEqual(noise);
    feed();
    expect(await readBytes("-")).toEqual(new Uint8Array(0));
  });

  it("may fail", async () => {
    const broken = Readable.from(
      (async function* () {
        yield noise.subarray(0, 10);
        throw new Error("unplugged");
      })(),
    );
    vi.spyOn(process, "stdin", "get").mockReturnValue(broken as unknown as typeof process.stdin);
    const error = await rejected(readBytes("-"));
    expect(error.code).toBe("FILE_FAILED");
    expect(error.message).toContain("unplugged");
  });
});
