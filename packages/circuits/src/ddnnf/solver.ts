/**
 * Unit propagation with two watched literals (Moskewicz et al., "Chaff", DAC 2001) and clauses learned from
 * conflicts at the first unique implication point (Zhang et al., ICCAD 2001). The state is one mutable record of
 * flat arrays, worked on by the functions of this folder.
 *
 * A clause is a place in `arena`: its length, its glue (0 for clauses of the formula, otherwise the number of
 * decision levels that met in it), then its literal codes, the two watched ones first. Each list in `watches`
 * holds pairs of a clause and another of its literals: where that one is true, the clause need not be read.
 */

/** The state of propagation. Literals are codes 2 · variable + value. */
export interface Solver {
  readonly variables: number;
  arena: Int32Array;
  arenaSize: number;
  /** Where the learned clauses begin. */
  learnedFrom: number;
  learned: number[];
  /** Literals that hold in every model, found by learning. */
  readonly units: number[];
  readonly watches: number[][];
  /** Per literal: 1 true, -1 false, 0 open. */
  readonly values: Int8Array;
  readonly levels: Int32Array;
  /** Per variable: the clause that forced it, or -1. */
  readonly reasons: Int32Array;
  readonly trail: Int32Array;
  trailSize: number;
  head: number;
  readonly levelStarts: number[];
  /** How often a variable took part in conflicts, lately ones counting more. */
  readonly activity: Float64Array;
  activityStep: number;
  readonly seen: Uint8Array;
}

/** A solver without clauses. */
export function newSolver(variables: number): Solver {
  return {
    variables,
    arena: new Int32Array(1024),
    arenaSize: 0,
    learnedFrom: 0,
    learned: [],
    units: [],
    watches: Array.from({ length: 2 * variables }, () => []),
    values: new Int8Array(2 * variables),
    levels: new Int32Array(variables),
    reasons: new Int32Array(variables),
    trail: new Int32Array(variables),
    trailSize: 0,
    head: 0,
    levelStarts: [],
    activity: new Float64Array(variables),
    activityStep: 1,
    seen: new Uint8Array(variables),
  };
}

/** Adds a clause of at least two literals and watches its first two; returns its place. */
export function addClause(solver: Solver, codes: ArrayLike<number>, glue: number): number {
  const place = solver.arenaSize;
  const end = place + 2 + codes.length;
  if (end > solver.arena.length) {
    const grown = new Int32Array(Math.max(end, 2 * solver.arena.length));
    grown.set(solver.arena.subarray(0, place));
    solver.arena = grown;
  }
  solver.arena[place] = codes.length;
  solver.arena[place + 1] = glue;
  for (let i = 0; i < codes.length; i++) solver.arena[place + 2 + i] = codes[i];
  solver.arenaSize = end;
  solver.watches[codes[0]].push(place, codes[1]);
  solver.watches[codes[1]].push(place, codes[0]);
  return place;
}

/** Makes an open literal true. */
export function assign(solver: Solver, code: number, reason: number): void {
  solver.values[code] = 1;
  solver.values[code ^ 1] = -1;
  solver.levels[code >> 1] = solver.levelStarts.length;
  solver.reasons[code >> 1] = reason;
  solver.trail[solver.trailSize++] = code;
}

/** Opens a decision level. */
export function newLevel(solver: Solver): void {
  solver.levelStarts.push(solver.trailSize);
}

/** Takes back the last decision level. */
export function undoLevel(solver: Solver): void {
  const from = solver.levelStarts.pop()!;
  for (let i = solver.trailSize - 1; i >= from; i--) {
    const code = solver.trail[i];
    solver.values[code] = 0;
    solver.values[code ^ 1] = 0;
  }
  solver.trailSize = from;
  solver.head = from;
}

/** Draws all consequences; the place of a violated clause, or -1. */
export function propagate(solver: Solver): number {
  const { values, trail, watches } = solver;
  const arena = solver.arena;
  while (solver.head < solver.trailSize) {
    const falsified = trail[solver.head++] ^ 1;
    const list = watches[falsified];
    const length = list.length;
    let kept = 0;
    for (let i = 0; i < length; i += 2) {
      const place = list[i];
      const blocker = list[i + 1];
      if (values[blocker] === 1) {
        list[kept++] = place;
        list[kept++] = blocker;
        continue;
      }
      let other = arena[place + 2];
      if (other === falsified) {
        other = arena[place + 3];
        arena[place + 2] = other;
        arena[place + 3] = falsified;
      }
      if (values[other] !== 1 && findWatch(arena, values, watches, place, other)) continue;
      list[kept++] = place;
      list[kept++] = other;
      if (values[other] === 1) continue;
      if (values[other] === -1) {
        for (let rest = i + 2; rest < length; rest++) list[kept++] = list[rest];
        list.length = kept;
        solver.head = solver.trailSize;
        return place;
      }
      assign(solver, other, place);
    }
    list.length = kept;
  }
  return -1;
}

/** Moves the second watch to a literal that is not false, if there is one. */
function findWatch(
  arena: Int32Array,
  values: Int8Array,
  watches: number[][],
  place: number,
  other: number,
): boolean {
  const end = place + 2 + arena[place];
  for (let at = place + 4; at < end; at++) {
    const code = arena[at];
    if (values[code] === -1) continue;
    arena[at] = arena[place + 3];
    arena[place + 3] = code;
    watches[code].push(place, other);
    return true;
  }
  return false;
}
