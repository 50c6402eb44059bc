/** Several threads doing the chunks of a call: the protocol is in `control.ts`. */
import { CredenceError } from "../../errors/credence-error.ts";
import { type Crew, SCRATCH_BYTES, type Workplace } from "../wasm/engine.ts";
import {
  ACTIVE,
  ARGUMENTS,
  CALL,
  CHUNKS,
  CONTROL_WORDS,
  ENDED,
  FAILED,
  KERNEL,
  NEXT,
  OPEN,
} from "./control.ts";
import { type Helper, startHelper } from "./start-helper.ts";

/** How often the caller looks whether helpers are done before it goes to sleep. */
const LOOKS = 2000;
/** The longest sleep in ms: no wake-up is ever lost, so this is for the unforeseen only. */
const NAP = 100;

/** A crew of the calling thread and `threads` − 1 helpers, which start with the first call of several chunks. */
export function threadCrew(workplace: Workplace, threads: number): Crew {
  const { arena, modules, kernels } = workplace;
  const names = Object.keys(kernels);
  const numbers = new Map(names.map((name, i) => [name, i]));
  const control = arena.allocate(CONTROL_WORDS * 4);
  const at = arena.view("integer", control, CONTROL_WORDS) as Int32Array;
  at.fill(0);
  const scratch = arena.allocate(SCRATCH_BYTES);
  const mayWait = canWait(at);
  const helpers: Helper[] = [];
  let wanted = threads - 1;

  const start = (): void => {
    for (; wanted > 0; wanted--) {
      const own = arena.allocate(SCRATCH_BYTES);
      const data = { modules, memory: arena.memory, control, words: CONTROL_WORDS, scratch: own, names };
      helpers.push(startHelper(data));
    }
  };
  const share = (kernel: string, args: number, chunks: number): void => {
    start();
    Atomics.store(at, KERNEL, numbers.get(kernel) ?? 0);
    Atomics.store(at, ARGUMENTS, args);
    Atomics.store(at, CHUNKS, chunks);
    Atomics.store(at, NEXT, 0);
    Atomics.store(at, OPEN, 1);
    Atomics.add(at, CALL, 1);
    Atomics.notify(at, CALL);
    try {
      const run = kernels[kernel];
      for (;;) {
        const chunk = Atomics.add(at, NEXT, 1);
        if (chunk >= chunks) break;
        run(args, chunk, scratch);
      }
    } finally {
      Atomics.store(at, OPEN, 0);
      waitForHelpers(at, mayWait);
    }
    if (Atomics.exchange(at, FAILED, 0) === 1) throw failed(kernel);
  };

  return {
    threads,
    run(kernel, args, chunks) {
      if (chunks === 1) kernels[kernel](args, 0, scratch);
      else share(kernel, args, chunks);
    },
    close() {
      wanted = 0;
      Atomics.store(at, ENDED, 1);
      Atomics.add(at, CALL, 1);
      Atomics.notify(at, CALL);
      for (const helper of helpers.splice(0)) helper.terminate();
    },
  };
}

/** Whether this thread may sleep: the main thread of a page may not. */
function canWait(at: Int32Array): boolean {
  try {
    Atomics.wait(at, CALL, 0, 0);
    return true;
  } catch {
    return false;
  }
}

function waitForHelpers(at: Int32Array, mayWait: boolean): void {
  for (let look = 0; ; look++) {
    const active = Atomics.load(at, ACTIVE);
    if (active === 0) return;
    if (mayWait && look >= LOOKS) Atomics.wait(at, ACTIVE, active, NAP);
  }
}

function failed(kernel: string): CredenceError {
  return new CredenceError({
    code: "KERNEL_FAILED",
    message: `The kernel ${kernel} has failed in a helper thread.`,
    hint: 'This is a defect of the library. Until it is mended, use backend({ kind: "ts" }).',
  });
}
