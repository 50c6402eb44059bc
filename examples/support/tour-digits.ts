/** The tour's second part: certified reading of handwritten numbers with a check digit. */
import { writeFileAtomic } from "@credence/core/node";
import { progressDisplay } from "credence/terminal";
import { checkDigit } from "../check-digit.ts";
import { checkDigitFigure, checkDigitTable } from "./check-digit-report.ts";
import { mnistDigits } from "./digit-images.ts";

const figureFile = "out/check-digit.svg";
const [sigma, samples] = [0.25, 1000];

/** Runs and prints the second part, and draws its figure. */
export async function tourDigits(signal: AbortSignal): Promise<void> {
  console.log("\n2. Certified digits: what may be relied on under attack\n");
  const digits = await mnistDigits();
  const display = progressDisplay(false);
  // Up to the radius that no number of votes can reach, in steps of 1/40 of the noise.
  const radii = Array.from({ length: 105 }, (_, i) => (i / 40) * sigma);
  const options = { train: 2400, records: 400, seed: 1, sigma, samples, radii };
  try {
    const rows = await checkDigit({ ...digits, ...options, signal, onProgress: display.show });
    display.stop();
    console.log(
      `Records of three images a, b, c with c = (a + b) mod 10 (${digits.name}); an adversary may move all pixels\n` +
        "of a record together by the radius. The rule is a weighted formula, compiled to a circuit.",
    );
    console.log(checkDigitTable(rows, [0.5 * sigma, sigma, 2 * sigma]));
    await writeFileAtomic(figureFile, checkDigitFigure(rows, { data: digits.name, samples }));
    console.log(`\nThe curves at all radii: ${figureFile}`);
  } finally {
    display.stop();
  }
}
