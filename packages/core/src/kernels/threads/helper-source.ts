/**
 * The program of a helper thread, as text, because a worker starts from a URL or from text and nothing else works
 * alike from source, from a bundle and in a page (and Node 20 loads no TypeScript in a worker). It follows the
 * protocol of `control.ts`, whose constants are written into it.
 */
import { ACTIVE, ARGUMENTS, CALL, CHUNKS, ENDED, FAILED, KERNEL, NEXT, OPEN } from "./control.ts";

/** What a helper is given. */
export interface HelperData {
  /** Kernels of a later module replace those of an earlier one. */
  readonly modules: readonly object[];
  readonly memory: object;
  /** Address of the control words. */
  readonly control: number;
  readonly words: number;
  /** Address of this helper's scratch memory. */
  readonly scratch: number;
  readonly names: readonly string[];
}

/** How often a helper looks for the next call before it goes to sleep: calls often come in quick succession. */
const LOOKS = 2000;

/** Plain JavaScript that runs in Node and in pages. */
export const helperSource = `"use strict";
const help = ({ modules, memory, control, words, scratch, names }) => {
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
  const exports = Object.assign({}, ...instances.map((instance) => instance.exports));
  const kernels = names.map((name) => exports[name]);
  const at = new Int32Array(memory.buffer, control, words);
  let call = 0;
  for (;;) {
    for (let look = 0; look < ${LOOKS} && Atomics.load(at, ${CALL}) === call; look++);
    Atomics.wait(at, ${CALL}, call);
    call = Atomics.load(at, ${CALL});
    if (Atomics.load(at, ${ENDED}) === 1) return;
    Atomics.add(at, ${ACTIVE}, 1);
    if (Atomics.load(at, ${OPEN}) === 1) {
      const kernel = kernels[Atomics.load(at, ${KERNEL})];
      const chunks = Atomics.load(at, ${CHUNKS});
      const args = Atomics.load(at, ${ARGUMENTS});
      try {
        for (let chunk; (chunk = Atomics.add(at, ${NEXT}, 1)) < chunks; ) kernel(args, chunk, scratch);
      } catch {
        Atomics.store(at, ${FAILED}, 1);
      }
    }
    Atomics.sub(at, ${ACTIVE}, 1);
    Atomics.notify(at, ${ACTIVE});
  }
};
if (typeof process === "object" && process.versions && process.versions.node) {
  help(require("node:worker_threads").workerData);
} else {
  self.onmessage = (event) => help(event.data);
}
`;
