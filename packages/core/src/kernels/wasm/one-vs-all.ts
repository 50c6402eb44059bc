/**
 * The 1-vs-all step in compiled kernels: cuts the batch into strips of rows and runs the four phases of
 * `assembly/one-vs-all.ts` on each. Of batch × entities only a strip ever exists.
 */
import { nonFiniteLoss } from "../non-finite-loss.ts";
import type { CheckedStep } from "../one-vs-all-step.ts";
import { elementBytes, kindOf } from "./arena.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import type { Operands } from "./operands.ts";

/** Most rows of a strip: more make the products longer, fewer keep the strip in cache. */
const STRIP_ROWS = 128;
/** Rows that a strip has at least (if the batch has them), however many entities there are. */
const LEAST_ROWS = 16;
/** Bytes of a strip beyond which it gets fewer rows. */
const STRIP_BYTES = 32 << 20;
/** Entities of a chunk: a multiple of the tile's 5 rows, within one block of the product's depth. */
const CHUNK = 255;
/** About how many shares of the gradient of the queries there are, for any number of threads. */
const SHARES = 16;
/** Bytes of a cache line: rows of the strip begin on one. */
const LINE = 64;

/** Runs a checked step with batch, count > 0; returns the loss. */
export function wasmOneVsAll(engine: Engine, operands: Operands, step: CheckedStep): number {
  const { batch, count, d } = step;
  const kind = kindOf(step.queryGradient) === "double" ? "double" : "single";
  const size = elementBytes(kind);
  const total = step.offsets[batch];
  const stripRows = rowsOfStrip(batch, count, size);
  const pitch = Math.ceil((stripRows * size) / LINE) * LINE;
  const chunks = Math.ceil(count / CHUNK);
  const group = Math.ceil(chunks / SHARES);
  const groups = Math.ceil(chunks / group);

  const queries = operands.input(step.queries, batch * d, kind);
  const entities = operands.input(step.entities, count * d, kind);
  const queryGradient = operands.output(step.queryGradient, batch * d, kind, false);
  const entityGradient = operands.output(step.entityGradient, count * d, kind, step.accumulate);
  const offsets = operands.input(step.offsets, batch + 1, "integer");
  const targets = operands.input(step.targets, total, "integer");
  const weights = operands.input(step.weights, total, kind);
  const rowWeights = operands.input(step.rowWeights, batch, kind);
  const targetLogits = operands.work(total, kind);
  const strip = operands.work((count * pitch) / size, kind);
  const shifts = operands.work((chunks * pitch) / size, kind);
  const sums = operands.work((chunks * pitch) / size, kind);
  const losses = operands.work(batch, "double");
  const shares = operands.work(groups * stripRows * d, kind);

  const loss = step.loss === "softmax" ? "Softmax" : "Logistic";
  for (let first = 0; first < batch; first += stripRows) {
    const rows = Math.min(stripRows, batch - first);
    const accumulate = step.accumulate || first > 0 ? 1 : 0;
    const row = first * d * size;
    const integers = [
      ...[queries + row, entities, queryGradient + row, entityGradient],
      ...[offsets + first * 4, targets, weights, rowWeights + first * size, targetLogits],
      ...[strip, shifts, sums, losses + first * 8, shares],
      ...[rows, count, d, pitch, group, accumulate, CHUNK],
    ];
    engine.call(kernelName(`logits${loss}`, kind), chunks, integers, [step.scale]);
    engine.call(kernelName(`normalize${loss}`, kind), rows, integers, [step.scale]);
    engine.call(kernelName("gradients", kind), groups, integers, [step.scale]);
    engine.call(kernelName("collect", kind), rows, integers, [step.scale]);
  }
  return sumOfLosses(engine.arena.view("double", losses, batch));
}

/** Strips of equal heights (but the last), within the limits. */
function rowsOfStrip(batch: number, count: number, size: number): number {
  const affordable = Math.max(LEAST_ROWS, Math.floor(STRIP_BYTES / (count * size)));
  const strips = Math.ceil(batch / Math.min(STRIP_ROWS, affordable));
  return Math.ceil(batch / strips);
}

function sumOfLosses(losses: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < losses.length; i++) {
    if (!Number.isFinite(losses[i])) throw nonFiniteLoss(i, losses[i]);
    sum += losses[i];
  }
  return sum;
}
