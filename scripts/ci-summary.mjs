/**
 * The last line of continuous integration: `N passed, N failed`.
 *
 *     node scripts/ci-summary.mjs REPORTS NAME=EXITCODE…
 *
 * Every step counts as one check, except those that left a report of vitest's in the folder REPORTS: there each
 * test counts.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The part of vitest's JSON report that counts.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {readonly { readonly name: string, readonly status: string, readonly assertionResults: readonly { readonly status: string }[] }[]} testResults
 */

/** @typedef {{ readonly passed: number, readonly failed: number, readonly notes: readonly string[] }} Count */

/**
 * Counts one run of vitest. Its own figures know tests only: a file that does not compile has none, and neither
 * has a run that was killed or an error outside every test, so those count as one failure each.
 * @param {string} name
 * @param {number} exitCode
 * @param {Report | undefined} report
 * @returns {Count}
 */
export function countTests(name, exitCode, report) {
  if (report === undefined) {
    return { passed: 0, failed: 1, notes: [`${name}: no report (exit code ${exitCode})`] };
  }
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((each) => each.status === "failed"),
  );
  const notes = unloaded.map((file) => `${name}: ${file.name} failed outside its tests`);
  const failed = report.numFailedTests + unloaded.length;
  const unexplained = exitCode !== 0 && failed === 0;
  if (unexplained) notes.push(`${name}: exit code ${exitCode}, although no test failed`);
  return { passed: report.numPassedTests, failed: failed + (unexplained ? 1 : 0), notes };
}

/** @param {string} name @param {number} exitCode @returns {Count} */
export function countCheck(name, exitCode) {
  return exitCode === 0
    ? { passed: 1, failed: 0, notes: [] }
    : { passed: 0, failed: 1, notes: [`${name}: exit code ${exitCode}`] };
}

/** @param {readonly Count[]} counts @returns {Count} */
export function total(counts) {
  return {
    passed: counts.reduce((sum, each) => sum + each.passed, 0),
    failed: counts.reduce((sum, each) => sum + each.failed, 0),
    notes: counts.flatMap((each) => each.notes),
  };
}

/** @param {string} file @returns {Report | undefined} */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** @param {readonly string[]} argv @returns {number} the exit code */
function main([folder = "", ...results]) {
  const counts = results.map((result) => {
    const [name = "", code] = result.split("=");
    const file = join(folder, `${name.replaceAll(":", "-")}.json`);
    return /^test\b/.test(name)
      ? countTests(name, Number(code), readReport(file))
      : countCheck(name, Number(code));
  });
  const { passed, failed, notes } = total(counts);
  for (const note of notes) console.log(note);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2));
}
