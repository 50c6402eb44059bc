/**
 * Weighted model counting on smooth d-DNNFs, in the logarithmic domain wherever weights are not negative:
 *
 *   wmc = Σ over models of Π of the weights of the model's literals.
 *
 * The shares of all literals come from one pass up and one pass down (A. Darwiche, "A differential approach to
 * inference in Bayesian networks", JACM 50, 2003): w(l) · ∂wmc/∂w(l) is the weight of the models with l.
 */
import { InvalidArgumentError, logAddExp } from "@credence/core";
import { checkWeights, type LiteralWeights } from "../cnf/weights.ts";
import { logReal, maxPlus, real } from "../semiring/semiring.ts";
import { derivatives, evaluateNnf, evaluateNodes } from "./evaluate.ts";
import { type Nnf, nnfKinds } from "./nnf.ts";

/** A weighted count. */
export interface WeightedCount {
  /** May round to 0 or overflow to Infinity where `logWmc` does not. */
  readonly wmc: number;
  /** log |wmc|; -Infinity for 0. */
  readonly logWmc: number;
}

/** No model has a positive weight. */
export interface NoModel {
  readonly kind: "no-model";
}

/** The weighted share of the models in which each variable is true. */
export interface LiteralShares {
  readonly kind: "shares";
  readonly logWmc: number;
  /** Per variable, from 0 to 1. */
  readonly shares: Float64Array;
}

/** A model of the largest weight. */
export interface HeaviestModel {
  readonly kind: "model";
  readonly weight: number;
  readonly logWeight: number;
  /** Per variable 0 or 1. Of several models of the largest weight it is one. */
  readonly assignment: Uint8Array;
}

/**
 * The weighted model count. O(edges).
 * @param weights two per variable, at 2 · variable + value; negative ones are allowed
 * @throws InvalidArgumentError for a wrong number of weights or one that is not finite
 */
export function weightedModelCount(nnf: Nnf, weights: LiteralWeights): WeightedCount {
  checkWeights(weights, nnf.variables);
  if (weights.some((weight) => weight < 0)) {
    const wmc = evaluateNnf(nnf, real, (code) => weights[code]);
    return { wmc, logWmc: Math.log(Math.abs(wmc)) };
  }
  const logs = weights.map(Math.log);
  const logWmc = evaluateNnf(nnf, logReal, (code) => logs[code]);
  return { wmc: Math.exp(logWmc), logWmc };
}

/**
 * The shares of all variables' true sides. O(edges), two passes.
 * @throws InvalidArgumentError for a wrong number of weights or one that is negative or not finite
 */
export function literalShares(nnf: Nnf, weights: LiteralWeights): LiteralShares | NoModel {
  const logs = logWeights(weights, nnf.variables);
  const values = evaluateNodes(nnf, logReal, (code) => logs[code]);
  const logWmc = values[nnf.size - 1];
  if (logWmc === Number.NEGATIVE_INFINITY) return { kind: "no-model" };
  const slopes = derivatives(nnf, logReal, values);
  const totals = new Float64Array(nnf.variables).fill(Number.NEGATIVE_INFINITY);
  for (let node = 0; node < nnf.size; node++) {
    const label = nnf.labels[node];
    const kind = nnf.kinds[node];
    const isTrue = kind === nnfKinds.literal && (label & 1) === 1;
    if (!isTrue && kind !== nnfKinds.free) continue;
    const variable = isTrue ? label >> 1 : label;
    totals[variable] = logAddExp(totals[variable], slopes[node] + logs[2 * variable + 1]);
  }
  const shares = totals.map((total) => Math.min(1, Math.exp(total - logWmc)));
  return { kind: "shares", logWmc, shares };
}

/**
 * A model of the largest weight: maxima on the way up, one of them chosen on the way down. O(edges).
 * @throws InvalidArgumentError for a wrong number of weights or one that is negative or not finite
 */
export function heaviestModel(nnf: Nnf, weights: LiteralWeights): HeaviestModel | NoModel {
  const logs = logWeights(weights, nnf.variables);
  const values = evaluateNodes(nnf, maxPlus, (code) => logs[code]);
  const logWeight = values[nnf.size - 1];
  if (logWeight === Number.NEGATIVE_INFINITY) return { kind: "no-model" };
  const assignment = new Uint8Array(nnf.variables);
  const open = [nnf.size - 1];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { kinds, labels, offsets, children } = nnf;
    const label = labels[node];
    if (kinds[node] === nnfKinds.literal) assignment[label >> 1] = label & 1;
    else if (kinds[node] === nnfKinds.free) {
      assignment[label] = logs[2 * label + 1] > logs[2 * label] ? 1 : 0;
    } else if (kinds[node] === nnfKinds.and) {
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) open.push(children[edge]);
    } else {
      const from = offsets[node];
      let best = children[from];
      for (let edge = from + 1; edge < offsets[node + 1]; edge++) {
        if (values[children[edge]] > values[best]) best = children[edge];
      }
      open.push(best);
    }
  }
  let weight = 1;
  for (let v = 0; v < nnf.variables; v++) weight *= weights[2 * v + assignment[v]];
  return { kind: "model", weight, logWeight, assignment };
}

function logWeights(weights: LiteralWeights, variables: number): Float64Array {
  checkWeights(weights, variables);
  const negative = weights.find((weight) => weight < 0);
  if (negative !== undefined) {
    throw new InvalidArgumentError("A weight", negative, "at least 0", "Only counts allow negative weights.");
  }
  return weights.map(Math.log);
}
