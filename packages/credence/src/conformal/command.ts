/** `credence conformal`: prediction sets from tables of class probabilities. */

import { calibrate, coverageReport, InvalidProbabilitiesError, scoreNamed } from "@credence/conformal";
import { CredenceError, rng } from "@credence/core";
import { Command } from "commander";
import { integer, number } from "../terminal/numbers.ts";
import { decimal, printResult, table } from "../terminal/output.ts";
import { readPredictor, writePredictor } from "./predictor-file.ts";
import { type ProbabilityTable, readProbabilityTable } from "./probability-table.ts";

/** The command with its verbs. */
export function conformalCommand(): Command {
  const conformal = new Command("conformal").description("prediction sets with a coverage guarantee");
  addCalibrate(conformal);
  addPredict(conformal);
  return conformal;
}

interface CalibrateFlags {
  readonly labelColumn: string;
  readonly alpha: number;
  readonly score: string;
  readonly randomized?: boolean;
  readonly penalty?: number;
  readonly kreg?: number;
  readonly weight?: number;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

function addCalibrate(conformal: Command): void {
  conformal
    .command("calibrate")
    .description("find the threshold of prediction sets on held-out labeled rows")
    .argument(
      "<table>",
      "CSV or TSV with a header: a column per class, and one with the true labels (- for standard input)",
    )
    .option("--label-column <name>", "the column with the true labels", "label")
    .option("--alpha <alpha>", "share of sets that may miss the truth", level, 0.1)
    .option("--score <name>", "lac, aps, raps, saps, top-k or margin", "lac")
    .option("--randomized", "randomize aps, raps, saps and top-k: smaller sets, exact coverage")
    .option("--penalty <x>", "of raps", atLeastZero("--penalty"))
    .option("--kreg <n>", "of raps", integer("--kreg", 0))
    .option("--weight <x>", "of saps", atLeastZero("--weight"))
    .option("--seed <seed>", "seed of a randomized score", "0")
    .option("--out <file>", "where to save the predictor")
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: CalibrateFlags) => {
      const read = await readProbabilityTable(path, flags.labelColumn);
      const score = scoreNamed({
        name: flags.score,
        randomized: flags.randomized ?? false,
        parameters: parameters(flags),
      });
      const labels = read.labels ?? new Int32Array(0);
      const predictor = inTable(read, path, () =>
        calibrate(
          { probabilities: read.probabilities, labels },
          { score, alpha: flags.alpha, rng: rng(flags.seed) },
        ),
      );
      if (flags.out !== undefined) await writePredictor(flags.out, { classes: read.classes, predictor });
      const { qhat, alpha, n, rank, warning } = predictor;
      const document = {
        score: score.name,
        alpha,
        n,
        rank,
        qhat,
        classes: read.classes,
        warning: warning ?? null,
      };
      if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`);
      printResult(flags.json ?? false, document, () =>
        [
          `qhat ${decimal(qhat)}: score number ${rank} of ${n} (${score.name}, alpha ${alpha})`,
          ...(flags.out === undefined ? [] : [`saved as ${flags.out}`]),
        ].join("\n"),
      );
    });
}

interface PredictFlags {
  readonly predictor: string;
  readonly labelColumn?: string;
  readonly pValues?: boolean;
  readonly seed: string;
  readonly json?: boolean;
}

function addPredict(conformal: Command): void {
  conformal
    .command("predict")
    .description("the prediction set of every row")
    .argument("<table>", "CSV or TSV with the header of the calibration table (- for standard input)")
    .requiredOption("--predictor <file>", "a predictor that `conformal calibrate --out` saved")
    .option("--label-column <name>", "a column with true labels, for the coverage at the end")
    .option("--p-values", "print the p-value of every label, too")
    .option("--seed <seed>", "seed of a randomized score", "0")
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: PredictFlags) => {
      const { classes, predictor } = await readPredictor(flags.predictor, flags.seed);
      const read = await readProbabilityTable(path, flags.labelColumn);
      checkClasses(read.classes, classes, path);
      const sets = inTable(read, path, () => predictor.predictSets(read.probabilities));
      const named = [...sets].map((set) => [...set].map((label) => classes[label]));
      const pValues = flags.pValues
        ? inTable(read, path, () => predictor.pValueMatrix(read.probabilities))
        : undefined;
      const rows = named.map((set, i) => ({
        line: read.lines[i],
        set,
        ...(pValues === undefined ? {} : { pValues: byClass(pValues.data, i, classes) }),
      }));
      const report = read.labels === undefined ? undefined : coverageReport(sets, read.labels);
      const document = {
        alpha: predictor.alpha,
        qhat: predictor.qhat,
        sets: rows,
        coverage: report?.coverage ?? null,
        meanSize: report?.meanSize ?? null,
      };
      printResult(flags.json ?? false, document, () => {
        const lines = rows.map(({ line, set }) => [line, set.length, set.join(", ")]);
        const measured =
          report === undefined
            ? []
            : [`coverage ${decimal(report.coverage)}, mean size ${decimal(report.meanSize, 2)}`];
        return [table(["line", "size", "set"], lines), ...measured].join("\n");
      });
    });
}

const level = number("--alpha", "a number strictly between 0 and 1", (value) => value > 0 && value < 1);
const atLeastZero = (option: string) => number(option, "a number of at least 0", (value) => value >= 0);

function parameters({ penalty, kreg, weight }: CalibrateFlags): Record<string, number> {
  const given = Object.entries({ penalty, kreg, weight });
  return Object.fromEntries(given.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function byClass(data: ArrayLike<number>, row: number, classes: readonly string[]): Record<string, number> {
  return Object.fromEntries(classes.map((name, label) => [name, data[row * classes.length + label]]));
}

/** Errors about a row of the matrix become errors about a line of the file. */
function inTable<T>(read: ProbabilityTable, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidProbabilitiesError)) throw error;
    const { row, column } = error;
    const place = column === undefined ? "" : `, class ${JSON.stringify(read.classes[column])}`;
    throw new CredenceError({
      code: error.code,
      message: `Line ${read.lines[row]}${place} of ${path}: ${error.given}.`,
      given: error.given,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

function checkClasses(given: readonly string[], expected: readonly string[], path: string): void {
  if (given.length === expected.length && given.every((name, i) => name === expected[i])) return;
  throw new CredenceError({
    code: "CLASS_MISMATCH",
    message: `${path} has other classes than the predictor.`,
    given: given.join(", "),
    expected: expected.join(", "),
    hint: "Use the columns of the calibration table, in their order; name a column of true labels with --label-column.",
  });
}
