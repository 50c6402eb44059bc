/**
 * What a step needs: growth of the resident set from before there are parameters to the peak of some steps, in a process
 * that does nothing else. Prints the bytes. Started by `main.ts` with the name of a backend and a number of steps.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { backend } from "@credence/core/kernels";
import { readyStep } from "./step.ts";

const [kind, threads, steps] = process.argv.slice(2);

/** A size in /proc/self/status, in bytes. */
function status(field: string): number {
  const text = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024;
}

const chosen =
  kind === "native"
    ? ({ kind, threads: Number(threads) } as const)
    : backend({ kind: kind as "wasm", threads: Number(threads) });
// The peak so far is of loading modules and compiling kernels, as PyTorch's is of loading its libraries.
writeFileSync("/proc/self/clear_refs", "5");
const before = status("VmRSS");
const step = await readyStep(chosen);
for (let i = 0; i < Number(steps); i++) await step.run();
console.log(status("VmHWM") - before);
process.exit(0);
