/** Training through the native runtime, which an interpreter of its files stands in for. */
import { AbortedError, adam } from "@credence/core";
import {
  complex,
  evaluateSync,
  fromTriples,
  loadModel,
  saveModel,
  type TrainingDivergedError,
  type TrainOptions,
  train,
  trainSync,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { interpreter } from "../../../core/test/onnx/interpreter.ts";
import { rejected, thrown } from "../../../core/test/thrown.ts";

const names = ["a", "b", "c", "d", "e"];
const graph = fromTriples(
  names.flatMap((name, i): [string, string, string][] => [
    [name, "next", names[(i + 1) % 5]],
    [names[(i + 1) % 5], "previous", name],
  ]),
);
const spec = complex({ rank: 3 });
const short: TrainOptions = { epochs: 3, batchSize: 8, precision: "float64", seed: 7 };
const native = () => {
  const { runtime, seen } = interpreter();
  return { seen, options: { ...short, backend: { kind: "native", runtime } } satisfies TrainOptions };
};

describe("training on the native backend", () => {
  it.each([{ kind: "n3", weight: 0.01 } as const, null])(
    "comes to what the kernels come to, with the regularizer %s",
    async (regularizer) => {
      const found = await train(graph, spec, { ...native().options, regularizer });
      const expected = trainSync(graph, spec, { ...short, regularizer });
      for (const table of ["entities", "relations"] as const) {
        const wrong = found.parameters[table].findIndex(
          (value, i) => !close(value, expected.parameters[table][i], tolerance.optimizer),
        );
        expect(wrong).toBe(-1);
      }
      const [loss, other] = [found.metrics["loss"] as number, expected.metrics["loss"] as number];
      expect(close(loss, other, tolerance.optimizer)).toBe(true);
      expect(found.settings).toEqual({ ...expected.settings, backend: "native" });
      expect(saveModel(loadModel(saveModel(found)))).toEqual(saveModel(found));
    },
  );

  it("validates between epochs, and keeps the best", async () => {
    const validate = { on: graph };
    const figures: number[] = [];
    const model = await train(graph, spec, {
      ...native().options,
      validate,
      onProgress: ({ phase, step, steps, metrics }) => {
        if (phase === "validate" && step === steps) figures.push(metrics["validMrr"]);
      },
    });
    expect(figures).toHaveLength(3);
    expect(model.metrics["validMrr"]).toBe(Math.max(...figures));
    const none = fromTriples([] as [string, string, string][], graph);
    expect(evaluateSync(model, { train: graph, valid: none, test: graph }).mrr).toBe(
      model.metrics["validMrr"],
    );
  });

  it("can be cancelled, with the model of that moment, and ends its session", async () => {
    const { options, seen } = native();
    const controller = new AbortController();
    const onProgress = ({ step }: { readonly step: number }): void => {
      if (step === 4) controller.abort();
    };
    const error = await rejected(train(graph, spec, { ...options, onProgress, signal: controller.signal }));
    const partial = (error as AbortedError<ReturnType<typeof trainSync>>).partial;
    expect(error).toBeInstanceOf(AbortedError);
    expect(seen.released).toBe(1);
    const controls = new AbortController();
    const own = await rejected(
      train(graph, spec, {
        ...short,
        signal: controls.signal,
        onProgress: ({ step }) => step === 4 && controls.abort(),
      }),
    );
    const expected = (own as AbortedError<ReturnType<typeof trainSync>>).partial;
    expect(
      partial?.parameters.entities.every((value, i) =>
        close(value, expected?.parameters.entities[i] ?? Number.NaN, tolerance.optimizer),
      ),
    ).toBe(true);
  });

  it("says when it diverges", async () => {
    const options = { ...native().options, learningRate: 1e200, regularizer: null, epochs: 20 };
    const error = (await rejected(train(graph, spec, options))) as TrainingDivergedError;
    expect(error.code).toBe("TRAINING_DIVERGED");
  });

  it("passes the threads on", async () => {
    const { runtime, seen } = interpreter();
    await train(graph, spec, { ...short, epochs: 1, backend: { kind: "native", threads: 2, runtime } });
    expect(seen.threads).toBe(2);
  });

  it("cannot be done at once", () => {
    const error = thrown(() => trainSync(graph, spec, native().options));
    expect(error.code).toBe("ASYNC_ONLY");
    expect(error.hint).toContain("train instead of trainSync");
  });

  it("passes on why the runtime does not start", async () => {
    const runtime = {
      Tensor: interpreter().runtime.Tensor,
      InferenceSession: { create: () => Promise.reject(new Error("no such processor")) },
    };
    const failed = train(graph, spec, { ...short, backend: { kind: "native", runtime } });
    await expect(failed).rejects.toThrow("no such processor");
  });

  it("has Adagrad and N3 only, and refuses what is no backend", async () => {
    const { options } = native();
    for (const [bad, message] of [
      [{ optimizer: adam({ learningRate: 0.1 }) }, /optimizer is "adam"/],
      [{ regularizer: { kind: "f2", weight: 0.1 } }, /regularizer.kind is "f2"/],
      [{ backend: "gpu" as "native" }, /backend is "gpu"/],
      [{ backend: { kind: "other" } as unknown as "native" }, /backend/],
    ] as const) {
      const error = await rejected(train(graph, spec, { ...options, ...bad }));
      expect(error.code).toBe("INVALID_ARGUMENT");
      expect(error.message).toMatch(message);
    }
  });

  it("is looked for beside the library: there, or not installed and said so", async () => {
    const found = await train(graph, spec, { ...short, backend: "native" }).catch((error: unknown) => error);
    const { code } = found as { readonly code?: string };
    expect(code === "BACKEND_UNAVAILABLE" || "parameters" in (found as object)).toBe(true);
  });
});
