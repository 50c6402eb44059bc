/**
 * Formulas in negation normal form as SDDs, from the bottom up: every node is the conjunction or disjunction of its
 * children's functions. Nothing is asked of the formula: what a d-DNNF has to be, decomposable and deterministic, the
 * result is by construction.
 */
import { InvalidArgumentError, runAsync, runSync, type StepGenerator } from "@credence/core";
import { literalOf } from "../cnf/cnf.ts";
import { type Nnf, nnfKinds } from "../ddnnf/nnf.ts";
import { beginConjoin } from "./conjoin.ts";
import { type SddManager, type SddRef, sddFalse, sddLiteral, sddTrue } from "./manager.ts";
import { finished, operation, type SddOptions, stepOf } from "./operation.ts";
import { disjoined } from "./operations.ts";
import { outer } from "./refs.ts";

/** Nodes between two steps. */
const stride = 256;

/**
 * The formula as a function of the manager, whose vtree needs all its variables. Exponential at worst; O(edges · size)
 * for a formula that follows the vtree.
 * @throws InvalidArgumentError for a vtree of fewer variables; CredenceError `SDD_BUSY`
 * @throws BudgetError, AbortedError; the manager stays usable
 */
export function sddFromNnf(manager: SddManager, nnf: Nnf, options: SddOptions = {}): SddRef {
  return runSync(fromNnfSteps(manager, nnf, options), options);
}

/** {@link sddFromNnf} that gives the event loop its turn. */
export function sddFromNnfAsync(manager: SddManager, nnf: Nnf, options: SddOptions = {}): Promise<SddRef> {
  return runAsync(fromNnfSteps(manager, nnf, options), options);
}

function fromNnfSteps(manager: SddManager, nnf: Nnf, options: SddOptions): StepGenerator<SddRef> {
  const { variables } = manager.vtree;
  if (nnf.variables > variables) {
    throw new InvalidArgumentError(
      "nnf.variables",
      nnf.variables,
      `at most ${variables}, as the vtree`,
      "Give a vtree over all variables of the formula.",
    );
  }
  return operation(manager, "Compiling the NNF to an SDD", options, function* (state): StepGenerator<SddRef> {
    const { kinds, labels, offsets, children } = nnf;
    const places: SddRef[] = [];
    for (let node = 0; node < nnf.size; node++) {
      if (kinds[node] === nnfKinds.literal) places.push(sddLiteral(state, literalOf(labels[node])));
      else if (kinds[node] === nnfKinds.free) places.push(sddTrue);
      else {
        const isAnd = kinds[node] === nnfKinds.and;
        let result: SddRef = isAnd ? sddTrue : sddFalse;
        for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
          const child = places[children[edge]];
          result = isAnd
            ? yield* finished(state, beginConjoin(state, result, child))
            : yield* disjoined(state, result, child);
        }
        places.push(result);
      }
      state.watch?.check(state.nodes, () => ({ nodes: state.nodes, applies: state.applies }));
      if (node % stride === 0) yield stepOf(state);
    }
    return outer(state, places[nnf.size - 1]);
  });
}
