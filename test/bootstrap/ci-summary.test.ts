import { describe, expect, it } from "vitest";
import { countCheck, countTests, total } from "../../scripts/ci-summary.mjs";

const file = (name: string, status: string, ...tests: string[]) => ({
  name,
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});
const report = (passed: number, failed: number, ...files: ReturnType<typeof file>[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
});

describe("countTests", () => {
  it("counts tests that passed and failed, not skipped ones", () => {
    const run = report(
      2,
      1,
      file("a", "failed", "passed", "failed"),
      file("b", "passed", "passed", "skipped"),
    );
    expect(countTests("test", 1, run)).toEqual({ passed: 2, failed: 1, notes: [] });
  });

  it("counts a file that did not load as one failure", () => {
    const run = report(1, 0, file("a", "passed", "passed"), file("b", "failed"));
    expect(countTests("test", 1, run)).toMatchObject({ passed: 1, failed: 1 });
    expect(countTests("test", 1, run).notes).toEqual(["test: b failed outside its tests"]);
  });

  it("counts a run without a report as one failure, whatever its exit code", () => {
    expect(countTests("test", 124, undefined)).toMatchObject({ passed: 0, failed: 1 });
    expect(countTests("test", 0, undefined)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("does not believe a report without failures from a run that failed", () => {
    expect(countTests("test", 1, report(5, 0, file("a", "passed", "passed")))).toMatchObject({
      passed: 5,
      failed: 1,
    });
  });
});

describe("total", () => {
  it("adds tests and checks", () => {
    const counts = [countTests("test", 0, report(3, 0)), countCheck("lint", 0), countCheck("typecheck", 2)];
    expect(total(counts)).toEqual({ passed: 4, failed: 1, notes: ["typecheck: exit code 2"] });
  });
});
