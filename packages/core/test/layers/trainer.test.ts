import { adagrad, adam, InvalidArgumentError, rng } from "@credence/core";
import { wasmBackend } from "@credence/core/kernels";
import {
  block,
  dense,
  dropout,
  embedding,
  layerNorm,
  model,
  predictor,
  type TrainerOptions,
  trainer,
  weights,
} from "@credence/core/layers";
import { crossEntropy, gelu, mul, scale, sum, type Value } from "@credence/core/tape";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { thrown } from "../thrown.ts";

/** Words of a little language, and what follows each: a table that an embedding and two layers can learn. */
const [words, width] = [12, 8];
const parts = {
  word: embedding(words, width),
  drop: dropout(0.1),
  hidden: dense(width, 16),
  norm: layerNorm(16),
  out: dense(16, words),
};
const next = block(
  parts,
  ({ word, drop, hidden, norm, out }) =>
    (ids: ArrayLike<number>) =>
      out(norm(gelu(hidden(drop(word(ids)))))),
);
const ids = Int32Array.from({ length: words }, (_, i) => i);
const followers = rng("language").shuffle(ids.slice());

const options: TrainerOptions = { optimizer: adam({ learningRate: 0.02 }), clip: 5, seed: 1 };

function trained(steps: number, more: TrainerOptions = {}) {
  const own = trainer(model(next, { seed: 1 }), { ...options, ...more });
  const losses = Array.from(
    { length: steps },
    () => own.trainStep((run) => crossEntropy(run(ids), followers)).loss,
  );
  return { own, losses };
}

describe("a trainer", () => {
  it("learns", () => {
    const { own, losses } = trained(200);
    expect(losses[199]).toBeLessThan(losses[0] / 20);
    const logits = own.evaluate((run) => run(ids).data.slice());
    for (const [i, follower] of followers.entries()) {
      const row = logits.subarray(i * words, (i + 1) * words);
      expect(row.indexOf(Math.max(...row))).toBe(follower);
    }
  });

  it("gives the same bytes for the same seeds, and others for another seed of dropout", () => {
    const { own, losses } = trained(20);
    const again = trained(20);
    expect(again.own.model.parameters).toEqual(own.model.parameters);
    expect(again.losses).toEqual(losses);
    expect(trained(20, { seed: 2 }).losses).not.toEqual(losses);
  });

  it("evaluates without dropout, changes nothing by it, and neither does its memory grow", () => {
    const { own } = trained(5);
    const evaluate = () => own.evaluate((run) => run(ids).data.slice());
    const before = own.model.parameters.slice();
    const first = evaluate();
    expect(evaluate()).toEqual(first);
    expect(own.model.parameters).toEqual(before);
    expect(predictor(own.model)((run) => run(ids).data.slice())).toEqual(first);
    own.trainStep((run) => crossEntropy(run(ids), followers));
    const { reserved } = own.memory();
    for (let i = 0; i < 300; i++) {
      own.trainStep((run) => crossEntropy(run(ids), followers));
      if (i % 10 === 0) evaluate();
    }
    expect(own.memory().reserved).toBe(reserved);
    own.release();
    expect(own.memory().reserved).toBe(0);
  });

  it("learns with any backend, its parameters in that backend's memory", () => {
    const backend = wasmBackend();
    const own = trainer(model(next, { seed: 1, backend }), { ...options, backend });
    const { losses } = trained(10);
    for (const loss of losses) {
      const report = own.trainStep((run) => crossEntropy(run(ids), followers));
      // Rounding differs in single precision and training spreads it.
      expect(close(report.loss, loss, 100 * tolerance.single)).toBe(true);
    }
    own.release();
    backend.close();
  });

  const number = block(
    { x: weights(1, 2) },
    ({ x }) =>
      (): Value =>
        sum(mul(x, x)),
  );
  const at = (values: number[]) => {
    const arrays = { x: { rows: 1, cols: 2, data: Float64Array.from(values) } };
    return model(number, { precision: "float64", arrays });
  };

  it("scales gradients down to the clip, and tells how long they were", () => {
    // The gradient at (3, 4) is (6, 8), of length 10; plain Adagrad would move both by 1 whatever their length.
    const step = (clip?: number) => {
      const own = trainer(at([3, 4]), {
        optimizer: adagrad({ learningRate: 1, epsilon: 10 }),
        ...(clip === undefined ? {} : { clip }),
      });
      const { loss, gradientNorm } = own.trainStep((run) => run());
      expect([loss, gradientNorm]).toEqual([25, 10]);
      return Array.from(own.model.parameters);
    };
    expect(step()).toEqual([3 - 6 / 16, 4 - 8 / 18]);
    expect(step(20)).toEqual(step());
    const clipped = step(5);
    expect(close(clipped[0], 3 - 3 / 13, tolerance.rounding)).toBe(true);
    expect(close(clipped[1], 4 - 4 / 14, tolerance.rounding)).toBe(true);
  });

  it("takes another optimizer over the same state for a step", () => {
    const own = trainer(at([1, 1]), { optimizer: adam({ learningRate: 0.1 }) });
    own.trainStep((run) => run());
    const before = own.model.parameters.slice();
    own.trainStep((run) => run(), adam({ learningRate: 1e-12 }));
    expect(close(own.model.parameters[0], before[0], 1e-11)).toBe(true);
    expect((own.state as { steps: Int32Array }).steps[0]).toBe(2);
  });

  it("leaves the parameters as they were when a step fails", () => {
    const own = trainer(at([1, 2]));
    const fails: [RegExp, (run: () => Value) => Value][] = [
      [/The loss is Infinity/, (run) => scale(scale(run(), 1e300), 1e300)],
      // The loss underflows to a finite number, its gradient does not stay one.
      [/the length of its gradient is Infinity/, (run) => scale(scale(run(), 1e200), 1)],
    ];
    for (const [message, lossOf] of fails) {
      const error = thrown(() => own.trainStep(lossOf));
      expect(error.code).toBe("NON_FINITE");
      expect(error.message).toMatch(message);
      expect(Array.from(own.model.parameters)).toEqual([1, 2]);
    }
    expect(
      thrown(() => own.trainStep((_, t) => t.constant({ rows: 1, cols: 1, data: own.model.parameters })))
        .code,
    ).toBe("INVALID_ARGUMENT");
    expect(Array.from(own.model.parameters)).toEqual([1, 2]);
  });

  it("refuses a clip that is not above 0", () => {
    for (const clip of [0, -1, Number.NaN]) {
      expect(() => trainer(at([1, 2]), { clip })).toThrow(InvalidArgumentError);
    }
  });
});
