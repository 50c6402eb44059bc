/**
 * Mixtures of one structure with several sets of parameters, as Strudel's ensembles are (M. Dang, A. Vergari, G. Van den
 * Broeck, "Strudel", PGM 2020, section 5): P(x) = Σ_k w_k C(x; θ_k). The rows are clustered by a mixture of independent
 * variables, each component starts with the parameters that its cluster gives, and EM trains all of them together. The
 * components are compatible with each other and with what the structure is compatible with.
 */
import { rng, runAsync, runSync, type StepGenerator } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { clusterRows } from "../learn/cluster.ts";
import { type EmOptions, type EmResult, emSteps } from "../learn/em.ts";
import { checkCount } from "../learn/learned.ts";
import { countedRows, selectRows } from "../learn/select.ts";
import { checkColumns, checkTable, type StateTable } from "../learn/states.ts";
import { massOf } from "../learn/weights.ts";
import { mixtureCircuit } from "./mixture.ts";

/** Options of {@link parameterMixture}; those of EM, of which `pseudoCount` is 1 by default. */
export interface ParameterMixtureOptions<V extends string = string>
  extends Omit<EmOptions<V>, "weights" | "resume"> {
  /** Sets of parameters; default 5. */
  readonly components?: number;
}

/**
 * Learns a mixture of circuits of the structure of `circuit`.
 * @throws InvalidArgumentError for options outside their range, and rows that do not fit the circuit
 * @throws CredenceError `UNSUPPORTED_QUERY` for a circuit that is not smooth and decomposable
 * @throws AbortedError with what training reached so far
 */
export function parameterMixture<V extends string>(
  circuit: Circuit<V>,
  table: StateTable,
  options: ParameterMixtureOptions<V> = {},
): EmResult<V> {
  return runSync(parameterMixtureSteps(circuit, table, options), options);
}

/** {@link parameterMixture} that lets the event loop run in between. */
export function parameterMixtureAsync<V extends string>(
  circuit: Circuit<V>,
  table: StateTable,
  options: ParameterMixtureOptions<V> = {},
): Promise<EmResult<V>> {
  return runAsync(parameterMixtureSteps(circuit, table, options), options);
}

/** The steps of {@link parameterMixture}. */
export function* parameterMixtureSteps<V extends string>(
  circuit: Circuit<V>,
  all: StateTable,
  options: ParameterMixtureOptions<V>,
): StepGenerator<EmResult<V>> {
  const { components = 5, pseudoCount = 1, seed = 0, valid } = options;
  checkTable(all);
  checkCount("components", components);
  if (valid !== undefined && "columns" in valid) checkColumns(all, valid);
  const table = countedRows(all);
  const clusters = clusterRows(table, components, rng(seed).fork("clusters")).filter(
    (rows) => rows.length > 0,
  );
  const tables = clusters.map((rows) => selectRows(table, rows));
  const parts: Circuit<V>[] = [];
  for (const own of tables) {
    const steps = emSteps(circuit, own, { epochs: 1, pseudoCount });
    let next = steps.next();
    for (; !next.done; next = steps.next()) yield { ...next.value, phase: "clusters" };
    parts.push(next.value.circuit);
  }
  return yield* emSteps(mixtureCircuit(parts, tables.map(massOf)), table, { ...options, pseudoCount });
}
