/**
 * SDD files:
 *
 *   sdd N
 *   F id, T id                          the constants
 *   L id vtree literal
 *   D id vtree k prime sub … (k pairs)  after its children
 *
 * The last node is the root. Nodes are numbered as the file likes, vtree nodes as in the vtree's file.
 */
import { integerOf, natural, readNumberedLines, type Scanner, scanner } from "../cnf/scanner.ts";
import { conjoin, disjoin } from "./conjoin.ts";
import {
  isDecision,
  type SddManager,
  type SddRef,
  type SddState,
  sddFalse,
  sddLiteral,
  sddTrue,
  stateOf,
} from "./manager.ts";
import { requireIdle } from "./operation.ts";
import { inner, outer } from "./refs.ts";
import { reachableRefs } from "./size.ts";

/**
 * Reads a function into a manager. Decisions are conjoined and disjoined anew, so that a file that is not
 * compressed or not trimmed is read as what it means.
 * @param places from the vtree's node numbers in the file to those of the manager; by default they are the same
 * @throws ParseError `SDD_HEADER`, `SDD_LINE`, `SDD_NODE`, with line and column
 */
export function parseSdd(manager: SddManager, text: string, places?: ReadonlyMap<number, number>): SddRef {
  const state = stateOf(manager);
  requireIdle(state, "Reading an SDD");
  const scan = scanner(text);
  const nodes = new Map<number, SddRef>();
  let last: SddRef = sddFalse;
  readNumberedLines(scan, "sdd", (kind, id) => {
    last = readNode(state, scan, kind, nodes, places);
    nodes.set(id, last);
  });
  return outer(state, last);
}

function readNode(
  state: SddState,
  scan: Scanner,
  kind: string,
  nodes: ReadonlyMap<number, SddRef>,
  places: ReadonlyMap<number, number> | undefined,
): SddRef {
  if (kind === "T") return sddTrue;
  if (kind === "F") return sddFalse;
  if (kind !== "L" && kind !== "D")
    throw scan.fail("SDD_LINE", "This line cannot be understood.", "F, T, L or D");
  const written = natural(scan, "SDD_NODE");
  const vtreeNode = places === undefined ? written : places.get(written);
  if (vtreeNode === undefined || vtreeNode >= state.vtree.size) {
    throw scan.fail("SDD_NODE", "The vtree has no such node.", "the number of a vtree node");
  }
  if (kind === "L") {
    const literal = integerOf(scan.nextOnLine());
    if (state.vtree.variable[vtreeNode] !== Math.abs(literal)) {
      throw scan.fail(
        "SDD_NODE",
        "The literal does not belong to this leaf of the vtree.",
        "a literal of the leaf",
      );
    }
    return sddLiteral(state, literal);
  }
  let result: SddRef = sddFalse;
  for (let left = natural(scan, "SDD_NODE"); left > 0; left--) {
    const prime = childOf(scan, nodes);
    result = disjoin(state, result, conjoin(state, prime, childOf(scan, nodes)));
  }
  return result;
}

function childOf(scan: Scanner, nodes: ReadonlyMap<number, SddRef>): SddRef {
  const ref = nodes.get(natural(scan, "SDD_NODE"));
  if (ref !== undefined) return ref;
  throw scan.fail("SDD_NODE", "This node has not come yet.", "the number of a node from a line above");
}

/**
 * The file of a function; nodes are numbered in their order. O(size log size).
 * @throws InvalidArgumentError for an unknown reference
 */
export function printSdd(manager: SddManager, ref: SddRef): string {
  const root = inner(manager, ref);
  const state = stateOf(manager);
  const order = reachableRefs(state, [root]);
  const ids = new Map(Array.from(order, (each, id) => [each, id]));
  const lines = Array.from(order, (each, id) => {
    const node = each >> 1;
    const vtreeNode = state.vtreeOf[node];
    if (each === sddTrue || each === sddFalse) return `${each === sddTrue ? "T" : "F"} ${id}`;
    if (!isDecision(state, node)) return `L ${id} ${vtreeNode} ${(each & 1) === 0 ? node : -node}`;
    const parts: number[] = [];
    for (let i = state.starts[node]; i < state.ends[node]; i += 2) {
      const sub = state.elements.data[i + 1] ^ (each & 1);
      parts.push(ids.get(state.elements.data[i])!, ids.get(sub)!);
    }
    return `D ${id} ${vtreeNode} ${parts.length / 2} ${parts.join(" ")}`;
  });
  return `${[`sdd ${order.length}`, ...lines].join("\n")}\n`;
}
