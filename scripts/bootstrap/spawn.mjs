/**
 * Children that outlive Ctrl-C in order: we wait for them asynchronously, stay alive while they end, and give
 * back their exit code. A synchronous spawn would leave our own signal handlers unheard until the child ends,
 * and no handler at all would leave the child behind.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/**
 * How a child ended. `code` is its exit code, 128 + n after signal n. `signal` is the one that reached us while
 * it ran. `output` is what it printed, if it was captured.
 * @typedef {{ readonly code: number, readonly signal: NodeJS.Signals | undefined, readonly output: string }} Ending
 */

/** A step of the bootstrap that failed: a message for the user and the exit code to end with. */
export class BootstrapError extends Error {
  /**
   * @param {string} message empty when somebody else has said it already
   * @param {number} exitCode
   */
  constructor(message, exitCode) {
    super(message);
    this.name = "BootstrapError";
    this.exitCode = exitCode;
  }
}

/** The exit code that shells give to a death by signal. @param {NodeJS.Signals} signal */
export function exitCodeOfSignal(signal) {
  return 128 + constants.signals[signal];
}

/**
 * Whether a terminal sends Ctrl-C to our children by itself: it does for the whole foreground group, also when
 * standard input and output are redirected, so what counts is a controlling terminal and not `isTTY`.
 */
function terminalSignalsChildren() {
  if (process.platform === "win32") return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** @type {Record<"inherit" | "stderr" | "capture", import("node:child_process").StdioOptions>} */
const STDIO = { inherit: "inherit", stderr: ["ignore", 2, 2], capture: ["ignore", "pipe", "pipe"] };

/**
 * Runs Node on a script and waits for its end.
 *
 * `output` says where the child's standard output goes: "inherit" (ours), "stderr" (our standard error, for
 * steps whose talk must not reach a task's standard output), or "capture" (both streams, into the result).
 * @param {readonly string[]} args
 * @param {{ cwd: string, output?: "inherit" | "stderr" | "capture", env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Ending>}
 */
export function runNode(args, { cwd, output = "inherit", env = process.env }) {
  return new Promise((resolve, reject) => {
    const stdio = STDIO[output];
    const child = spawn(process.execPath, [...args], { cwd, env, stdio, windowsHide: true });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));

    /** @type {NodeJS.Signals | undefined} */
    let received;
    const onInterrupt = () => {
      received = "SIGINT";
      if (!terminalSignalsChildren()) child.kill("SIGINT");
    };
    const onTerminate = () => {
      received = "SIGTERM";
      child.kill("SIGTERM");
    };
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onTerminate);
    const stopListening = () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    };

    child.once("error", (error) => {
      stopListening();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stopListening();
      resolve({
        code: signal === null ? (code ?? 1) : exitCodeOfSignal(signal),
        signal: received,
        output: Buffer.concat(chunks).toString("utf8"),
      });
    });
  });
}

/** Stops the bootstrap if a signal reached us during a step, even if the step itself ended well. @param {Ending} ending */
export function stopIfInterrupted(ending) {
  if (ending.signal !== undefined) throw new BootstrapError("", exitCodeOfSignal(ending.signal));
}
