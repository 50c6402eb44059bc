/** Counting on SDDs: all of it by way of the smooth d-DNNF that a diagram is (see to-nnf.ts). */
import { evaluateNnf, modelCount } from "../ddnnf/evaluate.ts";
import { models } from "../ddnnf/models.ts";
import { minPlus, type Semiring } from "../semiring/semiring.ts";
import type { SddManager, SddRef } from "./manager.ts";
import { sddToNnf } from "./to-nnf.ts";

/**
 * The number of models over all variables of the vtree, exactly. O(size · log variables) operations.
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`
 */
export function sddModelCount(manager: SddManager, ref: SddRef): bigint {
  return modelCount(sddToNnf(manager, ref));
}

/**
 * The sum, in any semiring, over all models of the product of their literals' weights.
 * @param weight the weight of a literal, by its code 2 · variable + value, variables from 0
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`
 */
export function sddEvaluate<T>(
  manager: SddManager,
  ref: SddRef,
  semiring: Semiring<T>,
  weight: (code: number) => T,
): T {
  return evaluateNnf(sddToNnf(manager, ref), semiring, weight);
}

/**
 * The least number of true variables in a model; Infinity if there is none.
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`
 */
export function sddMinimumCardinality(manager: SddManager, ref: SddRef): number {
  return sddEvaluate(manager, ref, minPlus, (code) => code & 1);
}

/**
 * The models one after the other, per variable 0 or 1, each in an array of its own. The function may be collected
 * meanwhile: the enumeration has its own copy.
 * @throws InvalidArgumentError, CredenceError `SDD_COLLECTED`, at the call
 */
export function sddModels(manager: SddManager, ref: SddRef): Generator<Uint8Array, void, void> {
  return models(sddToNnf(manager, ref));
}
