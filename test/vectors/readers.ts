/** Everything that the library can check of the reference vectors, by domain and kind. */
import { fitReaders } from "./fit.ts";
import { kgeReaders } from "./kge.ts";
import type { VectorReaders } from "./runner.ts";

export const readers: VectorReaders = { fit: fitReaders, kge: kgeReaders };
