import { type Artifact, CredenceError, decodeArtifact, encodeArtifact, rng } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifacts } from "./arbitrary.ts";

const sample: Artifact = {
  kind: "sample",
  version: 3,
  metadata: { names: ["Alma", "Łódź", "\u{1f600}"], seed: 1, nested: { rate: 0.1, none: null } },
  arrays: {
    weights: { shape: [2, 3], data: Float64Array.of(0, -0, 1e-300, 1, 2, 3) },
    bias: { shape: [3], data: Float32Array.of(0.5, 1, 2) },
    ids: { shape: [2], data: Int32Array.of(-1, 7) },
    flags: { shape: [5], data: Uint8Array.of(1, 2, 3, 4, 5) },
  },
};

describe("an artifact", () => {
  it("comes back as it was, and encodes to the same bytes again", () => {
    fc.assert(
      fc.property(artifacts, (artifact) => {
        const bytes = encodeArtifact(artifact);
        const back = decodeArtifact(bytes, artifact);
        expect(back).toEqual(artifact);
        expect(encodeArtifact(back)).toEqual(bytes);
      }),
    );
  });

  it("encodes the same whatever the order of its arrays", () => {
    fc.assert(
      fc.property(artifacts, (artifact) => {
        const reversed = Object.fromEntries(Object.entries(artifact.arrays).reverse());
        expect(encodeArtifact({ ...artifact, arrays: reversed })).toEqual(encodeArtifact(artifact));
      }),
    );
  });

  it("aligns every array, without gaps", () => {
    fc.assert(
      fc.property(artifacts, (artifact) => {
        const bytes = encodeArtifact(artifact);
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
        expect(length % 8).toBe(0);
        let total = 0;
        for (const [name, { data }] of Object.entries(artifact.arrays)) {
          const [begin, end] = header[name].data_offsets;
          expect(begin % data.BYTES_PER_ELEMENT).toBe(0);
          expect(end - begin).toBe(data.byteLength);
          total += data.byteLength;
        }
        expect(bytes.length).toBe(8 + length + total);
      }),
    );
  });

  it("reads from the middle of a larger buffer, and keeps nothing of it", () => {
    const bytes = encodeArtifact(sample);
    // Node's Buffer is a Uint8Array whose `slice` does not copy.
    for (const buffer of [new Uint8Array(bytes.length + 3), Buffer.alloc(bytes.length + 3)]) {
      buffer.set(bytes, 3);
      const back = decodeArtifact(buffer.subarray(3), sample);
      buffer.fill(0);
      expect(back).toEqual(sample);
    }
  });
});

/** Decodes, and lets only our own errors and the very same artifact pass. */
function sameOrOurs(bytes: Uint8Array): string {
  try {
    expect(decodeArtifact(bytes, sample)).toEqual(sample);
    return "same";
  } catch (error) {
    if (!(error instanceof CredenceError)) throw error;
    expect(error.hint).toBeDefined();
    return error.code;
  }
}

describe("a damaged artifact", () => {
  const bytes = encodeArtifact(sample);

  it("is refused wherever it ends early", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(sameOrOurs(bytes.subarray(0, length))).toBe("ARTIFACT_TRUNCATED");
    }
  });

  it("is refused, or the same, under every change of one bit", () => {
    const outcomes = new Map<string, number>();
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      const outcome = sameOrOurs(damaged);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Only white space may change unnoticed.
    expect(outcomes.get("same") ?? 0).toBeLessThan(bytes.length / 100);
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(["ARTIFACT_CORRUPT", "ARTIFACT_VERSION"]));
  });

  it("is refused, or the same, under random changes, cuts and insertions", () => {
    const r = rng("damage");
    for (let round = 0; round < 3000; round++) {
      let damaged = bytes.slice();
      for (let change = r.int(6); change >= 0; change--) damaged[r.int(damaged.length)] = r.int(256);
      if (r.int(3) === 0) damaged = damaged.slice(0, r.int(damaged.length));
      if (r.int(3) === 0) {
        const at = r.int(damaged.length + 1);
        damaged = Uint8Array.of(...damaged.subarray(0, at), r.int(256), ...damaged.subarray(at));
      }
      sameOrOurs(damaged);
    }
  });

  it("is refused when it was never one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(sameOrOurs(noise)).not.toBe("same");
      }),
    );
  });
});
