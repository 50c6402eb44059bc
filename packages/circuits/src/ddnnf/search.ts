/**
 * The search of a top-down compiler: decide a variable, propagate, split what is left into components, look each
 * up or solve it in the same way, combine,
 *
 *   component = (x ∧ Π components under x) ∨ (¬x ∧ Π components under ¬x)
 *
 * (M. Thurley, "sharpSAT", SAT 2006; J.-M. Lagniez, P. Marquis, "An improved decision-DNNF compiler", IJCAI 2017).
 * Counted variables are decided before the others; the trace mentions no others.
 * It runs on a stack of its own, one frame per open component, so that depth is no concern.
 */
import type { Chooser } from "./branching.ts";
import { type ComponentCache, componentCache } from "./component-cache.ts";
import { type Components, split, wholeRecord } from "./components.ts";
import { type IntStack, intStack, push } from "./growable.ts";
import { assertClause, learnFrom } from "./learn-clause.ts";
import { assign, newLevel, propagate, type Solver, undoLevel } from "./solver.ts";
import {
  conjoin,
  disjoin,
  FALSE,
  forgetNodes,
  freeItem,
  literalItem,
  newTrace,
  nodeItem,
  type Trace,
} from "./trace.ts";

/** A component being solved. */
interface Frame {
  /** Its record. */
  readonly record: number;
  /** Its cache entry; -1 for the whole formula, which is not decided but only split. */
  readonly entry: number;
  /** The literal tried first. */
  readonly decision: number;
  /** Whether the first branch is done, and what it was. */
  flipped: boolean;
  first: number;
  /** Whether the current branch has been split. */
  open: boolean;
  /** The components of the current branch that are still to be looked up: their records, last first. */
  pending: number[];
  /** Whether the branch fell into several components. */
  several: boolean;
  /** Sizes of the shared stacks when the branch began. */
  recordsFrom: number;
  itemsFrom: number;
  entriesFrom: number;
  nodesFrom: number;
}

/** A search under way. */
export interface Search {
  readonly solver: Solver;
  readonly components: Components;
  readonly cache: ComponentCache;
  readonly trace: Trace;
  readonly items: IntStack;
  readonly frames: Frame[];
  readonly chooser: Chooser;
  /** Per variable: 1 if its values count, 0 if it only has to have one. */
  readonly counted: Uint8Array;
  decisions: number;
  conflicts: number;
  /** Variables and long clauses of all components split so far: a measure of time that is the same everywhere. */
  work: number;
  /** A clause learned last, whose consequence has not been drawn yet; -1 if there is none. */
  learned: number;
  /** The node of the whole formula, once it is known. */
  root: number | undefined;
}

/** A search over the open part of a formula; the solver holds its clauses and is at level 0. */
export function newSearch(
  solver: Solver,
  components: Components,
  chooser: Chooser,
  counted: Uint8Array,
  cacheBytes: number,
): Search {
  components.records.size = 0;
  const search: Search = {
    solver,
    components,
    cache: componentCache(cacheBytes),
    trace: newTrace(),
    items: intStack(),
    frames: [],
    chooser,
    counted,
    decisions: 0,
    conflicts: 0,
    work: 0,
    learned: -1,
    root: undefined,
  };
  const record = wholeRecord(components, solver.variables);
  search.frames.push(newFrame(search, record, -1, -1));
  return search;
}

function newFrame(search: Search, record: number, entry: number, decision: number): Frame {
  return {
    record,
    entry,
    decision,
    flipped: false,
    first: FALSE,
    open: false,
    pending: [],
    several: false,
    recordsFrom: search.components.records.size,
    itemsFrom: search.items.size,
    entriesFrom: search.cache.size,
    nodesFrom: search.trace.starts.size,
  };
}

/** Goes on for at least `steps` decisions or lookups; true once the root is known. */
export function advance(search: Search, steps: number): boolean {
  for (let step = 0; step < steps && search.root === undefined; step++) {
    const frame = search.frames[search.frames.length - 1];
    if (!frame.open) openBranch(search, frame);
    else if (frame.pending.length > 0) solveNext(search, frame);
    else closeBranch(search, frame, conjoin(search.trace, search.items, frame.itemsFrom));
  }
  return search.root !== undefined;
}

/** Decides, propagates and splits. */
function openBranch(search: Search, frame: Frame): void {
  const { solver, components, items, counted } = search;
  frame.open = true;
  if (frame.decision >= 0) {
    search.decisions++;
    newLevel(solver);
    assign(solver, frame.flipped ? frame.decision ^ 1 : frame.decision, -1);
  }
  if (search.learned >= 0) assertClause(solver, search.learned);
  search.learned = -1;
  const contradicted = !assertUnits(solver);
  const conflict = contradicted ? -1 : propagate(solver);
  if (contradicted || conflict >= 0) {
    search.conflicts++;
    if (conflict >= 0 && frame.decision >= 0) search.learned = learnFrom(solver, conflict);
    closeBranch(search, frame, FALSE);
    return;
  }
  search.work += components.records.data[frame.record] + components.records.data[frame.record + 1];
  split(
    components,
    solver,
    frame.record,
    (code) => {
      if (counted[code >> 1] === 1) push(items, literalItem(code));
    },
    (variable) => {
      if (counted[variable] === 1) push(items, freeItem(variable));
    },
  );
  frame.pending = components.found.slice().reverse();
  frame.several = frame.pending.length > 1;
}

/**
 * What has been learned to hold everywhere is made true at whatever level the search is, as if at level 0; false
 * if the decision just taken says otherwise.
 */
function assertUnits(solver: Solver): boolean {
  for (const code of solver.units) {
    if (solver.values[code] < 0) return false;
    if (solver.values[code] > 0) continue;
    assign(solver, code, -1);
    solver.levels[code >> 1] = 0;
  }
  return true;
}

/** Looks the next component up, or begins to solve it. */
function solveNext(search: Search, frame: Frame): void {
  const record = frame.pending.pop()!;
  const node = search.cache.find(search.components.records, record);
  if (node === FALSE) closeBranch(search, frame, FALSE);
  else if (node > FALSE) push(search.items, nodeItem(node));
  else search.frames.push(newFrame(search, record, search.cache.made, search.chooser.choose(record)));
}

/** Ends the current branch with its node; begins the other one, or ends the component and perhaps those above. */
function closeBranch(search: Search, from: Frame, branch: number): void {
  const { solver, components, cache, trace, items, frames } = search;
  let frame = from;
  for (let node = branch; ; ) {
    if (frame.decision >= 0) undoLevel(solver);
    components.records.size = frame.recordsFrom;
    items.size = frame.itemsFrom;
    if (node === FALSE && frame.several) {
      cache.forget(frame.entriesFrom);
      forgetNodes(trace, frame.nodesFrom);
    }
    if (frame.decision < 0) {
      frames.pop();
      search.root = node;
      return;
    }
    // Where no counted variable is left, one model is as good as all.
    const enough = node !== FALSE && search.counted[frame.decision >> 1] === 0;
    if (!frame.flipped && !enough) {
      frame.flipped = true;
      frame.first = node;
      frame.open = false;
      frame.entriesFrom = cache.size;
      frame.nodesFrom = trace.starts.size;
      return;
    }
    if (!enough) node = disjoin(trace, frame.decision >> 1, frame.first, node);
    cache.settle(frame.entry, node);
    frames.pop();
    frame = frames[frames.length - 1];
    if (node !== FALSE) {
      push(items, nodeItem(node));
      return;
    }
  }
}
