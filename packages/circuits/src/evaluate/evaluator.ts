/**
 * Rows through a circuit: a plan, its arrays in the kernels' memory, and the parameters that are loaded. What the
 * rows are (states, numbers, weights of literals) is the business of those who fill them in: learn/flow-engine.ts for
 * data, queries/batch.ts for leaf probabilities.
 */
import {
  type Backend,
  type CircuitArrays,
  circuitArrays,
  releaseCircuitArrays,
  sharedBackend,
} from "@credence/core/kernels";
import type { Circuit } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { isOverStates, stateProbability } from "../inputs/distribution.ts";
import { belowConstants, type CircuitPlan, circuitPlan, type GivenInputs } from "./circuit-plan.ts";
import { trustedFloor } from "./trust.ts";

/** A circuit's structure, ready for rows. To be closed after use. */
export interface Evaluator {
  readonly plan: CircuitPlan;
  /** Log of the constant factor of all roots; and the smallest root that is to be trusted. */
  readonly logScale: number;
  readonly floor: number;
  /** Takes the parameters of a circuit of this structure over. O(edges). */
  load(circuit: Circuit): void;
  /** Arrays for calls of up to so many rows (fewer fit if it is many), with the parameters in them. */
  arrays(rows: number, counting: boolean): CircuitArrays;
  /** Runs the first `rows` rows of the arrays. */
  run(rows: number, down: "none" | "slopes" | "counts"): void;
  close(): void;
}

/** Options of {@link evaluator}. */
export interface EvaluatorOptions {
  /** Inputs whose values come by row: `all`, or (the default) those over `numbers`. */
  readonly given?: GivenInputs;
  /** Default: the backend that all packages share. */
  readonly backend?: Backend;
}

/** The plans of structures that circuits with other parameters share. */
const plans = {
  all: new WeakMap<Int32Array, CircuitPlan>(),
  numbers: new WeakMap<Int32Array, CircuitPlan>(),
};

/** An evaluator of a smooth and decomposable circuit, whose parameters it loads. */
export function evaluator(circuit: Circuit, options: EvaluatorOptions = {}): Evaluator {
  const { given = "numbers", backend = sharedBackend() } = options;
  const plan = planOf(circuit, given);
  const numbers = new Float64Array(plan.numbers);
  const { root } = belowConstants(circuit);
  let held: CircuitArrays | undefined;
  let counted = false;
  let logScale = 0;
  let floor = Number.POSITIVE_INFINITY;
  const release = (): void => {
    if (held !== undefined) releaseCircuitArrays(backend, held);
    held = undefined;
  };
  const load = (next: Circuit): void => {
    loadNumbers(plan, next, numbers);
    floor = trustedFloor(next, root, numbers);
    logScale = plan.constants.reduce((sum, edge) => sum + next.logWeights[edge], 0);
    held?.numbers.set(numbers);
  };
  load(circuit);
  return {
    plan,
    get logScale() {
      return logScale;
    },
    get floor() {
      return floor;
    },
    load,
    arrays(rows, counting) {
      if (held !== undefined && (held.tiles * held.width >= rows || held.full) && (counted || !counting)) {
        return held;
      }
      release();
      counted ||= counting;
      held = circuitArrays(backend, plan, { counting: counted, rows });
      held.numbers.set(numbers);
      return held;
    },
    run(rows, down) {
      // Where linear numbers will not do at all there is nothing to run.
      if (held === undefined || floor === Number.POSITIVE_INFINITY) return;
      backend.circuitPass({ arrays: held, tiles: Math.ceil(rows / held.width), down, floor });
    },
    close: release,
  };
}

function planOf(circuit: Circuit, given: GivenInputs): CircuitPlan {
  const found = plans[given].get(circuit.offsets) ?? circuitPlan(circuit, given);
  plans[given].set(circuit.offsets, found);
  return found;
}

/** Weights and tables as the plan has them. */
function loadNumbers(plan: CircuitPlan, circuit: Circuit, numbers: Float64Array): void {
  for (let e = 0; e < circuit.edges; e++) numbers[e] = Math.exp(circuit.logWeights[e]);
  circuit.inputs.forEach(({ variable, distribution: d }, i) => {
    const at = plan.tables[i];
    if (at < 0) return;
    const arity = arityOf(circuit.domains[variable]);
    for (let s = 0; s < arity; s++) numbers[at + s] = isOverStates(d) ? stateProbability(d, s) : 0;
    numbers[at + arity] = 1;
  });
}
