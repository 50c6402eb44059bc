/**
 * Ensembles: several circuits learned apart, mixed in the end. Members differ by their seeds, and with bagging also by
 * their rows, each a bootstrap sample of the table (L. Breiman, "Bagging predictors", Machine Learning 24, 1996; for
 * circuits A. Di Mauro, A. Vergari et al., "Learning accurate cutset networks by exploiting decomposability", 2015).
 * The weights are those of the largest likelihood of the validation rows (see structures/mixture.ts), equal without
 * any. Mixing never does worse on these rows than the mean of the members' log-likelihoods (Jensen).
 */
import { type RunOptions, rng, type StepGenerator } from "@credence/core";
import { fitMixtureWeights, mixtureCircuit, mixtureLogs } from "../structures/mixture.ts";
import { type LearnedCircuit, learnedCircuit } from "./learned.ts";
import { bootstrapRows } from "./select.ts";
import type { StateTable } from "./states.ts";

/** How an ensemble is made. */
export interface EnsemblePlan {
  readonly members: number;
  readonly bagging: boolean;
  readonly seed: NonNullable<RunOptions["seed"]>;
  readonly valid: StateTable | undefined;
  /** Learns one member. */
  learn(table: StateTable, seed: number | string): StepGenerator<LearnedCircuit>;
}

/** The steps of all members; the result so far is a mixture of those that are done, and of the one under way. */
export function* ensembleSteps(table: StateTable, plan: EnsemblePlan): StepGenerator<LearnedCircuit> {
  const { members, bagging, seed } = plan;
  if (members === 1 && !bagging) return yield* plan.learn(table, seed);
  const done: LearnedCircuit[] = [];
  const mixed = (all: readonly LearnedCircuit[]): LearnedCircuit => mixtureOf(table, all, plan);
  for (let k = 0; k < members; k++) {
    const own = k === 0 ? seed : `${seed}/member ${k}`;
    const rows = bagging ? bootstrapRows(table, rng(own).fork("bootstrap")) : table;
    const steps = plan.learn(rows, own);
    for (;;) {
      const next = steps.next();
      if (next.done) {
        done.push(next.value);
        break;
      }
      const { partial, step, steps: all, metrics, phase } = next.value;
      const place = { step: k * all + step, steps: members * all, metrics: { ...metrics, member: k + 1 } };
      const sofar =
        partial === undefined && k === 0 ? undefined : () => mixed(partial ? [...done, partial()] : done);
      yield { phase, ...place, ...(sofar === undefined ? {} : { partial: sofar }) };
    }
  }
  return mixed(done);
}

function mixtureOf(
  table: StateTable,
  members: readonly LearnedCircuit[],
  plan: EnsemblePlan,
): LearnedCircuit {
  const { bagging, valid } = plan;
  const weights =
    valid === undefined
      ? new Float64Array(members.length).fill(1 / members.length)
      : fitMixtureWeights(
          members.map((member) => member.logLikelihoods(valid)),
          valid.weights,
        );
  const [first] = members;
  return learnedCircuit(table, {
    circuit: mixtureCircuit(
      members.map(({ circuit }) => circuit),
      weights,
    ),
    structure: first.structure,
    settings: { ...first.settings, members: members.length, bagging },
    parameters: members.reduce((sum, { parameters }) => sum + parameters, members.length),
    epochs: Math.max(...members.map(({ epochs }) => epochs)),
    bestEpoch: Math.max(...members.map(({ bestEpoch }) => bestEpoch)),
    trace: members.flatMap(({ trace }) => trace),
    logLikelihoods: (rows) =>
      mixtureLogs(
        members.map((member) => member.logLikelihoods(rows)),
        weights,
      ),
  });
}
