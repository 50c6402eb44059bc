/**
 * Expected counts of many rows under a circuit of any shape: for every edge of a sum, and every statistic of an input
 * (see estimates.ts),
 *
 *   count(n → c) = Σ_rows weight · flow(n) · w_c · value(c) / value(n),     sums(i) = Σ_rows weight · flow(i) · T_i(x),
 *
 * the E-step of expectation maximization, and the gradient of the log-likelihood with respect to log weights. They
 * come of the slopes of the kernels' passes (evaluate/evaluator.ts): the count of an edge is its weight times the
 * slope of the log root by it, and that of a state its probability times the slope by that.
 *
 * Densities are divided by the largest one of their variable in the same row, which comes back as one log per row
 * (every induced tree has one input of each variable). Rows whose root linear numbers do not hold are done again in
 * logs (flow-logs.ts).
 */
import type { CircuitArrays } from "@credence/core/kernels";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type Evaluator, evaluator } from "../evaluate/evaluator.ts";
import { isOverStates } from "../inputs/distribution.ts";
import { estimatorOf } from "./estimates.ts";
import { addInLogs, addRowStatistic, inputLog, rowLogs } from "./flow-logs.ts";
import type { ReadyRows } from "./rows.ts";

/** Where counts go. They are added to what is there. */
export interface ExpectedCounts {
  /** Per edge of the circuit; those of products stay 0. */
  readonly edges: Float64Array;
  /** Per input at `statisticOffsets`: counts of states; or the flow, and then the sums of the statistics. */
  readonly inputs: Float64Array;
}

/** The passes over rows, for circuits of one structure. To be closed after use. */
export interface FlowEngine {
  /** Where each input's statistics start in {@link ExpectedCounts.inputs}; one more entry than there are inputs. */
  readonly statisticOffsets: Int32Array;
  emptyCounts(): ExpectedCounts;
  /** Takes the parameters of a circuit of the structure that the engine was made for. */
  load(circuit: Circuit): void;
  /**
   * Adds the counts of the rows order[from] to order[to - 1].
   * @param hidden 1 for variables (by id) whose values are not to be looked at; default: none
   * @param sign -1 takes counts away
   * @returns Σ weight · log-likelihood of these rows, with the sign
   * @throws InvalidArgumentError for a row of probability 0
   */
  countInto(
    counts: ExpectedCounts,
    rows: ReadyRows,
    order: Int32Array,
    from: number,
    to: number,
    hidden?: Uint8Array,
    sign?: 1 | -1,
  ): number;
  /** Log-likelihoods of the rows order[from] to order[to - 1] into out, by row number. */
  logLikelihoodsInto(
    out: Float64Array,
    rows: ReadyRows,
    order: Int32Array,
    from: number,
    to: number,
    hidden?: Uint8Array,
  ): void;
  /** Gives the memory back. */
  close(): void;
}

/** Rows of one call. */
export interface RowsInWork {
  readonly rows: ReadyRows;
  readonly order: Int32Array;
  readonly from: number;
  readonly count: number;
  /** 1 for variables whose values are not to be looked at; may be shorter than there are variables. */
  readonly hidden: Uint8Array;
}

const nothingHidden = new Uint8Array(0);
/** About how many rows are asked of the kernels at once. */
const rowsPerCall = 4096;

/** An engine for a smooth and decomposable circuit, whose parameters it loads. */
export function flowEngine(start: Circuit): FlowEngine {
  const passes = evaluator(start);
  const statisticOffsets = offsetsOf(start);
  const scales = new Float64Array(rowsPerCall);
  let circuit = start;
  /** Calls `work` for stretches of rows that are in the arrays, passed up and down. */
  const overRows = (
    { rows, order, hidden }: Omit<RowsInWork, "from" | "count">,
    from: number,
    to: number,
    sign: number,
    work: (part: RowsInWork, arrays: CircuitArrays, logs: Float64Array) => void,
  ): void => {
    const arrays = passes.arrays(Math.min(rowsPerCall, to - from), sign !== 0);
    const most = Math.min(rowsPerCall, arrays.tiles * arrays.width);
    const logs = new Float64Array(most);
    for (let start = from; start < to; start += most) {
      const part = { rows, order, hidden, from: start, count: Math.min(most, to - start) };
      fillRows(passes, circuit, arrays, part, scales, sign);
      passes.run(part.count, sign === 0 ? "none" : "counts");
      for (let r = 0; r < part.count; r++) {
        const root = arrays.roots[r];
        const trusted = root >= passes.floor && root < Number.POSITIVE_INFINITY;
        // NaN: to be done in logs.
        logs[r] = trusted ? Math.log(root) + scales[r] + passes.logScale : Number.NaN;
      }
      work(part, arrays, logs);
    }
  };
  return {
    statisticOffsets,
    emptyCounts: () => ({
      edges: new Float64Array(start.edges),
      inputs: new Float64Array(statisticOffsets[start.inputs.length]),
    }),
    load(next) {
      circuit = next;
      passes.load(next);
    },
    countInto(counts, rows, order, from, to, hidden = nothingHidden, sign = 1) {
      let total = 0;
      overRows({ rows, order, hidden }, from, to, sign, (part, arrays, logs) => {
        const seedOf = (r: number): number => sign * (rows.weights?.[order[part.from + r]] ?? 1);
        let seeds = 0;
        for (let r = 0; r < part.count; r++) {
          const seed = seedOf(r);
          if (seed === 0) continue;
          if (Number.isNaN(logs[r])) {
            total += seed * addInLogs(circuit, counts, statisticOffsets, part, r, seed);
          } else {
            total += seed * logs[r];
            seeds += seed;
          }
        }
        if (passes.floor === Number.POSITIVE_INFINITY) return;
        addCounts(passes, circuit, arrays, counts, part.count, seeds);
        addStateStatistics(passes, circuit, arrays, counts, statisticOffsets, part.count);
        addNumberStatistics(passes, circuit, arrays, counts, statisticOffsets, part);
      });
      return total;
    },
    logLikelihoodsInto(out, rows, order, from, to, hidden = nothingHidden) {
      overRows({ rows, order, hidden }, from, to, 0, (part, _, logs) => {
        for (let r = 0; r < part.count; r++) {
          const log = logs[r];
          out[order[part.from + r]] = Number.isNaN(log) ? rowLogs(circuit, part, r)[circuit.size - 1] : log;
        }
      });
    },
    close: passes.close,
  };
}

function offsetsOf({ inputs }: Circuit): Int32Array {
  const offsets = new Int32Array(inputs.length + 1);
  inputs.forEach(({ distribution: d }, i) => {
    const estimator = estimatorOf(d);
    offsets[i + 1] =
      offsets[i] + (estimator === undefined ? 0 : Number(!isOverStates(d)) + estimator.size(d));
  });
  return offsets;
}

/** States, scaled densities and seeds of the rows; rows that fill up the last tile have nothing, and weigh nothing. */
function fillRows(
  { plan }: Evaluator,
  circuit: Circuit,
  arrays: CircuitArrays,
  { rows, order, from, count, hidden }: RowsInWork,
  scales: Float64Array,
  sign: number,
): void {
  const { width, states, given, seeds } = arrays;
  const tiles = Math.ceil(count / width);
  plan.columnOf.forEach((column, v) => {
    if (column < 0) return;
    const arity = arityOf(circuit.domains[v]);
    const { values } = rows.columns[v];
    for (let tile = 0, r = 0; tile < tiles; tile++) {
      const at = (tile * plan.columns + column) * width;
      for (let lane = 0; lane < width; lane++, r++) {
        const state = r < count && hidden[v] !== 1 ? values[order[from + r]] : arity;
        states[at + lane] = Math.min(state, arity);
      }
    }
  });
  for (let r = 0; r < tiles * width; r++) {
    seeds[r] = r < count ? sign * (rows.weights?.[order[from + r]] ?? 1) : 0;
  }
  scales.fill(0, 0, count);
  if (plan.givens === 0) return;
  const byVariable = circuit.domains.map((): number[] => []);
  circuit.inputs.forEach(({ variable }, i) => {
    if (plan.givenOf[i] >= 0) byVariable[variable].push(i);
  });
  byVariable.forEach((inputs, v) => {
    if (inputs.length === 0) return;
    const { values } = rows.columns[v];
    const logs = new Float64Array(inputs.length);
    for (let r = 0; r < tiles * width; r++) {
      const x = r < count && hidden[v] !== 1 ? values[order[from + r]] : Number.NaN;
      inputs.forEach((i, k) => {
        logs[k] = inputLog(circuit.inputs[i], x);
      });
      const largest = logs.reduce((a, b) => Math.max(a, b));
      const scale = largest === Number.NEGATIVE_INFINITY ? 0 : largest;
      if (r < count) scales[r] += scale;
      inputs.forEach((i, k) => {
        given[givenAt(plan, width, i, r)] = Math.exp(logs[k] - scale);
      });
    }
  });
}

/** Where the number of a given input is, by row. */
function givenAt({ givens, givenOf }: Evaluator["plan"], width: number, input: number, row: number): number {
  const lane = row % width;
  return (((row - lane) / width) * givens + givenOf[input]) * width + lane;
}

/** The counts of edges, tile by tile. */
function addCounts(
  { plan }: Evaluator,
  circuit: Circuit,
  { counts: slopes, numbers, width }: CircuitArrays,
  counts: ExpectedCounts,
  rows: number,
  seeds: number,
): void {
  for (let tile = 0; tile * width < rows; tile++) {
    const at = tile * plan.numbers;
    for (let e = 0; e < circuit.edges; e++) counts.edges[e] += numbers[e] * slopes[at + e];
  }
  for (const edge of plan.constants) counts.edges[edge] += seeds;
}

/** Statistics of the inputs that have tables: by state, and what is expected where the value is missing. */
function addStateStatistics(
  { plan }: Evaluator,
  circuit: Circuit,
  { counts: slopes, numbers, width }: CircuitArrays,
  counts: ExpectedCounts,
  starts: Int32Array,
  rows: number,
): void {
  const tiles = Math.ceil(rows / width);
  circuit.inputs.forEach(({ variable, distribution: d }, i) => {
    const estimator = estimatorOf(d);
    const table = plan.tables[i];
    if (estimator === undefined || table < 0) return;
    const arity = arityOf(circuit.domains[variable]);
    for (let s = 0; s <= arity; s++) {
      let flow = 0;
      for (let tile = 0; tile < tiles; tile++) flow += slopes[tile * plan.numbers + table + s];
      flow *= numbers[table + s];
      if (flow !== 0) addRowStatistic(d, counts, starts[i], s < arity ? s : Number.NaN, flow);
    }
  });
}

/** Statistics of the inputs over numbers, row by row. */
function addNumberStatistics(
  { plan }: Evaluator,
  circuit: Circuit,
  { slopes, given, width }: CircuitArrays,
  counts: ExpectedCounts,
  starts: Int32Array,
  { rows, order, from, count, hidden }: RowsInWork,
): void {
  circuit.inputs.forEach(({ variable, distribution: d }, i) => {
    if (plan.givenOf[i] < 0 || estimatorOf(d) === undefined) return;
    const { values } = rows.columns[variable];
    for (let r = 0; r < count; r++) {
      const at = givenAt(plan, width, i, r);
      const flow = slopes[at] * given[at];
      if (flow === 0) continue;
      const x = hidden[variable] === 1 ? Number.NaN : values[order[from + r]];
      addRowStatistic(d, counts, starts[i], x, flow);
    }
  });
}
