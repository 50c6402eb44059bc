/** Published benchmark graphs with the defaults: test MRR, filtered, both ends, realistic. */
import { complex, evaluateSync, frequencyBaseline, readSplits, type Splits, trainSync } from "@credence/kg";
import { expect, it } from "vitest";
import { describeShared, sharedText } from "../../../../test/shared.ts";

function read(name: string): Promise<Splits> {
  const text = (split: string): string => sharedText("data", "kg", name, `${split}.tsv`);
  return readSplits({ train: text("train"), valid: text("valid"), test: text("test") });
}

describeShared("ComplEx of rank 100, seed 1, all else by default", () => {
  it.each([
    ["umls", 0.94],
    ["nations", 0.8],
    ["kinship", 0.86],
  ] as const)("%s reaches a test MRR of %s, far above the frequency baseline", async (name, target) => {
    const splits = await read(name);
    const validate = { on: splits.valid, known: [splits.test] };
    const model = trainSync(splits.train, complex({ rank: 100 }), { seed: 1, validate });
    const { mrr } = evaluateSync(model, splits);
    expect(mrr).toBeGreaterThanOrEqual(target);
    expect(mrr).toBeGreaterThan(evaluateSync(frequencyBaseline(splits.train), splits).mrr);
  });
});
