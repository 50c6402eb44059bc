/**
 * The rank of one candidate among others, with ties made explicit.
 *
 *   optimistic  = 1 + #{score > target}
 *   pessimistic = 1 + #{score ≥ target, the target itself left out}
 *   realistic   = (optimistic + pessimistic) / 2
 *
 * and LibKGE's rounded mean 1 + #{>} + ⌊(ties + 1) / 2⌋, which counts the target among its ties. A filtered rank
 * leaves other candidates known to be true out of the comparison. The released evaluators of kbc and NFE do so by
 * writing −1e6 or −1e8 over their scores, which fails for scores below it, and give a NaN target rank 1, since
 * every comparison with it is false; here candidates are left out by counting, and NaN is an error.
 */
import { CredenceError, InvalidArgumentError } from "@credence/core";

/** How ties with the target are ranked. */
export type TieRule = "optimistic" | "pessimistic" | "realistic" | "libkge";

/** How a target compares with its candidates. */
export interface RankCounts {
  /** Candidates with a higher score. */
  readonly higher: number;
  /** Candidates with the same score, the target not counted. */
  readonly ties: number;
  /** All candidates, the target counted. */
  readonly candidates: number;
}

/** The rank under a tie rule; 1 is best, halves are possible for `realistic`. */
export function rankUnder(rule: TieRule, counts: Pick<RankCounts, "higher" | "ties">): number {
  const { higher, ties } = counts;
  if (rule === "optimistic") return 1 + higher;
  if (rule === "pessimistic") return 1 + higher + ties;
  if (rule === "libkge") return 1 + higher + Math.floor((ties + 1) / 2);
  return 1 + higher + ties / 2;
}

/**
 * Compares candidate `target` with the other entries of `scores`, those in `known` left out (the target itself
 * never is). O(scores + known).
 * @throws InvalidArgumentError a target or known candidate outside `scores`
 * @throws CredenceError `NON_FINITE_SCORE` a target score that is not finite, or any score that is NaN
 */
export function rankCounts(
  scores: ArrayLike<number>,
  target: number,
  known: Iterable<number> = [],
): RankCounts {
  const others = [...new Set(known)];
  for (const id of [target, ...others]) {
    if (Number.isInteger(id) && id >= 0 && id < scores.length) continue;
    throw new InvalidArgumentError("candidate", id, `an index from 0 to ${scores.length - 1}`);
  }
  const out = { higher: 0, ties: 0, candidates: 0 };
  countInto(out, scores, 0, scores.length, target, others, 0, others.length);
  return out;
}

/**
 * The same without checks or allocation: the scores are `scores[from .. from + n)`, the known candidates
 * `known[knownFrom .. knownTo)`, distinct and in range.
 */
export function countInto(
  out: { higher: number; ties: number; candidates: number },
  scores: ArrayLike<number>,
  from: number,
  n: number,
  target: number,
  known: ArrayLike<number>,
  knownFrom: number,
  knownTo: number,
): void {
  const score = scores[from + target];
  if (!Number.isFinite(score)) throw nonFinite(score, target, "target");
  let higher = 0;
  let lower = 0;
  for (let i = from; i < from + n; i++) {
    if (scores[i] > score) higher++;
    else if (scores[i] < score) lower++;
  }
  let ties = n - higher - lower;
  if (ties > 1) checkNaN(scores, from, n);
  let candidates = n;
  for (let j = knownFrom; j < knownTo; j++) {
    if (known[j] === target) continue;
    const other = scores[from + known[j]];
    if (other > score) higher--;
    else if (other === score) ties--;
    candidates--;
  }
  out.higher = higher;
  out.ties = ties - 1;
  out.candidates = candidates;
}

/** NaN is neither above nor below, so it hides among the ties. */
function checkNaN(scores: ArrayLike<number>, from: number, n: number): void {
  for (let i = from; i < from + n; i++) {
    if (Number.isNaN(scores[i])) throw nonFinite(scores[i], i - from, "candidate");
  }
}

function nonFinite(score: number, id: number, role: string): CredenceError {
  return new CredenceError({
    code: "NON_FINITE_SCORE",
    message: `The score of ${role} ${id} is ${score}; ranks would mean nothing.`,
    given: String(score),
    expected: "finite scores",
    hint: "The model has diverged or its file is damaged: train it with a smaller learning rate.",
  });
}
