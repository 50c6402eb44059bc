/**
 * A circuit made ready for many rows at once: its structure as operations of the kernels (`Backend.circuitPass`),
 * with its parameters apart, so that others of the same structure need no new plan.
 *
 *   - Sums over the same children become one operation, a matrix product: that is all there is in the layers of
 *     latent trees, RAT circuits and the like.
 *   - A product of two that only one sum reads is not stored: the sum adds weight · left · right.
 *   - A chain of sums with one child above everything else, where compilers put the common scale, is a constant.
 *
 * Inputs over states are tables that are looked up, with one more entry, 1, for a missing value; other inputs, and
 * those that the caller wants to give by row, are numbers of the batch.
 */
import type { CircuitOperation, CircuitOperations } from "@credence/core/kernels";
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { arityOf } from "../circuit/domain.ts";

/** The plan of a structure. */
export interface CircuitPlan extends CircuitOperations {
  /** Per input: where its table starts in `numbers`, -1 for a given one; edges' weights come first there. */
  readonly tables: Int32Array;
  /** Per input: its column of given numbers, -1 for one with a table. */
  readonly givenOf: Int32Array;
  /** Per variable: its column of states, -1 if none of its inputs has a table. */
  readonly columnOf: Int32Array;
  /** The edges above everything else whose weights are a constant factor. */
  readonly constants: readonly number[];
}

/** Which inputs' values come with each batch. */
export type GivenInputs = "all" | "numbers";

/**
 * The plan of a circuit. O(edges).
 * @param given `all`: those of all inputs; `numbers`: of those over numbers, where the others have tables
 */
export function circuitPlan(circuit: Circuit, given: GivenInputs = "numbers"): CircuitPlan {
  const { kinds, inputOf, offsets, children, edges, inputs, domains } = circuit;
  const { root, constants } = belowConstants(circuit);
  const fused = fusedProducts(circuit, root);
  const layout = inputLayout(circuit, given);
  const slotOf = new Int32Array(root + 1).fill(-1);
  const operations: CircuitOperation[] = [];
  const groups = groupsOfSums(circuit, root);
  let slots = 0;
  let one = -1;
  /** A slot that is 1, for terms without a second factor. */
  const oneSlot = (): number => {
    if (one < 0) {
      one = slots++;
      operations.push({ kind: "product", out: one, children: [] });
    }
    return one;
  };
  for (let node = 0; node <= root; node++) {
    if (fused[node] || slotOf[node] >= 0) continue;
    const own = children.subarray(offsets[node], offsets[node + 1]);
    if (kinds[node] === nodeKinds.input) {
      const [input, out] = [inputOf[node], slots++];
      slotOf[node] = out;
      const column = layout.columnOf[inputs[input].variable];
      operations.push(
        layout.tables[input] < 0
          ? { kind: "take", out, column: layout.givenOf[input] }
          : { kind: "lookUp", out, table: layout.tables[input], column },
      );
    } else if (kinds[node] === nodeKinds.product) {
      slotOf[node] = slots++;
      operations.push({
        kind: "product",
        out: slotOf[node],
        children: Array.from(own, (child) => slotOf[child]),
      });
    } else if (own.some((child) => fused[child])) {
      const left = Array.from(own, (child) => slotOf[fused[child] ? children[offsets[child]] : child]);
      const right = Array.from(own, (child) =>
        fused[child] ? slotOf[children[offsets[child] + 1]] : oneSlot(),
      );
      slotOf[node] = slots++;
      operations.push({ kind: "sums", outs: [slotOf[node]], weights: [offsets[node]], left, right });
    } else {
      const group = groups.get(node) ?? [node];
      for (const each of group) slotOf[each] = slots++;
      operations.push({
        kind: "sums",
        outs: group.map((each) => slotOf[each]),
        weights: group.map((each) => offsets[each]),
        left: Array.from(own, (child) => slotOf[child]),
      });
    }
  }
  const numbers =
    edges + inputs.reduce((sum, input, i) => sum + tableLength(domains, input.variable, layout, i), 0);
  return {
    ...layout,
    slots,
    root: slotOf[root],
    operations,
    numbers,
    constants,
  };
}

/** The first node below single-child sums at the top, and their edges. */
export function belowConstants({ kinds, offsets, children, size }: Circuit): {
  readonly root: number;
  readonly constants: readonly number[];
} {
  const constants: number[] = [];
  let root = size - 1;
  while (kinds[root] === nodeKinds.sum && offsets[root + 1] - offsets[root] === 1) {
    constants.push(offsets[root]);
    root = children[offsets[root]];
  }
  return { root, constants };
}

type Layout = Pick<CircuitPlan, "tables" | "givenOf" | "columnOf" | "columns" | "givens">;

function inputLayout({ inputs, domains, edges }: Circuit, given: GivenInputs): Layout {
  const tables = new Int32Array(inputs.length).fill(-1);
  const givenOf = new Int32Array(inputs.length).fill(-1);
  const columnOf = new Int32Array(domains.length).fill(-1);
  let [numbers, columns, givens] = [edges, 0, 0];
  inputs.forEach(({ variable }, i) => {
    if (given === "all" || !Number.isFinite(arityOf(domains[variable]))) {
      givenOf[i] = givens++;
      return;
    }
    tables[i] = numbers;
    numbers += arityOf(domains[variable]) + 1;
    if (columnOf[variable] < 0) columnOf[variable] = columns++;
  });
  return { tables, givenOf, columnOf, columns, givens };
}

function tableLength(
  domains: Circuit["domains"],
  variable: number,
  { tables }: Layout,
  input: number,
): number {
  return tables[input] < 0 ? 0 : arityOf(domains[variable]) + 1;
}

/** Products of two nodes with a single parent, a sum that shares its children with no other. */
function fusedProducts(circuit: Circuit, root: number): Uint8Array {
  const { kinds, offsets, children, size } = circuit;
  const parents = new Int32Array(size);
  const underProduct = new Uint8Array(size);
  for (let node = 0; node <= root; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      parents[children[edge]]++;
      if (kinds[node] === nodeKinds.product) underProduct[children[edge]] = 1;
    }
  }
  return Uint8Array.from({ length: root + 1 }, (_, node) => {
    const pair = kinds[node] === nodeKinds.product && offsets[node + 1] - offsets[node] === 2;
    return pair && node !== root && parents[node] === 1 && underProduct[node] === 0 ? 1 : 0;
  });
}

/** Sums over the same children in the same order, by the first of them; only groups of two and more. */
function groupsOfSums({ kinds, offsets, children }: Circuit, root: number): Map<number, number[]> {
  const byHash = new Map<number, number[][]>();
  const same = (a: number, b: number): boolean => {
    const length = offsets[a + 1] - offsets[a];
    if (offsets[b + 1] - offsets[b] !== length) return false;
    for (let e = 0; e < length; e++) {
      if (children[offsets[a] + e] !== children[offsets[b] + e]) return false;
    }
    return true;
  };
  for (let node = 0; node <= root; node++) {
    if (kinds[node] !== nodeKinds.sum) continue;
    let hash = 17;
    for (let e = offsets[node]; e < offsets[node + 1]; e++) hash = (Math.imul(hash, 31) + children[e]) | 0;
    const found = byHash.get(hash) ?? [];
    byHash.set(hash, found);
    const group = found.find(([first]) => same(first, node));
    if (group === undefined) found.push([node]);
    else group.push(node);
  }
  const groups = new Map<number, number[]>();
  for (const found of byHash.values()) {
    for (const group of found) if (group.length > 1) groups.set(group[0], group);
  }
  return groups;
}

/** Per operation: 1 if one of the wanted given columns is at or below it, so that its slope matters. */
export function wantedOperations(plan: CircuitPlan, wanted: (column: number) => boolean): Int32Array {
  const slots = new Uint8Array(plan.slots);
  return Int32Array.from(plan.operations, (op) => {
    let own = false;
    if (op.kind === "take") own = wanted(op.column);
    else if (op.kind === "product") own = op.children.some((child) => slots[child]);
    else if (op.kind === "sums") {
      own = op.left.some((child) => slots[child]) || (op.right ?? []).some((child) => slots[child]);
    }
    if (!own) return 0;
    if (op.kind === "sums") for (const out of op.outs) slots[out] = 1;
    else slots[op.out] = 1;
    return 1;
  });
}
