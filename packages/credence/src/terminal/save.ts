/** Files out, as the readers take them in: what is called `.gz` is packed. */
import { gzipSync } from "node:zlib";
import { writeFileAtomic } from "@credence/core/node";

/** Writes a file with `writeFileAtomic`, gzipped if its name ends in `.gz`. */
export async function saveFile(path: string, content: Uint8Array | string): Promise<void> {
  await writeFileAtomic(path, /\.gz$/i.test(path) ? gzipSync(content) : content);
}
