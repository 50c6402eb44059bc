import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidArgumentError } from "@credence/core";
import { readBytes, writeFileAtomic } from "@credence/core/node";
import { describe, expect, it } from "vitest";
import { rejected } from "../thrown.ts";
import { temporaryFolder } from "./folder.ts";

const folder = temporaryFolder();
const contentOf = (path: string) => readFileSync(path, "utf8");

describe("writeFileAtomic", () => {
  it("writes bytes and text, and makes the folders above", async () => {
    const path = join(folder, "new", "deep", "model.bin");
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect(await readBytes(path)).toEqual(Uint8Array.of(1, 2, 3));
    await writeFileAtomic(path, "Łódź");
    expect(contentOf(path)).toBe("Łódź");
    expect(readdirSync(join(folder, "new", "deep"))).toEqual(["model.bin"]);
  });

  it("keeps the mode of the file that it replaces", async () => {
    const path = join(folder, "run.sh");
    writeFileSync(path, "old");
    chmodSync(path, 0o751);
    await writeFileAtomic(path, "new");
    expect(statSync(path).mode & 0o777).toBe(0o751);
    expect(contentOf(path)).toBe("new");
  });

  it("writes through a link and leaves the link", async () => {
    mkdirSync(join(folder, "real"));
    const target = join(folder, "real", "target");
    writeFileSync(target, "old");
    symlinkSync(target, join(folder, "link"));
    await writeFileAtomic(join(folder, "link"), "new");
    expect(contentOf(target)).toBe("new");
    expect(readdirSync(join(folder, "real"))).toEqual(["target"]);
  });

  it("writes into a pipe, itself or behind a link, and leaves it one", async () => {
    const own = join(folder, "pipes");
    mkdirSync(own);
    const pipe = join(own, "pipe");
    execFileSync("mkfifo", [pipe]);
    symlinkSync("pipe", join(own, "link"));
    for (const name of ["pipe", "link"]) {
      const content = name.repeat(50_000);
      const [read] = await Promise.all([readFile(pipe, "utf8"), writeFileAtomic(join(own, name), content)]);
      expect(read === content).toBe(true);
    }
    expect(readdirSync(own)).toEqual(["link", "pipe"]);
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(lstatSync(join(own, "link")).isSymbolicLink()).toBe(true);
  });

  it("makes the file that a link leads to, and leaves the link", async () => {
    const own = join(folder, "dangling");
    mkdirSync(own);
    symlinkSync("target", join(own, "link"));
    await writeFileAtomic(join(own, "link"), "new");
    expect(contentOf(join(own, "target"))).toBe("new");
    expect(lstatSync(join(own, "link")).isSymbolicLink()).toBe(true);
    symlinkSync(join("nowhere", "target"), join(own, "lost"));
    expect((await rejected(writeFileAtomic(join(own, "lost"), "x"))).code).toBe("FILE_NOT_FOUND");
    expect(lstatSync(join(own, "lost")).isSymbolicLink()).toBe(true);
    expect(readdirSync(own)).toEqual(["link", "lost", "target"]);
  });

  it("takes names as long as the file system does", async () => {
    const path = join(folder, "n".repeat(250));
    await writeFileAtomic(path, "x");
    expect(contentOf(path)).toBe("x");
  });

  it("leaves one whole file behind, and nothing else, whoever writes at once", async () => {
    const own = join(folder, "race");
    const path = join(own, "file");
    const contents = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i).repeat(200_000 + i));
    await writeFileAtomic(path, contents[0]);
    let writing = true;
    const reads: string[] = [];
    const reader = (async () => {
      while (writing) reads.push(new TextDecoder().decode(await readBytes(path)));
    })();
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    writing = false;
    await reader;
    reads.push(contentOf(path));
    for (const text of reads) expect(contents.includes(text)).toBe(true);
    expect(readdirSync(own)).toEqual(["file"]);
  });

  it("leaves the old file and no temporary one when it fails", async () => {
    const own = join(folder, "failing");
    mkdirSync(own);
    writeFileSync(join(own, "file"), "old");
    const unwritable = { length: 3 } as unknown as Uint8Array;
    expect((await rejected(writeFileAtomic(join(own, "file"), unwritable))).code).toBe("FILE_FAILED");
    expect(readdirSync(own)).toEqual(["file"]);
    expect(contentOf(join(own, "file"))).toBe("old");
  });

  it("refuses folders, paths through files, and paths that are none", async () => {
    expect((await rejected(writeFileAtomic(folder, "x"))).code).toBe("NOT_A_FILE");
    writeFileSync(join(folder, "plain"), "");
    for (const path of [join(folder, "plain", "x"), join(folder, "plain", "y", "x")]) {
      expect((await rejected(writeFileAtomic(path, "x"))).code).toBe("NOT_A_FOLDER");
    }
    for (const path of ["", "-", "a\0b"]) {
      expect(await rejected(writeFileAtomic(path, "x"))).toBeInstanceOf(InvalidArgumentError);
    }
  });
});
