import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runNode } from "../../scripts/bootstrap/spawn.mjs";
import { temporaryFolder } from "./temporary.ts";

const spawnModule = new URL("../../scripts/bootstrap/spawn.mjs", import.meta.url).href;

/** A child that says when it is up, and ends with `code` at a signal, or never ends by itself if that is absent. */
const child = (code?: number) => `
  for (const signal of ["SIGINT", "SIGTERM"]) {
    ${code === undefined ? "" : `process.on(signal, () => { console.log("child got " + signal); process.exit(${code}); });`}
  }
  setInterval(() => {}, 1000);
  console.log("up");
`;

/** Starts a process that runs `script` with runNode, without a terminal, and prints the result. */
function start(script: string) {
  const folder = temporaryFolder({
    "child.mjs": script,
    "parent.mjs": `
      import { runNode } from ${JSON.stringify(spawnModule)};
      const ending = await runNode(["child.mjs"], { cwd: import.meta.dirname });
      console.log(JSON.stringify(ending));
      process.exitCode = ending.code;
    `,
  });
  // Detached: a session of its own, so that a terminal of whoever runs the tests plays no part.
  const parent = spawn(process.execPath, ["parent.mjs"], { cwd: folder, detached: true, stdio: "pipe" });
  let output = "";
  parent.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  const up = async () => {
    while (!output.includes("up\n")) await once(parent.stdout, "data");
  };
  const ended = async () => {
    const [code] = (await once(parent, "close")) as [number | null];
    return { code, output };
  };
  return { parent, up, ended: ended() };
}

describe("runNode", () => {
  it("gives back the exit code", async () => {
    const cwd = temporaryFolder({ "exit.mjs": "process.exit(Number(process.argv[2]));" });
    for (const code of [0, 1, 7]) {
      expect(await runNode(["exit.mjs", String(code)], { cwd, output: "capture" })).toMatchObject({ code });
    }
  });

  it("captures both streams when asked to", async () => {
    const cwd = temporaryFolder({ "say.mjs": 'console.log("out"); console.error("err");' });
    const { output } = await runNode(["say.mjs"], { cwd, output: "capture" });
    expect(output.split("\n").sort()).toEqual(["", "err", "out"]);
  });

  it("keeps a step's talk off standard output when asked to", async () => {
    const folder = temporaryFolder({
      "say.mjs": 'console.log("talk");',
      "parent.mjs": `
        import { runNode } from ${JSON.stringify(spawnModule)};
        await runNode(["say.mjs"], { cwd: import.meta.dirname, output: "stderr" });
        console.log("mine");
      `,
    });
    const parent = spawn(process.execPath, ["parent.mjs"], { cwd: folder, stdio: "pipe" });
    const texts = ["", ""];
    parent.stdout.on("data", (chunk) => (texts[0] += String(chunk)));
    parent.stderr.on("data", (chunk) => (texts[1] += String(chunk)));
    await once(parent, "close");
    expect(texts).toEqual(["mine\n", "talk\n"]);
  });

  it("passes an environment on", async () => {
    const cwd = temporaryFolder({ "env.mjs": "process.exit(Number(process.env.CODE));" });
    const env = { ...process.env, CODE: "5" };
    expect(await runNode(["env.mjs"], { cwd, env, output: "capture" })).toMatchObject({ code: 5 });
  });
});

describe.skipIf(process.platform === "win32")("runNode and signals", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "passes %s on and gives back the code that the child ends with",
    async (signal) => {
      const { parent, up, ended } = start(child(7));
      await up();
      parent.kill(signal);
      const { code, output } = await ended;
      expect(output).toContain(`child got ${signal}`);
      expect(output).toContain(`"signal":"${signal}"`);
      expect(code).toBe(7);
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("ends with 128 + n when %s ends the child", async (signal) => {
    const { parent, up, ended } = start(child());
    await up();
    parent.kill(signal);
    expect((await ended).code).toBe(128 + constants.signals[signal]);
  });

  it("leaves no handler behind", async () => {
    const before = process.listenerCount("SIGINT");
    const cwd = temporaryFolder({ "exit.mjs": "" });
    const running = runNode(["exit.mjs"], { cwd, output: "capture" });
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
    await running;
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("the entry script", () => {
  const entry = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
  const run = (...args: string[]) => runNode(args, { cwd: temporaryFolder(), output: "capture" });

  it("names the tasks when given another", async () => {
    const { code, output } = await run(entry, "tset");
    expect(code).toBe(1);
    expect(output).toContain('Unknown task "tset"');
    expect(output).toContain("test:slow");
  });

  it("is not fooled by names that every object has", async () => {
    expect(await run(entry, "constructor")).toMatchObject({ code: 1 });
    expect((await run(entry)).output).toContain('Unknown task ""');
  });

  it("refuses an old Node before loading anything else, in one message", async () => {
    const older =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.1" } })';
    const { code, output } = await run(
      "--import",
      `data:text/javascript,${encodeURIComponent(older)}`,
      entry,
      "tset",
    );
    expect(code).toBe(1);
    expect(output).toContain("Credence needs Node 20.19 or newer, and this is Node 20.18.1");
    expect(output.trim().split("\n")).toHaveLength(1);
  });
});
