import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { caseCheck, Unsupported } from "./case-check.ts";
import { runVectors } from "./runner.ts";

describe("a case check", () => {
  it("finds every disagreement, by name, in nested numbers", () => {
    const check = caseCheck("c");
    check.numbers("a", [1, [2, "Infinity"]], [1, [2.1, Infinity]], 1e-9);
    check.numbers("b", { x: 1, y: 2 }, { x: 1 }, 1e-9);
    check.numbers("c", [1, 2], [1], 1e-9);
    check.numbers("d", "NaN", 3, 1e-9);
    expect(check.failures.map((failure) => failure.field)).toEqual(["a[1][0]", "b.y", "c.length", "d"]);
  });

  it("accepts what is equal or within the tolerance, and non-finite numbers as themselves", () => {
    const check = caseCheck("c");
    check.numbers("a", [1, "-Infinity", "NaN"], Float64Array.of(1 + 1e-12, -Infinity, NaN), 1e-9);
    check.equal("b", [1, { x: 2 }], [1, { x: 2 }]);
    check.holds("c", "true", 1, true);
    expect(check.failures).toEqual([]);
  });
});

describe("the vectors runner", () => {
  it("counts passed, failed, unsupported and unknown cases, and errors as failures", () => {
    const root = mkdtempSync(join(tmpdir(), "vectors-"));
    try {
      mkdirSync(join(root, "toy"));
      writeFileSync(join(root, "toy", "sum-A.json"), JSON.stringify({ cases: [3, 4, 5, 6] }));
      writeFileSync(join(root, "toy", "unknown.json"), JSON.stringify({ cases: [1, 2] }));
      const sum = (document: { cases: number[] }) =>
        document.cases.map((value) => ({
          id: String(value),
          run(check: ReturnType<typeof caseCheck>) {
            if (value === 5) throw new Unsupported("five");
            if (value === 6) throw new Error("six");
            check.numbers("sum", 3, value, 0);
          },
        }));
      const result = runVectors(root, { toy: { sum } });
      expect(result.totals).toEqual({ passed: 1, failed: 2, unsupported: 3 });
      expect(result.files[0].failures.map(({ id, field }) => [id, field])).toEqual([
        ["4", "sum"],
        ["6", "(no exception)"],
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
