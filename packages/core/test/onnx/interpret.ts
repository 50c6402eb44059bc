/** A plain interpreter of graphs, after the operators' definitions at version 17, in double precision. */
import type { OnnxGraph, OnnxNode } from "@credence/core/onnx";

/** A tensor of doubles. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

type Operator = (inputs: readonly Tensor[], attributes: OnnxNode["attributes"], results: number) => Tensor[];

/** The outputs of a graph for these inputs, by name. @throws Error for operators that it does not know */
export function interpret(graph: OnnxGraph, feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const values = new Map<string, Tensor>(Object.entries(feeds));
  for (const { name, shape, data } of graph.constants)
    values.set(name, { dims: shape, data: Array.from(data) });
  const get = (name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`nothing is called ${name}`);
    return value;
  };
  for (const { operator, inputs, outputs, attributes } of graph.nodes) {
    const apply = operators[operator];
    if (apply === undefined) throw new Error(`no operator ${operator}`);
    const results = apply(inputs.map(get), attributes, outputs.length);
    outputs.forEach((name, i) => {
      values.set(name, results[i]);
    });
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, get(name)]));
}

/** Entry by entry, of one shape or with a number on one side. */
function pairwise(f: (x: number, y: number) => number): Operator {
  return ([a, b]) => {
    const large = a.data.length >= b.data.length && a.dims.length >= b.dims.length ? a : b;
    for (const each of [a, b]) {
      if (
        each.dims.length > 0 &&
        each.dims.join() !== large.dims.join() &&
        each.dims.join() !== `${large.dims[0]},1`
      ) {
        throw new Error(`shapes ${a.dims} and ${b.dims}`);
      }
    }
    const at = (of: Tensor, i: number) => {
      if (of.data.length === large.data.length) return of.data[i];
      return of.dims.length === 0 ? of.data[0] : of.data[Math.floor(i / large.dims[1])];
    };
    return [{ dims: large.dims, data: large.data.map((_, i) => f(at(a, i), at(b, i))) }];
  };
}

function single(f: (x: number) => number): Operator {
  return ([x]) => [{ dims: x.dims, data: x.data.map(f) }];
}

function rowsOf({ dims, data }: Tensor): number[][] {
  return Array.from({ length: dims[0] }, (_, i) => data.slice(i * dims[1], (i + 1) * dims[1]));
}

function fromRows(rows: readonly (readonly number[])[]): Tensor {
  return { dims: [rows.length, rows[0].length], data: rows.flat() };
}

function flipped(of: Tensor): Tensor {
  const rows = rowsOf(of);
  return fromRows(rows[0].map((_, j) => rows.map((row) => row[j])));
}

const product: Operator = ([a, b]) => {
  const right = rowsOf(b);
  return [
    fromRows(
      rowsOf(a).map((row) => right[0].map((_, j) => row.reduce((sum, x, k) => sum + x * right[k][j], 0))),
    ),
  ];
};

/** A row's numbers to one. */
function reduceRows(f: (row: number[]) => number): Operator {
  return ([x]) => [fromRows(rowsOf(x).map((row) => [f(row)]))];
}

const operators: Readonly<Record<string, Operator>> = {
  Add: pairwise((x, y) => x + y),
  Sub: pairwise((x, y) => x - y),
  Mul: pairwise((x, y) => x * y),
  Div: pairwise((x, y) => x / y),
  Neg: single((x) => -x),
  Sqrt: single(Math.sqrt),
  Log: single(Math.log),
  Identity: single((x) => x),
  Cast: single((x) => x),
  MatMul: product,
  Transpose: ([x]) => [flipped(x)],
  Gemm: ([a, b], { transA = 0, transB = 0 }) =>
    product([transA === 1 ? flipped(a) : a, transB === 1 ? flipped(b) : b], {}, 1),
  Gather: ([table, ids]) => {
    const rows = rowsOf(table);
    return [fromRows(ids.data.map((id) => rows[id]))];
  },
  Split: ([x], _, results) =>
    Array.from({ length: results }, (_, part) => {
      const width = x.dims[1] / results;
      return fromRows(rowsOf(x).map((row) => row.slice(part * width, (part + 1) * width)));
    }),
  Concat: ([a, b]) => {
    const right = rowsOf(b);
    return [fromRows(rowsOf(a).map((row, i) => [...row, ...right[i]]))];
  },
  Unsqueeze: ([x]) => [{ dims: [...x.dims, 1], data: x.data }],
  GatherElements: ([x, columns]) => {
    const rows = rowsOf(x);
    return [{ dims: columns.dims, data: columns.data.map((column, i) => rows[i][column]) }];
  },
  ScatterElements: ([x, columns, updates]) => [
    fromRows(rowsOf(x).map((row, i) => row.with(columns.data[i], updates.data[i]))),
  ],
  ScatterND: ([table, ids, rows]) => {
    const all = rowsOf(table);
    rowsOf(rows).forEach((row, i) => {
      all[ids.data[i]] = all[ids.data[i]].map((x, j) => x + row[j]);
    });
    return [fromRows(all)];
  },
  Softmax: ([x]) => [
    fromRows(
      rowsOf(x).map((row) => {
        const weights = row.map((entry) => Math.exp(entry - Math.max(...row)));
        const sum = weights.reduce((a, b) => a + b, 0);
        return weights.map((weight) => weight / sum);
      }),
    ),
  ],
  ReduceMax: reduceRows((row) => Math.max(...row)),
  ReduceMean: ([x]) => [{ dims: [], data: [x.data.reduce((a, b) => a + b, 0) / x.data.length] }],
  ReduceSum: ([x]) => [{ dims: [], data: [x.data.reduce((a, b) => a + b, 0)] }],
};
