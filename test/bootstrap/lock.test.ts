import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { locked } from "../../scripts/bootstrap/lock.mjs";
import { runNode } from "../../scripts/bootstrap/spawn.mjs";
import { temporaryFolder, writeFiles } from "./temporary.ts";

const LOCK = "node_modules/.credence/lock";
const lockModule = new URL("../../scripts/bootstrap/lock.mjs", import.meta.url).href;
const owner = (pid: number, host = hostname()) => ({ [LOCK]: JSON.stringify({ pid, host }) });
/** The id of a process that is no more. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("locked", () => {
  it("runs the work, gives back its result and lets go, also after a failure", async () => {
    const root = temporaryFolder();
    expect(await locked(root, async () => existsSync(join(root, LOCK)))).toBe(true);
    expect(existsSync(join(root, LOCK))).toBe(false);
    const failing = locked(root, async () => Promise.reject(new Error("work failed")));
    await expect(failing).rejects.toThrow("work failed");
    expect(existsSync(join(root, LOCK))).toBe(false);
  });

  it("lets one process in at a time", async () => {
    const root = temporaryFolder({
      "worker.mjs": `
        import { appendFileSync } from "node:fs";
        import { setTimeout as sleep } from "node:timers/promises";
        import { locked } from ${JSON.stringify(lockModule)};
        await locked(import.meta.dirname, async () => {
          appendFileSync("log", "in ");
          await sleep(100);
          appendFileSync("log", "out ");
        });
      `,
    });
    // All of them find the lock of a dead process first: breaking it must not break a fresh one.
    writeFiles(root, owner(deadPid()));
    const runs = Array.from({ length: 4 }, () => runNode(["worker.mjs"], { cwd: root, output: "capture" }));
    for (const { code, output } of await Promise.all(runs)) expect(code, output).toBe(0);
    expect(readFileSync(join(root, "log"), "utf8")).toBe("in out ".repeat(4));
  });

  it("breaks the lock of a dead process, and one that nobody has touched for a while", async () => {
    const root = temporaryFolder(owner(deadPid()));
    expect(await locked(root, async () => "entered")).toBe("entered");

    writeFiles(root, owner(process.pid, "another-machine"));
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(root, LOCK), longAgo, longAgo);
    expect(await locked(root, async () => "entered")).toBe("entered");

    writeFiles(root, { [LOCK]: "" });
    utimesSync(join(root, LOCK), longAgo, longAgo);
    expect(await locked(root, async () => "entered")).toBe("entered");
  });

  it("waits for a living process, here and on another machine", async () => {
    for (const host of [hostname(), "another-machine"]) {
      const root = temporaryFolder(owner(process.pid, host));
      let entered = false;
      const waiting = locked(root, async () => {
        entered = true;
      });
      await sleep(500);
      expect(entered).toBe(false);
      const longAgo = new Date(Date.now() - 3_600_000);
      utimesSync(join(root, LOCK), longAgo, longAgo);
      await waiting;
      expect(entered).toBe(true);
    }
  });
});
