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
import { missing, type StateTable } from "./states.ts";

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

/** Rows a call from which on larger tables pay. */
const manyRows = 4096;

/** The engine of a tree. Memory: about the parameters eighteen times for each of up to four plans, and a few MB. */
export function latentEngine(tree: LatentTree, backend: Backend, precision: Precision): LatentEngine {
  let loaded: FloatArray = new Float64Array(tree.parameterCount);
  const planned = new Map<string, Planned>();
  /** The plan for such rows, with the parameters of now. */
  const plannedFor = (table: StateTable, rows: number): Planned => {
    const missing = hasMissing(table);
    const codes = rows >= manyRows ? 256 : 32;
    const key = `${codes} ${missing}`;
    let found = planned.get(key);
    if (found === undefined) {
      found = plannedPasses(tree, backend, latentPlan(tree, { missing, codes }), precision);
      planned.set(key, found);
    }
    found.load(loaded);
    return found;
  };
  return {
    load(parameters) {
      loaded = parameters;
      for (const each of planned.values()) each.forget();
    },
    logLikelihoodsInto(out, table, rows, from, to) {
      const logs = plannedFor(table, to - from).pass("values", table, rows, from, to);
      for (let i = from; i < to; i++) {
        const log = logs[i - from];
        out[i - from] = log > Number.NEGATIVE_INFINITY ? log : latentLogs(tree, loaded, table, rows[i]);
      }
    },
    countInto(counts, table, rows, from, to, weights) {
      const passes = plannedFor(table, to - from);
      const logs = passes.pass("counts", table, rows, from, to, weights);
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
      for (const each of planned.values()) each.close();
      planned.clear();
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
    table: StateTable,
    rows: Int32Array,
    from: number,
    to: number,
    weights?: Float64Array,
  ): Float64Array;
  close(): void;
}

function plannedPasses(tree: LatentTree, backend: Backend, plan: LatentPlan, precision: Precision): Planned {
  const arrays = latentArrays(backend, plan, precision);
  const codes = new Map<StateTable, Int32Array>();
  let order = backend.allocate("int32", 0);
  let logs = backend.allocate("float64", 0);
  let current = false;
  fillMissing(tree, arrays);
  const codesOf = (table: StateTable): Int32Array => {
    const found = codes.get(table) ?? codesOfTable(plan, backend, table);
    codes.set(table, found);
    return found;
  };
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
    pass(kind, table, rows, from, to, weights) {
      const count = to - from;
      if (order.length < count) {
        backend.release(order);
        backend.release(logs);
        order = backend.allocate("int32", count);
        logs = backend.allocate("float64", count);
      }
      order.set(rows.subarray(from, to));
      const batch = { codes: codesOf(table), rows: order, from: 0, to: count, logs };
      backend.latentTree({
        pass: kind,
        arrays,
        rows: weights === undefined ? batch : { ...batch, weights },
      });
      return logs;
    },
    close() {
      releaseLatentArrays(backend, arrays);
      for (const array of [order, logs, ...codes.values()]) backend.release(array);
      codes.clear();
    },
  };
}

/** The codes of all rows of a table. */
function codesOfTable(plan: LatentPlan, backend: Backend, table: StateTable): Int32Array {
  const words = backend.allocate("int32", Math.ceil((table.rows * plan.stride) / 4));
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  plan.codes.forEach((terms, b) => {
    for (const { variable, factor } of terms) {
      const [column, most] = [variable * table.rows, plan.arities[variable]];
      for (let r = 0; r < table.rows; r++) {
        bytes[r * plan.stride + b] += factor * Math.min(most, table.columns[column + r]);
      }
    }
  });
  return words;
}

const complete = new WeakMap<StateTable, boolean>();

/** Whether any value of a table is missing; looked up once a table. */
function hasMissing(table: StateTable): boolean {
  let found = complete.get(table);
  if (found === undefined) {
    found = !table.columns.includes(missing);
    complete.set(table, found);
  }
  return !found;
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
