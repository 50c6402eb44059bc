/**
 * Random circuits for tables of states: a region graph (see region-graph.ts) filled with random weights and, at the
 * inputs, frequencies of the data bent at random, so that no two nodes of a region start alike. Sum k of a region starts
 * with most of its weight on term k of each division, 4 K times a weight at random: from near-uniform weights EM spends
 * its first epochs on a plateau (nltcs, 10 epochs: -6.33 instead of -6.02). Everything else such a circuit learns
 * afterwards, by EM or by gradients.
 */
import { InvalidArgumentError, rng } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { checkTable, missing, type StateTable } from "../learn/states.ts";
import { tableBuilder } from "./clt.ts";
import {
  addRegionGraph,
  type RandomRegionOptions,
  type RegionGraph,
  randomRegionGraph,
} from "./region-graph.ts";

/** Options of {@link ratCircuit}. */
export interface RatOptions extends RandomRegionOptions {
  /** K, the nodes of each region; default 8. */
  readonly sums?: number;
  /** Regions to use instead of random ones, such as those of an image. */
  readonly regions?: RegionGraph;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
}

/**
 * A circuit to be trained.
 * @throws InvalidArgumentError for options outside their range, and regions over other variables
 */
export function ratCircuit(table: StateTable, options: RatOptions = {}): Circuit {
  const { sums = 8, seed = 0, names } = options;
  checkTable(table);
  if (!(Number.isInteger(sums) && sums >= 1))
    throw new InvalidArgumentError("sums", sums, "an integer from 1");
  const regions = options.regions ?? randomRegionGraph(table.cols, options);
  if (regions.scopes[0].length !== table.cols) {
    throw new InvalidArgumentError("regions", regions.scopes[0], `a graph over ${table.cols} variables`);
  }
  const random = rng(seed).fork("start");
  const frequencies = table.arities.map((arity, v) => frequenciesOf(table, v, arity));
  const builder = tableBuilder(table.arities, names, false);
  const root = addRegionGraph(builder, regions, {
    sums,
    weight: (k, j) => 0.5 + random() + (j % sums === k ? 4 * sums : 0),
    input: (v) => {
      const raw = frequencies[v].map((share) => share * (0.1 + random()));
      const total = raw.reduce((a, b) => a + b, 0);
      const probabilities = raw.map((p) => p / total);
      return table.arities[v] === 2
        ? { family: "bernoulli", p: probabilities[1] }
        : { family: "categorical", probabilities };
    },
  });
  return builder.build(root);
}

/** Frequencies of states, every state counted once more. */
export function frequenciesOf({ rows, columns, weights }: StateTable, v: number, arity: number): number[] {
  const counts = new Array<number>(arity).fill(1);
  for (let r = 0; r < rows; r++) {
    const state = columns[v * rows + r];
    if (state !== missing) counts[state] += weights?.[r] ?? 1;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / total);
}
