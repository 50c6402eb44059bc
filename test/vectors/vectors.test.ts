import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { describeShared, sharedPath } from "../shared.ts";
import { caseCheck, Unsupported } from "./case-check.ts";
import { readers } from "./readers.ts";
import { runVectors, vectorCases } from "./runner.ts";

/** Files every one of whose cases has to pass. */
const whole = [
  "circuits/weighted-rules",
  "conformal/classification-sets",
  "conformal/confidence-bounds",
  "conformal/special-functions",
  "fit/matrix-from-complex-A",
  "fit/metrics-A",
  "kge/ranking",
];

describeShared("reference vectors", () => {
  const domains = Object.keys(readers);
  for (const domain of domains) {
    for (const file of readdirSync(sharedPath("reference", domain)).filter((name) =>
      name.endsWith(".json"),
    )) {
      const cases = vectorCases(sharedPath("reference", domain, file), readers);
      const name = `${domain}/${file.replace(/\.json$/, "")}`;
      it(name, () => {
        let passed = 0;
        for (const one of cases) {
          const check = caseCheck(one.id);
          try {
            one.run(check);
            passed++;
          } catch (error) {
            if (!(error instanceof Unsupported)) throw error;
          }
          expect(check.failures).toEqual([]);
        }
        if (whole.includes(name)) expect(passed).toBe(cases.length);
      });
    }
  }

  it("are counted once each: nothing failed, and what is unsupported is said to be", () => {
    const { totals, files } = runVectors(sharedPath("reference"), readers);
    expect(totals.failed).toBe(0);
    expect(totals.passed).toBeGreaterThanOrEqual(345);
    const total = files.reduce((sum, file) => sum + file.passed + file.failed + file.unsupported, 0);
    expect(total).toBe(totals.passed + totals.unsupported);
  });
});
