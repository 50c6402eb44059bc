/** What every backend must satisfy, said once: agreement with `ts`, within bounds that follow from rounding alone. */
import type { Backend } from "@credence/core/kernels";
import { elementLaws } from "./laws/elements.ts";
import { indexLaws } from "./laws/indices.ts";
import { memoryLaws } from "./laws/memory.ts";
import { normLaws } from "./laws/norms.ts";
import { productLaws } from "./laws/products.ts";
import { rowLaws } from "./laws/rows.ts";
import { sparseLaws } from "./laws/sparse.ts";
import { trainingLaws } from "./laws/training.ts";

/** Registers the laws for a backend. Nothing here needs Node: a page runs them as well. */
export function backendLaws(subject: () => Backend): void {
  productLaws(subject);
  sparseLaws(subject);
  rowLaws(subject);
  normLaws(subject);
  elementLaws(subject);
  indexLaws(subject);
  trainingLaws(subject);
  memoryLaws(subject);
}
