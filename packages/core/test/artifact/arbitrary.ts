/** Random artifacts. */
import type { Artifact, ArtifactArray, JsonObject } from "@credence/core";
import fc from "fast-check";

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const finite = { noNaN: true, noDefaultInfinity: true };

const array: fc.Arbitrary<ArtifactArray> = shape.chain((sides) => {
  const length = sides.reduce((product, side) => product * side, 1);
  const exactly = { minLength: length, maxLength: length };
  return fc
    .oneof(
      fc.float64Array({ ...exactly, ...finite }),
      fc.float32Array({ ...exactly, ...finite }),
      fc.int32Array(exactly),
      fc.uint8Array(exactly),
    )
    .map((data) => ({ shape: sides, data }));
});

const metadata = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

/** An artifact with up to five arrays of any kind, names and metadata in any script. */
export const artifacts: fc.Arbitrary<Artifact> = fc.record({
  kind: fc.string({ unit: "grapheme", minLength: 1 }),
  version: fc.integer({ min: 1, max: 2 ** 53 - 1 }),
  metadata,
  arrays: fc.dictionary(
    fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__"),
    array,
    { maxKeys: 5 },
  ),
});
