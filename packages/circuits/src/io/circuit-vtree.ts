/** The vtree that a circuit respects, turned so that the first factor of its products lies on the left. */
import { type Circuit, nodeKinds } from "../circuit/circuit.ts";
import { checkStructured, type VtreeShape, vtreePlaces } from "../properties/structured.ts";
import { type Vtree, type VtreeParts, vtreeFrom } from "../vtree/vtree.ts";

/** A vtree over the variables 1 … n, and the node of it that each node of the circuit is about. */
export interface CircuitVtree {
  readonly vtree: Vtree;
  readonly places: Int32Array;
}

/**
 * The vtree, or the first product that rules every vtree out; without variables there is none either, and the root is
 * the witness. O(depth · total scope of the products' children).
 */
export function vtreeOfCircuit(circuit: Circuit): CircuitVtree | { readonly witness: number } {
  if (circuit.variables.size === 0) return { witness: circuit.size - 1 };
  const check = checkStructured(circuit);
  if (!check.holds) return { witness: check.node };
  const parts = refine(check.vtree, (name) => circuit.variables.id(name) + 1);
  const { vtree, places: numbers } = vtreeFrom(parts);
  const turned = new Set<number>();
  const decided = new Set<number>();
  const places = vtreePlaces(circuit, vtree);
  for (let node = 0; node < circuit.size; node++) {
    if (circuit.kinds[node] !== nodeKinds.product || decided.has(places[node])) continue;
    if (vtree.left[places[node]] < 0) continue;
    decided.add(places[node]);
    if (places[circuit.children[circuit.offsets[node]]] > places[node]) turned.add(places[node]);
  }
  const { vtree: oriented } = vtreeFrom({
    ...parts,
    childrenOf(node) {
      const [left, right] = parts.childrenOf(node);
      return turned.has(numbers.get(node) as number) ? [right, left] : [left, right];
    },
  });
  return { vtree: oriented, places: vtreePlaces(circuit, oriented) };
}

/** A node of three parts or more is split again, the first part from the others: any way will do. */
function refine(shape: VtreeShape, variableOf: (name: string) => number): VtreeParts {
  const shapes: VtreeShape[] = [shape];
  const children: [number, number][] = [];
  for (let i = 0; i < shapes.length; i++) {
    const each = shapes[i];
    if (typeof each === "string") continue;
    const rest = each.length === 2 ? each[1] : each.slice(1);
    children[i] = [shapes.push(each[0]) - 1, shapes.push(rest) - 1];
  }
  return {
    root: 0,
    variableOf(node) {
      const each = shapes[node];
      return typeof each === "string" ? variableOf(each) : 0;
    },
    childrenOf: (node) => children[node],
  };
}
