/** `npm start`: what Credence does, on real data, in about two minutes. */
import { AbortedError } from "@credence/core";
import { interruptible, printError } from "credence/terminal";
import { tourCountries } from "./support/tour-countries.ts";

const started = performance.now();
try {
  await interruptible(async (signal) => {
    await tourCountries(signal);
  });
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
} catch (error) {
  process.exitCode = error instanceof AbortedError ? 130 : printError(error, false);
}
