/**
 * The discretized logistic distribution over ordered states, such as the 256 intensities of an image (T. Salimans,
 * A. Karpathy, X. Chen, D. P. Kingma, "PixelCNN++", ICLR 2017, section 2.1):
 *
 *   P(s) = σ((s + ½ − mean) / scale) − σ((s − ½ − mean) / scale),   σ(t) = 1 / (1 + exp(−t))
 *
 * where the first and the last state take the tails, so that the states have all the mass. Everything is computed
 * in logs,
 *
 *   log(σ(b) − σ(a)) = log(1 − exp(a − b)) + log σ(b) + log σ(−a),   a < b
 *
 * which neither cancels nor underflows: states far from the mean keep their true, tiny probabilities.
 */
import { log1mExp } from "@credence/core";

/** The parameters; `states` is their number. */
export interface Logistic {
  readonly mean: number;
  readonly scale: number;
  readonly states: number;
}

/** log σ(t). */
function logSigmoid(t: number): number {
  return t < 0 ? t - Math.log1p(Math.exp(t)) : -Math.log1p(Math.exp(-t));
}

/** The standardized bounds of a state. */
function boundsOf(d: Logistic, state: number): readonly [from: number, to: number] {
  return [
    state <= 0 ? Number.NEGATIVE_INFINITY : (state - 0.5 - d.mean) / d.scale,
    state >= d.states - 1 ? Number.POSITIVE_INFINITY : (state + 0.5 - d.mean) / d.scale,
  ];
}

/** log P(state). O(1). */
export function logisticLogMass(d: Logistic, state: number): number {
  const [from, to] = boundsOf(d, state);
  if (from === Number.NEGATIVE_INFINITY) return to === Number.POSITIVE_INFINITY ? 0 : logSigmoid(to);
  if (to === Number.POSITIVE_INFINITY) return logSigmoid(-from);
  return log1mExp(-1 / d.scale) + logSigmoid(to) + logSigmoid(-from);
}

/** What is wrong with the parameters, if anything is. */
export function logisticFault(d: Logistic): string | undefined {
  const good =
    Number.isFinite(d.mean) &&
    d.scale > 0 &&
    d.scale < Number.POSITIVE_INFINITY &&
    Number.isSafeInteger(d.states) &&
    d.states >= 1;
  return good ? undefined : "a finite mean, a positive scale and a number of states from 1";
}

/** Estimates keep at least this scale: counts on one state have none. */
const smallestScale = 1e-3;

/**
 * Parameters under which counts of states are at least as likely as under `start`, and locally as likely as can be:
 * steps of ascent on (mean, log scale) along the score, scaled by the expected information of the continuous
 * logistic law (1 / (3 scale²) for the mean and (3 + π²) / 9 for the log of the scale), halved until they gain. A
 * step that gains nothing ends it. O(states · steps).
 */
export function fitLogistic(start: Logistic, counts: ArrayLike<number>): Logistic {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  if (!(total > 0) || start.states === 1) return start;
  const likelihood = (d: Logistic): number => {
    let sum = 0;
    for (let s = 0; s < d.states; s++) if (counts[s] > 0) sum += counts[s] * logisticLogMass(d, s);
    return sum / total;
  };
  let best = start;
  let value = likelihood(start);
  for (let round = 0; round < 200; round++) {
    const [slopeMean, slopeScale] = logisticScores(best, counts, total);
    const direction = [slopeMean * 3 * best.scale * best.scale, (slopeScale * 9) / (3 + Math.PI ** 2)];
    let gained = false;
    for (let step = 1; step > 1e-6 && !gained; step /= 2) {
      const next: Logistic = {
        mean: best.mean + step * direction[0],
        scale: Math.max(smallestScale, best.scale * Math.exp(Math.max(-1, Math.min(1, step * direction[1])))),
        states: start.states,
      };
      const reached = likelihood(next);
      gained = reached > value;
      if (gained) [best, value] = [next, reached];
    }
    if (!gained) break;
  }
  return best;
}

/** The mean gradient of the log-likelihood by the mean and by the log of the scale. */
export function logisticScores(
  d: Logistic,
  counts: ArrayLike<number>,
  total: number,
): readonly [number, number] {
  let byMean = 0;
  let byScale = 0;
  for (let s = 0; s < d.states; s++) {
    if (!(counts[s] > 0)) continue;
    const [from, to] = boundsOf(d, s);
    const log = logisticLogMass(d, s);
    // The logistic density at a bound over the mass between the bounds; 0 at an infinite one.
    const ratio = (t: number): number => {
      return Number.isFinite(t) ? Math.exp(logSigmoid(t) + logSigmoid(-t) - log) : 0;
    };
    const [low, high] = [ratio(from), ratio(to)];
    byMean += (counts[s] * (low - high)) / d.scale;
    byScale += counts[s] * ((low === 0 ? 0 : low * from) - (high === 0 ? 0 : high * to));
  }
  return [byMean / total, byScale / total];
}
