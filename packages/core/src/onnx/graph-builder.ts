/** Builds a graph operation by operation; what it hands out are names. */
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxType, OnnxValue } from "./model.ts";

/** A graph in the making. */
export interface GraphBuilder {
  /** Declares an input and returns its name. */
  input(name: string, type: OnnxType, shape: OnnxValue["shape"]): string;
  /** Adds a constant and returns its name. */
  constant(type: OnnxType, shape: readonly number[], data: ArrayLike<number>): string;
  /** Adds an operation of one result and returns its name. */
  node(operator: string, inputs: readonly string[], attributes?: OnnxNode["attributes"]): string;
  /** Adds an operation of several results and returns their names. */
  nodes(
    operator: string,
    inputs: readonly string[],
    results: number,
    attributes?: OnnxNode["attributes"],
  ): string[];
  /** Declares a result, under a name of its own. */
  output(name: string, of: string, type: OnnxType, shape: OnnxValue["shape"]): void;
  graph(): OnnxGraph;
}

/** An empty graph. */
export function graphBuilder(name: string): GraphBuilder {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const constants: OnnxConstant[] = [];
  const nodes: OnnxNode[] = [];
  const noAttributes: Readonly<Record<string, OnnxAttribute>> = {};
  const add: GraphBuilder["nodes"] = (operator, from, results, attributes = noAttributes) => {
    const names = Array.from({ length: results }, (_, i) => `${operator}_${nodes.length}_${i}`);
    nodes.push({ operator, inputs: from, outputs: names, attributes });
    return names;
  };
  return {
    input(own, type, shape) {
      inputs.push({ name: own, type, shape });
      return own;
    },
    constant(type, shape, data) {
      const own = `constant_${constants.length}`;
      constants.push({ name: own, type, shape, data });
      return own;
    },
    node: (operator, from, attributes) => add(operator, from, 1, attributes)[0],
    nodes: add,
    output(own, of, type, shape) {
      nodes.push({ operator: "Identity", inputs: [of], outputs: [own], attributes: noAttributes });
      outputs.push({ name: own, type, shape });
    },
    graph: () => ({ name, inputs, outputs, constants, nodes }),
  };
}
