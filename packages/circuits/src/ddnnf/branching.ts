/**
 * Which variable of a component to decide. No single answer is good: formulas with structure fall apart when
 * separators come first, random ones when clauses are shortened fastest.
 *
 *   separators   the variable of the lowest rank in the reverse of a min-fill elimination order
 *   weights      the largest Σ 2^−|c| over the open clauses c of the variable, both polarities balanced
 *                (R. Jeroslow, J. Wang, 1990), plus its share in recent conflicts (T. Sang et al., "Heuristics
 *                for fast exact model counting", SAT 2005: VSADS)
 */
import type { Components } from "./components.ts";
import type { Solver } from "./solver.ts";

/** The ways to choose. */
export type Branching = "separators" | "weights";

/** Chooses variables of components. */
export interface Chooser {
  /** The literal to decide first in the component at `record`. */
  choose(record: number): number;
}

/**
 * Chooses by rank: O(variables of the component).
 * @param ranks smaller ones are decided earlier
 */
export function bySeparators(components: Components, ranks: Int32Array): Chooser {
  return {
    choose(record) {
      const { data } = components.records;
      let best = data[record + 2];
      for (let i = record + 3; i < record + 2 + data[record]; i++) {
        if (ranks[data[i]] < ranks[best]) best = data[i];
      }
      return 2 * best + 1;
    },
  };
}

/**
 * Chooses by the weights of open clauses: O(literals of the component).
 * @param preferred per variable: those with 1 are decided before those with 0
 */
export function byWeights(components: Components, solver: Solver, preferred: Uint8Array): Chooser {
  const { records, longOffsets, longLiterals, partnerOffsets, partners } = components;
  const { values, activity } = solver;
  const scores = new Float64Array(2 * solver.variables);
  const powers = Float64Array.from({ length: 64 }, (_, length) => 2 ** -length);
  const scoreLong = (clause: number): void => {
    let open = 0;
    for (let i = longOffsets[clause]; i < longOffsets[clause + 1]; i++)
      if (values[longLiterals[i]] === 0) open++;
    const weight = powers[Math.min(open, 63)];
    for (let i = longOffsets[clause]; i < longOffsets[clause + 1]; i++) {
      if (values[longLiterals[i]] === 0) scores[longLiterals[i]] += weight;
    }
  };
  return {
    choose(record) {
      const { data } = records;
      const variables = data[record];
      const start = record + 2;
      for (let i = start; i < start + variables; i++) {
        for (let code = 2 * data[i]; code <= 2 * data[i] + 1; code++) {
          let binary = 0;
          for (let at = partnerOffsets[code]; at < partnerOffsets[code + 1]; at++) {
            if (values[partners[at]] === 0) binary++;
          }
          scores[code] = binary / 4;
        }
      }
      for (let i = start + variables; i < start + variables + data[record + 1]; i++) scoreLong(data[i]);
      let best = -1;
      let bestScore = Number.NEGATIVE_INFINITY;
      // Of equals the one in the middle: a chain is halved instead of being peeled from its end.
      const middle = variables >> 1;
      for (let i = 0; i < variables; i++) {
        const variable = data[start + (i < variables - middle ? i + middle : i - (variables - middle))];
        const negative = scores[2 * variable];
        const positive = scores[2 * variable + 1];
        const conflicts = activity[variable] / solver.activityStep;
        const score = negative + positive + 4 * Math.min(negative, positive) + 0.1 * conflicts;
        const rated = preferred[variable] === 1 ? score : score - 1e100;
        if (rated > bestScore) {
          bestScore = rated;
          best = positive >= negative ? 2 * variable + 1 : 2 * variable;
        }
      }
      return best;
    },
  };
}
