/**
 * Likelihoods under squared circuits, of rows and of evidence: ratios of Z(λ), the sum of the squares of the worlds
 * weighted by what is known of them (gram.ts), to Z.
 */
import { type Backend, sharedBackend } from "@credence/core/kernels";
import { allRows } from "../learn/rows.ts";
import type { StateTable } from "../learn/states.ts";
import { bothKnown, type Contradiction, type Evidence, type Known, knownOf } from "../queries/evidence.ts";
import type { ConditionalLogProbability } from "../queries/likelihood.ts";
import { checkFits, partitionOf, squaredEngine } from "./engine.ts";
import { type GramPass, gramPass, type LogWeights } from "./gram.ts";
import type { SquaredCircuit } from "./squared-circuit.ts";

/**
 * log P(row) for every row in nats, missing values summed out; -Infinity where c is 0. O(rows · parameters) for
 * complete rows, O(steps · K³) a row for others, and that once for Z.
 * @throws InvalidArgumentError for rows of other columns
 * @throws CredenceError `CONTRADICTION` for a circuit that is 0 everywhere
 */
export function squaredLogLikelihoods(
  circuit: SquaredCircuit,
  table: StateTable,
  backend: Backend = sharedBackend(),
): Float64Array {
  checkFits(circuit.shape.arities, table);
  const engine = squaredEngine(circuit.shape, backend);
  try {
    engine.load(circuit.parameters);
    const logZ = partitionOf(engine);
    const out = new Float64Array(table.rows);
    engine.logSquaresInto(out, table, allRows(table.rows), 0, table.rows);
    return out.map((log) => log - logZ);
  } finally {
    engine.close();
  }
}

/**
 * log Z(evidence) in nats: the log of the sum of Σ_r c_r(x)² over the worlds x, weighted by the evidence; -Infinity if it
 * leaves none. Without evidence, of the partition function. O(steps · K³).
 * @throws UnknownNameError, InvalidArgumentError for evidence outside the domain
 */
export function squaredLogPartition<V extends string>(
  circuit: SquaredCircuit<V>,
  evidence: Evidence<V> = {},
): number {
  const weights = logWeightsOf(knownOf(circuit, evidence));
  return withGrams(circuit, (grams) => grams.up(weights));
}

/**
 * squaredLogPartition(evidence) - squaredLogPartition(), in nats: the log probability of hard evidence; for virtual
 * evidence the log of the expected product of its weights. -Infinity for evidence of probability 0.
 * @throws what {@link squaredLogPartition} throws, and CredenceError `CONTRADICTION` for a circuit that is 0 everywhere
 */
export function squaredLogProbability<V extends string>(
  circuit: SquaredCircuit<V>,
  evidence: Evidence<V> = {},
): number {
  const weights = logWeightsOf(knownOf(circuit, evidence));
  return withGrams(circuit, (grams) => {
    const logZ = partitionOf({ logPartition: () => grams.up(weights.map(() => undefined)) });
    return grams.up(weights) - logZ;
  });
}

/**
 * log P(query | evidence). Findings on the same variable have to hold both; soft ones multiply. O(steps · K³).
 * @returns `kind: "log-probability"`, or `kind: "contradiction"` if the evidence leaves no world
 * @throws UnknownNameError, InvalidArgumentError for findings outside the domain
 */
export function squaredConditionalLogProbability<V extends string>(
  circuit: SquaredCircuit<V>,
  query: Evidence<V>,
  evidence: Evidence<V> = {},
): ConditionalLogProbability | Contradiction {
  const known = knownOf(circuit, evidence);
  const both = bothKnown(knownOf(circuit, query), known);
  return withGrams(circuit, (grams) => {
    const total = grams.up(logWeightsOf(known));
    if (total === Number.NEGATIVE_INFINITY) return contradictionOf(grams, known);
    const joint = grams.up(logWeightsOf(both));
    return { kind: "log-probability", logProbability: joint - total, logPartition: total };
  });
}

/** The answer where the evidence leaves no world. */
export function contradictionOf(grams: GramPass, known: readonly Known[]): Contradiction {
  const everywhere = grams.up(known.map(() => undefined)) === Number.NEGATIVE_INFINITY;
  const source = everywhere ? "rules" : "evidence";
  return { kind: "contradiction", source, logPartition: Number.NEGATIVE_INFINITY };
}

/** What is known as weights. Variables of a squared circuit have states, so that nothing else is known of them. */
export function logWeightsOf(known: readonly Known[]): LogWeights {
  return known.map((own) => (own.kind === "weights" ? own.logWeights : undefined));
}

/** Runs a query on passes that hold the circuit's parameters. */
export function withGrams<T>(circuit: SquaredCircuit, query: (grams: GramPass) => T): T {
  const grams = gramPass(circuit.shape, sharedBackend());
  try {
    grams.load(circuit.parameters);
    return query(grams);
  } finally {
    grams.close();
  }
}
