import { learnCircuit, trainingDefaults } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomTable } from "./tables.ts";

describe("training of latent trees", () => {
  it("runs with the defaults that reports name", () => {
    const { settings, epochs } = learnCircuit(randomTable(1, 40, [2, 2, 2]), { latents: 2 });
    expect(settings).toMatchObject({ ...trainingDefaults, rates: [...trainingDefaults.rates] });
    expect(epochs).toBe(trainingDefaults.epochs);
  });

  it("breaks the symmetry of the start: latent states end up different", () => {
    const { circuit } = learnCircuit(randomTable(1, 200, [2, 2, 2, 2]), { latents: 2, seed: 5 });
    const ps = circuit.inputs.map(({ distribution: d }) => (d.family === "bernoulli" ? d.p : 0));
    expect(Math.max(...ps) - Math.min(...ps)).toBeGreaterThan(0.3);
  });
});
