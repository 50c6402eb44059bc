/**
 * Clauses learned from conflicts. The learned clause follows from the formula alone, decisions are not needed for
 * it: it is what resolving the violated clause with the reasons of its literals leaves, down to the first literal
 * of the current level through which all of the conflict passes.
 */
import { addClause, assign, type Solver } from "./solver.ts";

/** Learned clauses beyond this number are thinned out, those of many levels first. */
const learnedLimit = 4000;

/**
 * Learns from the violated clause at `conflict` while the current level is above 0.
 * @returns the place of the learned clause, whose first literal it forces one level below, or -1 if it is a unit
 */
export function learnFrom(solver: Solver, conflict: number): number {
  const clause = resolve(solver, conflict);
  for (const code of clause) solver.seen[code >> 1] = 0;
  solver.activityStep *= 1.05;
  if (solver.activityStep > 1e100) {
    for (let v = 0; v < solver.variables; v++) solver.activity[v] *= 1e-100;
    solver.activityStep *= 1e-100;
  }
  if (clause.length === 1) {
    solver.units.push(clause[0]);
    return -1;
  }
  let second = 1;
  const levels = new Set<number>();
  for (let i = 1; i < clause.length; i++) {
    levels.add(solver.levels[clause[i] >> 1]);
    if (solver.levels[clause[i] >> 1] > solver.levels[clause[second] >> 1]) second = i;
  }
  [clause[1], clause[second]] = [clause[second], clause[1]];
  if (solver.learned.length >= learnedLimit) thinOut(solver);
  const place = addClause(solver, clause, levels.size + 1);
  solver.learned.push(place);
  return place;
}

/** The learned clause: the implication point's negation first. `seen` stays set for its other variables. */
function resolve(solver: Solver, conflict: number): number[] {
  const { arena, levels, reasons, seen, trail } = solver;
  const level = solver.levelStarts.length;
  const clause = [-1];
  const touched: number[] = [];
  let open = 0;
  let place = conflict;
  let at = solver.trailSize - 1;
  for (;;) {
    const end = place + 2 + arena[place];
    for (let i = place + 2; i < end; i++) {
      const variable = arena[i] >> 1;
      if (seen[variable] !== 0 || levels[variable] === 0 || solver.values[arena[i]] !== -1) continue;
      seen[variable] = 1;
      touched.push(variable);
      solver.activity[variable] += solver.activityStep;
      if (levels[variable] === level) open++;
      else clause.push(arena[i]);
    }
    while (seen[trail[at] >> 1] === 0) at--;
    const code = trail[at--];
    if (--open === 0) {
      clause[0] = code ^ 1;
      break;
    }
    place = reasons[code >> 1];
  }
  const kept = clause.filter((code, i) => i === 0 || !isImplied(solver, code));
  for (const variable of touched) seen[variable] = 0;
  return kept;
}

/** Whether a literal's falsity follows from that of the clause's other literals by its reason. */
function isImplied(solver: Solver, code: number): boolean {
  const { arena, levels, seen } = solver;
  const place = solver.reasons[code >> 1];
  if (place < 0) return false;
  const end = place + 2 + arena[place];
  for (let i = place + 2; i < end; i++) {
    const variable = arena[i] >> 1;
    if (variable !== code >> 1 && seen[variable] === 0 && levels[variable] > 0) return false;
  }
  return true;
}

/** Makes what a clause forces true, if it forces anything now. */
export function assertClause(solver: Solver, place: number): void {
  const { arena, values } = solver;
  let open = -1;
  const end = place + 2 + arena[place];
  for (let i = place + 2; i < end; i++) {
    if (values[arena[i]] === 1) return;
    if (values[arena[i]] === -1) continue;
    if (open >= 0) return;
    open = arena[i];
  }
  if (open >= 0) assign(solver, open, place);
}

/** Drops the half of the learned clauses that joins the most levels; reasons of what is assigned stay. */
function thinOut(solver: Solver): void {
  const { arena, learned, reasons, trail } = solver;
  const locked = new Set<number>();
  for (let i = 0; i < solver.trailSize; i++) locked.add(reasons[trail[i] >> 1]);
  const order = [...learned].sort((a, b) => arena[a + 1] - arena[b + 1] || b - a);
  const keep = new Set(order.slice(0, learned.length >> 1));
  const places = learned.filter((place) => keep.has(place) || locked.has(place));
  for (const list of solver.watches) {
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] >= solver.learnedFrom) continue;
      list[kept++] = list[i];
      list[kept++] = list[i + 1];
    }
    list.length = kept;
  }
  const moved = new Map<number, number>();
  const clauses = places.map((place) => arena.slice(place, place + 2 + arena[place]));
  solver.arenaSize = solver.learnedFrom;
  solver.learned = clauses.map((clause, i) => {
    const place = addClause(solver, clause.subarray(2), clause[1]);
    moved.set(places[i], place);
    return place;
  });
  for (let i = 0; i < solver.trailSize; i++) {
    const variable = trail[i] >> 1;
    reasons[variable] = moved.get(reasons[variable]) ?? reasons[variable];
  }
}
