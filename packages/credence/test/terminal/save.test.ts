import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readText } from "@credence/core/node";
import { saveFile } from "credence/terminal";
import { afterAll, expect, it } from "vitest";
import { folder } from "../run.ts";

const files = folder({});
afterAll(files.remove);

it("packs what is called .gz, always to the same bytes, and nothing else", async () => {
  for (const content of ["Łódź\n", new TextEncoder().encode("Łódź\n")]) {
    await saveFile(files.path("plain.json"), content);
    await saveFile(files.path("packed.json.gz"), content);
    await saveFile(files.path("again.GZ"), content);
    expect(readFileSync(files.path("plain.json"), "utf8")).toBe("Łódź\n");
    const packed = readFileSync(files.path("packed.json.gz"));
    expect(gunzipSync(packed).toString()).toBe("Łódź\n");
    expect(readFileSync(files.path("again.GZ"))).toEqual(packed);
    const pieces: string[] = [];
    for await (const piece of readText(files.path("packed.json.gz"))) pieces.push(piece);
    expect(pieces.join("")).toBe("Łódź\n");
  }
});
