import { vocabulary } from "@credence/core";
import { checkSplits, fromTriples, readSplits, splitTriples, triplesOf } from "@credence/kg";
import { describe, expect, it } from "vitest";
import { describeShared, sharedText } from "../../../../test/shared.ts";
import { rejected, thrown } from "../../../core/test/thrown.ts";

const files = { train: "a\tr\tb\nb\tr\tc\n", valid: "c\ts\ta\n", test: "a\tr\td\na\tr\tb\n" };

describe("readSplits", () => {
  it("shares one vocabulary, ids by first appearance over train, valid and test", async () => {
    const { train, valid, test } = await readSplits(files);
    expect(train.entities.names).toEqual(["a", "b", "c", "d"]);
    expect(train.relations.names).toEqual(["r", "s"]);
    for (const graph of [valid, test]) {
      expect(graph.entities.names).toEqual(train.entities.names);
      expect(graph.relations.names).toEqual(train.relations.names);
    }
    expect([train.size, valid.size, test.size]).toEqual([2, 1, 2]);
  });

  it("takes a missing split as empty", async () => {
    const { valid, test } = await readSplits({ train: files.train });
    expect([valid.size, test.size]).toEqual([0, 0]);
    expect(valid.entities.size).toBe(3);
  });

  it("names the split that is wrong", async () => {
    const wrong = await rejected(readSplits({ ...files, valid: "a\tb\n" }));
    expect(wrong).toMatchObject({ code: "TRIPLE_COLUMNS", line: 1, column: 4 });
    expect(wrong.message).toContain("The valid split");
    expect((await rejected(readSplits({ ...files, test: "" }))).message).toContain("The test split");
  });

  it("holds all splits to given vocabularies", async () => {
    const entities = vocabulary("entity", ["c", "b", "a"]);
    expect((await rejected(readSplits(files, { entities }))).code).toBe("UNKNOWN_NAME");
    const { train } = await readSplits({ train: files.train, valid: files.valid }, { entities });
    expect(train.entities).toBe(entities);
  });
});

describe("checkSplits", () => {
  it("reports what training cannot know, and leaks", async () => {
    const report = checkSplits(await readSplits(files));
    expect(report.unseen).toEqual([
      { split: "valid", triple: ["c", "s", "a"], names: ["s"] },
      { split: "test", triple: ["a", "r", "d"], names: ["d"] },
    ]);
    expect(report.leaks).toEqual([{ triple: ["a", "r", "b"], splits: ["train", "test"] }]);
    expect(String(report)).toBe(
      [
        "triples: train 2, valid 1, test 2",
        "valid: 1 triples with 1 names that train does not have",
        "test: 1 triples with 1 names that train does not have",
        "leaks: 1 triples stand in two splits",
      ].join("\n"),
    );
  });

  it("reports a triple once for every pair of splits", async () => {
    const same = "a\tr\tb\n";
    const { leaks } = checkSplits(await readSplits({ train: same, valid: same, test: same }));
    expect(leaks.map((leak) => leak.splits)).toEqual([
      ["train", "valid"],
      ["train", "test"],
      ["valid", "test"],
    ]);
  });
});

describe("splitTriples", () => {
  const chain = fromTriples(
    Array.from({ length: 12 }, (_, i) => [`e${i}`, "next", `e${(i + 1) % 12}`] as [string, string, string]),
  );

  it("holds out what every name in train allows", () => {
    const { train, valid, test } = splitTriples(chain, { valid: 1 / 6, test: 1 / 6, seed: 1 });
    expect([train.size, valid.size, test.size]).toEqual([8, 2, 2]);
  });

  it("says how much can be held out at most", () => {
    const error = thrown(() => splitTriples(chain, { valid: 0.4, test: 0.4 }));
    expect(error.code).toBe("SPLIT_TOO_LARGE");
    expect(error.hint).toBeDefined();
    const possible = Number(/Only (\d+) of 12/.exec(error.message)?.[1]);
    expect(possible).toBeGreaterThanOrEqual(3);
    expect(possible).toBeLessThanOrEqual(6);
  });

  it.each([1, -0.1, Number.NaN, 5])("refuses the share %s", (share) => {
    expect(thrown(() => splitTriples(chain, { valid: share, test: 0 })).code).toBe("INVALID_ARGUMENT");
    expect(thrown(() => splitTriples(chain, { valid: 0, test: share })).code).toBe("INVALID_ARGUMENT");
  });
});

describeShared("published splits", () => {
  const read = (name: string) =>
    readSplits({
      train: sharedText("data", "kg", name, "train.tsv"),
      valid: sharedText("data", "kg", name, "valid.tsv"),
      test: sharedText("data", "kg", name, "test.tsv"),
    });

  it.each([
    ["umls", 135, 46, 5216, 652, 661],
    ["kinship", 104, 25, 8544, 1068, 1074],
    ["nations", 14, 55, 1592, 199, 201],
  ] as const)("%s has its documented size, no leaks and nothing unseen", async (name, e, r, a, b, c) => {
    const { train, valid, test } = await read(name);
    expect([train.entities.size, train.relations.size]).toEqual([e, r]);
    expect([train.size, valid.size, test.size]).toEqual([a, b, c]);
    expect(checkSplits({ train, valid, test })).toMatchObject({ unseen: [], leaks: [] });
    expect([...triplesOf(train)]).toHaveLength(a);
  });
});
