/**
 * Times hidden Chow-Liu trees, evaluation and EM (expected counts and the new parameters) over a whole table in single
 * precision, beside PyTorch (see peer.py), and prints one JSON document. Everything that parameters change is part of
 * the work on both sides, such as tables of messages; what depends on the data alone is made once before, on ours the
 * plan of what rows have in common (`planMs`), on PyTorch's the tensors.
 *
 *     node --conditions=@credence/source --import tsx bench/circuits/main.ts FILE... [--latents 16,32,64]
 *         [--threads 1,2] [--rounds 7] [--environment]
 *
 * FILE is a table of zeros and ones, one row a line, plain or gzipped. OpenBLAS chooses its kernels for the processor
 * itself; with --environment it does what OPENBLAS_CORETYPE says.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { chowLiuTree, readStates, type StateTable } from "@credence/circuits";
import { rng } from "@credence/core";
import { type Backend, backend, latentPlan } from "@credence/core/kernels";
import { readText } from "@credence/core/node";
import { latentEngine } from "../../packages/circuits/src/learn/latent-engine.ts";
import { type LatentTree, latentTree, normalizeRows } from "../../packages/circuits/src/learn/latent-tree.ts";
import { startParameters } from "../../packages/circuits/src/learn/train-latent-tree.ts";
import {
  type Contender,
  type Cost,
  interleave,
  machine,
  rounded,
  speedAgainst,
  summary,
  timed,
} from "../interleave.ts";
import { type Peer, startPeer } from "../peer.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    latents: { type: "string", default: "16,32,64" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "7" },
    environment: { type: "boolean", default: false },
  },
});
const numbers = (text: string): number[] => text.split(",").map(Number);
const rounds = Number(values.rounds);
const works = ["evaluation", "em"] as const;

/** One side with some threads. */
interface Side {
  readonly threads: number;
  readonly kernels: Backend;
  readonly peer: Peer;
}

const sides: Side[] = numbers(values.threads).map((threads) => ({
  threads,
  kernels: backend({ threads }),
  peer: startPeer("circuits/peer.py", { threads, ownKernels: !values.environment }),
}));

/** Our two kinds of work. */
function ours(
  tree: LatentTree,
  table: StateTable,
  kernels: Backend,
): Record<(typeof works)[number], () => void> {
  const engine = latentEngine(tree, kernels, "float32");
  const parameters = startParameters(tree, table, rng(1));
  const order = Int32Array.from({ length: table.rows }, (_, r) => r);
  const logs = new Float64Array(table.rows);
  const counts = new Float64Array(tree.parameterCount);
  return {
    evaluation() {
      engine.load(parameters);
      engine.logLikelihoodsInto(logs, table, order, 0, table.rows);
    },
    em() {
      engine.load(parameters);
      engine.countInto(counts, table, order, 0, table.rows);
      normalizeRows(tree, counts);
    },
  };
}

async function measure(file: string, table: StateTable, latents: number): Promise<object> {
  const tree = latentTree(table.arities, chowLiuTree(table, { pseudoCount: 1 }), latents);
  const ready = [];
  for (const { threads, kernels, peer } of sides) {
    const setup = await peer.ask("setup", file, String(latents), tree.parents.join());
    const tuned: Record<string, unknown> = {};
    for (const work of works) tuned[work] = await peer.ask("tune", work);
    ready.push({ threads, peer, setup, tuned, work: ours(tree, table, kernels) });
  }
  const results: Record<string, object> = {};
  for (const work of works) {
    const contenders: Record<string, Contender> = {};
    for (const { threads, peer, work: own } of ready) {
      contenders[`credence ${threads}`] = timed(own[work]);
      for (const variant of ["plain", "best"]) {
        contenders[`torch ${variant} ${threads}`] = async () =>
          (await peer.ask("seconds", variant, work)) as Cost | undefined;
      }
    }
    const times = await interleave(contenders, { rounds });
    const rates = [...times].map(([name, list]) => {
      const costs = summary(list);
      return [name, { rowsPerSecond: Math.round((table.rows / costs["bestMs"]) * 1000), ...costs }];
    });
    const ratios = ready.flatMap(({ threads }) =>
      ["plain", "best"].flatMap((variant) => {
        const [own, other] = [times.get(`credence ${threads}`), times.get(`torch ${variant} ${threads}`)];
        return own && other ? [[`torch ${variant} ${threads}`, speedAgainst(own, other)]] : [];
      }),
    );
    results[work] = { contenders: Object.fromEntries(rates), speedAgainst: Object.fromEntries(ratios) };
  }
  const peers = ready.map(({ threads, setup, tuned }) => ({ threads, setup, tuned }));
  const planMs = milliseconds(() => latentPlan(tree, table, { codes: 1024 }));
  return {
    data: basename(file),
    rows: table.rows,
    variables: table.cols,
    latents,
    planMs,
    peers,
    ...results,
  };
}

/** The best time of a few. */
function milliseconds(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return rounded(Math.min(...times));
}

const described = await sides[0].peer.ask("describe");
const measured: object[] = [];
for (const file of positionals) {
  const table = await readStates(readText(file));
  for (const latents of numbers(values.latents)) measured.push(await measure(file, table, latents));
}
const report = {
  command: "bench/circuits/main.ts",
  precision: "float32",
  rounds,
  ...machine(),
  torch: described,
};
console.log(JSON.stringify({ ...report, measured }, null, 2));
for (const { kernels, peer } of sides) {
  peer.close();
  kernels.close();
}
