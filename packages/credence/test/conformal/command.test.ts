import { readFileSync, writeFileSync } from "node:fs";
import { aps, calibrate, lac } from "@credence/conformal";
import { rng } from "@credence/core";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf, folder, run } from "../run.ts";

/** Rows of three probabilities whose label is drawn from them, as a CSV table and as numbers. */
function sample(count: number, seed: string) {
  const random = rng(seed);
  const probabilities: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const weights = Array.from({ length: 3 }, () => random() ** 3 + 0.01);
    const total = weights.reduce((a, b) => a + b);
    const row = weights.map((weight) => weight / total);
    const u = random();
    probabilities.push(row);
    labels.push(u < row[0] ? 0 : u < row[0] + row[1] ? 1 : 2);
  }
  const line = (row: readonly number[], i: number): string => `${row.join(",")},${classes[labels[i]]}\n`;
  return {
    probabilities,
    labels,
    csv: `cat,"big, dog",bird,label\n${probabilities.map(line).map(quoted).join("")}`,
  };
}
const classes = ["cat", "big, dog", "bird"];
const quoted = (line: string): string => line.replace("big, dog", '"big, dog"');

const calibration = sample(200, "calibration");
const fresh = sample(100, "test");
const files = folder({
  "calibration.csv": calibration.csv,
  "test.csv": fresh.csv,
  "empty.csv": "a,b,label\n",
  "none.csv": "",
  "nan.csv": "a,b,label\n0.5,0.5,a\nNaN,0.5,b\n",
  "sum.csv": "a,b,label\n0.5,0.5,a\n0.5,0.7,b\n",
  "label.csv": "apple,pear,label\n0.5,0.5,aple\n",
  "range.csv": "a,b,label\n0.5,0.5,2\n",
  "ragged.csv": "a,b,label\n0.5,0.5\n",
  "text.csv": "a,b,label\n0.5,half,a\n",
  "headless.csv": "0.2,0.8,1\n0.3,0.7,0\n",
  "other.csv": "dog,cat,label\n0.5,0.5,cat\n",
  "few.csv": "a,b,label\n0.5,0.5,a\n0.1,0.9,b\n",
});
afterAll(files.remove);
const predictorFile = files.path("predictor.json");

describe("credence conformal calibrate and predict", () => {
  it("do what the package does, and say it in one JSON document", async () => {
    const { code, stdout } = await run(
      ...[
        "conformal",
        "calibrate",
        files.path("calibration.csv"),
        "--alpha",
        "0.1",
        "--out",
        predictorFile,
        "--json",
      ],
    );
    expect(code).toBe(0);
    const predictor = calibrate(calibration, { score: lac(), alpha: 0.1 });
    expect(JSON.parse(stdout)).toEqual({
      ...{ score: "lac", alpha: 0.1, n: 200, rank: 181, qhat: predictor.qhat, classes, warning: null },
    });
    const predicted = await run(
      ...["conformal", "predict", files.path("test.csv"), "--predictor", predictorFile],
      ...["--label-column", "label", "--p-values", "--json"],
    );
    const document = JSON.parse(predicted.stdout);
    const sets = fresh.probabilities.map((row) =>
      [...predictor.predictSet(row)].map((label) => classes[label]),
    );
    expect(document.sets.map((one: { set: string[] }) => one.set)).toEqual(sets);
    expect(Object.values(document.sets[7].pValues)).toEqual([...predictor.pValues(fresh.probabilities[7])]);
    const covered = sets.filter((set, i) => set.includes(classes[fresh.labels[i]])).length;
    expect(document.coverage).toBe(covered / 100);
    expect(document.sets[0].line).toBe(2);
  });

  it("randomize from the seed: the same seed gives the same sets", async () => {
    const out = files.path("aps.json");
    const randomized = ["--score", "aps", "--randomized", "--seed", "7"];
    await run("conformal", "calibrate", files.path("calibration.csv"), ...randomized, "--out", out);
    const predict = (seed: string) =>
      run(
        "conformal",
        "predict",
        files.path("test.csv"),
        "--predictor",
        out,
        "--label-column",
        "label",
        "--seed",
        seed,
        "--json",
      );
    const [a, b, c] = [await predict("1"), await predict("1"), await predict("2")];
    expect(a.stdout).toBe(b.stdout);
    expect(a.stdout).not.toBe(c.stdout);
    const { qhat } = calibrate(calibration, { score: aps({ randomized: true }), alpha: 0.1, rng: rng("7") });
    expect(JSON.parse(a.stdout).qhat).toBe(qhat);
  });

  it("warn on standard error when there are too few rows, and keep the output clean", async () => {
    const { stdout, stderr } = await run("conformal", "calibrate", files.path("few.csv"), "--json");
    expect(JSON.parse(stdout).qhat).toBe("Infinity");
    expect(stderr).toMatch(/^warning: .*\d/);
  });

  it("print tables for people", async () => {
    const { stdout } = await run(
      ...[
        "conformal",
        "predict",
        files.path("test.csv"),
        "--predictor",
        predictorFile,
        "--label-column",
        "label",
      ],
    );
    expect(stdout).toContain("big, dog");
    expect(stdout).toMatch(/coverage 0\.\d{4}, mean size \d\.\d\d/);
  });
});

describe("bad input", () => {
  const fails = async (file: string, ...flags: string[]) =>
    errorOf(await run("conformal", "calibrate", files.path(file), ...flags, "--json"));

  it.each([
    ["empty.csv", "EMPTY_INPUT", undefined],
    ["none.csv", "EMPTY_INPUT", undefined],
    ["nan.csv", "INVALID_PROBABILITIES", undefined],
    ["sum.csv", "INVALID_PROBABILITIES", undefined],
    ["label.csv", "UNKNOWN_LABEL", 2],
    ["range.csv", "UNKNOWN_LABEL", 2],
    ["ragged.csv", "TABLE_COLUMNS", 2],
    ["text.csv", "NOT_A_NUMBER", 2],
    ["missing.csv", "FILE_NOT_FOUND", undefined],
  ])("%s: %s", async (file, code, line) => {
    const error = await fails(file);
    expect(error.code).toBe(code);
    expect(error.hint.length).toBeGreaterThan(0);
    expect(error.line).toBe(line);
  });

  it("names the line and the class of a number that is no probability", async () => {
    expect((await fails("nan.csv")).message).toMatch(/^Line 3, class "a" of .*nan\.csv/);
    expect((await fails("sum.csv")).message).toMatch(/^Line 3 of .*sum\.csv/);
  });

  it("refuses alpha 0 and 1, unknown scores and columns, and scores that lack a parameter", async () => {
    for (const alpha of ["0", "1", "x"]) {
      const error = await fails("calibration.csv", "--alpha", alpha);
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    expect((await fails("calibration.csv", "--score", "asp")).hint).toContain("aps");
    expect((await fails("calibration.csv", "--score", "raps")).code).toBe("MISSING_PARAMETER");
    expect((await fails("calibration.csv", "--label-column", "lable")).hint).toContain("label");
    expect((await fails("headless.csv", "--label-column", "0.8")).code).toBe("TABLE_HEADER");
  });

  it("refuses predictors that are none, damaged ones and other classes", async () => {
    const predict = async (predictor: string, table: string) =>
      errorOf(
        await run(
          "conformal",
          "predict",
          files.path(table),
          "--predictor",
          predictor,
          "--label-column",
          "label",
          "--json",
        ),
      ).code;
    expect(await predict(files.path("test.csv"), "test.csv")).toBe("PREDICTOR_FILE");
    const text = readFileSync(predictorFile, "utf8");
    writeFileSync(files.path("cut.json"), text.slice(0, text.length / 2));
    expect(await predict(files.path("cut.json"), "test.csv")).toBe("PREDICTOR_FILE");
    writeFileSync(files.path("classes.json"), text.replace('"cat",', ""));
    expect(await predict(files.path("classes.json"), "test.csv")).toBe("PREDICTOR_FILE");
    writeFileSync(files.path("alpha.json"), text.replace('"alpha": 0.1', '"alpha": 7'));
    expect(await predict(files.path("alpha.json"), "test.csv")).toMatch(/INVALID/);
    expect(await predict(predictorFile, "other.csv")).toBe("CLASS_MISMATCH");
  });
});
