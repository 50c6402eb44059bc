/**
 * One bootstrap at a time in one clone: two would install and build into the same folders. The lock is a file
 * that names its owner and that the owner touches every second. It is stale once its owner is dead (same
 * machine) or has not touched it for a while (another machine or container, a reused process id).
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./progress.mjs";
import { stateFolder } from "./stale.mjs";

const TOUCH_MS = 1_000;
const SILENT_MS = 60_000;
const POLL_MS = 200;

/**
 * Runs `work` while holding the lock of this clone; waits for it as long as its owner lives.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function locked(root, work) {
  mkdirSync(stateFolder(root), { recursive: true });
  const file = join(stateFolder(root), "lock");
  for (let told = false; !take(file); ) {
    breakIfStale(file);
    if (!told && ownerOf(file) !== undefined) {
      say(`waiting for another run of the bootstrap (process ${ownerOf(file)?.pid}) …`);
      told = true;
    }
    await sleep(POLL_MS);
  }
  const heart = setInterval(() => touch(file), TOUCH_MS);
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    process.off("exit", release);
    release();
  }
}

/** Creates a file that does not exist yet, naming us. @param {string} file @returns {boolean} whether it was ours to create */
function take(file) {
  try {
    const handle = openSync(file, "wx");
    writeSync(handle, JSON.stringify({ pid: process.pid, host: hostname() }));
    closeSync(handle);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Somebody deleted node_modules under us; the step that runs will say so.
  }
}

/** @param {string} file @returns {{ pid: number, host: string } | undefined} undefined while the file is absent or half written */
function ownerOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function isStale(file) {
  const owner = ownerOf(file);
  if (owner !== undefined && owner.host === hostname() && !isAlive(owner.pid)) return true;
  try {
    return Date.now() - statSync(file).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Removes a stale lock. Of several that find it stale, one at a time may look again and remove: otherwise the
 * second could remove the fresh lock of the first.
 * @param {string} file
 */
function breakIfStale(file) {
  const guard = `${file}.break`;
  if (!isStale(file)) return;
  if (take(guard)) {
    try {
      if (isStale(file)) rmSync(file, { force: true });
    } finally {
      rmSync(guard, { force: true });
    }
  } else if (isStale(guard)) rmSync(guard, { force: true });
}
