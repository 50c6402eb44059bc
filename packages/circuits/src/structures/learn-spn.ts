/**
 * LearnSPN (Gens and Domingos, "Learning the structure of sum-product networks", ICML 2013): a table is split
 *
 *   by columns, a product, where variables fall into groups without dependence: pairs with
 *               G = 2 N · I(v; w) > threshold · (r_v - 1)(r_w - 1)  are joined;
 *   by rows, a sum, otherwise: two clusters of a mixture of independent variables,
 *
 * until few rows or a single variable are left. Where the paper ends in independent variables, regions here end in
 * Chow-Liu trees (as in Vergari, Di Mauro and Esposito, "Simplifying, regularizing and strengthening sum-product
 * network structure learning", 2015), so that they may end sooner; a split by rows is kept only if the validation rows
 * gain by it. Smooth and decomposable; not deterministic.
 */
import {
  InvalidArgumentError,
  logAddExp,
  type Rng,
  rng,
  runAsync,
  runSync,
  type StepGenerator,
} from "@credence/core";
import type { CircuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { clusterRows } from "../learn/cluster.ts";
import { mutualInformationMatrix } from "../learn/mutual-information.ts";
import { pairCounts } from "../learn/pair-counts.ts";
import { countedRows, selectColumns, selectRows } from "../learn/select.ts";
import type { StateTable } from "../learn/states.ts";
import { massOf } from "../learn/weights.ts";
import { addTree, type FittedTree, fitTree, tableBuilder, treeLogLikelihoods } from "./clt.ts";
import { checkSplits, type SplitOptions } from "./growth.ts";

/** Options of {@link learnSpnCircuit}: regions with fewer than 100 rows end in a tree. */
export interface LearnSpnOptions extends SplitOptions {
  /** How dependent, per degree of freedom, joined variables are at least; default 5. */
  readonly threshold?: number;
}

/** A table over some of the variables, and what has become of it. */
interface Region {
  readonly variables: readonly number[];
  readonly train: StateTable;
  readonly valid: StateTable | undefined;
  readonly tree: FittedTree;
  kind: "tree" | "columns" | "rows";
  parts: Region[];
  logWeights: number[];
}

/**
 * Learns a circuit.
 * @throws InvalidArgumentError for options outside their range and validation data of other columns
 * @throws AbortedError with the circuit so far
 */
export function learnSpnCircuit(table: StateTable, options: LearnSpnOptions = {}): Circuit {
  return runSync(learnSpnSteps(table, options), options);
}

/** {@link learnSpnCircuit} that lets the event loop run in between. */
export function learnSpnCircuitAsync(table: StateTable, options: LearnSpnOptions = {}): Promise<Circuit> {
  return runAsync(learnSpnSteps(table, options), options);
}

/** The steps of {@link learnSpnCircuit}: one per region. */
export function* learnSpnSteps(all: StateTable, options: LearnSpnOptions): StepGenerator<Circuit> {
  const { threshold = 5, minRows = 100, pseudoCount = 1, valid, names } = options;
  checkSplits(all, options);
  if (!(threshold >= 0)) throw new InvalidArgumentError("threshold", threshold, "a number from 0");
  if (!(minRows >= 2)) throw new InvalidArgumentError("minRows", minRows, "a number of rows from 2");
  const table = countedRows(all);
  const random = rng(options.seed ?? 0).fork("clusters");
  const region = (variables: readonly number[], train: StateTable, held: StateTable | undefined): Region => {
    const tree = fitTree(train, pseudoCount);
    return { variables, train, valid: held, tree, kind: "tree", parts: [], logWeights: [] };
  };
  const root = region(
    table.arities.map((_, v) => v),
    table,
    valid,
  );
  const result = (): Circuit => {
    const builder = tableBuilder(table.arities, names);
    return builder.build(addRegion(builder, root));
  };
  const queue = [root];
  for (let done = 0; done < queue.length; done++) {
    const one = queue[done];
    if (one.variables.length > 1 && massOf(one.train) >= minRows) {
      splitColumns(one, threshold, region);
      if (one.kind === "tree") splitRows(one, random, region);
      queue.push(...one.parts);
    }
    const metrics = { rows: one.train.rows, variables: one.variables.length };
    yield { phase: "LearnSPN", step: done + 1, steps: queue.length, metrics, partial: result };
  }
  return result();
}

type MakeRegion = (variables: readonly number[], train: StateTable, valid: StateTable | undefined) => Region;

/** Splits a region into groups of variables, if there are two or more. */
function splitColumns(region: Region, threshold: number, make: MakeRegion): void {
  const { train, valid, variables } = region;
  const information = mutualInformationMatrix(train, 0, pairCounts(train));
  const n = train.cols;
  const mass = massOf(train);
  const group = new Int32Array(n).fill(-1);
  const groups: number[][] = [];
  for (let start = 0; start < n; start++) {
    if (group[start] >= 0) continue;
    const members = [start];
    group[start] = groups.length;
    for (let i = 0; i < members.length; i++) {
      const v = members[i];
      for (let w = 0; w < n; w++) {
        const freedom = (train.arities[v] - 1) * (train.arities[w] - 1);
        if (group[w] >= 0 || 2 * mass * information.data[v * n + w] <= threshold * freedom) continue;
        group[w] = groups.length;
        members.push(w);
      }
    }
    groups.push(members.sort((a, b) => a - b));
  }
  if (groups.length < 2) return;
  region.kind = "columns";
  region.parts = groups.map((own) => {
    const names = own.map((v) => variables[v]);
    return make(
      names,
      selectColumns(train, own),
      valid === undefined ? undefined : selectColumns(valid, own),
    );
  });
}

/** Splits a region into two clusters of rows, if the validation rows gain by it. */
function splitRows(region: Region, random: Rng, make: MakeRegion): void {
  const { train, valid, variables } = region;
  const clusters = clusterRows(train, 2, random).filter((rows) => rows.length > 0);
  if (clusters.length < 2) return;
  // Validation rows belong to both clusters, each with its own share: they are not divided.
  const parts = clusters.map((rows) => make(variables, selectRows(train, rows), valid));
  const mass = massOf(train);
  const logWeights = clusters.map((_, i) => Math.log(massOf(parts[i].train) / mass));
  if (valid !== undefined && !gains(region, parts, logWeights, valid)) return;
  region.kind = "rows";
  region.parts = parts.map((part, i) => {
    return valid === undefined ? part : { ...part, valid: nearest(parts, logWeights, valid, i) };
  });
  region.logWeights = logWeights;
}

function gains(
  region: Region,
  parts: readonly Region[],
  logWeights: readonly number[],
  valid: StateTable,
): boolean {
  if (valid.rows === 0) return false;
  const [before, first, second] = [region, ...parts].map(({ tree }) => treeLogLikelihoods(tree, valid));
  let gain = 0;
  for (let r = 0; r < valid.rows; r++) {
    const weight = valid.weights?.[r] ?? 1;
    gain += weight * (logAddExp(logWeights[0] + first[r], logWeights[1] + second[r]) - before[r]);
  }
  return gain > 0;
}

/** The validation rows that are more probable under part i than under the other. */
function nearest(
  parts: readonly Region[],
  logWeights: readonly number[],
  valid: StateTable,
  i: number,
): StateTable {
  const [own, other] = [i, 1 - i].map((k) => {
    return treeLogLikelihoods(parts[k].tree, valid).map((log) => log + logWeights[k]);
  });
  const rows = Array.from({ length: valid.rows }, (_, r) => r);
  return selectRows(
    valid,
    rows.filter((r) => own[r] > other[r] || (i === 0 && own[r] === other[r])),
  );
}

/** Makes the nodes of a region, the inner ones first. */
function addRegion(builder: CircuitBuilder, root: Region): number {
  const made = new Map<Region, number>();
  const stack = [root];
  while (stack.length > 0) {
    const region = stack[stack.length - 1];
    const missingParts = region.parts.filter((part) => !made.has(part));
    if (missingParts.length > 0) {
      stack.push(...missingParts);
      continue;
    }
    stack.pop();
    const children = region.parts.map((part) => made.get(part) as number);
    if (region.kind === "tree") made.set(region, addTree(builder, region.tree, region.variables));
    else if (region.kind === "columns") made.set(region, builder.product(children));
    else made.set(region, builder.sum(children, region.logWeights));
  }
  return made.get(root) as number;
}
