import { describe, expect, it } from "vitest";
// The superuser may do everything, so that rights cannot be tested through the file system: the translation is.
import { fileError } from "../../src/node/file-errors.ts";

const thrownBySystem = (code: string) => Object.assign(new Error(`${code}: no luck`), { code });

describe("fileError", () => {
  it.each([
    ["ENOENT", "FILE_NOT_FOUND"],
    ["EISDIR", "NOT_A_FILE"],
    ["ENOTDIR", "NOT_A_FOLDER"],
    ["EEXIST", "NOT_A_FOLDER"],
    ["EACCES", "FILE_DENIED"],
    ["EPERM", "FILE_DENIED"],
    ["EROFS", "FILE_DENIED"],
    ["ENOSPC", "FILE_FAILED"],
    ["EMFILE", "FILE_FAILED"],
  ])("turns %s into %s, with a way out", async (system, code) => {
    const error = await fileError("/absent/file", thrownBySystem(system));
    expect([error.code, error.given]).toEqual([code, "/absent/file"]);
    expect(error.message).toContain('"/absent/file"');
    expect(error.hint).toBeTruthy();
  });

  it("keeps the cause and, where it has no word of its own, its message", async () => {
    const cause = thrownBySystem("ENOSPC");
    const error = await fileError("x", cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toContain("ENOSPC: no luck");
  });

  it("looks for similar names in the nearest folder that exists", async () => {
    const error = await fileError("no-such-folder/file", thrownBySystem("ENOENT"));
    expect(error.hint).toMatch(/^(In|The folder) \. /);
  });
});
