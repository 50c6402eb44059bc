/** Everything that the library can check of the reference vectors, by domain and kind. */
import { circuitsReaders } from "./circuits.ts";
import { circuitsLogicReaders } from "./circuits-logic.ts";
import { conformalReaders } from "./conformal.ts";
import { fitReaders } from "./fit.ts";
import { kgeReaders } from "./kge.ts";
import type { VectorReaders } from "./runner.ts";

export const readers: VectorReaders = {
  circuits: { ...circuitsReaders, ...circuitsLogicReaders },
  conformal: conformalReaders,
  fit: fitReaders,
  kge: kgeReaders,
};
