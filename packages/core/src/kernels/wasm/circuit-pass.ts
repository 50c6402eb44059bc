/** The passes over a circuit in compiled kernels: a tile of rows is a chunk. */
import { type CircuitPass, checkCircuitPass } from "../circuit-pass.ts";
import type { Engine } from "./engine.ts";
import { kernelName } from "./kernel-names.ts";
import type { Operands } from "./operands.ts";

const ways = { none: 0, slopes: 1, counts: 2 } as const;

/** Runs a call. @throws InvalidArgumentError as {@link checkCircuitPass} */
export function wasmCircuitPass(engine: Engine, operands: Operands, pass: CircuitPass): void {
  checkCircuitPass(pass);
  const { arrays, tiles, down, floor } = pass;
  const input = (array: Int32Array | Float64Array): number =>
    operands.input(array, array.length, array instanceof Int32Array ? "integer" : "double");
  const output = (array: Float64Array): number => operands.output(array, array.length, "double", false);
  const counting = down === "counts";
  const integers = [
    ...[arrays.words, arrays.numbers, arrays.states, arrays.given, arrays.seeds].map(input),
    output(arrays.roots),
    down === "none" ? 0 : output(arrays.slopes),
    counting ? output(arrays.counts) : 0,
    output(arrays.work),
    input(arrays.wanted),
    ...[arrays.width, 8 * arrays.tileWork, arrays.shape.numbers, ways[down]],
  ];
  engine.call(kernelName("circuitTile", "double"), tiles, integers, [floor]);
}
