/**
 * Times the kernels beside numpy and PyTorch and prints one JSON document; see ../README.md.
 *
 *     node --conditions=@credence/source --import tsx bench/kernels/main.ts [--rounds 9] [--only gemm] [--own-kernels]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Backend, backend, hasRelaxedSimd } from "@credence/core/kernels";
import {
  type Contender,
  type Cost,
  comparisons,
  interleave,
  machine,
  rounded,
  summary,
  timed,
} from "../interleave.ts";
import { startPeer } from "../peer.ts";
import { type Operation, operations } from "./operations.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    only: { type: "string", default: "" },
    "own-kernels": { type: "boolean", default: false },
  },
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
const peers = [1, 2].map((threads) =>
  startPeer("kernels/peer.py", { threads, ownKernels: values["own-kernels"] }),
);

function contenders(operation: Operation): Record<string, Contender> {
  const found: Record<string, Contender> = {};
  for (const [name, each] of Object.entries(backends)) found[name] = timed(operation.prepare(each));
  peers.forEach((peer, i) => {
    for (const library of ["numpy", "torch"]) {
      found[`${library} ${i + 1}`] = async () =>
        (await peer.ask(library, operation.name)) as Cost | undefined;
    }
  });
  return found;
}

async function measure(operation: Operation): Promise<object> {
  const costs = await interleave(contenders(operation), { rounds, slow: new Set(["ts"]) });
  return {
    operation: operation.name,
    results: Object.fromEntries([...costs].map(([name, list]) => [name, summary(list, operation.flops)])),
    speedAgainst: comparisons(costs, (name) => name in backends),
  };
}

const peer = await peers[0].ask("describe");
const document = { command: "bench/kernels/main.ts", rounds, ...machine(), peer: peer ?? null };
const measured: object[] = [];
for (const operation of operations) {
  if (operation.name.includes(values.only)) measured.push(await measure(operation));
}
console.log(JSON.stringify({ ...document, loadAfter: rounded(loadavg()[0]), measured }, null, 2));
for (const each of peers) each.close();
for (const each of Object.values(backends)) each.close();
