import {
  checkNormalized,
  learnCircuit,
  learnCircuitAsync,
  logLikelihoods,
  type StructureName,
  structureNames,
} from "@credence/circuits";
import type { AbortedError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { parameterCount } from "../../src/learn/learned.ts";
import { randomTable, twoTrees } from "./tables.ts";

const [train, valid, test] = [1, 2, 3].map((seed) => twoTrees(seed, 300));
const small = { latents: 2, components: 2, sums: 2, replicas: 1, epochs: 3 } as const;

describe("every structure", () => {
  it.each(structureNames)(
    "%s: learns a distribution, repeats itself, and says what its circuit says",
    (structure) => {
      const options = { ...small, structure, valid, seed: 5 };
      const learned = learnCircuit(train, options);
      expect(learned.structure).toBe(structure);
      expect(learned.settings).toMatchObject({ structure });
      expect(checkNormalized(learned.circuit)).toEqual({ holds: true });
      expect(learned.circuit.properties).toMatchObject({ smooth: true, decomposable: true });
      expect(learned.parameters).toBeGreaterThan(0);
      const own = learned.logLikelihoods(test);
      logLikelihoods(learned.circuit, test).forEach((log, r) => {
        expect(close(own[r], log, tolerance.reference)).toBe(true);
      });
      expect(
        close(
          learned.meanLogLikelihood(test),
          own.reduce((a, b) => a + b, 0) / test.rows,
          tolerance.rounding,
        ),
      ).toBe(true);
      expect(learnCircuit(train, options).circuit.logWeights).toEqual(learned.circuit.logWeights);
      expect(() => learned.logLikelihoods(randomTable(1, 5, [2, 2]))).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    },
  );

  it.each<StructureName>(["clt", "cutset", "strudel"])("%s: is deterministic", (structure) => {
    expect(learnCircuit(train, { structure }).circuit.properties.deterministic).toBe(true);
  });

  it("learns the same asynchronously, and with names", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    for (const structure of structureNames) {
      const options = { ...small, structure, names };
      const later = await learnCircuitAsync(train, options);
      expect(later.circuit.variables.names).toEqual(names);
      expect(later.circuit.logWeights).toEqual(learnCircuit(train, options).circuit.logWeights);
    }
  });
});

describe("ensembles", () => {
  it("are no worse on the validation rows than their members are on average", () => {
    for (const structure of ["clt", "cutset", "hclt"] as const) {
      const mixed = learnCircuit(train, { ...small, structure, members: 4, valid, seed: 2 });
      expect(checkNormalized(mixed.circuit)).toEqual({ holds: true });
      expect(mixed.settings).toMatchObject({ members: 4, bagging: structure !== "hclt" });
      const own = mixed.logLikelihoods(valid);
      logLikelihoods(mixed.circuit, valid).forEach((log, r) => {
        expect(close(own[r], log, tolerance.reference)).toBe(true);
      });
      const single = learnCircuit(train, { ...small, structure, valid, seed: 2 });
      expect(mixed.meanLogLikelihood(valid)).toBeGreaterThan(single.meanLogLikelihood(valid) - 0.05);
      expect(mixed.parameters).toBeGreaterThan(2 * single.parameters);
    }
  });

  it("mix equally without validation rows, and differ by bagging only where seeds make no difference", () => {
    const bagged = learnCircuit(train, { structure: "clt", members: 3, seed: 1 });
    const root = bagged.circuit.size - 1;
    const weights = bagged.circuit.logWeights.subarray(bagged.circuit.offsets[root]);
    expect([...weights].map(Math.exp).every((w) => Math.abs(w - 1 / 3) < tolerance.rounding)).toBe(true);
    const same = learnCircuit(train, { structure: "clt", members: 3, bagging: false });
    const one = learnCircuit(train, { structure: "clt" });
    expect(close(same.meanLogLikelihood(test), one.meanLogLikelihood(test), tolerance.rounding)).toBe(true);
    expect(bagged.meanLogLikelihood(test)).not.toBeCloseTo(one.meanLogLikelihood(test), 6);
    // The first member has the seed of a single circuit.
    const hclt = learnCircuit(train, { ...small, members: 1, seed: 3 });
    expect(learnCircuit(train, { ...small, seed: 3 }).circuit.logWeights).toEqual(hclt.circuit.logWeights);
  });

  it("report all members, and hand over those that are done when stopped", async () => {
    const controller = new AbortController();
    const seen = new Set<number>();
    const run = learnCircuitAsync(train, {
      ...small,
      members: 3,
      signal: controller.signal,
      onProgress: ({ step, steps, metrics }) => {
        seen.add(metrics["member"]);
        expect(steps).toBe(9);
        if (step === 5) controller.abort();
      },
    });
    const error = await run.catch((reason: unknown) => reason);
    const { partial } = error as AbortedError<Awaited<typeof run>>;
    expect(partial?.settings).toMatchObject({ members: 2 });
    expect([...seen]).toEqual([1, 2]);
  });

  it("refuse impossible sizes", () => {
    for (const options of [{ members: 0 }, { members: 1.5 }, { structure: "none" as StructureName }]) {
      expect(() => learnCircuit(train, options)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
  });

  it("count what was learned: weights, and statistics of inputs", () => {
    const { circuit } = learnCircuit(train, { structure: "factorized" });
    expect(parameterCount(circuit)).toBe(12);
    const clt = learnCircuit(train, { structure: "clt" });
    expect(clt.parameters).toBe(2 + 5 * 4);
  });
});
