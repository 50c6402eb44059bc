/**
 * Weighted rules to a circuit, exactly. For rules (w_r, φ_r) and hard rules the circuit computes, at literal
 * weights θ given with each query,
 *
 *   Σ_{x ⊨ hard}  Π_v θ_v(x_v) · exp(Σ_r w_r [x ⊨ φ_r])
 *
 * by top-down compilation in the manner of model counters with component caching (Sang et al., "Combining
 * component caching and clause learning", SAT 2004; Huang and Darwiche, "The language of search", 2007), but
 * on formulas instead of clauses, and with soft rules carried along:
 *
 *   - a variable is decided: a sum of two products, one for each value. All variables of a hard exactlyOne or
 *     atMostOne are decided at once, by a sum of as many products as there are possibilities;
 *   - the rules are simplified under the decision; hard rules that became literals are propagated; the
 *     weights of soft rules that became true go to the edge;
 *   - what is left falls into components without common variables, a product;
 *   - a component met before is not compiled again. Rules on few variables each, or with few distinct
 *     residuals (such as sums modulo 10), so stay small where enumeration doubles with every variable.
 *
 * The result is smooth, decomposable and deterministic. The largest weight of every sum is 0 (the rest is
 * moved up to the root), so that no intermediate value overflows, whatever the rules' weights.
 */
import {
  CredenceError,
  checkRuleWeight,
  InvalidArgumentError,
  isHard,
  type Rule,
  type RunOptions,
  runAsync,
  runSync,
  type StepGenerator,
  UnknownNameError,
  type Vocabulary,
  variablesOf,
  vocabulary,
} from "@credence/core";
import { type CircuitBuilder, circuitBuilder } from "../circuit/builder.ts";
import type { Circuit } from "../circuit/circuit.ts";
import { type Branch, type Component, conditioner } from "./component.ts";
import { decide } from "./decision.ts";
import { type FormulaGraph, formulaGraph, graphKinds, type Ref } from "./formula-graph.ts";
import { minFillRanks } from "./order.ts";
import {
  occurrencesOf,
  partialWorld,
  propagate,
  type Residual,
  type Rules,
  residualOf,
  type Soft,
} from "./residual.ts";
import { ruleForest } from "./rule-forest.ts";

/** Options of {@link compileRules}. */
export interface CompileOptions<V extends string = string> extends RunOptions {
  /**
   * All variables, in the order of the circuit's columns; rules may then mention no others, and variables
   * without a rule are independent. Default: the rules' variables in order of first appearance.
   */
  readonly variables?: readonly V[];
  /**
   * The order of decisions: `min-fill` (the default), or names; names left out come last. Values do not
   * depend on it.
   */
  readonly order?: "min-fill" | readonly V[];
  /**
   * How many nodes may be made, those of the circuit and those of the residual formulas met on the way
   * together, before compilation gives up. Default 1,000,000.
   */
  readonly nodeLimit?: number;
}

/** Weights beyond this one cannot be told from hard rules by double-precision logs. */
const largestWeight = 1e9;

/**
 * The circuit of a set of rules; see the head of this file. Contradictory hard rules give a circuit whose
 * `logPartition` is -Infinity, and `kind: "contradiction"` in every query.
 *
 * Time and size are about linear in the number of rules if each is about few variables of its neighbourhood,
 * and exponential in the width of the rule set at worst; `nodeLimit` and `signal` stop in time.
 *
 * @throws CredenceError `NODE_LIMIT`
 * @throws InvalidArgumentError for a weight that is NaN, -Infinity or beyond ±1e9, and for malformed formulas
 * @throws UnknownNameError for names that are not among `options.variables`
 * @throws AbortedError if `options.signal` is aborted
 */
export function compileRules<V extends string = string>(
  rules: readonly Rule<V>[],
  options: CompileOptions<V> = {},
): Circuit<V> {
  return runSync(compileSteps(rules, options), options);
}

/** {@link compileRules} that lets the event loop run in between. */
export function compileRulesAsync<V extends string = string>(
  rules: readonly Rule<V>[],
  options: CompileOptions<V> = {},
): Promise<Circuit<V>> {
  return runAsync(compileSteps(rules, options), options);
}

/** A compiled component: exp(logScale) · node. */
interface Compiled {
  readonly node: number;
  readonly logScale: number;
}

/** A component in the making: its possibilities, and how far their parts have been compiled. */
interface Frame {
  readonly key: string;
  readonly branches: readonly { readonly term: number; readonly branch: Branch }[];
  at: number;
  part: number;
}

/** No world: what a component compiles to that its hard rules exclude. */
const impossible = null;

function* compileSteps<V extends string>(
  rules: readonly Rule<V>[],
  options: CompileOptions<V>,
): StepGenerator<Circuit<V>> {
  const variables = vocabulary("variable", options.variables ?? variablesOf(rules));
  const limit = checkLimit(options.nodeLimit ?? 1_000_000);
  const builder = circuitBuilder(variables);
  const graph = formulaGraph(variables);
  const settled = settle(graph, importRules(graph, rules), variables.size);
  if (settled === undefined) return builder.build(builder.sum([]));
  const open = { hard: [...settled.hard], soft: [...settled.soft] };
  const ranks = ranksOf(graph, open, variables, options.order ?? "min-fill");
  const condition = conditioner(graph, ruleForest(graph, open, ranks), ranks);
  const scope = Array.from({ length: variables.size }, (_, v) => v).filter((v) => settled.values[v] < 0);
  const { forced, logWeight } = settled;
  const start: Branch = { forced, logWeight, ...condition.split(settled, scope) };

  const cache = new Map<string, Compiled | typeof impossible>();
  const begin = (component: Component): Frame => {
    if (builder.size + graph.size > limit) throw tooLarge(limit, cache.size);
    const branches = [];
    const { variable, hard } = condition.next(component);
    for (const { term, literals } of decide(graph, builder, variable, hard)) {
      const branch = condition.branch(component, literals);
      if (branch !== undefined) branches.push({ term, branch });
    }
    return { key: component.key, branches, at: 0, part: 0 };
  };
  const root = { key: "", branches: [{ term: builder.product([]), branch: start }], at: 0, part: 0 };
  const stack: Frame[] = [root];
  for (let done = 0; stack.length > 0; ) {
    const frame = stack[stack.length - 1];
    const missing = nextMissing(frame, cache);
    if (missing !== undefined) {
      stack.push(begin(missing));
      continue;
    }
    cache.set(frame.key, close(builder, frame, cache));
    stack.pop();
    if (++done % 64 === 0) {
      const metrics = { nodes: builder.size, formulas: graph.size };
      yield { phase: "compile", step: done, steps: done + stack.length, metrics };
    }
  }
  const whole = cache.get("") ?? undefined;
  return builder.build(whole === undefined ? builder.sum([]) : builder.sum([whole.node], [whole.logScale]));
}

/**
 * The next component that a frame needs and that is not compiled yet; branches with an impossible part are
 * skipped.
 */
function nextMissing(
  frame: Frame,
  cache: ReadonlyMap<string, Compiled | typeof impossible>,
): Component | undefined {
  for (; frame.at < frame.branches.length; frame.at++, frame.part = 0) {
    const { components } = frame.branches[frame.at].branch;
    for (; frame.part < components.length; frame.part++) {
      const known = cache.get(components[frame.part].key);
      if (known === undefined) return components[frame.part];
      if (known === impossible) break;
    }
  }
  return undefined;
}

/**
 * The sum over the branches of a frame, all of whose parts are compiled or have an impossible one before
 * them.
 */
function close(
  builder: CircuitBuilder,
  frame: Frame,
  cache: ReadonlyMap<string, Compiled | typeof impossible>,
): Compiled | typeof impossible {
  const children: number[] = [];
  const weights: number[] = [];
  for (const { term, branch } of frame.branches) {
    const known = branch.components.map((component) => cache.get(component.key));
    if (known.some((part) => part === impossible)) continue;
    const compiled = known as Compiled[];
    // Forced literals and free variables as nodes of their own: other branches often have the same.
    const forced = inBlocks(builder, branch.forced, (code) => builder.literal(code >> 1, (code & 1) === 1));
    const free = inBlocks(builder, branch.free, (v) => {
      return builder.sum([builder.literal(v, false), builder.literal(v, true)]);
    });
    const parts = [term, forced, ...compiled.map((part) => part.node), free];
    children.push(builder.product(parts));
    weights.push(compiled.reduce((sum, part) => sum + part.logScale, branch.logWeight));
  }
  if (children.length === 0) return impossible;
  const logScale = weights.reduce((a, b) => Math.max(a, b));
  return {
    node: builder.sum(
      children,
      weights.map((weight) => weight - logScale),
    ),
    logScale,
  };
}

/** Products of more factors than this are made of blocks. */
const mostFactors = 16;

/**
 * The product of what `make` gives for ascending numbers. Many factors are put together in blocks of numbers that begin
 * alike, which other products with the same numbers there share: a chain of n hard implications takes O(n log n) edges,
 * though its decisions force n / 4 literals on average.
 */
function inBlocks(builder: CircuitBuilder, numbers: readonly number[], make: (of: number) => number): number {
  let parts = numbers.map((of) => ({ of, node: make(of) }));
  while (parts.length > mostFactors) {
    const blocks = new Map<number, number[]>();
    for (const { of, node } of parts) {
      const block = blocks.get(of >> 3) ?? [];
      block.push(node);
      blocks.set(of >> 3, block);
    }
    parts = Array.from(blocks, ([of, nodes]) => ({ of, node: builder.product(nodes) }));
  }
  return builder.product(parts.map(({ node }) => node));
}

/** All rules as references. */
function importRules<V extends string>(graph: FormulaGraph, rules: readonly Rule<V>[]): Rules {
  const hard: Ref[] = [];
  const soft: Soft[] = [];
  for (const rule of rules) {
    checkRuleWeight(rule.weight);
    const ref = graph.add(rule.formula);
    if (isHard(rule)) hard.push(ref);
    else if (Math.abs(rule.weight) <= largestWeight) soft.push([ref, rule.weight]);
    else {
      throw new InvalidArgumentError(
        "A rule's weight",
        rule.weight,
        `between -${largestWeight} and ${largestWeight}, or Infinity`,
        "A weight that large leaves no exceptions in practice: make the rule hard.",
      );
    }
  }
  return { hard, soft };
}

/** What the rules leave open before anything is decided; undefined if they contradict each other. */
function settle(
  graph: FormulaGraph,
  rules: Rules,
  count: number,
): (Residual & { readonly values: Int8Array; readonly forced: readonly number[] }) | undefined {
  const world = partialWorld(new Int8Array(count).fill(-1));
  const occurrences = occurrencesOf(graph, rules.hard);
  const pieces = propagate(graph, world, (v) => occurrences.get(v) ?? [], rules.hard);
  if (pieces === undefined) return undefined;
  const residual = residualOf(graph, world.values, rules, pieces);
  return { ...residual, values: world.values, forced: [...world.trail].sort((a, b) => a - b) };
}

function ranksOf<V extends string>(
  graph: FormulaGraph,
  { hard, soft }: Rules,
  variables: Vocabulary<V>,
  order: "min-fill" | readonly V[],
): Int32Array {
  if (order !== "min-fill") {
    const ranks = new Int32Array(variables.size).fill(order.length);
    for (const [rank, name] of order.entries()) {
      if (!variables.has(name)) throw new UnknownNameError("variable", name, variables.names);
      ranks[variables.id(name)] = rank;
    }
    return ranks;
  }
  const groups = hard.filter((ref) => (ref & 1) === 0 && graph.kind(ref) >= graphKinds.exactlyOne);
  return minFillRanks(
    variables.size,
    [...hard, ...soft.map(([ref]) => ref)].map((ref) => graph.support(ref)),
    groups.sort((a, b) => a - b).map((ref) => graph.support(ref)),
  );
}

function checkLimit(limit: number): number {
  if (limit > 0) return limit;
  throw new InvalidArgumentError("nodeLimit", limit, "a positive number of nodes");
}

function tooLarge(limit: number, components: number): CredenceError {
  return new CredenceError({
    code: "NODE_LIMIT",
    message: `The rules need more than ${limit} nodes; ${components} components had been compiled.`,
    given: limit,
    expected: "rules that are each about few variables, or a larger nodeLimit",
    hint: "Raise nodeLimit, give an order that decides the most shared variables first, or split long rules.",
  });
}
