/**
 * The bytes of a file or of standard input (`-`), in pieces, unpacked on the way if they are gzipped. Whether
 * they are is seen from the first two bytes (1f 8b; RFC 1952, section 2.3.1), not from the name.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { fileError, notAFile } from "./file-errors.ts";

/** The unpacked bytes of `path`, piece by piece; opened when the first piece is asked for. */
export async function* byteSource(path: string): AsyncGenerator<Uint8Array, void, void> {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new InvalidArgumentError("path", path, "the path of a file, or - for standard input");
  }
  const raw = rawBytes(path);
  try {
    const start = await firstBytes(raw);
    const whole = chain(start, raw);
    if (start.length >= 2 && start[0] === 0x1f && start[1] === 0x8b) yield* unpacked(path, whole);
    else if (start.length < 2 && path.endsWith(".gz")) throw gzipError(path, "truncated", undefined);
    else yield* whole;
  } finally {
    // A reader that stops early leaves the file open otherwise. Not awaited: standard input may never answer.
    raw.return().catch(() => {});
  }
}

async function* rawBytes(path: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (path !== "-" && (await stat(path)).isDirectory()) throw notAFile(path);
    yield* path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  } catch (cause) {
    throw cause instanceof CredenceError ? cause : await fileError(path, cause);
  }
}

/** At least the first two bytes, unless there are fewer. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array, void, void>): Promise<Uint8Array> {
  let start = new Uint8Array(0);
  while (start.length < 2) {
    const next = await pieces.next();
    if (next.done) break;
    start = new Uint8Array(Buffer.concat([start, next.value]));
  }
  return start;
}

async function* chain(
  start: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (start.length > 0) yield start;
  yield* rest;
}

async function* unpacked(
  path: string,
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  // Errors of the source reach the reader through the stream that it reads.
  const gunzip = pipeline(Readable.from(packed), createGunzip(), () => {});
  try {
    yield* gunzip;
  } catch (cause) {
    if (cause instanceof CredenceError) throw cause;
    const truncated = (cause as { code?: unknown }).code === "Z_BUF_ERROR";
    throw gzipError(path, truncated ? "truncated" : "corrupt", cause);
  }
}

function gzipError(path: string, what: "truncated" | "corrupt", cause: unknown): CredenceError {
  return new CredenceError({
    code: what === "truncated" ? "GZIP_TRUNCATED" : "GZIP_CORRUPT",
    message: `The gzip file ${JSON.stringify(path)} ${what === "truncated" ? "ends early" : "is damaged"}.`,
    given: path,
    expected: "an intact gzip file",
    hint: "Copy or download it again.",
    ...(cause === undefined ? {} : { cause }),
  });
}
