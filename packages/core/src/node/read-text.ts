/**
 * Text from files for the library's parsers, which take `AsyncIterable<string>`. Pieces end at line ends, so no
 * character, line end or record of one line is ever cut in two, and memory stays at about the longest line.
 */
import { CredenceError } from "../errors/credence-error.ts";
import { byteSource } from "./byte-source.ts";

const NEWLINE = 0x0a;

/**
 * The text of a UTF-8 file, or of standard input for `-`, unpacked if it is gzipped: pieces of whole lines, the
 * last one perhaps without its line end. A byte order mark at the start is dropped.
 *
 * @throws CredenceError `INVALID_UTF8` with the line (from 1), and the errors of {@link readBytes}
 */
export async function* readText(path: string): AsyncGenerator<string, void, void> {
  let pending: Uint8Array[] = [];
  let line = 1;
  for await (const piece of byteSource(path)) {
    const cut = piece.lastIndexOf(NEWLINE) + 1;
    if (cut === 0) {
      pending.push(piece);
      continue;
    }
    const lines = Buffer.concat([...pending, piece.subarray(0, cut)]);
    yield decodeLines(path, lines, line);
    line += countLines(lines);
    pending = [piece.subarray(cut)];
  }
  const rest = Buffer.concat(pending);
  if (rest.length > 0) yield decodeLines(path, rest, line);
}

function decodeLines(path: string, bytes: Uint8Array, line: number): string {
  const text = decode(bytes, line === 1);
  if (text !== undefined) return text;
  let bad = line;
  for (let from = 0; from < bytes.length; bad++) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    if (decode(bytes.subarray(from, to), false) === undefined) break;
    from = to;
  }
  throw new CredenceError({
    code: "INVALID_UTF8",
    message: `Line ${bad} of ${JSON.stringify(path)} is not UTF-8 text.`,
    given: `line ${bad}`,
    expected: "text in UTF-8",
    hint: "Convert the file, for example with `iconv -f latin1 -t utf8`, or check that it is a text file.",
  });
}

function decode(bytes: Uint8Array, dropMark: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: !dropMark }).decode(bytes);
  } catch {
    return undefined;
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
