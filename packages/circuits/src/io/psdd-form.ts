/**
 * Circuits over binary variables as PSDDs (D. Kisa, G. Van den Broeck, A. Choi, A. Darwiche, "Probabilistic sentential
 * decision diagrams", KR 2014): at every inner node v of a vtree a distribution is
 *
 *   Pr(x, y) = Σ_i θ_i · p_i(x) · s_i(y),    Σ_i θ_i = 1,
 *
 * with primes p_i over the variables left of v of which at most one is positive at each x, and subs s_i over those
 * right of v; at a leaf it is a literal or P(true).
 *
 * A circuit that follows the vtree is brought into this form from the root down. What is asked for at v is a weighted
 * sum of products of the circuit's nodes. Sums are replaced by their terms until only products are left, whose factors
 * lie left or right of v; terms with the same left side are taken together, as w_1·p·s_1 + w_2·p·s_2 =
 * p · (w_1·s_1 + w_2·s_2); variables that nothing is said of get P(true) = 1/2. What is asked for twice is made once.
 * Then constants move up: every decision is divided by its total, which goes to the weights above, and in the end out.
 *
 * That primes exclude each other is checked for every decision, by conjoining their supports as SDDs on the vtree. They
 * do wherever the circuit is deterministic by its vtree's left sides; nothing else is a PSDD. Elements of weight 0 stay
 * where their primes exclude the others.
 */
import { InvalidArgumentError, logSumExp } from "@credence/core";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";
import { BudgetError } from "../ddnnf/budget.ts";
import { type FiniteDistribution, isOverStates, stateLogProbability } from "../inputs/distribution.ts";
import { type SddManager, type SddRef, sddFalse, sddLiteral, sddManager, sddTrue } from "../sdd/manager.ts";
import { sddAnd, sddOr } from "../sdd/operations.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { vtreeOfCircuit } from "./circuit-vtree.ts";
import { inexpressible } from "./inexpressible.ts";
import {
  firstMisfit,
  type LeafLogs,
  leafLogs,
  placesOnVtree,
  type Task,
  taskOf,
  termSplitter,
} from "./psdd-tasks.ts";

/** A node of a PSDD, children before parents. */
export type PsddNode =
  | { readonly kind: "literal"; readonly place: number; readonly literal: number }
  | { readonly kind: "true"; readonly place: number; readonly variable: number; readonly logTrue: number }
  | { readonly kind: "decision"; readonly place: number; readonly elements: readonly PsddElement[] };

/** An element of a decision: nodes by their number, and log θ. */
export interface PsddElement {
  readonly prime: number;
  readonly sub: number;
  readonly log: number;
}

/** A PSDD; its root is the last node. */
export interface PsddForm {
  readonly nodes: readonly PsddNode[];
  readonly vtree: Vtree;
  /** Log of what the circuit's worlds weigh in total: the PSDD is the circuit divided by it. */
  readonly logPartition: number;
}

/** Decisions and leaves that may be made. */
const nodeLimit = 1_000_000;
/** Nodes that the supports may take. */
const supportLimit = 4_000_000;
/** A decision whose log total is no further from 0 keeps its weights to the bit. */
const rounding = 1e-12;

/** An element in the making. */
interface Part {
  readonly prime: Task;
  readonly sub: Task;
  readonly log: number;
}

/** A task under way, with its elements once they are known. */
interface Frame {
  readonly task: Task;
  parts: readonly Part[] | undefined;
}

/** A node that was made, and the log of what it was divided by; undefined is the constant 0. */
type Made = { readonly node: number; readonly log: number } | undefined;

/**
 * The PSDD of a circuit, on a vtree that all products respect; by default on the one that they tell. O(size) for a
 * circuit that is one already, but for its supports; in general as many nodes as there are distinct sums to be made.
 * @param vtree over the variables 1 … n, which are the circuit's 0 … n − 1
 * @throws CredenceError `INEXPRESSIBLE` with the node concerned
 * @throws InvalidArgumentError for a vtree over another number of variables
 */
export function psddForm(circuit: Circuit, vtree: Vtree | undefined): PsddForm {
  if (circuit.variables.size === 0)
    throw inexpressible("A circuit without variables", "a PSDD", "at least one variable");
  checkInputs(circuit);
  const tree = vtree ?? ownVtree(circuit);
  if (tree.variables !== circuit.variables.size) {
    const expected = `${circuit.variables.size}, as the circuit`;
    throw new InvalidArgumentError("vtree.variables", tree.variables, expected);
  }
  const places = placesOnVtree(circuit, tree);
  const misfit = firstMisfit(circuit, tree, places);
  if (misfit >= 0) throw refusal(circuit, misfit, "products that follow the vtree");
  const making: Making = {
    circuit,
    vtree: tree,
    leaves: leafLogs(circuit, tree, places),
    nodes: [],
    manager: sddManager(tree),
    supports: [],
  };
  const root = make(making, places);
  if (root !== undefined) return { nodes: needed(making.nodes), vtree: tree, logPartition: root.log };
  throw inexpressible("A circuit that is 0 everywhere", "a PSDD", "a world of positive weight");
}

/** The nodes that the last one needs: some were made for elements that turned out to be none. */
function needed(nodes: readonly PsddNode[]): PsddNode[] {
  const used = new Uint8Array(nodes.length);
  used[nodes.length - 1] = 1;
  for (let n = nodes.length - 1; n >= 0; n--) {
    const node = nodes[n];
    if (used[n] === 0 || node.kind !== "decision") continue;
    for (const { prime, sub } of node.elements) used[prime] = used[sub] = 1;
  }
  const places = new Int32Array(nodes.length);
  const kept: PsddNode[] = [];
  nodes.forEach((node, n) => {
    if (used[n] === 0) return;
    places[n] = kept.length;
    if (node.kind !== "decision") kept.push(node);
    else {
      const moved = node.elements.map(({ prime, sub, log }) => {
        return { prime: places[prime], sub: places[sub], log };
      });
      kept.push({ ...node, elements: moved });
    }
  });
  return kept;
}

function ownVtree(circuit: Circuit): Vtree {
  const found = vtreeOfCircuit(circuit);
  if ("witness" in found) throw refusal(circuit, found.witness, "products that follow one vtree");
  return found.vtree;
}

/** @throws CredenceError `INEXPRESSIBLE` for an input that is not over two states, or not bound to numbers */
function checkInputs(circuit: Circuit): void {
  for (let node = 0; node < circuit.size; node++) {
    const input = circuit.inputs[circuit.inputOf[node]];
    if (input === undefined) continue;
    const { variable, distribution: d } = input;
    const isTable = isOverStates(d) && d.family !== "external";
    if (!isTable || arityOf(circuit.domains[variable]) !== 2) {
      throw refusal(circuit, node, "inputs over two states");
    }
  }
}

/** @throws always a CredenceError `INEXPRESSIBLE` */
function refusal(circuit: Circuit, node: number, expected: string, hint?: string) {
  const input = circuit.inputs[circuit.inputOf[node]];
  const kind = circuit.kinds[node] === nodeKinds.product ? "a product" : "a sum";
  const words = input === undefined ? kind : `an input of the family ${input.distribution.family}`;
  return inexpressible(`Node ${node}, ${words},`, "a PSDD", expected, hint);
}

/** A PSDD in the making. */
interface Making {
  readonly circuit: Circuit;
  readonly vtree: Vtree;
  readonly leaves: LeafLogs;
  readonly nodes: PsddNode[];
  readonly manager: SddManager;
  /** Per node of the PSDD where it is positive. */
  readonly supports: SddRef[];
}

/** Makes what is asked for from the bottom up: a task waits until its elements are made. */
function make(making: Making, places: Int32Array): Made {
  const { circuit, vtree, leaves } = making;
  const split = termSplitter(circuit, places, leaves);
  const made = new Map<string, Made>();
  const first = taskOf(vtree.root, [{ factors: [circuit.size - 1], log: 0 }]);
  const open: Frame[] = [{ task: first, parts: undefined }];
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    const { task } = frame;
    if (made.has(task.key)) continue;
    if (vtree.left[task.place] < 0) {
      made.set(task.key, makeLeaf(making, task));
      continue;
    }
    if (frame.parts === undefined) {
      if (made.size + open.length > nodeLimit) {
        throw inexpressible("The circuit", "a PSDD", `a circuit whose PSDD has up to ${nodeLimit} nodes`);
      }
      const { left, right } = vtree;
      frame.parts = split(task).map(({ prime, subs, log }) => ({
        prime: taskOf(left[task.place], [prime]),
        sub: taskOf(right[task.place], subs),
        log,
      }));
      open.push(frame);
      for (const { prime, sub } of Array.from(frame.parts).reverse()) {
        for (const each of [sub, prime]) if (!made.has(each.key)) open.push({ task: each, parts: undefined });
      }
      continue;
    }
    made.set(task.key, makeDecision(making, task, frame.parts, made));
  }
  return made.get(first.key);
}

/** A literal or P(true). */
function makeLeaf(making: Making, { place, terms }: Task): Made {
  const { circuit, vtree, leaves, manager } = making;
  const variable = vtree.variable[place];
  const { falses, trues } = leaves;
  const sides = [falses, trues].map((logs) =>
    logSumExp(terms.map(({ factors, log }) => factors.reduce((sum, factor) => sum + logs[factor], log))),
  );
  const total = logSumExp(sides);
  if (total === Number.NEGATIVE_INFINITY) return undefined;
  const certain = sides.indexOf(Number.NEGATIVE_INFINITY);
  const literal = certain === 0 ? variable : -variable;
  const support = certain < 0 ? sddTrue : sddLiteral(manager, literal);
  // A table that stands alone stays what it is, though it may be certain.
  const [{ factors, log }] = terms;
  const input = terms.length === 1 ? circuit.inputs[circuit.inputOf[factors[0]]] : undefined;
  if (input !== undefined && input.distribution.family !== "indicator") {
    const logTrue = stateLogProbability(input.distribution as FiniteDistribution, 1);
    return { node: enter(making, { kind: "true", place, variable, logTrue }, support), log };
  }
  const node: PsddNode =
    certain < 0
      ? { kind: "true", place, variable, logTrue: sides[1] - total }
      : { kind: "literal", place, literal };
  return { node: enter(making, node, support), log: settled(total) };
}

function makeDecision(
  making: Making,
  task: Task,
  parts: readonly Part[],
  made: ReadonlyMap<string, Made>,
): Made {
  const elements: PsddElement[] = [];
  for (const { prime, sub, log } of parts) {
    const [p, s] = [made.get(prime.key), made.get(sub.key)];
    if (p !== undefined && s !== undefined) {
      elements.push({ prime: p.node, sub: s.node, log: log + p.log + s.log });
    }
  }
  const total = logSumExp(elements.map(({ log }) => log));
  if (total === Number.NEGATIVE_INFINITY) return undefined;
  const log = settled(total);
  const normalized = elements.map((element) => ({ ...element, log: element.log - log }));
  const { support, kept } = supportOf(making, normalized, task);
  return { node: enter(making, { kind: "decision", place: task.place, elements: kept }, support), log };
}

/** The log of a total that is to be divided by; what is 1 up to rounding is left alone. */
function settled(total: number): number {
  return Math.abs(total) <= rounding ? 0 : total;
}

function enter({ nodes, supports }: Making, node: PsddNode, support: SddRef): number {
  supports.push(support);
  return nodes.push(node) - 1;
}

/**
 * Where a decision is positive, and its elements but for those of weight 0 whose primes other elements have.
 * @throws CredenceError `INEXPRESSIBLE` if its primes do not exclude each other
 */
function supportOf(
  { circuit, manager, supports }: Making,
  elements: readonly PsddElement[],
  { terms }: Task,
): { readonly support: SddRef; readonly kept: readonly PsddElement[] } {
  const options = { nodes: supportLimit };
  let covered = sddFalse;
  let result = sddFalse;
  const dropped = new Set<PsddElement>();
  try {
    const isPositive = ({ log }: PsddElement): boolean => log > Number.NEGATIVE_INFINITY;
    for (const element of [...elements].sort((a, b) => Number(isPositive(b)) - Number(isPositive(a)))) {
      const { prime, sub } = element;
      if (sddAnd(manager, covered, supports[prime], options) !== sddFalse) {
        if (!isPositive(element)) {
          dropped.add(element);
          continue;
        }
        const node = terms.reduce((most, { factors }) => Math.max(most, ...factors), 0);
        throw refusal(
          circuit,
          node,
          "sums whose terms exclude each other by what lies left of a vtree node",
          "jpc files can say it: they only ask that products follow one vtree.",
        );
      }
      covered = sddOr(manager, covered, supports[prime], options);
      if (!isPositive(element)) continue;
      const both = sddAnd(manager, supports[prime], supports[sub], options);
      result = sddOr(manager, result, both, options);
    }
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
    const expected = `primes that can be shown to exclude each other with ${supportLimit} SDD nodes`;
    throw inexpressible("The circuit", "a PSDD", expected);
  }
  return { support: result, kept: elements.filter((element) => !dropped.has(element)) };
}
