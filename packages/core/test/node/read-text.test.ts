import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { readText } from "@credence/core/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { rejected } from "../thrown.ts";
import { piecesOf, temporaryFolder } from "./folder.ts";

const folder = temporaryFolder();
const lines = Array.from({ length: 60_000 }, (_, i) => `Łódź\t${i}\t\u{1f600}\r\n`).join("");

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("readText", () => {
  it("gives pieces of whole lines, plain or packed", async () => {
    for (const path of [put("lines.tsv", lines), put("lines.tsv.gz", gzipSync(lines))]) {
      const pieces = await piecesOf(readText(path));
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join("") === lines).toBe(true);
      for (const piece of pieces) expect(piece.endsWith("\r\n")).toBe(true);
    }
  });

  it("keeps a last line without an end, and takes empty files and one endless line", async () => {
    expect(await piecesOf(readText(put("open", "a\nb")))).toEqual(["a\n", "b"]);
    expect(await piecesOf(readText(put("empty", "")))).toEqual([]);
    const endless = "é".repeat(500_000);
    expect((await piecesOf(readText(put("endless", endless)))).join("") === endless).toBe(true);
  });

  it("drops a byte order mark at the start, and only there", async () => {
    expect(await piecesOf(readText(put("mark", "\ufeffa\n\ufeffb\n")))).toEqual(["a\n\ufeffb\n"]);
  });

  it.each<[string, number, Uint8Array]>([
    ["a lone byte", 1, Uint8Array.of(0xff)],
    ["Latin-1", 3, Buffer.from("one\ntwo\nth\xe9\n", "latin1")],
    ["a character that ends early at the end", 2, Uint8Array.of(0x61, 0x0a, 0xc3)],
    ["a character cut by a line end", 1, Uint8Array.of(0xc3, 0x0a, 0xa9)],
    ["an encoded surrogate", 2, Uint8Array.of(0x0a, 0xed, 0xa0, 0x80)],
    ["a line far down", 60_001, Buffer.concat([Buffer.from(lines), Uint8Array.of(0x80, 0x0a, 0xff)])],
  ])("refuses %s and names line %i", async (_, line, bytes) => {
    const error = await rejected(piecesOf(readText(put("bad.txt", bytes))));
    expect([error.code, error.given]).toEqual(["INVALID_UTF8", `line ${line}`]);
    expect(error.hint).toContain("iconv");
  });

  it("refuses what cannot be opened, when it is read", async () => {
    const source = readText(join(folder, "absent"));
    expect((await rejected(piecesOf(source))).code).toBe("FILE_NOT_FOUND");
  });

  it("passes on a gzip file that ends early, after the lines that it still had", async () => {
    const packed = gzipSync(lines);
    const seen: string[] = [];
    const read = async () => {
      for await (const piece of readText(put("cut.gz", packed.subarray(0, packed.length / 2))))
        seen.push(piece);
    };
    expect((await rejected(read())).code).toBe("GZIP_TRUNCATED");
    expect(lines.startsWith(seen.join(""))).toBe(true);
  });
});

describe("a reader that stops early", () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(["plain", "packed"])("closes its %s source", async (kind) => {
    const bytes = kind === "plain" ? Buffer.from(lines) : gzipSync(lines, { level: 0 });
    const pieces = Array.from({ length: 20 }, (_, i) => bytes.subarray(i * 50_000, (i + 1) * 50_000));
    const stream = Readable.from(pieces);
    vi.spyOn(process, "stdin", "get").mockReturnValue(stream as unknown as typeof process.stdin);
    for await (const piece of readText("-")) {
      expect(lines.startsWith(piece)).toBe(true);
      break;
    }
    await vi.waitFor(() => expect(stream.destroyed).toBe(true));
  });
});
