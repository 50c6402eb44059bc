import { readFileSync } from "node:fs";
import { parseCircuit } from "@credence/circuits";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

const rows = "1,1,0\n1,1,1\n0,0,0\n0,1,0\n1,1,0\n0,0,1\n";
// Longer than a file's first piece.
const long = ["rain", "wet", "bus"].map((name) => name.repeat(40_000));
const files = folder({
  "long.csv": `${long.join()}\n${rows}`,
  "bare.csv": rows,
  "named.csv": `rain,"wet, cold",bus\n${rows}`,
  "spaced.data": `rain wet bus\r\n${rows.replaceAll(",", " ")}`,
  "numbered.csv": `0,1,2\n${rows}`,
  "turned.csv": `bus,rain,"wet, cold"\n${rows}`,
  "twice.csv": `rain,rain,bus\n${rows}`,
  "short.csv": `rain,bus\n${rows}`,
  "broken.csv": `rain,wet,bus\n${rows}1,x,0\n`,
  "real.csv": `0.5,1.5\n1,0\n`,
  "open.csv": `"rain,wet\n${rows}`,
  "empty.csv": "",
  "header.csv": "rain,wet,bus\n",
});
afterAll(files.remove);
const learn = (train: string, ...flags: string[]) =>
  run("circuit", "learn", "--train", files.path(train), "--structure", "clt", "--json", ...flags);
const namesOf = async (train: string, ...flags: string[]) => {
  const out = files.path("circuit.json");
  const { code, stdout, stderr } = await learn(train, "--out", out, ...flags);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).out).toBe(out);
  return parseCircuit(readFileSync(out, "utf8")).variables.names;
};

describe("rows of credence circuit learn", () => {
  it("take the names of their first line", async () => {
    expect(await namesOf("bare.csv")).toEqual(["x0", "x1", "x2"]);
    expect(await namesOf("named.csv")).toEqual(["rain", "wet, cold", "bus"]);
    expect(await namesOf("spaced.data")).toEqual(["rain", "wet", "bus"]);
    expect(await namesOf("long.csv")).toEqual(long);
    expect(await namesOf("numbered.csv", "--header")).toEqual(["0", "1", "2"]);
  });

  it("can be asked about by these names, and drawn with them", async () => {
    const out = files.path("asked.json.gz");
    const bare = JSON.parse((await learn("bare.csv")).stdout).train;
    expect(JSON.parse((await learn("named.csv", "--out", out)).stdout).train).toEqual(bare);
    const { stdout } = await run("circuit", "query", out, "--evidence", "rain=1", "--json");
    expect(JSON.parse(stdout).posteriors.rain).toBe(1);
    const drawn = files.path("drawn.csv");
    await run("circuit", "sample", out, "--count", "50", "--header", "--out", drawn);
    expect(readFileSync(drawn, "utf8").split("\n")[0]).toBe('rain,"wet, cold",bus');
    const again = await learn("named.csv", "--valid", drawn, "--test", files.path("bare.csv"));
    expect(again.code, again.stderr).toBe(0);
  });

  it.each([
    ["broken.csv", [], { code: "INVALID_STATE", line: 8, column: 3 }],
    ["real.csv", [], { code: "INVALID_STATE", line: 1 }],
    ["open.csv", [], { code: "UNCLOSED_QUOTE", line: 1 }],
    ["twice.csv", [], { code: "INVALID_ARGUMENT", message: expect.stringContaining("distinct names") }],
    ["short.csv", [], { code: "INVALID_ARGUMENT", message: expect.stringContaining("one per column") }],
    ["empty.csv", [], { code: "INVALID_ARGUMENT", message: expect.stringMatching(/^--train .*empty.csv: /) }],
    [
      "header.csv",
      [],
      { code: "INVALID_ARGUMENT", message: expect.stringMatching(/^--train .*header.csv: /) },
    ],
    [
      "named.csv",
      ["--valid", "empty.csv"],
      { code: "INVALID_ARGUMENT", message: expect.stringMatching(/^--valid/) },
    ],
    [
      "named.csv",
      ["--test", "turned.csv"],
      { message: expect.stringMatching(/--test.*rain, wet, cold, bus/) },
    ],
    ["bare.csv", ["--test", "named.csv"], { message: expect.stringMatching(/--test.*left out/) }],
  ])("refuse %s %j with %j", async (train, [option, held], expected) => {
    const flags = option === undefined ? [] : [option, files.path(held)];
    expect(errorOf(await learn(train, ...flags))).toMatchObject(expected);
  });

  it("are learned from for as long as --timeout says, and the best is kept", async () => {
    const out = files.path("cut.json");
    const flags = ["--structure", "rat", "--epochs", "1000000", "--patience", "1000000"];
    const output = await learn("named.csv", ...flags, "--timeout", "0.5", "--out", out);
    const { code, hint } = JSON.parse(output.stderr.slice(output.stderr.lastIndexOf('{\n  "error"'))).error;
    expect([output.code, code, hint]).toEqual([
      1,
      "BUDGET_EXCEEDED",
      `The best circuit so far is in ${out}.`,
    ]);
    expect(parseCircuit(readFileSync(out, "utf8")).variables.names[0]).toBe("rain");
  });
});
