/** A whole file in memory. */
import { byteSource } from "./byte-source.ts";

/**
 * All bytes of a file, or of standard input for `-`, unpacked if they are gzipped.
 *
 * @throws CredenceError `FILE_NOT_FOUND` with the closest names, `NOT_A_FILE`, `NOT_A_FOLDER`, `FILE_DENIED`,
 *   `FILE_FAILED`, `GZIP_TRUNCATED` or `GZIP_CORRUPT`
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of byteSource(path)) {
    pieces.push(piece);
    length += piece.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
