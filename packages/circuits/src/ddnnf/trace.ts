/**
 * The trace of the search: what the counter has decided and found, which is a smooth d-DNNF (J. Huang,
 * A. Darwiche, "DPLL with a trace", IJCAI 2005). Nodes are lists of items; an item is another node, a literal or
 * a free variable, told apart by its two lowest bits.
 */
import { type IntStack, intStack, push } from "./growable.ts";
import { type Nnf, nnfBuilder } from "./nnf.ts";

/** The constants, which every trace begins with. */
export const FALSE = 0;
export const TRUE = 1;

const tags = { node: 0, literal: 1, free: 2 } as const;

/** The nodes so far. */
export interface Trace {
  /** Where each node's items begin. */
  readonly starts: IntStack;
  readonly items: IntStack;
  /** The variable decided by a disjunction, or -1 for a conjunction. */
  readonly decisions: IntStack;
}

/** A trace with its constants. */
export function newTrace(): Trace {
  const trace = { starts: intStack(), items: intStack(), decisions: intStack() };
  openNode(trace, -1);
  openNode(trace, -1);
  return trace;
}

export const nodeItem = (node: number): number => (node << 2) | tags.node;
export const literalItem = (code: number): number => (code << 2) | tags.literal;
export const freeItem = (variable: number): number => (variable << 2) | tags.free;

function openNode(trace: Trace, decision: number): number {
  push(trace.starts, trace.items.size);
  push(trace.decisions, decision);
  return trace.starts.size - 1;
}

/** The conjunction of the items on `stack` from `from` on, which are left there. */
export function conjoin(trace: Trace, stack: IntStack, from: number): number {
  const count = stack.size - from;
  if (count === 0) return TRUE;
  if (count === 1 && (stack.data[from] & 3) === tags.node) return stack.data[from] >> 2;
  const node = openNode(trace, -1);
  for (let i = from; i < stack.size; i++) push(trace.items, stack.data[i]);
  return node;
}

/** The disjunction of the two branches of a decision. */
export function disjoin(trace: Trace, decision: number, first: number, second: number): number {
  if (first === FALSE) return second;
  if (second === FALSE) return first;
  const node = openNode(trace, decision);
  push(trace.items, nodeItem(first));
  push(trace.items, nodeItem(second));
  return node;
}

/** Forgets the nodes from the number `size` on, to which nothing refers. */
export function forgetNodes(trace: Trace, size: number): void {
  if (trace.starts.size <= size) return;
  trace.items.size = trace.starts.data[size];
  trace.starts.size = size;
  trace.decisions.size = size;
}

/** What the trace says under `root`, over all variables of the formula. Linear in the trace. */
export function traceToNnf(trace: Trace, variables: number, root: number): Nnf {
  const { starts, items, decisions } = trace;
  const builder = nnfBuilder(variables);
  if (root === FALSE) return builder.build(builder.or([]));
  const needed = new Uint8Array(root + 1);
  needed[root] = 1;
  const end = (node: number): number => (node + 1 < starts.size ? starts.data[node + 1] : items.size);
  for (let node = root; node > TRUE; node--) {
    if (needed[node] === 0) continue;
    for (let at = starts.data[node]; at < end(node); at++) {
      if ((items.data[at] & 3) === tags.node) needed[items.data[at] >> 2] = 1;
    }
  }
  const places = new Int32Array(root + 1);
  for (let node = TRUE; node <= root; node++) {
    if (needed[node] === 0) continue;
    const children: number[] = [];
    for (let at = starts.data[node]; at < end(node); at++) {
      const label = items.data[at] >> 2;
      const tag = items.data[at] & 3;
      if (tag === tags.node) children.push(places[label]);
      else children.push(tag === tags.literal ? builder.literal(label) : builder.free(label));
    }
    const decision = decisions.data[node];
    places[node] = decision < 0 ? builder.and(children) : builder.or(children, decision);
  }
  return builder.build(places[root]);
}
