import { AbortedError, adam, CredenceError, InvalidArgumentError, type Progress, rng } from "@credence/core";
import {
  dense,
  type FitOptions,
  fitNetwork,
  fitNetworkSync,
  type LabeledRows,
  type Network,
  probabilities,
  relu,
} from "@credence/core/layers";
import { describe, expect, it } from "vitest";

const layers = [dense(2, 16), relu(16), dense(16, 2)];
const options: FitOptions = { seed: 1, epochs: 40, batchSize: 20, optimizer: adam({ learningRate: 0.01 }) };

/** Points of the square, labeled by whether their coordinates differ in sign: no line parts the classes. */
function quadrants(seed: string, n = 200): LabeledRows & { readonly inputs: number[][] } {
  const r = rng(seed);
  const inputs = Array.from({ length: n }, () => [2 * r() - 1, 2 * r() - 1]);
  return { inputs, labels: inputs.map(([x, y]) => (x * y < 0 ? 1 : 0)) };
}

function accuracy(net: Network, { inputs, labels }: LabeledRows): number {
  const { data, rows } = probabilities(net, inputs);
  let right = 0;
  for (let i = 0; i < rows; i++) if (data[2 * i + labels[i]] > 0.5) right++;
  return right / rows;
}

const data = quadrants("train");

describe("fitNetwork", () => {
  it("learns what no linear model can", () => {
    const net = fitNetworkSync(layers, data, { ...options, epochs: 100 });
    expect(accuracy(net, quadrants("test", 1000))).toBeGreaterThan(0.95);
    const linear = fitNetworkSync([dense(2, 2)], data, { ...options, epochs: 100 });
    expect(accuracy(linear, quadrants("test", 1000))).toBeLessThan(0.75);
  });

  it("gives the same bytes for the same seed, driven either way, and others for another", async () => {
    const first = fitNetworkSync(layers, data, options);
    expect(fitNetworkSync(layers, data, options).parameters).toEqual(first.parameters);
    expect((await fitNetwork(layers, data, options)).parameters).toEqual(first.parameters);
    expect(fitNetworkSync(layers, data, { ...options, seed: 2 }).parameters).not.toEqual(first.parameters);
    expect(first.parameters).toBeInstanceOf(Float32Array);
  });

  it("makes the noise depend on the seed, and changes nothing else by it", () => {
    const noisy = { ...options, epochs: 2, noise: 0.5 };
    const first = fitNetworkSync(layers, data, noisy);
    expect(fitNetworkSync(layers, data, noisy).parameters).toEqual(first.parameters);
    expect(fitNetworkSync(layers, data, { ...noisy, noise: 0 }).parameters).not.toEqual(first.parameters);
    const inputs = data.inputs.map((row) => [...row]);
    fitNetworkSync(layers, { ...data, inputs }, noisy);
    expect(inputs).toEqual(data.inputs);
  });

  it("makes its answers smoother the more noise it saw", () => {
    const sure = (noise: number) => {
      const net = fitNetworkSync(layers, data, { ...options, epochs: 100, noise });
      const p = probabilities(net, [[0.1, 0.9]]).data[0];
      return Math.max(p, 1 - p);
    };
    expect(sure(0.5)).toBeLessThan(sure(0));
  });

  it("computes in double precision by choice", () => {
    const net = fitNetworkSync(layers, data, { ...options, precision: "float64", epochs: 1 });
    expect(net.parameters).toBeInstanceOf(Float64Array);
    const single = fitNetworkSync(layers, data, { ...options, epochs: 1 });
    for (let i = 0; i < net.parameters.length; i++) {
      expect(Math.abs(net.parameters[i] - single.parameters[i])).toBeLessThan(0.01);
    }
  });

  it("reports each batch, with a loss that falls", () => {
    const seen: Progress[] = [];
    fitNetworkSync(layers, data, { ...options, batchSize: 64, onProgress: (p) => seen.push(p) });
    // 200 examples are four batches of at most 64, the last one short.
    expect(seen.length).toBe(160);
    expect(seen[159]).toMatchObject({ phase: "fit", step: 160, steps: 160, metrics: { epoch: 40 } });
    expect(seen[159].metrics["loss"]).toBeLessThan(seen[3].metrics["loss"] / 2);
  });

  it("hands back the network so far when it is cancelled", () => {
    const controller = new AbortController();
    const onProgress = ({ step }: Progress) => step === 25 && controller.abort();
    try {
      fitNetworkSync(layers, data, { ...options, signal: controller.signal, onProgress });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AbortedError);
      const partial = (error as AbortedError<Network>).partial as Network;
      // 25 steps are two epochs and a half: further than two whole ones, short of three.
      expect(partial.parameters).not.toEqual(
        fitNetworkSync(layers, data, { ...options, epochs: 2 }).parameters,
      );
      expect(accuracy(partial, data)).toBeGreaterThan(0.5);
    }
  });

  it("stops early and keeps the parameters that did best on the held-out examples", () => {
    // Held-out labels are the wrong way round: the better the fit, the worse the validation loss.
    const held = quadrants("held");
    const labels = Array.from(held.labels, (label) => 1 - label);
    const seen: Progress[] = [];
    const net = fitNetworkSync(layers, data, {
      ...options,
      validation: { inputs: held.inputs, labels, patience: 3 },
      onProgress: (p) => seen.push(p),
    });
    const last = seen[seen.length - 1];
    const best = last.metrics["epoch"] - 3;
    expect(best).toBeLessThan(10);
    expect(net.parameters).toEqual(fitNetworkSync(layers, data, { ...options, epochs: best }).parameters);
    expect(last.metrics["validationLoss"]).toBeGreaterThan(0);
  });

  it("keeps every epoch while the held-out loss falls", () => {
    const validation = { ...data, patience: 40 };
    const net = fitNetworkSync(layers, data, { ...options, validation });
    expect(accuracy(net, data)).toBeGreaterThan(0.9);
  });
});

describe("fitNetwork refuses", () => {
  const refused = (change: Partial<LabeledRows>, more: FitOptions = {}) => {
    try {
      fitNetworkSync(layers, { ...data, ...change }, { ...options, ...more });
    } catch (error) {
      return error as CredenceError;
    }
    return expect.unreachable();
  };
  const labels = Array.from(data.labels);

  it("labels that are not classes, or not one a row", () => {
    expect(refused({ labels: labels.slice(1) }).message).toMatch(/labels length is 199/);
    for (const bad of [2, -1, 0.5, Number.NaN]) {
      expect(refused({ labels: labels.with(3, bad) }).message).toMatch(
        /labels\[3\] is .* a class from 0 to 1/,
      );
    }
  });

  it("rows of another width, none at all, and numbers that are not finite", () => {
    expect(refused({ inputs: data.inputs.map(([x]) => [x]) }).message).toMatch(/inputs.cols is 1/);
    expect(refused({ inputs: [], labels: [] })).toBeInstanceOf(InvalidArgumentError);
    expect(refused({ inputs: data.inputs.with(5, [0, Number.NaN]) })).toBeInstanceOf(CredenceError);
    expect(refused({ inputs: data.inputs.with(5, [0, Infinity]) }).hint).toMatch(/fill it in/);
  });

  it("options outside their ranges, and held-out examples as strictly as the others", () => {
    for (const bad of [{ epochs: 0 }, { batchSize: 1.5 }, { noise: -1 }, { noise: Number.NaN }]) {
      expect(refused({}, bad)).toBeInstanceOf(InvalidArgumentError);
    }
    expect(refused({}, { validation: { ...data, patience: 0 } }).message).toMatch(/validation.patience/);
    const validation = { ...data, labels: labels.with(0, 7) };
    expect(refused({}, { validation }).message).toMatch(/validation.labels\[0\] is 7/);
  });

  it("to go on when the loss is no longer finite", () => {
    const error = refused(
      { inputs: data.inputs.map(([x, y]) => [1e38 * x, 1e38 * y]) },
      { optimizer: adam({ learningRate: 1e30 }) },
    );
    expect(error.code).toBe("NON_FINITE");
    expect(error.hint).toMatch(/lower the learning rate/);
  });
});
