/** Circuits as Graphviz DOT text, for looking at small ones. */
import { printName } from "@credence/core";
import { type Circuit, nodeKinds } from "./circuit/circuit.ts";
import type { Distribution } from "./inputs/distribution.ts";

/**
 * A digraph in DOT: literals and other inputs as boxes, products as ×, sums as + with their weights (not logs) on the edges.
 * O(edges).
 */
export function toDot(circuit: Circuit): string {
  const lines = ["digraph circuit {", "  node [shape=circle];"];
  for (let node = 0; node < circuit.size; node++) {
    const sum = circuit.kinds[node] === nodeKinds.sum;
    const code = circuit.literals[node];
    if (code >= 0) {
      const text = `${code & 1 ? "" : "¬"}${printName(circuit.variables.name(code >> 1))}`;
      lines.push(`  n${node} [shape=box, label=${JSON.stringify(text)}];`);
    } else if (circuit.inputOf[node] >= 0) {
      const { variable, distribution } = circuit.inputs[circuit.inputOf[node]];
      const text = `${printName(circuit.variables.name(variable))} ~ ${distributionText(distribution)}`;
      lines.push(`  n${node} [shape=box, label=${JSON.stringify(text)}];`);
    } else lines.push(`  n${node} [label="${sum ? "+" : "×"}"];`);
    for (let edge = circuit.offsets[node]; edge < circuit.offsets[node + 1]; edge++) {
      const weight = circuit.logWeights[edge];
      const label = sum && weight !== 0 ? ` [label="${weightText(weight)}"]` : "";
      lines.push(`  n${node} -> n${circuit.children[edge]}${label};`);
    }
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

/** A family and its parameters, to four digits. */
function distributionText(distribution: Distribution): string {
  const { family, ...parameters } = distribution;
  const numbers = (Object.values(parameters) as (number | readonly number[])[]).flat();
  return `${family}(${numbers.map((x) => Number(x.toPrecision(4))).join(", ")})`;
}

/** exp(weight) to four digits, or in the form e^weight where that is not a sensible number. */
function weightText(weight: number): string {
  return Math.abs(weight) < 20 ? String(Number(Math.exp(weight).toPrecision(4))) : `e^${weight}`;
}
