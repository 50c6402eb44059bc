/** Records of three images whose last digit checks the other two: c = (a + b) mod 10. */
import type { Rng } from "@credence/core";

/** The numbers of three images. */
export type Record3 = readonly [a: number, b: number, c: number];

/**
 * As many records as a pool of images gives, no image used twice: a and b at random, then an unused image of the
 * digit that their sum asks for; where there is none left, a and b are put aside. In random order.
 */
export function drawRecords(labels: ArrayLike<number>, pool: readonly number[], random: Rng): Record3[] {
  const unused = random.shuffle([...pool]);
  const records: Record3[] = [];
  while (unused.length >= 3) {
    const [a, b] = unused.splice(-2);
    const check = (labels[a] + labels[b]) % 10;
    const at = unused.findIndex((image) => labels[image] === check);
    if (at >= 0) records.push([a, b, unused.splice(at, 1)[0]]);
  }
  return random.shuffle(records);
}
