/**
 * Times the kernels and prints one JSON document. Contenders take turns within every round, so that a slow moment of
 * the machine hits all of them; `best` and `median` are over rounds.
 *
 *     node --conditions=@credence/source --import tsx bench/kernels/main.ts [--rounds 9] [--only gemm]
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Backend, backend, hasRelaxedSimd } from "@credence/core/kernels";
import { type Operation, operations } from "./operations.ts";
import { startPeer } from "./peer.ts";

type Contender = () => number | undefined | Promise<number | undefined>;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, only: { type: "string", default: "" } },
});
const rounds = Number(values.rounds);

const backends: Readonly<Record<string, Backend>> = {
  ts: backend({ kind: "ts" }),
  wasm: backend({ kind: "wasm" }),
  "wasm-threads 2": backend({ kind: "wasm-threads", threads: 2 }),
  ...(hasRelaxedSimd()
    ? {
        "wasm fma": backend({ kind: "wasm", fma: true }),
        "wasm-threads 2 fma": backend({ kind: "wasm-threads", threads: 2, fma: true }),
      }
    : {}),
};
const peers = [startPeer(1), startPeer(2)];

function contenders(operation: Operation): Record<string, Contender> {
  const found: Record<string, Contender> = {};
  for (const [name, each] of Object.entries(backends)) {
    const run = operation.prepare(each);
    found[name] = () => {
      const start = performance.now();
      run();
      return (performance.now() - start) / 1000;
    };
  }
  peers.forEach((peer, i) => {
    found[`numpy ${i + 1}`] = () => peer.seconds("numpy", operation.name);
    found[`torch ${i + 1}`] = () => peer.seconds("torch", operation.name);
  });
  return found;
}

async function measure(operation: Operation): Promise<object> {
  const times = new Map<string, number[]>();
  const entries = Object.entries(contenders(operation));
  // The first two rounds warm up: V8 compiles kernels a second time while they run.
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of entries) {
      // TypeScript is so much slower that a few rounds must do.
      if (name === "ts" && round >= 3) continue;
      const seconds = await run();
      if (seconds !== undefined && round >= 0) times.set(name, [...(times.get(name) ?? []), seconds]);
    }
  }
  const results: Record<string, object> = {};
  for (const [name, list] of times) {
    list.sort((a, b) => a - b);
    const [best, median] = [list[0], list[list.length >> 1]];
    const rate =
      operation.flops === undefined ? {} : { gflops: Number((operation.flops / best / 1e9).toFixed(1)) };
    results[name] = {
      bestMs: Number((best * 1e3).toFixed(3)),
      medianMs: Number((median * 1e3).toFixed(3)),
      ...rate,
    };
  }
  return { operation: operation.name, results };
}

const measured: object[] = [];
for (const operation of operations) {
  if (operation.name.includes(values.only)) measured.push(await measure(operation));
}
const machine = { cpu: cpus()[0].model, parallelism: availableParallelism(), node: process.version };
console.log(JSON.stringify({ command: "bench/kernels/main.ts", rounds, ...machine, measured }, null, 2));
for (const peer of peers) peer.close();
for (const each of Object.values(backends)) each.close();
