/**
 * Mixtures of Chow-Liu trees, P(x) = Σ_k w_k T_k(x), by EM over weights, parameters and the trees themselves (M. Meilă,
 * M. Jordan, "Learning with mixtures of trees", JMLR 1, 2000, section 3):
 *
 *   E   γ_k(row) = w_k T_k(row) / Σ_j w_j T_j(row)
 *   M   w_k = (Σ_rows γ_k + 1) / (rows + K),   T_k = the Chow-Liu tree of the rows weighted by γ_k
 *
 * (γ_k times the row's own weight, where it has one)
 *
 * from the clusters of a mixture of independent variables. Pairs are counted over the rows that know both variables;
 * the E-step sums missing values out. As a circuit: a sum over trees, smooth and decomposable. With complete rows and no
 * pseudo-count the likelihood never decreases, weights aside. O(K · rows · (unusual states² + variables)) per epoch, see
 * pair-counts.ts.
 */
import {
  InvalidArgumentError,
  type RunOptions,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { checkPseudoCount } from "../learn/chow-liu.ts";
import { clusterRows } from "../learn/cluster.ts";
import { weightedPairCounts } from "../learn/pair-counts.ts";
import { countedRows } from "../learn/select.ts";
import { checkColumns, checkTable, type StateTable } from "../learn/states.ts";
import { massOf, meanOverRows, weighted } from "../learn/weights.ts";
import { addTree, type FittedTree, fitTree, tableBuilder, treeLogLikelihoods } from "./clt.ts";
import { mixtureLogs, mixtureShares } from "./mixture.ts";

/** Options of {@link mixtureOfTrees}. */
export interface MixtureOfTreesOptions extends RunOptions {
  /** K; default 16. */
  readonly components?: number;
  /** Steps of EM; default 20. */
  readonly epochs?: number;
  /** a of the trees (see `chowLiuTree`); default 0.5. */
  readonly pseudoCount?: number;
  /** Rows that decide which epoch's mixture is kept; default: that of the last one. */
  readonly valid?: StateTable;
  /** Stop after this many epochs without a better validation; default 3. */
  readonly patience?: number;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
}

/** What EM reached. */
export interface MixtureOfTrees {
  readonly circuit: Circuit;
  /** Mean log-likelihood of the validation rows (of the training rows without them) after each epoch. */
  readonly trace: readonly number[];
  /** The epoch whose mixture this is, from 1. */
  readonly bestEpoch: number;
}

/**
 * Learns a mixture of Chow-Liu trees.
 * @throws InvalidArgumentError for options outside their range and validation rows of other columns
 * @throws AbortedError with the best mixture so far
 */
export function mixtureOfTrees(table: StateTable, options: MixtureOfTreesOptions = {}): MixtureOfTrees {
  return runSync(mixtureOfTreesSteps(table, options), options);
}

/** {@link mixtureOfTrees} that lets the event loop run in between. */
export function mixtureOfTreesAsync(
  table: StateTable,
  options: MixtureOfTreesOptions = {},
): Promise<MixtureOfTrees> {
  return runAsync(mixtureOfTreesSteps(table, options), options);
}

interface Mixture {
  readonly trees: readonly FittedTree[];
  readonly weights: Float64Array;
}

/** The steps of {@link mixtureOfTrees}: one per tree. */
export function* mixtureOfTreesSteps(
  all: StateTable,
  options: MixtureOfTreesOptions,
): StepGenerator<MixtureOfTrees> {
  const { components = 16, epochs = 20, pseudoCount = 0.5, valid, patience = 3, names } = options;
  checkTable(all);
  checkPseudoCount(pseudoCount);
  for (const [name, value] of Object.entries({ components, epochs })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new InvalidArgumentError(name, value, "an integer from 1");
  }
  if (!(patience >= 1)) throw new InvalidArgumentError("patience", patience, "a number of epochs from 1");
  checkColumns(all, valid);
  const table = countedRows(all);
  const mass = massOf(table);
  let shares = startShares(table, components, options.seed ?? 0);
  const trace: number[] = [];
  let best: { mixture: Mixture; epoch: number; value: number } | undefined;
  const result = (): MixtureOfTrees => {
    const { mixture, epoch } = best as NonNullable<typeof best>;
    return { circuit: circuitOf(table, mixture, names), trace: trace.slice(), bestEpoch: epoch };
  };
  const steps = epochs * components;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const trees: FittedTree[] = [];
    const logs: Float64Array[] = [];
    const weighty = shares.map((own) => weighted(own, table.weights));
    for (const own of weighty) {
      const tree = fitTree(table, pseudoCount, {}, weightedPairCounts(table, own));
      trees.push(tree);
      logs.push(treeLogLikelihoods(tree, table));
      const step = (epoch - 1) * components + trees.length;
      yield {
        phase: "mixture of trees",
        step,
        steps,
        metrics: {},
        ...(best === undefined ? {} : { partial: result }),
      };
    }
    const weights = Float64Array.from(weighty, (own) => {
      return (own.reduce((a, b) => a + b, 0) + 1) / (mass + components);
    });
    shares = mixtureShares(logs, weights);
    const validLogs = valid === undefined ? logs : trees.map((tree) => treeLogLikelihoods(tree, valid));
    const value = meanOverRows(mixtureLogs(validLogs, weights), valid ?? table);
    trace.push(value);
    if (best === undefined || valid === undefined || value > best.value) {
      best = { mixture: { trees, weights }, epoch, value };
    }
    if (valid !== undefined && epoch - best.epoch >= patience) break;
  }
  return result();
}

/** Every row wholly in its cluster. */
function startShares(table: StateTable, components: number, seed: number | string): Float64Array[] {
  return clusterRows(table, components, rng(seed).fork("clusters")).map((rows) => {
    const own = new Float64Array(table.rows);
    for (const r of rows) own[r] = 1;
    return own;
  });
}

function circuitOf(table: StateTable, { trees, weights }: Mixture, names?: readonly string[]): Circuit {
  const builder = tableBuilder(table.arities, names, false);
  const variables = table.arities.map((_, v) => v);
  const roots = trees.map((tree) => addTree(builder, tree, variables));
  return builder.build(builder.sum(roots, weights.map(Math.log)));
}
