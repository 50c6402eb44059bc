import { afterEach, describe, expect, it, vi } from "vitest";
import { errorOf, run } from "./run.ts";

afterEach(() => vi.restoreAllMocks());

/** What happens when a stream says that a write has failed. */
async function fault(stream: NodeJS.WriteStream, code: string): Promise<{ code: unknown; stderr: string }> {
  await run("doctor");
  let stderr = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  stream.emit("error", Object.assign(new Error(`${code}: write failed`), { code }));
  return { code: exit.mock.calls[0]?.[0], stderr };
}

describe("credence", () => {
  it("ends with an error of its own when standard output is full", async () => {
    const { code, stderr } = await fault(process.stdout, "ENOSPC");
    expect(code).toBe(1);
    expect(stderr).toMatch(/OUTPUT_FAILED/);
    expect(stderr).toMatch(/ENOSPC[\s\S]*hint: /);
  });

  it("ends in peace when nobody reads its output", async () => {
    expect(await fault(process.stdout, "EPIPE")).toEqual({ code: 0, stderr: "" });
  });

  it("does not mind that nobody reads its warnings", async () => {
    expect(await fault(process.stderr, "EPIPE")).toEqual({ code: undefined, stderr: "" });
  });

  it("listens once, however often it runs", async () => {
    await run("doctor");
    const listeners = process.stdout.listenerCount("error");
    await run("doctor");
    expect(process.stdout.listenerCount("error")).toBe(listeners);
  });

  it("says which option has taken the file", async () => {
    const error = errorOf(await run("circuit", "query", "--json", "--variables", "a", "b", "file.json"));
    expect(error).toMatchObject({
      code: "USAGE",
      hint: expect.stringMatching(/--variables .* put the file before it/),
    });
    const other = errorOf(await run("circuit", "query", "--json", "--evidence", "a=1"));
    expect(other.hint).toMatch(/--help/);
    for (const { message } of [error, other]) expect(message).toMatch(/[^.]\.$/);
    const much = errorOf(await run("circuit", "query", "a", "b", "--json"));
    expect(much.message).toMatch(/got 2\.$/);
  });

  it.each([
    ["USAGE", []],
    ["USAGE", ["--json=1"]],
    ["USAGE", ["circuit"]],
    ["USAGE", ["circuit", "nonsense"]],
    ["USAGE", ["circuit", "learn"]],
    ["INVALID_ARGUMENT", ["circuit", "sample", "a.rules", "--count", "x"]],
    ["INVALID_ARGUMENT", ["circuit", "learn", "--train", "a.data", "--epochs", "x"]],
    ["UNKNOWN_NAME", ["circuit", "compile", "a.rules", "--to", "nothing"]],
    ...["compile", "count", "query", "mpe", "sample", "convert", "dot"].map((verb) => {
      return [
        "FILE_NOT_FOUND",
        ["circuit", verb, "no such file", ...(verb === "convert" ? ["--to", "json"] : [])],
      ];
    }),
    ["FILE_NOT_FOUND", ["circuit", "bounds", "no such file", "--evidence", "a=1"]],
    ["FILE_NOT_FOUND", ["circuit", "learn", "--train", "no such file"]],
  ] as [string, string[]][])("with --json prints the error %s as one document: %j", async (code, argv) => {
    const output = await run(...argv, "--json");
    expect(errorOf(output).code).toBe(code);
    expect(output.stdout).toBe("");
  });
});
