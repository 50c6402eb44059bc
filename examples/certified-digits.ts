/**
 * The check-digit certification as a table: `node --conditions=@credence/source --import tsx
 * examples/certified-digits.ts [--data mnist | --data FILE.csv] [--seeds 1,2,3] [--sigma S] [--samples N]`.
 * Means over the seeds. The CSV has a header, then a label and 64 ink counts from 0 to 16 a line.
 */
import { parseArgs } from "node:util";
import { readText } from "@credence/core/node";
import { interruptible, printError, progressDisplay } from "credence/terminal";
import { type CheckDigitRow, checkDigit } from "./check-digit.ts";
import { checkDigitTable, meanRows } from "./support/check-digit-report.ts";
import { csvDigits, mnistDigits } from "./support/digit-images.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { data: text, seeds: text, sigma: text, samples: text } });
const { data = "mnist", seeds = "1", sigma = "0.25", samples = "1000" } = values;
const radii = [0.5, 1, 2].map((times) => times * Number(sigma));

async function fileText(path: string): Promise<string> {
  let all = "";
  for await (const part of readText(path)) all += part;
  return all;
}

const display = progressDisplay(false);
try {
  // MNIST's images are larger, and its network needs more of them.
  const digits =
    data === "mnist"
      ? { ...(await mnistDigits()), train: 2400, records: 400 }
      : csvDigits(await fileText(data));
  const runs: CheckDigitRow[][] = [];
  await interruptible(async (signal) => {
    for (const seed of seeds.split(",")) {
      const options = { seed, radii, sigma: Number(sigma), samples: Number(samples) };
      runs.push(await checkDigit({ ...digits, ...options, signal, onProgress: display.show }));
    }
  });
  display.stop();
  console.log(`${digits.name}, ${samples} noisy copies a record, seeds ${seeds}:`);
  console.log(checkDigitTable(meanRows(runs), radii));
} catch (error) {
  display.stop();
  process.exitCode = printError(error, false);
}
