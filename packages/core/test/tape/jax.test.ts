/** Values and gradients of composed functions against jax-js, which shares nothing with this library. */

import { rng } from "@credence/core";
import {
  attention,
  type Block,
  block,
  dense,
  gradientOf,
  gruCell,
  layerNorm,
  model,
  onTape,
} from "@credence/core/layers";
import { binaryCrossEntropy, crossEntropy, gelu, mean, mul, tape, type Value } from "@credence/core/tape";
import { defaultDevice, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

/** Arrays of jax-js count their references: `ref` keeps one for another use. */
type JaxArray = ReturnType<typeof np.array>;
type JaxParameters = Record<string, JaxArray>;

beforeAll(() => {
  // The interpreter in plain JavaScript is everywhere; other devices need WebGPU or threads.
  defaultDevice("cpu");
});

const r = rng("jax");
const rows = (n: number, m: number) =>
  Array.from({ length: n }, () => Array.from({ length: m }, () => Math.fround(r.normal())));

/** Checks a block's loss, and its gradient in every parameter, for inputs of both kinds. */
function compare<F>(
  of: Block<F>,
  ours: (run: F, input: (data: number[][]) => Value) => Value,
  theirs: (parameters: JaxParameters) => JaxArray,
): void {
  const own = model(of, { seed: 1 });
  const moved = r.fork(Object.keys(of.specs).join());
  for (let i = 0; i < own.parameters.length; i++) own.parameters[i] += 0.3 * moved.normal();
  const t = tape();
  const gradient = gradientOf(own);
  const loss = ours(onTape(t, own, gradient), (data) =>
    t.constant({ rows: data.length, cols: data[0].length, data: Float32Array.from(data.flat()) }),
  );
  t.backward(loss);
  const parameters = Object.fromEntries(
    Object.entries(own.arrays).map(([name, { rows: n, cols, data }]) => [
      name,
      np.array(data as Float32Array).reshape([n, cols]),
    ]),
  );
  const [value, gradients] = valueAndGrad(theirs)(parameters) as [JaxArray, JaxParameters];
  // Both compute in single precision, in different orders.
  expect(close(loss.data[0], value.js() as number, 10 * tolerance.single)).toBe(true);
  for (const [name, { data }] of Object.entries(gradient.arrays)) {
    const expected = (gradients[name].js() as number[][]).flat();
    expect(data).toHaveLength(expected.length);
    for (const [i, entry] of expected.entries()) {
      if (!close(data[i], entry, 10 * tolerance.single))
        expect.fail(`${name}[${i}]: ${data[i]} instead of ${entry}`);
    }
  }
}

const affine = (p: JaxParameters, name: string, x: JaxArray) =>
  np.matmul(x, p[`${name}.weight`].ref).add(p[`${name}.bias`].ref);

describe("the tape agrees with jax-js", () => {
  it("on a classifier of dense layers, gelu and layer norm", () => {
    const input = rows(6, 5);
    const classes = [0, 1, 2, 2, 1, 0];
    compare(
      block(
        { first: dense(5, 8), norm: layerNorm(8), second: dense(8, 3) },
        ({ first, norm, second }) =>
          (x: Value) =>
            second(norm(gelu(first(x)))),
      ),
      (run, of) => crossEntropy(run(of(input)), Int32Array.from(classes)),
      (p) => {
        const hidden = nn.gelu(affine(p, "first", np.array(input)), { approximate: true });
        const normed = nn
          .standardize(hidden, -1, { epsilon: 1e-5 })
          .mul(p["norm.gain"].ref)
          .add(p["norm.bias"].ref);
        const logs = nn.logSoftmax(affine(p, "second", normed));
        return np.sum(logs.mul(np.array(classes.map((c) => [0, 1, 2].map((j) => (j === c ? -1 / 6 : 0))))));
      },
    );
  });

  it("on two steps of a gated recurrent unit, with a binary loss", () => {
    const [first, second, start] = [rows(3, 2), rows(3, 2), rows(3, 4)];
    const targets = Array.from({ length: 12 }, (_, i) => (i % 3) / 2);
    compare(
      gruCell(2, 4),
      (run, of) => binaryCrossEntropy(run(of(second), run(of(first), of(start))), targets),
      (p) => {
        const part = (of: JaxArray, i: number) => of.slice([], [4 * i, 4 * (i + 1)]);
        const step = (x: number[][], h: JaxArray) => {
          const [a, b] = [affine(p, "input", np.array(x)), affine(p, "state", h.ref)];
          const reset = nn.sigmoid(part(a.ref, 0).add(part(b.ref, 0)));
          const update = nn.sigmoid(part(a.ref, 1).add(part(b.ref, 1)));
          const candidate = np.tanh(part(a, 2).add(reset.mul(part(b, 2))));
          return candidate.ref.add(update.mul(h.sub(candidate)));
        };
        const z = step(second, step(first, np.array(start)));
        const t = np.array(targets).reshape([3, 4]);
        return np.mean(nn.softplus(z.ref).sub(t.mul(z)));
      },
    );
  });

  it("on attention with two heads", () => {
    const [queries, memory] = [rows(3, 6), rows(5, 6)];
    compare(
      attention({ width: 6, heads: 2 }),
      (run, of) => {
        const y = run(of(queries), of(memory));
        return mean(mul(y, y));
      },
      (p) => {
        const heads = (of: JaxArray) => of.reshape([-1, 2, 3]).transpose([1, 0, 2]);
        const q = heads(affine(p, "query", np.array(queries)));
        const k = heads(affine(p, "key", np.array(memory)));
        const v = heads(affine(p, "value", np.array(memory)));
        const scores = np.matmul(q, k.transpose([0, 2, 1])).mul(1 / Math.sqrt(3));
        const heard = np.matmul(nn.softmax(scores), v).transpose([1, 0, 2]).reshape([3, 6]);
        const y = affine(p, "output", heard);
        return np.mean(np.square(y));
      },
    );
  });
});
