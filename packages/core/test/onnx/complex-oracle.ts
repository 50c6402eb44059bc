/** Steps of ComplEx on the tape and by the library's own Adagrad: what the graph must do. */
import { adagrad } from "@credence/core";
import type { ComplexBatch, ComplexTables } from "@credence/core/onnx";
import {
  add,
  concatColumns,
  crossEntropy,
  gatherRows,
  matmul,
  mul,
  scale,
  sliceColumns,
  sub,
  sum,
  tape,
  type Value,
} from "@credence/core/tape";

/** Training of copies of the tables. */
export function oracle(tables: ComplexTables, rank: number, n3: number) {
  const own = {
    entities: Float64Array.from(tables.entities),
    relations: Float64Array.from(tables.relations),
  };
  const gradients = {
    entities: new Float64Array(own.entities.length),
    relations: new Float64Array(own.relations.length),
  };
  const optimizer = (learningRate: number) => adagrad({ learningRate, epsilon: 1e-10 });
  const states = {
    entities: optimizer(1).init(own.entities.length, own.entities),
    relations: optimizer(1).init(own.relations.length, own.relations),
  };
  const t = tape({ precision: "float64" });
  const parameter = (name: keyof typeof own) =>
    t.parameter({ rows: own[name].length / (2 * rank), cols: 2 * rank, data: own[name] }, gradients[name]);
  return {
    tables: own,
    step({ heads, relations: ids, tails }: ComplexBatch, learningRate: number): number {
      t.begin();
      const [entities, relations] = [parameter("entities"), parameter("relations")];
      const half = (x: Value, i: number) => sliceColumns(x, i * rank, (i + 1) * rank);
      const [h, r, tail] = [
        gatherRows(entities, heads),
        gatherRows(relations, ids),
        gatherRows(entities, tails),
      ];
      const re = sub(mul(half(h, 0), half(r, 0)), mul(half(h, 1), half(r, 1)));
      const im = add(mul(half(h, 0), half(r, 1)), mul(half(h, 1), half(r, 0)));
      const scores = matmul(concatColumns(re, im), entities, { transposeB: true });
      const penalty = [h, r, tail].map((x) => {
        const squares = add(mul(half(x, 0), half(x, 0)), mul(half(x, 1), half(x, 1)));
        return sum(mul(squares, root(squares)));
      });
      const weighted = scale(add(add(penalty[0], penalty[1]), penalty[2]), n3 / heads.length);
      const loss = add(crossEntropy(scores, tails), weighted);
      t.backward(loss);
      for (const name of ["entities", "relations"] as const) {
        optimizer(learningRate).updateInto(own[name], gradients[name], states[name]);
      }
      return loss.data[0];
    },
  };
}

/** √x, an operation that the tape has no need of itself. */
function root(x: Value): Value {
  const data = x.data.map(Math.sqrt) as Float64Array;
  return x.tape.record({
    name: "root",
    rows: x.rows,
    cols: x.cols,
    data,
    inputs: [x],
    backward(gradient) {
      const into = x.tape.accumulator(x);
      for (let i = 0; i < into.length; i++) into[i] += gradient[i] / (2 * data[i]);
    },
  });
}
