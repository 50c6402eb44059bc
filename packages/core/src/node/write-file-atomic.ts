/**
 * Files that are either the old one or the new one, whatever happens meanwhile: the content goes to a new file
 * in the same folder, is forced to the disk, and takes the old one's place by one rename, which POSIX makes
 * atomic. Of several writers at once one wins, whole. Only what is no regular file (a device, a pipe, a link to a
 * file that does not exist) is opened and written as it is.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CredenceError, InvalidArgumentError } from "../errors/credence-error.ts";
import { fileError, notAFile } from "./file-errors.ts";

/**
 * Writes a file; folders above it are made as needed, an old file's mode is kept, and a link is followed. After
 * a failure the old file is as it was, and nothing else is left behind.
 *
 * @param content bytes, or text that is written as UTF-8
 * @throws InvalidArgumentError for an empty path or `-`
 * @throws CredenceError `NOT_A_FILE` if the path is a folder, `NOT_A_FOLDER`, `FILE_DENIED`, `FILE_NOT_FOUND` or `FILE_FAILED`
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  if (typeof path !== "string" || path === "" || path === "-" || path.includes("\0")) {
    throw new InvalidArgumentError("path", path, "the path of a file to write");
  }
  try {
    await replace(path, content);
  } catch (cause) {
    throw cause instanceof CredenceError ? cause : await fileError(path, cause);
  }
}

async function replace(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const old = await orUndefined(stat(path));
  if (old?.isDirectory()) throw notAFile(path);
  const target = await orUndefined(realpath(path));
  // Devices and pipes are no places for another file, and a link that leads nowhere yet is to stay one.
  const isNew = target === undefined && (await orUndefined(lstat(path))) === undefined;
  if (!isNew && (target === undefined || !old?.isFile())) return writeInto(path, content);
  await exchange(target ?? path, content, old?.mode);
}

/** Writes into what is there, as a shell's `>` does. */
async function writeInto(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

async function exchange(
  target: string,
  content: Uint8Array | string,
  mode: number | undefined,
): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await write(temporary, content, mode);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(dirname(target));
}

async function write(path: string, content: Uint8Array | string, mode: number | undefined): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    if (mode !== undefined) await file.chmod(mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself durable, where folders can be synchronized (not on Windows). */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, constants.O_RDONLY);
    await handle.sync();
  } catch {
    // The content is safe already; only its place in the folder may be lost with the power.
  } finally {
    await handle?.close();
  }
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined;
    throw cause;
  }
}
