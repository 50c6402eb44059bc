/** The passes over a latent tree in compiled kernels: a share of the rows is a chunk. */
import { checkLatentRows, type LatentPass, latentShares, shareWork } from "../latent-tree.ts";
import { elementBytes, kindOf } from "./arena.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import type { Operands } from "./operands.ts";

/** Runs one pass. @throws InvalidArgumentError as {@link checkLatentRows} */
export function wasmLatentTree(engine: Engine, operands: Operands, pass: LatentPass): void {
  const { arrays } = pass;
  const { words, codes, flags, parameters, tables, counts, work } = arrays;
  const kind = kindOf(tables) === "double" ? "double" : "single";
  const load = pass.pass === "load";
  const memory = [
    operands.input(words, words.length, "integer"),
    load
      ? operands.output(flags, flags.length, "integer", false)
      : operands.input(flags, flags.length, "integer"),
    operands.input(parameters, parameters.length, kind),
    load ? operands.output(tables, tables.length, kind, true) : operands.input(tables, tables.length, kind),
  ];
  const workAt = operands.output(work, work.length, kind, false);
  if (load) {
    engine.call(kernelName("latentLoad", kind), 1, [...memory, 0, 0, 0, 0, 0, workAt]);
    return;
  }
  const { rows } = pass;
  checkLatentRows(arrays, rows);
  const count = rows.to - rows.from;
  if (count === 0) return;
  const counting = pass.pass === "counts";
  const { shareRows, shares } = latentShares(arrays, count);
  const integers = [
    ...memory,
    operands.input(codes, codes.length, "integer"),
    operands.input(rows.rows, rows.to, "integer"),
    rows.weights === undefined ? 0 : operands.input(rows.weights, rows.weights.length, "double"),
    operands.output(rows.logs, count, "double", false),
    counting ? operands.output(counts, counts.length, kind, false) : 0,
    workAt,
    ...[rows.from, rows.to, shareRows, arrays.tileRows, shares, shareWork(arrays) * elementBytes(kind)],
  ];
  engine.call(kernelName(counting ? "latentCounts" : "latentValues", kind), shares, integers);
  if (counting) engine.call(kernelName("latentCollect", kind), 1, integers);
}
