/**
 * Cutset networks: a decision tree over the variables whose leaves are Chow-Liu trees over the rest (Rahman, Kothalkar
 * and Gogate, "Cutset networks: a simple, tractable, and scalable approach for improving the accuracy of Chow-Liu
 * trees", ECML 2014). Deterministic: entropies, most probable worlds and maximum-likelihood parameters are exact.
 *
 * Grown greedily from a single tree. Of a leaf with rows R over variables V, every v in V is tried: with R_s the rows
 * where v = s, and LL the log-likelihood of the best tree,
 *
 *   gain(v) = Σ_s [ |R_s| log P(v = s) + LL(R_s, V \ v) ] - LL(R, V).
 *
 * The paper chooses v by a heuristic on pairs; the gain itself costs one pass over the pairs per variable, which packed
 * counts make cheap. It is computed for the variables that say most of the others, Σ_w I(v; w): O(candidates ·
 * variables² · rows / 32) per level of the decision tree. The best split is kept if the validation
 * rows gain by it; without validation data, if the training rows gain more than half a log of their number per
 * parameter (the Bayesian information criterion).
 */
import { runAsync, runSync, type StepGenerator, topK } from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { mutualInformationMatrix } from "../learn/mutual-information.ts";
import { pairCounts } from "../learn/pair-counts.ts";
import { countedRows, selectColumns, selectRows } from "../learn/select.ts";
import type { StateTable } from "../learn/states.ts";
import { massOf } from "../learn/weights.ts";
import { addTree, type FittedTree, fitTree, smoothedLogs, tableBuilder, treeLogLikelihood } from "./clt.ts";
import { checkDecisions, type DecisionOptions } from "./growth.ts";

/** A cutset network as a circuit. */
export interface CutsetNetwork {
  readonly circuit: Circuit;
  /** Trees at the leaves. */
  readonly leaves: number;
}

/**
 * Learns a cutset network. Leaves with fewer than 20 rows are not split; 12 variables are tried at each.
 * @throws InvalidArgumentError for options outside their range, tables with missing values or of different columns
 * @throws AbortedError with the network so far
 */
export function cutsetCircuit(table: StateTable, options: DecisionOptions = {}): CutsetNetwork {
  return runSync(cutsetSteps(table, options), options);
}

/** {@link cutsetCircuit} that lets the event loop run in between. */
export function cutsetCircuitAsync(table: StateTable, options: DecisionOptions = {}): Promise<CutsetNetwork> {
  return runAsync(cutsetSteps(table, options), options);
}

/** Rows over some of the variables: column i of the tables is variable `variables[i]`. */
interface Region {
  readonly variables: readonly number[];
  readonly train: StateTable;
  readonly valid: StateTable | undefined;
  readonly tree: FittedTree;
  /** Set once the region is split: the place of the variable in `variables`, logs of its states, their regions. */
  split?: { readonly at: number; readonly logs: readonly number[]; readonly regions: readonly Region[] };
}

/** The steps of {@link cutsetCircuit}: one per leaf that was tried. */
export function* cutsetSteps(all: StateTable, options: DecisionOptions): StepGenerator<CutsetNetwork> {
  const { pseudoCount = 1, minRows = 20, candidates = 12, valid, names } = options;
  checkDecisions(all, options);
  const table = countedRows(all);
  const variables = table.arities.map((_, v) => v);
  const root: Region = { variables, train: table, valid, tree: fitTree(table, pseudoCount) };
  const result = (): CutsetNetwork => {
    const builder = tableBuilder(table.arities, names);
    return { circuit: builder.build(addRegion(builder, root)), leaves: leavesOf(root) };
  };
  const queue: Region[] = [root];
  for (let done = 0; done < queue.length; done++) {
    const region = queue[done];
    if (massOf(region.train) >= minRows && region.variables.length > 1) {
      const split = bestSplit(region, pseudoCount, candidates);
      if (split !== undefined) {
        region.split = split;
        queue.push(...split.regions);
      }
    }
    const metrics = { rows: region.train.rows, variables: region.variables.length };
    yield { phase: "cutset", step: done + 1, steps: queue.length, metrics, partial: result };
  }
  return result();
}

/** The split of the largest gain, undefined if it is not worth it. */
function bestSplit(region: Region, pseudoCount: number, candidates: number): Region["split"] {
  const { train, variables } = region;
  let best: { at: number; value: number } | undefined;
  for (const at of mostTelling(train, pseudoCount, candidates)) {
    const parts = partsOf(train, at);
    if (parts.filter(({ rows }) => rows > 0).length < 2) continue;
    const logs = stateLogs(parts, pseudoCount);
    const value = parts.reduce((sum, part, s) => {
      if (part.rows === 0) return sum;
      const counts = pairCounts(part);
      const tree = fitTree(part, pseudoCount, {}, counts);
      return sum + massOf(part) * logs[s] + treeLogLikelihood(tree, part, counts);
    }, 0);
    if (best === undefined || value > best.value) best = { at, value };
  }
  if (best === undefined) return undefined;
  const { at, value } = best;
  const parts = partsOf(train, at);
  const logs = stateLogs(parts, pseudoCount);
  const validParts = region.valid === undefined ? undefined : partsOf(region.valid, at);
  const rest = variables.filter((_, i) => i !== at);
  const regions = parts.map((part, s): Region => {
    // Without rows there is nothing to fit: what held before the split still does, v aside.
    const tree = fitTree(part.rows > 0 ? part : withoutColumn(train, at), pseudoCount);
    return { variables: rest, train: part, valid: validParts?.[s], tree };
  });
  const split = { at, logs, regions };
  return worthIt(region, split, value) ? split : undefined;
}

/** The columns with the largest sums of mutual information. */
function mostTelling(table: StateTable, pseudoCount: number, count: number): Int32Array {
  const { data, cols } = mutualInformationMatrix(table, pseudoCount, pairCounts(table));
  const totals = new Float64Array(cols);
  for (let v = 0; v < cols; v++) for (let w = 0; w < cols; w++) totals[v] += data[v * cols + w];
  return topK(totals, Math.min(count, cols));
}

function worthIt(region: Region, split: NonNullable<Region["split"]>, value: number): boolean {
  if (region.valid !== undefined) {
    const after = split.regions.reduce((sum, { tree, valid }, s) => {
      if (valid === undefined || valid.rows === 0) return sum;
      return sum + massOf(valid) * split.logs[s] + treeLogLikelihood(tree, valid);
    }, 0);
    return region.valid.rows > 0 && after > treeLogLikelihood(region.tree, region.valid);
  }
  const more = split.regions.reduce((sum, { tree }) => sum + tree.parameters, 0) - region.tree.parameters;
  const gain = value - treeLogLikelihood(region.tree, region.train);
  return gain > 0.5 * Math.log(massOf(region.train)) * Math.max(1, more);
}

/** Log frequencies of the states that split a table. */
function stateLogs(parts: readonly StateTable[], pseudoCount: number): number[] {
  return smoothedLogs(parts.map(massOf), (4 * pseudoCount) / parts.length);
}

/** The rows by their state of one column, without that column. */
function partsOf(table: StateTable, at: number): StateTable[] {
  const { rows, columns, arities } = table;
  const byState: number[][] = Array.from({ length: arities[at] }, () => []);
  for (let r = 0; r < rows; r++) byState[columns[at * rows + r]].push(r);
  const rest = withoutColumn(table, at);
  return byState.map((own) => selectRows(rest, own));
}

function withoutColumn(table: StateTable, at: number): StateTable {
  return selectColumns(
    table,
    table.arities.map((_, v) => v).filter((v) => v !== at),
  );
}

/** Makes the nodes of a region, the inner ones first. Decision trees are as deep as there are variables at most. */
function addRegion(builder: CircuitBuilder, root: Region): number {
  const made = new Map<Region, number>();
  const stack = [root];
  while (stack.length > 0) {
    const region = stack[stack.length - 1];
    const { split } = region;
    const open = split?.regions.filter((part) => !made.has(part)) ?? [];
    if (open.length > 0) {
      stack.push(...open);
      continue;
    }
    stack.pop();
    if (split === undefined) {
      made.set(region, addTree(builder, region.tree, region.variables));
      continue;
    }
    const v = region.variables[split.at];
    const terms = split.regions.map((part, state) =>
      builder.product([builder.input(v, { family: "indicator", state }), made.get(part) as number]),
    );
    made.set(region, builder.sum(terms, [...split.logs]));
  }
  return made.get(root) as number;
}

function leavesOf(root: Region): number {
  let leaves = 0;
  const stack = [root];
  while (stack.length > 0) {
    const { split } = stack.pop() as Region;
    if (split === undefined) leaves++;
    else stack.push(...split.regions);
  }
  return leaves;
}
