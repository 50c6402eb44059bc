import { decodeArtifact, encodeArtifact, type JsonObject } from "@credence/core";
import { loadModel, saveModel, type TrainedModel } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { thrown } from "../../../core/test/thrown.ts";
import { randomModel } from "./samples.ts";

const original: TrainedModel = {
  ...randomModel({ precision: "float32" }),
  settings: { model: "complex", seed: "s", regularizer: { kind: "n3", weight: 0.01 } },
  metrics: { epoch: 3, validMrr: 0.5 },
};
const bytes = saveModel(original);

/** The file with parts of its content replaced. */
function changed(metadata: JsonObject, arrays: object = {}): Uint8Array {
  const artifact = decodeArtifact(bytes, { kind: "kg-model", version: 1 });
  return encodeArtifact({
    ...artifact,
    metadata: { ...artifact.metadata, ...metadata },
    arrays: { ...artifact.arrays, ...arrays },
  });
}

describe("a model's file", () => {
  it("holds everything: save, load, save gives the same bytes", () => {
    const loaded = loadModel(bytes);
    expect(saveModel(loaded)).toEqual(bytes);
    expect(loaded).toMatchObject({
      spec: original.spec,
      settings: original.settings,
      metrics: original.metrics,
      reciprocal: true,
      precision: "float32",
    });
    expect(loaded.entities.names).toEqual(original.entities.names);
    expect(loaded.relations.names).toEqual(original.relations.names);
    expect(loaded.parameters).toEqual(original.parameters);
  });

  it("scores as the model that was saved", () => {
    const loaded = loadModel(bytes);
    const [before, after] = [new Float64Array(7), new Float64Array(7)];
    original.scoreHeads(1, 2, before);
    loaded.scoreHeads(1, 2, after);
    expect(after).toEqual(before);
    expect(loaded.scoreTriple(0, 1, 2)).toBe(original.scoreTriple(0, 1, 2));
  });

  it("takes models without reciprocals and in double precision", () => {
    const plain = saveModel(randomModel({ reciprocal: false }));
    expect(loadModel(plain)).toMatchObject({ reciprocal: false, precision: "float64" });
    expect(saveModel(loadModel(plain))).toEqual(plain);
  });

  it("is never written with numbers that are not finite", () => {
    const broken = randomModel();
    broken.parameters.entities[3] = Number.NaN;
    expect(thrown(() => saveModel(broken)).code).toBe("NON_FINITE");
  });
});

describe("a model that does not fit its vocabulary", () => {
  it("is not saved", () => {
    const { entities: _, ...parts } = original;
    const wrong = { ...parts, entities: randomModel({ entities: 6 }).entities };
    expect(thrown(() => saveModel(wrong)).code).toBe("INVALID_ARGUMENT");
  });
});

describe("a damaged file is refused:", () => {
  it.each([
    ["cut short", bytes.subarray(0, bytes.length - 5)],
    ["empty", new Uint8Array()],
    ["something else", new TextEncoder().encode("not a model at all, only some text that is long enough")],
  ])("%s", (_, damaged) => {
    expect(thrown(() => loadModel(damaged)).code).toMatch(/^ARTIFACT_/);
  });

  it("of another kind or version", () => {
    const artifact = decodeArtifact(bytes, { kind: "kg-model", version: 1 });
    expect(thrown(() => loadModel(encodeArtifact({ ...artifact, kind: "circuit" }))).code).toBe(
      "ARTIFACT_KIND",
    );
    expect(thrown(() => loadModel(encodeArtifact({ ...artifact, version: 2 }))).code).toBe(
      "ARTIFACT_VERSION",
    );
  });

  it.each([
    ["an unknown model", changed({ model: "toString" })],
    ["a model that is no text", changed({ model: 3 })],
    ["another rank", changed({ rank: 5 })],
    ["no rank", changed({ rank: null })],
    ["a missing entity", changed({ entities: original.entities.names.slice(1) })],
    ["a repeated entity", changed({ entities: original.entities.names.map(() => "same") })],
    ["an empty name", changed({ relations: ["", "b", "c"] })],
    ["names that are no texts", changed({ relations: [1, 2, 3] })],
    ["no relations", changed({ relations: [] })],
    ["settings that are no object", changed({ settings: [1] })],
    ["metrics that are no object", changed({ metrics: null })],
    ["integers for rows", changed({}, { entities: { shape: [7, 8], data: new Int32Array(56) } })],
    ["rows of two precisions", changed({}, { entities: { shape: [7, 8], data: new Float64Array(56) } })],
  ])("with %s", (_, damaged) => {
    const error = thrown(() => loadModel(damaged));
    expect(error.code).toBe("MODEL_FILE");
    expect(error.hint).toBeDefined();
  });
});
