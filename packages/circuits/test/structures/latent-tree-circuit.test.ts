import { checkNormalized, checkStructured, learnCircuit } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomTable } from "../learn/tables.ts";
import { valueAt, worldsOf } from "../random-circuit.ts";

const arities = [2, 3, 2, 2];
const worlds = [...worldsOf(arities.map((arity) => ({ kind: "categorical", arity })))];

describe("latent trees as circuits", () => {
  it("are smooth and structured-decomposable distributions", () => {
    const { circuit } = learnCircuit(randomTable(2, 80, arities), { latents: 3, epochs: 2, batch: 20 });
    expect(circuit.properties).toMatchObject({ smooth: true, decomposable: true });
    expect(checkStructured(circuit).holds).toBe(true);
    expect(checkNormalized(circuit)).toEqual({ holds: true });
    expect(worlds.reduce((sum, world) => sum + valueAt(circuit, world), 0)).toBeCloseTo(1, 10);
  });
});
