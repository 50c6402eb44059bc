/**
 * What is left of a rule set under a partial world. A component is a part of it that shares no variable with the rest;
 * components are what the compiler caches.
 *
 * Most components are a whole subtree of the elimination forest (see rule-forest.ts) with all rules within it, under
 * the residuals of a few rules that reach into it from above. Of those only these residuals are held, and looked at:
 * on a chain of n rules a decision takes O(1) steps, not O(n). Others, such as those with forced variables amidst
 * open ones, are listed rule by rule. The form depends on the component alone, so that equal ones have equal keys.
 */
import type { FormulaGraph, Ref } from "./formula-graph.ts";
import {
  append,
  occurrencesOf,
  type PartialWorld,
  partialWorld,
  propagate,
  type Residual,
  type Rules,
  residualOf,
  type Soft,
} from "./residual.ts";
import type { RuleForest } from "./rule-forest.ts";

/** A connected set of residual rules, never empty of variables. */
export interface Component {
  /** The top of the subtree whose rules belong to it, -1 if all rules are listed. */
  readonly top: number;
  /** The rules, but for those within the subtree. */
  readonly rules: Rules;
  /** The variables, ascending, if all rules are listed. */
  readonly scope: readonly number[];
  /** Equal components have equal keys. */
  readonly key: string;
}

/** A partial world that agrees with the hard rules, and what it leaves open. */
export interface Branch {
  /** Literals (2 · variable + value) that the hard rules force once the decision is taken. */
  readonly forced: readonly number[];
  /** Weights of the rules that have become true. */
  readonly logWeight: number;
  /** In the order of their smallest variables. */
  readonly components: readonly Component[];
  /** Variables of the parent that no rule speaks of any more. */
  readonly free: readonly number[];
}

/** Conditions components on partial worlds. */
export interface Conditioner {
  /** The components of rules of which all, or none, of the variables below the top of a tree are open. */
  split(rules: Residual, scope: readonly number[]): Pick<Branch, "components" | "free">;
  /** The first variable to decide, and the hard rules that speak of it, ascending. */
  next(component: Component): { readonly variable: number; readonly hard: readonly Ref[] };
  /**
   * What `literals` leave of a component; undefined if a hard rule is broken. Time about linear in the formulas that
   * change and in what is listed.
   */
  branch(component: Component, literals: readonly number[]): Branch | undefined;
}

/** A component with its rules by variable. */
interface Opened {
  readonly component: Component;
  readonly hardAt: (variable: number) => readonly Ref[];
  readonly softAt: (variable: number) => readonly Soft[];
}

const ascending = (a: number, b: number): number => a - b;
const byRef = (a: Soft, b: Soft): number => a[0] - b[0];

/** A conditioner of what is left of the rules of a forest, with its workspace. */
export function conditioner(graph: FormulaGraph, forest: RuleForest, ranks: Int32Array): Conditioner {
  /** The partial world. Between calls all variables are open. */
  const values = new Int8Array(ranks.length).fill(-1);
  const owner = new Int32Array(ranks.length).fill(-1);
  /** Possibilities of one component come one after the other: what the last one needed is kept. */
  let opened: Opened | undefined;
  let listed: { readonly of: Component; readonly component: Component } | undefined;

  const open = (component: Component): Opened => {
    if (opened?.component === component) return opened;
    const { top, rules } = component;
    const hard = occurrencesOf(graph, rules.hard);
    const soft = new Map<number, Soft[]>();
    for (const rule of rules.soft) for (const v of graph.support(rule[0])) append(soft, v, rule);
    const joined = <T>(within: readonly T[], besides: readonly T[] | undefined): readonly T[] =>
      besides === undefined ? within : within.length === 0 ? besides : [...within, ...besides];
    opened = {
      component,
      hardAt: (v) => joined(top < 0 ? [] : forest.hardAt(top, v), hard.get(v)),
      softAt: (v) => joined(top < 0 ? [] : forest.softAt(top, v), soft.get(v)),
    };
    return opened;
  };
  const list = (component: Component): Component => {
    if (component.top < 0) return component;
    if (listed?.of === component) return listed.component;
    const within = forest.rules(component.top);
    const rules = {
      hard: [...within.hard, ...component.rules.hard].sort(ascending),
      soft: [...within.soft, ...component.rules.soft].sort(byRef),
    };
    const full = { top: -1, rules, scope: forest.scope(component.top), key: "" };
    listed = { of: component, component: full };
    return full;
  };
  const split = (residual: Residual, scope: readonly number[]) =>
    splitRules(graph, forest, ranks, owner, residual, scope, values);

  /** All rules that may change, with `whole` their residual. */
  const branchListed = (component: Component, literals: readonly number[]): Branch | undefined => {
    const world = partialWorld(values);
    try {
      const pieces = decided(graph, world, open(component), literals);
      if (pieces === undefined) return undefined;
      const residual = residualOf(graph, values, component.rules, pieces);
      const { components, free } = split(residual, component.scope);
      return { forced: forcedOf(world, literals), logWeight: residual.logWeight, components, free };
    } finally {
      world.undo();
    }
  };

  /** The same for a subtree; undefined where what is left are not subtrees. */
  const branchSubtree = (component: Component, literals: readonly number[]): Branch | undefined | "list" => {
    const { top, rules } = component;
    const world = partialWorld(values);
    try {
      const own = open(component);
      const pieces = decided(graph, world, own, literals);
      if (pieces === undefined) return undefined;
      for (const literal of world.trail) {
        const v = literal >> 1;
        if (v !== top && values[forest.parent[v]] < 0) return "list";
      }
      const hard = new Set([...rules.hard, ...pieces.keys()]);
      const soft = new Map(rules.soft);
      for (const literal of world.trail)
        for (const [ref, weight] of own.softAt(literal >> 1)) soft.set(ref, weight);
      const local = { hard: [...hard].sort(ascending), soft: [...soft].sort(byRef) };
      const residual = residualOf(graph, values, local, pieces);
      const tops: number[] = [];
      for (const literal of world.trail) {
        for (const child of forest.children[literal >> 1]) if (values[child] < 0) tops.push(child);
      }
      const parts = distribute(graph, forest, residual, tops);
      if (parts === undefined) return "list";
      const components: Component[] = [];
      const free: number[] = [];
      for (const [child, part] of parts) {
        const idle = part.hard.size + part.soft.size + forest.count(child) === 0;
        if (idle && forest.end[child] - forest.place[child] === 1) free.push(child);
        else if (forest.connects(child, [...part.hard, ...part.soft.keys()]))
          components.push(subtree(child, part));
        else {
          const rest = split(withRules(part, forest.rules(child)), forest.scope(child));
          components.push(...rest.components);
          free.push(...rest.free);
        }
      }
      components.sort((a, b) => smallestOf(forest, a) - smallestOf(forest, b));
      const forced = forcedOf(world, literals);
      return { forced, logWeight: residual.logWeight, components, free: free.sort(ascending) };
    } finally {
      world.undo();
    }
  };

  return {
    split,
    next(component) {
      const { top, scope } = component;
      const variable = top < 0 ? firstOf(scope, ranks) : top;
      return { variable, hard: [...open(component).hardAt(variable)].sort(ascending) };
    },
    branch(component, literals) {
      const found = component.top < 0 ? "list" : branchSubtree(component, literals);
      return found === "list" ? branchListed(list(component), literals) : found;
    },
  };
}

/** What the hard rules fall into once the literals hold. */
function decided(graph: FormulaGraph, world: PartialWorld, opened: Opened, literals: readonly number[]) {
  return literals.every(world.assign) ? propagate(graph, world, opened.hardAt) : undefined;
}

function forcedOf({ trail }: PartialWorld, literals: readonly number[]): number[] {
  return trail.slice(literals.length).sort(ascending);
}

/** The variable of the smallest rank, of equals the first. */
function firstOf(scope: readonly number[], ranks: Int32Array): number {
  return scope.reduce((best, v) => (ranks[v] < ranks[best] ? v : best));
}

function smallestOf(forest: RuleForest, { top, scope }: Component): number {
  return top < 0 ? scope[0] : forest.smallest[top];
}

function withRules({ hard, soft }: Residual, rules: Rules): Residual {
  const all = [...soft, ...rules.soft].sort(byRef);
  return { hard: new Set([...hard, ...rules.hard].sort(ascending)), soft: new Map(all), logWeight: 0 };
}

/**
 * The residuals by the subtree that they reach into; undefined if one of them is a rule within it, or the negation of
 * one, and so would be weighed together with it.
 */
function distribute(
  graph: FormulaGraph,
  forest: RuleForest,
  { hard, soft }: Residual,
  tops: readonly number[],
): Map<number, { hard: Set<Ref>; soft: Map<Ref, number>; logWeight: number }> | undefined {
  const sorted = [...tops].sort((a, b) => forest.place[a] - forest.place[b]);
  const parts = new Map(
    sorted.map((top) => [top, { hard: new Set<Ref>(), soft: new Map<Ref, number>(), logWeight: 0 }]),
  );
  /** The subtree of a formula, which lies in one: its variables are neighbours. */
  const topOf = (ref: Ref): number | undefined => {
    const place = forest.place[graph.support(ref)[0]];
    let [low, high] = [0, sorted.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (forest.place[sorted[middle]] <= place) low = middle;
      else high = middle - 1;
    }
    const top = sorted[low];
    const alone = [ref, ref ^ 1].every((one) => forest.weightOf(top, one) === undefined);
    return alone ? top : undefined;
  };
  for (const ref of hard) {
    const top = topOf(ref);
    if (top === undefined) return undefined;
    parts.get(top)!.hard.add(ref);
  }
  for (const [ref, weight] of soft) {
    const top = topOf(ref);
    if (top === undefined) return undefined;
    parts.get(top)!.soft.set(ref, weight);
  }
  return parts;
}

/** A subtree with all its rules, under others. */
function subtree(top: number, { hard, soft }: Pick<Residual, "hard" | "soft">): Component {
  const rules = { hard: [...hard].sort(ascending), soft: [...soft].sort(byRef) };
  return { top, rules, scope: [], key: `${top}@${keyOf(rules)}` };
}

function keyOf({ hard, soft }: Rules): string {
  return `${hard.join()};${soft.map(([ref, weight]) => `${ref}:${weight}`).join()}`;
}

/**
 * Groups what shares variables, in the order of the smallest variable, and names the variables of `scope` that are
 * open and that no rule speaks of. `owner` is a workspace of -1.
 */
function splitRules(
  graph: FormulaGraph,
  forest: RuleForest,
  ranks: Int32Array,
  owner: Int32Array,
  { hard, soft }: Residual,
  scope: readonly number[],
  values: Int8Array,
): Pick<Branch, "components" | "free"> {
  const find = (variable: number): number => {
    let at = variable;
    while (owner[at] !== at) {
      owner[at] = owner[owner[at]];
      at = owner[at];
    }
    return at;
  };
  for (const refs of [hard, soft.keys()]) {
    for (const ref of refs) {
      const support = graph.support(ref);
      for (const variable of support) if (owner[variable] < 0) owner[variable] = variable;
      for (let i = 1; i < support.length; i++) {
        const [a, b] = [find(support[0]), find(support[i])];
        owner[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const parts = new Map<number, { hard: Ref[]; soft: Soft[]; scope: number[] }>();
  const free: number[] = [];
  // Ascending: the first variable of a part is its smallest one.
  for (const variable of scope) {
    if (owner[variable] < 0) {
      if (values[variable] < 0) free.push(variable);
    } else if (owner[variable] === variable) parts.set(variable, { hard: [], soft: [], scope: [variable] });
    else parts.get(find(variable))!.scope.push(variable);
  }
  for (const ref of hard) parts.get(find(graph.support(ref)[0]))!.hard.push(ref);
  for (const rule of soft) parts.get(find(graph.support(rule[0])[0]))!.soft.push(rule);
  for (const variable of scope) owner[variable] = -1;
  return { components: Array.from(parts.values(), (part) => seal(forest, ranks, part)), free };
}

/** The component in the form that fits it. */
function seal(
  forest: RuleForest,
  ranks: Int32Array,
  part: { hard: Ref[]; soft: Soft[]; scope: number[] },
): Component {
  const top = firstOf(part.scope, ranks);
  if (forest.end[top] - forest.place[top] === part.scope.length) {
    const hard = part.hard.filter((ref) => forest.weightOf(top, ref) !== Number.POSITIVE_INFINITY);
    const soft = part.soft.filter(([ref, weight]) => forest.weightOf(top, ref) !== weight);
    const within = part.hard.length + part.soft.length - hard.length - soft.length;
    if (within === forest.count(top)) return subtree(top, { hard: new Set(hard), soft: new Map(soft) });
  }
  const rules = { hard: part.hard.sort(ascending), soft: part.soft.sort(byRef) };
  return { top: -1, rules, scope: part.scope, key: keyOf(rules) };
}
