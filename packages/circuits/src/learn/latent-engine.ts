/**
 * Log-likelihoods and expected counts of latent trees by the kernels' passes (`Backend.latentTree`), which work in
 * scaled linear numbers. Rows whose probability they cannot tell from 0 are done again in logs, by the definition in
 * latent-logs.ts: so a row is excluded only if it is impossible.
 */
import type { FloatArray, Precision } from "@credence/core";
import {
  type Backend,
  type LatentArrays,
  type LatentPlan,
  latentArrays,
  latentPlan,
  releaseLatentArrays,
} from "@credence/core/kernels";
import { latentLogs } from "./latent-logs.ts";
import type { LatentTree } from "./latent-tree.ts";
import type { StateTable } from "./states.ts";

/** The passes over one latent tree, with their memory. */
export interface LatentEngine {
  /** Takes the parameters (as in `LatentTree`) over. O(parameters). */
  load(parameters: FloatArray): void;
  /** log P(row) of the rows `rows[from]` to `rows[to - 1]` of a table, into `out` from 0 on. */
  logLikelihoodsInto(out: Float64Array, table: StateTable, rows: Int32Array, from: number, to: number): void;
  /**
   * The expected counts of these rows, laid out as the parameters, into `counts` (overwritten). Rows of probability
   * 0 count nothing.
   * @param weights by row of the table: how often it counts; default 1
   * @returns Σ weight · log-likelihood of the rows of positive probability
   */
  countInto(
    counts: Float64Array,
    table: StateTable,
    rows: Int32Array,
    from: number,
    to: number,
    weights?: Float64Array,
  ): number;
  /** Gives the memory back; the engine is of no use afterwards. */
  close(): void;
}

/**
 * The most rows of tables that pay for calls of so many rows: tables are made once per set of parameters, their rows
 * at the cost of the call's own.
 */
function codesFor(rows: number): number {
  if (rows < 1024) return 64;
  return rows < 4096 ? 256 : 1024;
}

/** Plans that are kept, with their memory: those used last. */
const mostPlans = 6;

/**
 * The engine of a tree. Memory: about the parameters twenty times, 2 bytes a value of the table and a few MB for each
 * of up to six pairs of a table and a kind of call (few rows or many).
 */
export function latentEngine(tree: LatentTree, backend: Backend, precision: Precision): LatentEngine {
  let loaded: FloatArray = new Float64Array(tree.parameterCount);
  const planned = new Map<StateTable, Map<number, Planned>>();
  let recent: Planned[] = [];
  /** The plan for so many rows of a table, with the parameters of now. */
  const plannedFor = (table: StateTable, rows: number): Planned => {
    const codes = codesFor(rows);
    const plans = planned.get(table) ?? new Map<number, Planned>();
    planned.set(table, plans);
    let found = plans.get(codes);
    if (found === undefined) {
      found = plannedPasses(tree, backend, latentPlan(tree, table, { codes }), precision, () => {
        plans.delete(codes);
      });
      plans.set(codes, found);
    }
    recent = [found, ...recent.filter((other) => other !== found)];
    if (recent.length > mostPlans) recent.pop()?.close();
    found.load(loaded);
    return found;
  };
  return {
    load(parameters) {
      loaded = parameters;
      for (const each of recent) each.forget();
    },
    logLikelihoodsInto(out, table, rows, from, to) {
      const logs = plannedFor(table, to - from).pass("values", rows, from, to);
      for (let i = from; i < to; i++) {
        const log = logs[i - from];
        out[i - from] = log > Number.NEGATIVE_INFINITY ? log : latentLogs(tree, loaded, table, rows[i]);
      }
    },
    countInto(counts, table, rows, from, to, weights) {
      const passes = plannedFor(table, to - from);
      const logs = passes.pass("counts", rows, from, to, weights);
      readCounts(tree, passes.arrays, counts);
      let total = 0;
      for (let i = from; i < to; i++) {
        const weight = weights?.[rows[i]] ?? 1;
        if (weight === 0) continue;
        let log = logs[i - from];
        if (log === Number.NEGATIVE_INFINITY) {
          log = latentLogs(tree, loaded, table, rows[i], { counts, weight });
        }
        if (log > Number.NEGATIVE_INFINITY) total += weight * log;
      }
      return total;
    },
    close() {
      for (const each of recent) each.close();
      recent = [];
    },
  };
}

/** One plan with its memory. */
interface Planned {
  readonly arrays: LatentArrays;
  /** Takes parameters over, unless it has since it was told to forget. */
  load(parameters: FloatArray): void;
  forget(): void;
  /** Runs a pass; returns the logs of its rows. */
  pass(
    kind: "values" | "counts",
    rows: Int32Array,
    from: number,
    to: number,
    weights?: Float64Array,
  ): Float64Array;
  close(): void;
}

function plannedPasses(
  tree: LatentTree,
  backend: Backend,
  plan: LatentPlan,
  precision: Precision,
  onClose: () => void,
): Planned {
  const arrays = latentArrays(backend, plan, precision);
  let order = backend.allocate("int32", 0);
  let logs = backend.allocate("float64", 0);
  let current = false;
  fillMissing(tree, arrays);
  return {
    arrays,
    forget() {
      current = false;
    },
    load(parameters) {
      if (current) return;
      fillParameters(tree, arrays, parameters);
      backend.latentTree({ pass: "load", arrays });
      current = true;
    },
    pass(kind, rows, from, to, weights) {
      const count = to - from;
      if (order.length < count) {
        backend.release(order);
        backend.release(logs);
        order = backend.allocate("int32", count);
        logs = backend.allocate("float64", count);
      }
      order.set(rows.subarray(from, to));
      const batch = { rows: order, from: 0, to: count, logs };
      backend.latentTree({
        pass: kind,
        arrays,
        rows: weights === undefined ? batch : { ...batch, weights },
      });
      return logs;
    },
    close() {
      releaseLatentArrays(backend, arrays);
      backend.release(order);
      backend.release(logs);
      onClose();
    },
  };
}

/** A missing value has emission 1 everywhere. */
function fillMissing({ latents, arities }: LatentTree, { plan, parameters }: LatentArrays): void {
  arities.forEach((arity, v) => {
    const at = plan.emissions[v] + arity * plan.width;
    parameters.fill(1, at, at + latents);
  });
}

function fillParameters(tree: LatentTree, arrays: LatentArrays, from: FloatArray): void {
  const { latents: h, arities, parents, transitions, emissions } = tree;
  const { plan, parameters: to } = arrays;
  const { width } = plan;
  for (let v = 0; v < arities.length; v++) {
    const rows = parents[v] < 0 ? 1 : h;
    for (let z = 0; z < rows; z++) {
      const at = transitions[v] + z * h;
      for (let y = 0; y < h; y++) to[plan.weights[v] + z * width + y] = from[at + y];
    }
    const arity = arities[v];
    for (let z = 0; z < h; z++) {
      const at = emissions[v] + z * arity;
      for (let x = 0; x < arity; x++) to[plan.emissions[v] + x * width + z] = from[at + x];
    }
  }
}

/** Counts of the kernels as counts of parameters: N ∘ W, and those of a missing value as E expects them. */
function readCounts(tree: LatentTree, arrays: LatentArrays, out: Float64Array): void {
  const { latents: h, arities, parents, transitions, emissions } = tree;
  const { plan, parameters, counts } = arrays;
  const { width } = plan;
  for (let v = 0; v < arities.length; v++) {
    const arity = arities[v];
    const states = plan.states[v];
    for (let z = 0; z < h; z++) {
      const to = emissions[v] + z * arity;
      const unseen = counts[states + arity * width + z];
      let flow = unseen;
      for (let x = 0; x < arity; x++) {
        const seen = counts[states + x * width + z];
        flow += seen;
        out[to + x] = seen + unseen * parameters[plan.emissions[v] + x * width + z];
      }
      if (parents[v] < 0) out[transitions[v] + z] = flow;
    }
    if (parents[v] < 0) continue;
    for (let z = 0; z < h; z++) {
      const [to, pairs, weights] = [
        transitions[v] + z * h,
        plan.pairs[v] + z * width,
        plan.weights[v] + z * width,
      ];
      for (let y = 0; y < h; y++) out[to + y] = counts[pairs + y] * parameters[weights + y];
    }
  }
}
