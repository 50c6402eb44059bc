/** What the operating system says about a file, as one of our errors. */
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { closestNames } from "../errors/closest-names.ts";
import { CredenceError } from "../errors/credence-error.ts";

/**
 * The typed error for what `node:fs` threw about `path`: `FILE_NOT_FOUND` with the closest names in its folder,
 * `NOT_A_FILE` for a folder, `NOT_A_FOLDER` for a path through a file, `FILE_DENIED` for missing rights,
 * `FILE_FAILED` for the rest.
 */
export async function fileError(path: string, cause: unknown): Promise<CredenceError> {
  const code = (cause as { code?: unknown } | null)?.code;
  const shown = JSON.stringify(path);
  if (code === "ENOENT") {
    return new CredenceError({
      code: "FILE_NOT_FOUND",
      message: `There is no file ${shown}.`,
      given: path,
      expected: "the path of an existing file, or - for standard input",
      hint: await nearby(path),
      cause,
    });
  }
  if (code === "EISDIR") return notAFile(path);
  if (code === "ENOTDIR" || code === "EEXIST") {
    return new CredenceError({
      code: "NOT_A_FOLDER",
      message: `Something above ${shown} is a file, not a folder.`,
      given: path,
      expected: "a path through folders",
      hint: "Correct the path, or move that file away.",
      cause,
    });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new CredenceError({
      code: "FILE_DENIED",
      message: `The file ${shown} may not be opened.`,
      given: path,
      expected: "a file that this user may read or write",
      hint: "Check the rights of the file and of its folder.",
      cause,
    });
  }
  return new CredenceError({
    code: "FILE_FAILED",
    message: `The file ${shown} cannot be read or written: ${(cause as Error).message}.`,
    given: path,
    hint: "Check the disk, and that nothing else is changing the file.",
    cause,
  });
}

/** The error for a folder where a file belongs. */
export function notAFile(path: string): CredenceError {
  return new CredenceError({
    code: "NOT_A_FILE",
    message: `${JSON.stringify(path)} is a folder.`,
    given: path,
    expected: "the path of a file",
    hint: "Name a file inside it.",
  });
}

/** The closest names in the nearest folder above `path` that exists. */
async function nearby(path: string): Promise<string> {
  let missing = path;
  for (;;) {
    const folder = dirname(missing);
    try {
      const names = closestNames(basename(missing), await readdir(folder));
      if (names.length > 0) {
        return `In ${folder} there is ${names.map((name) => JSON.stringify(name)).join(" or ")}.`;
      }
      return `The folder ${folder} has nothing of a similar name.`;
    } catch {
      if (folder === missing || folder === ".") return "Its folder does not exist either.";
      missing = folder;
    }
  }
}
