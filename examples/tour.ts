/** `npm start`: what Credence does, on real data, in about two minutes. */
import { AbortedError } from "@credence/core";
import { interruptible, printError } from "credence/terminal";
import { interrupted } from "./support/interrupted.ts";
import { tourAnswers } from "./support/tour-answers.ts";
import { tourCountries } from "./support/tour-countries.ts";
import { tourDigits } from "./support/tour-digits.ts";

const started = performance.now();
try {
  await interruptible(async (signal) => {
    const found = await tourCountries(signal);
    await tourDigits(signal);
    tourAnswers(found);
  });
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
} catch (error) {
  const told = error instanceof AbortedError ? interrupted(error, "Run npm start again.") : error;
  process.exitCode = printError(told, false);
}
