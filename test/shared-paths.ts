/** Where the shared reference vectors and data sets are: `CREDENCE_SHARED`, by default `../shared`. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The shared folder, absolute. */
export const sharedFolder = resolve(root, process.env["CREDENCE_SHARED"] ?? "../shared");

/** A path inside the shared folder. */
export function sharedPath(...parts: string[]): string {
  return join(sharedFolder, ...parts);
}

/** The text of a shared file, unpacked if it is gzipped. */
export function sharedText(...parts: string[]): string {
  const bytes = readFileSync(sharedPath(...parts));
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** A shared JSON file; the type is the caller's word. */
export function sharedJson<T>(...parts: string[]): T {
  return JSON.parse(sharedText(...parts)) as T;
}
