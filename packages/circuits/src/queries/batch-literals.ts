/**
 * Many rows of literal weights through one circuit, up and down: log partitions, and the slopes of their logs by every
 * weight,
 *
 *   Z(w) = Σ_worlds C(world) · Π_v w_(v, world_v),     slope_l = ∂ log Z / ∂ w_l.
 *
 * The kernels do it in linear numbers; the weights of a variable are divided by their sum, which comes back as a log.
 * Rows whose Z comes out too small for that (see evaluate/trust.ts), among them all contradictions, are done again in
 * logs. Slopes are derivatives, not flows divided by weights: a weight of 0 has the right one.
 */
import { CredenceError, type StepGenerator } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { wantedOperations } from "../evaluate/circuit-plan.ts";
import { evaluator } from "../evaluate/evaluator.ts";
import { logDerivatives, logValues } from "./passes.ts";

/** A batch of rows. */
export interface LiteralBatch {
  readonly circuit: Circuit;
  readonly rows: number;
  /** The variables by whose weights slopes are wanted. */
  readonly variables: readonly number[];
  /** The weight of a literal (2 · variable + value) in a row, from 0. */
  weight(row: number, literal: number): number;
}

/** What a row gives. */
export interface LiteralRow {
  readonly row: number;
  readonly logPartition: number;
  /** ∂ log Z / ∂ weight of a literal of one of the wanted variables; 0 where Z is 0. */
  slope(literal: number): number;
}

/** Rows of a call of the kernels at most, and between two steps. */
const rowsPerCall = 2048;

/** Hands every row to `take`, in their order. A step now and then. @throws CredenceError as {@link requireLiterals} */
export function* literalSteps(
  query: string,
  batch: LiteralBatch,
  take: (found: LiteralRow) => void,
): StepGenerator<void> {
  const { circuit, rows, variables } = batch;
  requireLiterals(circuit, query);
  const literalOf = literalsOfInputs(circuit);
  const passes = evaluator(circuit, { given: () => true });
  try {
    const { plan } = passes;
    const columns = new Map<number, number[]>();
    literalOf.forEach((literal, input) => {
      columns.set(literal, [...(columns.get(literal) ?? []), plan.givenOf[input]]);
    });
    const arrays = passes.arrays(Math.min(rows, rowsPerCall), false);
    const { width, given, slopes } = arrays;
    const most = Math.min(rowsPerCall, arrays.tiles * width);
    const wanted = new Set(variables);
    const columnLiteral = new Int32Array(plan.givens);
    literalOf.forEach((literal, input) => {
      columnLiteral[plan.givenOf[input]] = literal;
    });
    arrays.wanted.set(wantedOperations(plan, (column) => wanted.has(columnLiteral[column] >> 1)));
    const inCircuit = [...new Set(Array.from(columnLiteral, (literal) => literal >> 1))];
    const totals = new Float64Array(most * circuit.variables.size);
    const logScales = new Float64Array(most);
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      logScales.fill(passes.logScale);
      for (const v of inCircuit) {
        for (let r = 0; r < count; r++) {
          const total = batch.weight(from + r, 2 * v) + batch.weight(from + r, 2 * v + 1);
          totals[v * most + r] = total > 0 ? total : 1;
          logScales[r] += Math.log(totals[v * most + r]);
        }
      }
      const tiles = Math.ceil(count / width);
      for (let column = 0; column < plan.givens; column++) {
        const literal = columnLiteral[column];
        const scale = (literal >> 1) * most;
        for (let tile = 0, r = 0; tile < tiles; tile++) {
          const at = (tile * plan.givens + column) * width;
          for (let lane = 0; lane < width; lane++, r++) {
            given[at + lane] = r < count ? batch.weight(from + r, literal) / totals[scale + r] : 0;
          }
        }
      }
      arrays.seeds.fill(1);
      passes.run(count, variables.length > 0 ? "slopes" : "none");
      for (let r = 0; r < count; r++) {
        const root = arrays.roots[r];
        if (!(root >= passes.floor && root < Number.POSITIVE_INFINITY)) {
          take(rowInLogs(batch, literalOf, from + r));
          continue;
        }
        const lane = r % width;
        const at = ((r - lane) / width) * plan.givens * width + lane;
        take({
          row: from + r,
          logPartition: Math.log(root) + logScales[r],
          slope(literal) {
            let sum = 0;
            for (const column of columns.get(literal) ?? []) sum += slopes[at + column * width];
            return sum / totals[(literal >> 1) * most + r];
          },
        });
      }
      yield { phase: query, step: Math.min(rows, from + most), steps: rows, metrics: {} };
    }
  } finally {
    passes.close();
  }
}

/** One row by the passes in logs. */
function rowInLogs(batch: LiteralBatch, literalOf: Int32Array, row: number): LiteralRow {
  const { circuit } = batch;
  const inputValues = Float64Array.from(literalOf, (literal) => Math.log(batch.weight(row, literal)));
  const values = logValues(circuit, inputValues);
  const logPartition = values[circuit.size - 1];
  if (logPartition === Number.NEGATIVE_INFINITY) return { row, logPartition, slope: () => 0 };
  const slopes = new Float64Array(2 * circuit.variables.size);
  logDerivatives(circuit, values).forEach((log, node) => {
    if (circuit.literals[node] >= 0) slopes[circuit.literals[node]] += Math.exp(log - logPartition);
  });
  return { row, logPartition, slope: (literal) => slopes[literal] };
}

/** Per input, its literal. */
function literalsOfInputs(circuit: Circuit): Int32Array {
  const literals = new Int32Array(circuit.inputs.length);
  circuit.inputOf.forEach((input, node) => {
    if (input >= 0) literals[input] = circuit.literals[node];
  });
  return literals;
}

/** Batches hold one number per literal: other inputs have no place there. */
function requireLiterals(circuit: Circuit, query: string): void {
  const at = circuit.inputOf.findIndex((input, node) => input >= 0 && circuit.literals[node] < 0);
  if (at < 0) return;
  throw new CredenceError({
    code: "UNSUPPORTED_QUERY",
    message: `${query} needs a circuit whose only inputs are literals.`,
    given: circuit.inputs[circuit.inputOf[at]].distribution.family,
    expected: "a circuit such as compileRules makes",
    hint: "Ask posteriors row by row.",
  });
}
