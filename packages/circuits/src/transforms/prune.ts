/**
 * Pruning: edges without weight, nodes that are 0 everywhere and what the root no longer needs are taken out, which
 * changes no value. With rows of data also edges that these hardly use (M. Dang, A. Liu, G. Van den Broeck, "Sparse
 * probabilistic circuits via pruning and growing", NeurIPS 2022, section 3): with F_e(x) the flow of edge e under row
 * x, taking out a set E of edges leaves at least the share 1 − Σ_{e ∈ E} F_e(x) of the row's value, so that its
 * log-likelihood falls by at most
 *
 *   −log(1 − Σ_{e ∈ E} F_e(x)),
 *
 * and by less once the rest is normalized again, if the circuit was normalized. Every sum keeps its most used edge.
 * O(edges), and O(rows · edges) with data.
 */
import { InvalidArgumentError, type Matrix } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { type ReadyRows, readyRows } from "../learn/rows.ts";
import type { StateTable } from "../learn/states.ts";
import { inputLogValues, type Known, onlyState, requireProperties } from "../queries/evidence.ts";
import { flows, logValues } from "../queries/passes.ts";
import { copyNode, rebuild } from "./rebuild.ts";

/** Which edges to take out besides those that change nothing. */
export interface PruneOptions {
  /** Data: a table of states, or a matrix in which NaN is missing; columns in the circuit's order. */
  readonly rows: Matrix | StateTable;
  /** Edges of sums of less than this flow, averaged over the rows, are taken out; from 0 to 1. */
  readonly minimumFlow: number;
}

/** A pruned circuit, and what it has lost. */
export interface Pruned<V extends string = string> {
  readonly circuit: Circuit<V>;
  /** Edges of sums of positive weight that were taken out for their flow. */
  readonly removed: number;
  /**
   * The mean log-likelihood of the rows fell by at most this many nats, up to rounding; Infinity if the bound of some
   * row says nothing. 0 where nothing was taken out for its flow.
   */
  readonly lostAtMost: number;
}

/**
 * The circuit without what it does not need. The result is not normalized again (see `normalize`). Determinism and
 * decomposability are kept, and so is smoothness; ties are kept unless terms of tied sums were taken out.
 * @throws InvalidArgumentError for a flow outside [0, 1], rows outside the domains, and rows that the circuit excludes
 * @throws CredenceError `UNSUPPORTED_QUERY` with data, for a circuit that is not smooth and decomposable
 */
export function prune<V extends string>(circuit: Circuit<V>, options?: PruneOptions): Pruned<V> {
  const { offsets, children, logWeights, kinds } = circuit;
  const possible = positiveNodes(circuit);
  const positive = (edge: number): boolean => {
    return logWeights[edge] > Number.NEGATIVE_INFINITY && possible[children[edge]] === 1;
  };
  const chosen = options === undefined ? undefined : chooseEdges(circuit, options, positive);
  const made = rebuild(circuit, (node, below, builder) => {
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (possible[node] === 0) return builder.sum([]);
    if (kinds[node] !== nodeKinds.sum) return copyNode(builder, circuit, node, below);
    const kept = below.map((_, i) => i).filter((i) => positive(from + i) && chosen?.[from + i] !== 1);
    if (kept.length === to - from) return copyNode(builder, circuit, node, below);
    return builder.sum(
      kept.map((i) => below[i]),
      kept.map((i) => logWeights[from + i]),
    );
  }) as Circuit<V>;
  if (options === undefined || chosen === undefined) return { circuit: made, removed: 0, lostAtMost: 0 };
  const removed = chosen.reduce((count, taken) => count + taken, 0);
  return { circuit: made, removed, lostAtMost: removed === 0 ? 0 : lossBound(circuit, options, chosen) };
}

/** 1 for nodes that are positive somewhere, as far as their parts are: exact for decomposable circuits. */
function positiveNodes(circuit: Circuit): Uint8Array {
  const values = logValues(circuit, new Float64Array(circuit.inputs.length), "max");
  return Uint8Array.from(values, (value) => Number(value > Number.NEGATIVE_INFINITY));
}

/** What a row says of each variable. */
function knownRow(circuit: Circuit, { columns }: ReadyRows, row: number): Known[] {
  return columns.map(({ values }, v): Known => {
    const arity = arityOf(circuit.domains[v]);
    const value = values[row];
    if (!(value < arity)) return { kind: "nothing" };
    if (!Number.isFinite(arity)) return { kind: "values", values: [value] };
    return onlyState({ kind: "nothing" }, value, arity);
  });
}

/**
 * Calls `visit` with the flows of the edges of sums under every row that counts, how often it does, and how far the flows
 * may be off by rounding, as a share of them: a few units in the last place of the log values for every edge on the way.
 * Returns how often rows count in all.
 */
function overRows(
  circuit: Circuit,
  rows: Matrix | StateTable,
  visit: (flowOf: (edge: number, node: number) => number, weight: number, error: number) => void,
): number {
  const ready = readyRows(circuit, rows);
  for (let r = 0; r < rows.rows; r++) {
    const weight = ready.weights?.[r] ?? 1;
    if (weight === 0) continue;
    const values = logValues(circuit, inputLogValues(circuit, knownRow(circuit, ready, r)));
    if (values[circuit.size - 1] === Number.NEGATIVE_INFINITY) {
      throw new InvalidArgumentError(`Row ${r}`, "excluded by the circuit", "a row of positive probability");
    }
    const flow = flows(circuit, values);
    const largest = values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
    visit(
      (edge, node) => {
        if (flow[node] === 0) return 0;
        return (
          flow[node] * Math.exp(circuit.logWeights[edge] + values[circuit.children[edge]] - values[node])
        );
      },
      weight,
      Number.EPSILON * circuit.edges * (8 + largest),
    );
  }
  return ready.total;
}

/** 1 for the edges to take out, of those that are positive. */
function chooseEdges(
  circuit: Circuit,
  { rows, minimumFlow }: PruneOptions,
  positive: (edge: number) => boolean,
): Uint8Array {
  if (!(minimumFlow >= 0 && minimumFlow <= 1)) {
    throw new InvalidArgumentError("minimumFlow", minimumFlow, "a number from 0 to 1");
  }
  requireProperties(circuit, "prune", ["smooth", "decomposable"]);
  if (rows.rows === 0) throw new InvalidArgumentError("rows", rows.rows, "at least one row");
  const { kinds, offsets, logWeights } = circuit;
  const total = new Float64Array(circuit.edges);
  const mass = overRows(circuit, rows, (flowOf, weight) => {
    for (let node = 0; node < circuit.size; node++) {
      if (kinds[node] !== nodeKinds.sum) continue;
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++)
        total[edge] += weight * flowOf(edge, node);
    }
  });
  const chosen = new Uint8Array(circuit.edges);
  for (let node = 0; node < circuit.size; node++) {
    const [from, to] = [offsets[node], offsets[node + 1]];
    if (kinds[node] !== nodeKinds.sum) continue;
    const own = Array.from({ length: to - from }, (_, i) => from + i).filter(positive);
    const best = own.reduce((a, b) => {
      const better = total[b] - total[a] || logWeights[b] - logWeights[a];
      return better > 0 ? b : a;
    }, own[0]);
    for (const edge of own) {
      if (edge !== best && total[edge] < minimumFlow * mass) chosen[edge] = 1;
    }
  }
  return chosen;
}

/** The mean over the rows of −log(1 − flow through the chosen edges). */
function lossBound(circuit: Circuit, { rows }: PruneOptions, chosen: Uint8Array): number {
  let sum = 0;
  const mass = overRows(circuit, rows, (flowOf, weight, error) => {
    let lost = 0;
    for (let node = 0; node < circuit.size; node++) {
      for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
        if (chosen[edge] === 1) lost += flowOf(edge, node);
      }
    }
    // A row that keeps nothing must not seem to keep what rounding has left of 1 − 1.
    lost *= 1 + error;
    sum += lost >= 1 ? Number.POSITIVE_INFINITY : -weight * Math.log1p(-lost);
  });
  return sum / mass;
}
