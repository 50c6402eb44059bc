/**
 * Times one training step of ComplEx beside PyTorch, compares peak memory, and prints one JSON document; see
 * ../README.md.
 *
 *     node --conditions=@credence/source --import tsx bench/training/main.ts [--rounds 9] [--own-kernels]
 *       [--only "wasm fma,torch 1"] [--memory]
 */
import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { backend, hasRelaxedSimd } from "@credence/core/kernels";
import { onnxRuntime } from "@credence/core/onnx";
import type { TrainOptions } from "../../packages/kg/src/train/options.ts";
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
import { type Peer, startPeer } from "../peer.ts";
import { readyStep, size } from "./step.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    "own-kernels": { type: "boolean", default: false },
    only: { type: "string" },
    memory: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const ownKernels = values["own-kernels"];
const MEMORY_STEPS = "5";

/** Multiplications and additions of the three products of a step. */
const flops = 6 * size.batch * size.entities * 2 * size.rank;

const native = await onnxRuntime().then(
  () => true,
  () => false,
);
const backends: Readonly<Record<string, TrainOptions["backend"] & {}>> = {
  wasm: backend({ kind: "wasm" }),
  "wasm-threads 2": backend({ kind: "wasm-threads", threads: 2 }),
  ...(hasRelaxedSimd()
    ? {
        "wasm fma": backend({ kind: "wasm", fma: true }),
        "wasm-threads 2 fma": backend({ kind: "wasm-threads", threads: 2, fma: true }),
      }
    : {}),
  ...(native
    ? { "native 1": { kind: "native", threads: 1 }, "native 2": { kind: "native", threads: 2 } }
    : {}),
};

/** Bytes that a step needs on a backend, measured in a process of its own. */
function memoryOf(kind: string, threads: number): number {
  const script = fileURLToPath(new URL("./memory.ts", import.meta.url));
  const options = ["--conditions=@credence/source", "--import", "tsx", script];
  const output = execFileSync(process.execPath, [...options, kind, String(threads), MEMORY_STEPS]);
  return Number(output);
}

/** Peak growth of each contender, with that of PyTorch on as many threads. */
async function peakMemory(): Promise<object> {
  const found: Record<string, object> = {};
  const kinds = [["wasm", 1], ["wasm-threads", 2], ...(native ? [["native", 1] as const] : [])] as const;
  for (const [kind, threads] of kinds) {
    const peer = startPeer("training/peer.py", { threads, ownKernels });
    const torch = await peer.ask("memory", MEMORY_STEPS);
    peer.close();
    const own = memoryOf(kind, threads);
    found[`${kind} ${threads}`] = {
      megabytes: rounded(own / 1e6),
      ...(typeof torch === "number" ? { torch: rounded(torch / 1e6), share: rounded(own / torch) } : {}),
    };
  }
  return found;
}

/** The contenders that are asked for. */
async function contendersOf(peers: readonly Peer[]): Promise<Record<string, Contender>> {
  const wanted = values.only?.split(",").map((name) => name.trim());
  const isWanted = (name: string) => wanted === undefined || wanted.includes(name);
  const found: Record<string, Contender> = {};
  for (const [name, each] of Object.entries(backends)) {
    if (isWanted(name)) found[name] = timed((await readyStep(each)).run);
  }
  peers.forEach((peer, i) => {
    const name = `torch ${i + 1}`;
    if (isWanted(name)) found[name] = async () => (await peer.ask("step")) as Cost | undefined;
  });
  return found;
}

const memory = values.memory ? { memory: await peakMemory() } : {};
const peers = [1, 2].map((threads) => startPeer("training/peer.py", { threads, ownKernels }));
const about = { ...machine(), peer: (await peers[0].ask("describe")) ?? null };
const costs = await interleave(await contendersOf(peers), { rounds, warmUp: 3 });
const document = {
  command: "bench/training/main.ts",
  ...{ rounds, size },
  ...about,
  loadAfter: rounded(loadavg()[0]),
  results: Object.fromEntries([...costs].map(([name, list]) => [name, summary(list, flops)])),
  speedAgainst: comparisons(costs, (name) => name in backends),
  ...memory,
};
console.log(JSON.stringify(document, null, 2));
process.exit(0);
