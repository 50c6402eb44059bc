/**
 * Integrals of smooth, positive functions of one variable, given by their logs: Gauss and Legendre's rule of five
 * points on panels of equal width,
 *
 *   ∫ f = Σ_panels h Σ_i w_i f(m + h t_i),   m the middle of a panel and h half its width.
 *
 * On a panel on which log f is smooth and varies by at most 1 the rule is exact to double precision. As all terms are
 * positive, nothing cancels; as the panels start from the ends as they are given, intervals of one unit in the last
 * place keep their width.
 */
import { logSumExp } from "@credence/core";

/** Nodes and weights on [-1, 1]. */
const rule: readonly (readonly [node: number, weight: number])[] = [
  [0, 128 / 225],
  ...[1, -1].flatMap((sign): [number, number][] => {
    const root = 2 * Math.sqrt(10 / 7);
    return [
      [(sign * Math.sqrt(5 - root)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
      [(sign * Math.sqrt(5 + root)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
    ];
  }),
];

/** Calls `visit` with every point of the rule on [from, to], both finite, and the log of its weight. O(panels). */
export function eachPoint(
  from: number,
  to: number,
  panels: number,
  visit: (x: number, logWeight: number) => void,
): void {
  // Half the smallest number is 0, whose log is not that of the half.
  const logHalf = Math.log(to - from) - Math.log(2 * panels);
  const half = (to - from) / (2 * panels);
  for (let panel = 0; panel < panels; panel++) {
    const middle = from + half * (2 * panel + 1);
    for (const [node, weight] of rule) visit(middle + half * node, logHalf + Math.log(weight));
  }
}

/** log ∫ exp(log(x)) dx over an interval on which `log` is smooth and nearly constant. O(1). */
export function logNarrowIntegral(log: (x: number) => number, from: number, to: number): number {
  const logs: number[] = [];
  eachPoint(from, to, 1, (x, logWeight) => logs.push(log(x) + logWeight));
  return logSumExp(logs);
}
