import {
  learnCircuit,
  learnCircuitAsync,
  logLikelihoods,
  meanLogLikelihood,
  trainEm,
} from "@credence/circuits";
import { AbortedError } from "@credence/core";
import { backend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";
import { describeShared } from "../../../../test/shared.ts";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { debd } from "../../../../test/vectors/circuits-learn.ts";
import { randomTable } from "./tables.ts";

const arities = [2, 3, 2, 2, 4, 2];

describe("learnCircuit", () => {
  const table = randomTable(1, 300, arities, 0.1);

  it.each(["ts", "wasm"] as const)("takes the very steps of EM on the circuit it returns (%s)", (kind) => {
    // One batch at rate 1 is one step of the plain algorithm.
    const learn = (epochs: number) =>
      learnCircuit(table, {
        latents: 3,
        epochs,
        batch: table.rows,
        rates: [1, 1],
        pseudoCount: 0.3,
        precision: "float64",
        backend: backend({ kind }),
        seed: 7,
      });
    const [once, twice] = [learn(1), learn(2)];
    const step = trainEm(once.circuit, table, { epochs: 1, pseudoCount: 0.3 });
    expect(close(twice.trace[1], step.trace[0], tolerance.reference)).toBe(true);
    expect(close(twice.meanLogLikelihood(table), step.trace[1], tolerance.reference)).toBe(true);
    const [ours, theirs] = [logLikelihoods(twice.circuit, table), logLikelihoods(step.circuit, table)];
    ours.forEach((log, r) => {
      expect(close(log, theirs[r], tolerance.reference)).toBe(true);
    });
  });

  it("never loses likelihood in full batches without pseudo-counts", () => {
    const { trace } = learnCircuit(table, {
      latents: 4,
      epochs: 15,
      batch: table.rows,
      rates: [1, 1],
      pseudoCount: 0,
      precision: "float64",
    });
    for (let i = 1; i < trace.length; i++) {
      expect(trace[i]).toBeGreaterThanOrEqual(trace[i - 1] - tolerance.rounding);
    }
  });

  it("says the same fast and slowly, in single precision too", () => {
    const learned = learnCircuit(table, { latents: 4, epochs: 3, batch: 50 });
    expect(
      close(learned.meanLogLikelihood(table), meanLogLikelihood(learned.circuit, table), tolerance.reference),
    ).toBe(true);
    const double = learnCircuit(table, { latents: 4, epochs: 3, batch: 50, precision: "float64" });
    expect(close(double.trace[2], learned.trace[2], tolerance.single)).toBe(true);
  });

  it("keeps the epoch that validates best, stops when none has for long, and repeats itself", () => {
    const valid = randomTable(2, 60, arities);
    const options = { latents: 6, epochs: 40, batch: 30, valid, patience: 4, seed: 3 };
    const learned = learnCircuit(table, options);
    expect(Math.max(...learned.trace)).toBe(learned.trace[learned.bestEpoch - 1]);
    expect(learned.epochs).toBe(Math.min(40, learned.bestEpoch + 4));
    expect(
      close(learned.meanLogLikelihood(valid), learned.trace[learned.bestEpoch - 1], tolerance.single),
    ).toBe(true);
    expect(learnCircuit(table, options).circuit.logWeights).toEqual(learned.circuit.logWeights);
  });

  it("reports progress, and hands over the best circuit when stopped", async () => {
    const controller = new AbortController();
    const run = learnCircuitAsync(table, {
      latents: 2,
      signal: controller.signal,
      onProgress: ({ step }) => step === 2 && controller.abort(),
    });
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError<{ epochs: number }>).partial).toMatchObject({
      epochs: 2,
      structure: "hclt",
    });
  });

  it("learns a single variable, one latent state, and the plain structures", () => {
    const one = randomTable(3, 50, [3]);
    expect(learnCircuit(one, { latents: 2, epochs: 2 }).circuit.variables.size).toBe(1);
    const apart = learnCircuit(table, { structure: "factorized" });
    const clt = learnCircuit(table, { structure: "clt", names: ["a", "b", "c", "d", "e", "f"] });
    expect(clt.circuit.variables.names[1]).toBe("b");
    expect(clt.circuit.properties).toEqual({ smooth: true, decomposable: true, deterministic: true });
    expect(clt.meanLogLikelihood(table)).toBeGreaterThan(apart.meanLogLikelihood(table));
    const flat = learnCircuit(table, { latents: 1, epochs: 60, batch: 300, rates: [1, 1], pseudoCount: 0 });
    const rows = randomTable(1, 300, arities);
    expect(flat.meanLogLikelihood(rows)).toBeLessThan(clt.meanLogLikelihood(rows));
  });

  it.each([
    [{ latents: 0 }],
    [{ epochs: 0 }],
    [{ batch: 1.5 }],
    [{ pseudoCount: -1 }],
    [{ rates: [0, 1] as const }],
    [{ patience: 0 }],
    [{ members: 0.5 }],
    // Also where the structure has no use for them.
    [{ structure: "clt" as const, epochs: -1 }],
    [{ structure: "clt" as const, pseudoCount: Number.NaN }],
    [{ structure: "clt" as const, latents: Number.POSITIVE_INFINITY }],
    [{ structure: "factorized" as const, minRows: 0 }],
    [{ structure: "hclt" as const, splits: -1 }],
    [{ structure: "hclt" as const, treePseudoCount: -1 }],
    [{ structure: "spn" as "hclt" }],
    [{ valid: randomTable(1, 5, [2, 2]) }],
    [{ valid: randomTable(1, 5, [2, 3, 2, 2, 9, 2]) }],
  ])("refuses %j", (options) => {
    expect(() => learnCircuit(table, options)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describeShared("learnCircuit on nltcs", () => {
  it("reaches what careful EM reaches", () => {
    const [train, valid, test] = ["train", "valid", "test"].map((part) => debd("nltcs", part));
    const learned = learnCircuit(train, { latents: 8, epochs: 6, valid, seed: 1 });
    expect(learned.meanLogLikelihood(test)).toBeGreaterThan(-6.05);
  });
});
