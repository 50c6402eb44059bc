/**
 * Strudel: a Chow-Liu tree refined by splits (M. Dang, A. Vergari, G. Van den Broeck, "Strudel: learning
 * structured-decomposable probabilistic circuits", PGM 2020). Deterministic and structured-decomposable from the first
 * circuit to the last, with parameters in closed form: smoothed frequencies of the rows that pass.
 *
 * The tree is a circuit of decisions D (sums), each on a variable v, whose terms are products
 *
 *   A = [x_v = t] · Π_children c  D_c|t.
 *
 * A split takes an edge D → A and a variable x below A, and replaces A there by its restrictions A|x=s to the states s
 * of x: copies of the nodes on the way from A to the decisions on x, all else shared. Rows then go to the copy that
 * their x says, and the frequencies on the way may depend on x. Other parents of A keep it. As in the paper the edge is
 * the one that most rows pass, and x the variable with the largest sum of mutual information with the others among
 * these rows. Unlike there, a split is taken back unless the validation rows gain by it (without them: unless the
 * training rows gain more than half a log of their number per new parameter), and its edge is left alone then.
 *
 * O(variables² · rows / 32 + rows · path) per split.
 */
import { InvalidArgumentError, runAsync, runSync, type StepGenerator, topK } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { mutualInformationMatrix } from "../learn/mutual-information.ts";
import { pairCounts } from "../learn/pair-counts.ts";
import { countedRows, selectColumns, selectRows } from "../learn/select.ts";
import type { StateTable } from "../learn/states.ts";
import { fitTree, tableBuilder } from "./clt.ts";
import {
  addDecisions,
  busiestEdge,
  type DecisionEdge,
  type DecisionState,
  startDecisions,
  trySplit,
} from "./decisions.ts";
import { checkDecisions, type DecisionOptions } from "./growth.ts";

/** Options of {@link strudelCircuit}: edges that fewer than 30 rows pass are left alone, 3 variables are tried at each. */
export interface StrudelOptions extends DecisionOptions {
  /** How many edges are tried; default 1000. */
  readonly splits?: number;
}

/** A refined tree. */
export interface StrudelCircuit {
  readonly circuit: Circuit;
  /** Splits that were kept. */
  readonly splits: number;
}

/**
 * Learns a deterministic, structured-decomposable circuit.
 * @throws InvalidArgumentError for options outside their range, tables with missing values or of different columns
 * @throws AbortedError with the circuit so far
 */
export function strudelCircuit(table: StateTable, options: StrudelOptions = {}): StrudelCircuit {
  return runSync(strudelSteps(table, options), options);
}

/** {@link strudelCircuit} that lets the event loop run in between. */
export function strudelCircuitAsync(
  table: StateTable,
  options: StrudelOptions = {},
): Promise<StrudelCircuit> {
  return runAsync(strudelSteps(table, options), options);
}

/** The steps of {@link strudelCircuit}: one per edge that was tried. */
export function* strudelSteps(all: StateTable, options: StrudelOptions): StepGenerator<StrudelCircuit> {
  const { splits = 1000, minRows = 30, candidates = 3, pseudoCount = 1, valid, names } = options;
  checkDecisions(all, options);
  if (!(Number.isInteger(splits) && splits >= 0)) {
    throw new InvalidArgumentError("splits", splits, "an integer from 0");
  }
  const table = countedRows(all);
  const state = startDecisions(fitTree(table, pseudoCount), table, valid, pseudoCount);
  let kept = 0;
  const result = (): StrudelCircuit => {
    const builder = tableBuilder(table.arities, names);
    return { circuit: builder.build(addDecisions(builder, state)), splits: kept };
  };
  for (let tried = 0; tried < splits; tried++) {
    const edge = busiestEdge(state, minRows);
    if (edge === undefined) break;
    const done = mostTelling(state, edge, candidates).some((x) => trySplit(state, edge, x));
    if (done) kept++;
    else state.exhausted.add(edge.passing);
    yield { phase: "Strudel", step: tried + 1, steps: splits, metrics: { splits: kept }, partial: result };
  }
  return result();
}

/** The variables below an edge that say most of the others there, by the rows that pass it. */
function mostTelling(state: DecisionState, edge: DecisionEdge, candidates: number): number[] {
  const { variable } = edge.decision.terms[edge.at];
  const below = [...state.below[variable]].filter((v) => v !== variable);
  if (below.length === 0) return [];
  const { rows, train } = edge.passing;
  const own = selectRows(selectColumns(state.all, below), rows.subarray(0, train));
  const { data } = mutualInformationMatrix(own, 0, pairCounts(own));
  const totals = new Float64Array(below.length);
  for (let i = 0; i < data.length; i++) totals[Math.floor(i / below.length)] += data[i];
  return Array.from(topK(totals, Math.min(candidates, below.length)), (i) => below[i]);
}
