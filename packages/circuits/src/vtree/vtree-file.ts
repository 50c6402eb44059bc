/**
 * Vtree files:
 *
 *   vtree N           number of nodes
 *   L id v            the leaf of variable v
 *   I id left right   an inner node, after its children
 *
 * Lines that begin with c are comments.
 */
import { integerOf, placed, type Scanner, scanner, wrongCount } from "../cnf/scanner.ts";
import { type Vtree, vtreeFrom } from "./vtree.ts";

/** A vtree from a file, with the numbers that its nodes have there. */
export interface VtreeFile {
  readonly vtree: Vtree;
  /** From a node's number in the file to its number in `vtree`. */
  readonly places: ReadonlyMap<number, number>;
}

/**
 * Parses a vtree file. O(n log n).
 * @throws ParseError `VTREE_HEADER`, `VTREE_LINE`, `VTREE_NODE` with line and column
 * @throws ParseError `VTREE_VARIABLES`, at the last line, unless the leaves are the variables 1 … n, each once
 */
export function parseVtree(text: string): VtreeFile {
  const scan = scanner(text);
  let count = Number.NaN;
  const leaves = new Map<number, number>();
  const inner = new Map<number, readonly [number, number]>();
  const orphans = new Set<number>();
  while (!scan.atEnd()) {
    const word = scan.next();
    if (word.startsWith("c")) {
      scan.skipLine();
      continue;
    }
    if (Number.isNaN(count) !== (word === "vtree")) {
      throw scan.fail("VTREE_HEADER", "A vtree file has one header, and it comes first.", "a line `vtree N`");
    }
    if (word === "vtree") count = positive(scan, "VTREE_HEADER");
    else if (word === "L" || word === "I") {
      const id = positive(scan, "VTREE_NODE");
      if (leaves.has(id) || inner.has(id))
        throw scan.fail("VTREE_NODE", "This node comes twice.", "a new number");
      if (word === "L") leaves.set(id, positive(scan, "VTREE_NODE", 1));
      else inner.set(id, [child(scan, orphans), child(scan, orphans)]);
      orphans.add(id);
    } else
      throw scan.fail(
        "VTREE_LINE",
        "This line cannot be understood.",
        "`L id variable` or `I id left right`",
      );
    if (scan.skipLine().trim() !== "")
      throw scan.fail("VTREE_LINE", "The line goes on.", "the end of the line");
  }
  if (orphans.size !== 1 || leaves.size + inner.size !== count) {
    throw wrongCount(scan, "vtree", count, "The nodes are not as many as announced, or not one tree.");
  }
  const [root] = orphans;
  return placed(text, scan.start, () =>
    vtreeFrom({ root, variableOf: (id) => leaves.get(id) ?? 0, childrenOf: (id) => inner.get(id)! }),
  );
}

function positive(scan: Scanner, code: string, least = 0): number {
  const value = integerOf(scan.nextOnLine());
  if (value >= least) return value;
  throw scan.fail(code, "A number is missing or cannot be understood.", `an integer of at least ${least}`);
}

/** A child is a node that has come before and has no parent yet. */
function child(scan: Scanner, orphans: Set<number>): number {
  const id = positive(scan, "VTREE_NODE");
  if (orphans.delete(id)) return id;
  throw scan.fail("VTREE_NODE", "This is not a node without a parent.", "a node from a line above");
}

/** The file of a vtree; nodes come after their children. O(n). */
export function printVtree(vtree: Vtree): string {
  const lines: string[] = [];
  const open = [vtree.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (vtree.variable[node] > 0) lines.push(`L ${node} ${vtree.variable[node]}`);
    else {
      lines.push(`I ${node} ${vtree.left[node]} ${vtree.right[node]}`);
      open.push(vtree.left[node], vtree.right[node]);
    }
  }
  return `${[`vtree ${vtree.size}`, ...lines.reverse()].join("\n")}\n`;
}
